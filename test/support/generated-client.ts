// @ts-nocheck
/**
 * Crier
 * 0.1.0
 * DO NOT MODIFY - This file has been generated using oazapfts.
 * See https://www.npmjs.com/package/oazapfts
 */
import * as Oazapfts from "@oazapfts/runtime";
import * as QS from "@oazapfts/runtime/query";
export const defaults: Oazapfts.Defaults<Oazapfts.CustomHeaders> = {
    headers: {},
    baseUrl: "/"
};
const oazapfts = Oazapfts.runtime(defaults);
export const servers = {
    server1: "/"
};
export type PostSummary = {
    id: string;
    slug: string;
    /** Names the post where the slug is ambiguous: the path of its address, or its URL on another host. */
    path: string;
    url: string;
    /** Null for a note. */
    title: string | null;
    /** What lists call it: its title, or the first words of a note. */
    label: string;
    /** Null while the post is held. */
    published: string | null;
    updated: string;
    revision: string;
    /** Names this state of the post, without its deliveries: send it in quotes as `If-Match`. */
    etag: string;
    /** When it last changed: as `updated`, and never later than its document was read. */
    changed: string;
    /** The path of its document in the source. */
    document: string;
    featured: boolean;
    trending: boolean;
    /** Minutes. */
    readingTime: number;
    status: "live" | "scheduled" | "held" | "deleted";
    /** Why it is held, why accounts were left out, or what is wrong with its document. */
    reason: string | null;
};
export type ListAnswer = {
    posts: PostSummary[];
    next: string | null;
    /** The time zone of the site, in which its people read the moments of the answer. */
    timeZone: string;
};
export type Reason = {
    /** A stable code for programs. */
    code: string;
    /** The key of the front matter, `body`, or the parameter of the request. */
    field?: string;
    /** What is wrong, and the next step. */
    message: string;
};
export type RefusedDocument = {
    source: string;
    path: string;
    reasons: Reason[];
    at: string;
};
export type WaitingDocument = {
    source: string;
    path: string;
    /** Names its post, which stays until a person removes it. */
    slug: string;
    since: string;
    /** Why it is a page now. Absent where the document is missing. */
    page?: string;
    reason: string;
};
export type RefusedAnswer = {
    refused: RefusedDocument[];
    waiting: WaitingDocument[];
    /** The time zone of the site, in which its people read the moments of the answer. */
    timeZone: string;
};
export type PageDocument = {
    source: string;
    path: string;
    /** Why it is a page of the site, not a post. */
    reason: string;
};
export type PagesAnswer = {
    pages: PageDocument[];
    /** The time zone of the site, in which its people read the moments of the answer. */
    timeZone: string;
};
export type EditedText = {
    value: string;
    /** Who edited it, as they named themselves. */
    by: string | null;
    at: string;
    /** Where the document says something else before it is sent: `ask` holds it, `mine` sends the edited text. */
    ifOvertaken: "ask" | "mine";
    /** The document says something else than when the text was edited. */
    overtaken: boolean;
};
export type Delivery = {
    id: string;
    /** Names its post: the slug, or the path of the address where that says more. */
    slug: string;
    account: string;
    network: string;
    state: "pending" | "held" | "sending" | "unsettled" | "posted" | "editing" | "deleting" | "deleted" | "failed" | "unknown" | "cancelled";
    /** It grows with every change of the delivery. */
    version: number;
    /** The kind of hold, where it is held, or where an edit of its copy is. */
    hold: ("breaker" | "live" | "approval" | "text" | "copy" | "person" | "returned" | "unreadable") | null;
    /** What readers will see, where the delivery or an edit of its copy waits or is held. */
    shown: {
        /** A thread has an empty line between its posts. */
        text: string;
        /** Readers see it first, and the text when they ask for it. Null where the network has no field for it: then it is in the text. */
        contentWarning: string | null;
        /** Of all that readers would see: text, link, card, visibility, picture. */
        hash: string;
        /** Of the whole text, by the network's rule. More than the limit where it is cut. Null where the whole post is sent. */
        length: number | null;
        limit: number | null;
        /** Readers see only the beginning of the text. */
        cut: boolean;
        /** The preview of the link, where it is part of what is sent. */
        card: {
            title: string;
            description: string;
            picture: boolean;
        } | null;
        /** What the network would lose of it, or show otherwise. */
        warnings: string[];
        approved: boolean;
    } | null;
    /** The text that was edited for this account, in the place of the document's. */
    text: EditedText | null;
    generation: number;
    sandbox: boolean;
    /** When it was first sent, where the network has it. */
    posted: string | null;
    /** The URL of the copy on the network. */
    url: string | null;
    /** The copy differs from the post, or is there although the post was deleted. */
    stale: boolean;
    /** Only a part of it is known to be on the network: `resolve` takes it. */
    unfinished: boolean;
    /** Set where the network refused it because it has an equal post. `equal`: `resolve` takes it; `copy`: that is the copy of another delivery. */
    duplicate: ("equal" | "copy") | null;
    /** How often it was sent or looked for, without edits and deletions. */
    attempts: number;
    due: string | null;
    reason: string | null;
};
export type Problem = {
    "type": string;
    title: string;
    status: number;
    /** What is wrong, and the next step, for people. */
    detail: string;
    /** The path of the request. */
    instance?: string;
    /** Where the description of the API has what the request may contain. */
    operation?: string;
    /** What is wrong with the document, or with the request, part by part. */
    reasons?: Reason[];
    /** The documents that could have been meant, and why they are not posts. */
    refused?: RefusedDocument[];
    pages?: PageDocument[];
    /** The post as it is now, where it is not the expected one. */
    post?: {
        id: string;
        slug: string;
        /** Names the post where the slug is ambiguous: the path of its address, or its URL on another host. */
        path: string;
        url: string;
        /** Null for a note. */
        title: string | null;
        /** What lists call it: its title, or the first words of a note. */
        label: string;
        /** Null while the post is held. */
        published: string | null;
        updated: string;
        revision: string;
        /** Names this state of the post, without its deliveries: send it in quotes as `If-Match`. */
        etag: string;
    };
    /** The delivery as it is now, where it is not the one that was seen. */
    delivery?: Delivery;
    /** The paths of the posts, or the ids of the deliveries, that could have been meant. */
    candidates?: string[];
};
export type History = {
    planned: string;
    /** Who announced its post by hand, so that it was planned, as they named themselves. */
    by: string | null;
    first: {
        at: string;
        /** The state from then on. */
        state: "pending" | "held" | "sending" | "unsettled" | "posted" | "editing" | "deleting" | "deleted" | "failed" | "unknown" | "cancelled";
        /** How many requests of its kind were made by then, where one was made. */
        attempt: number | null;
        /** The network's answer, or why it waits, was held, failed … */
        reason: string | null;
        /** Who did it, as they named themselves. */
        by: string | null;
    }[];
    /** How many entries between the oldest and the newest were left out. */
    omitted: number;
    last: {
        at: string;
        /** The state from then on. */
        state: "pending" | "held" | "sending" | "unsettled" | "posted" | "editing" | "deleting" | "deleted" | "failed" | "unknown" | "cancelled";
        /** How many requests of its kind were made by then, where one was made. */
        attempt: number | null;
        /** The network's answer, or why it waits, was held, failed … */
        reason: string | null;
        /** Who did it, as they named themselves. */
        by: string | null;
    }[];
};
export type StatusAnswer = {
    id: string;
    slug: string;
    /** Names the post where the slug is ambiguous: the path of its address, or its URL on another host. */
    path: string;
    url: string;
    /** Null for a note. */
    title: string | null;
    /** What lists call it: its title, or the first words of a note. */
    label: string;
    /** Null while the post is held. */
    published: string | null;
    updated: string;
    revision: string;
    /** Names this state of the post, without its deliveries: send it in quotes as `If-Match`. */
    etag: string;
    /** When it last changed: as `updated`, and never later than its document was read. */
    changed: string;
    /** The path of its document in the source. */
    document: string;
    featured: boolean;
    trending: boolean;
    /** Minutes. */
    readingTime: number;
    status: "live" | "scheduled" | "held" | "deleted";
    /** Why it is held, why accounts were left out, or what is wrong with its document. */
    reason: string | null;
    /** The path of its document before that was moved. */
    movedFrom: string | null;
    /** Why it is a note. Null for an article. */
    whyNote: string | null;
    /** The parts of its document that were left out or guessed. */
    warnings: Reason[];
    /** Its versions in other languages. */
    translations: {
        /** BCP 47. */
        language: string;
        url: string;
    }[];
    deliveries: {
        id: string;
        /** Names its post: the slug, or the path of the address where that says more. */
        slug: string;
        account: string;
        network: string;
        state: "pending" | "held" | "sending" | "unsettled" | "posted" | "editing" | "deleting" | "deleted" | "failed" | "unknown" | "cancelled";
        /** It grows with every change of the delivery. */
        version: number;
        /** The kind of hold, where it is held, or where an edit of its copy is. */
        hold: ("breaker" | "live" | "approval" | "text" | "copy" | "person" | "returned" | "unreadable") | null;
        /** What readers will see, where the delivery or an edit of its copy waits or is held. */
        shown: {
            /** A thread has an empty line between its posts. */
            text: string;
            /** Readers see it first, and the text when they ask for it. Null where the network has no field for it: then it is in the text. */
            contentWarning: string | null;
            /** Of all that readers would see: text, link, card, visibility, picture. */
            hash: string;
            /** Of the whole text, by the network's rule. More than the limit where it is cut. Null where the whole post is sent. */
            length: number | null;
            limit: number | null;
            /** Readers see only the beginning of the text. */
            cut: boolean;
            /** The preview of the link, where it is part of what is sent. */
            card: {
                title: string;
                description: string;
                picture: boolean;
            } | null;
            /** What the network would lose of it, or show otherwise. */
            warnings: string[];
            approved: boolean;
        } | null;
        /** The text that was edited for this account, in the place of the document's. */
        text: EditedText | null;
        generation: number;
        sandbox: boolean;
        /** When it was first sent, where the network has it. */
        posted: string | null;
        /** The URL of the copy on the network. */
        url: string | null;
        /** The copy differs from the post, or is there although the post was deleted. */
        stale: boolean;
        /** Only a part of it is known to be on the network: `resolve` takes it. */
        unfinished: boolean;
        /** Set where the network refused it because it has an equal post. `equal`: `resolve` takes it; `copy`: that is the copy of another delivery. */
        duplicate: ("equal" | "copy") | null;
        /** How often it was sent or looked for, without edits and deletions. */
        attempts: number;
        due: string | null;
        reason: string | null;
        history?: History;
    }[];
    /** The accounts that would announce it once more. */
    again: {
        account: string;
        /** What its network charges, in US dollars. */
        cost: number | null;
    }[];
    /** The time zone of the site, in which its people read the moments of the answer. */
    timeZone: string;
};
export type PutAnswer = {
    id?: string;
    slug?: string;
    path?: string;
    url?: string;
    /** Null for a note. */
    title?: string | null;
    /** What lists call it: its title, or the first words of a note. */
    label?: string;
    /** Null while the post is held, and where there is none. */
    published: string | null;
    updated?: string;
    revision?: string;
    /** Names this state of the post, without its deliveries: send it in quotes as `If-Match`. */
    etag?: string;
    result: "created" | "updated" | "unchanged" | "deleted" | "absent" | "page";
    /** Why it is held. */
    hold?: string;
    /** Why it is a page, not a post. */
    page?: string;
    warnings: Reason[];
    /** The accounts whose deliveries waited, and are tried now. */
    hurried: {
        account: string;
        /** The reason why it is not sent even so, where one is known. */
        waits: string | null;
    }[];
    /** The time zone of the site, in which its people read the moments of the answer. */
    timeZone: string;
};
export type AnnounceAnswer = {
    id: string;
    slug: string;
    /** Names the post where the slug is ambiguous: the path of its address, or its URL on another host. */
    path: string;
    url: string;
    /** Null for a note. */
    title: string | null;
    /** What lists call it: its title, or the first words of a note. */
    label: string;
    /** Null while the post is held. */
    published: string | null;
    updated: string;
    revision: string;
    /** Names this state of the post, without its deliveries: send it in quotes as `If-Match`. */
    etag: string;
    result: "updated" | "unchanged";
    hold?: string;
    /** The accounts whose deliveries waited, and are tried now. */
    hurried: {
        account: string;
        /** The reason why it is not sent even so, where one is known. */
        waits: string | null;
    }[];
    /** The time zone of the site, in which its people read the moments of the answer. */
    timeZone: string;
};
export type RemoveAnswer = {
    id: string;
    slug: string;
    /** Names the post where the slug is ambiguous: the path of its address, or its URL on another host. */
    path: string;
    url: string;
    /** Null for a note. */
    title: string | null;
    /** What lists call it: its title, or the first words of a note. */
    label: string;
    /** Null while the post is held. */
    published: string | null;
    updated: string;
    revision: string;
    /** Names this state of the post, without its deliveries: send it in quotes as `If-Match`. */
    etag: string;
    result: "deleted";
    /** The path of its document, where that is still in its source: an edit of it restores the post. */
    remaining: string | null;
    /** The time zone of the site, in which its people read the moments of the answer. */
    timeZone: string;
};
export type PlannedPost = {
    slug: string;
    path: string;
    guid?: string;
    url: string;
    /** The page elsewhere that a link post is about. */
    external?: string;
    title: string | null;
    label: string;
    /** Null where the document names no date. */
    published: string | null;
    updated: string | null;
    language: string;
    summary: string;
    html: string;
    categories: {
        name: string;
        "type"?: string;
    }[];
    authors: {
        name: string;
        url?: string;
        email?: string;
    }[];
    image?: {
        url: string;
        /** A file of the site's sources: no page has it at `url`. */
        isSource?: true;
        alt?: string;
        creditHtml?: string;
        credit?: string;
    };
    /** The pictures of a note, and of an article that names several: at most four. */
    images?: {
        url: string;
        /** A file of the site's sources: no page has it at `url`. */
        isSource?: true;
        alt?: string;
        creditHtml?: string;
        credit?: string;
    }[];
    featured: boolean;
    trending: boolean;
    readingTime: number;
    disclosure?: string;
    social: {
        off: boolean;
        answers?: string;
        share?: string;
        snippet?: string;
        useSummary: boolean;
        lead?: string;
        contentWarning?: string;
        sensitive?: boolean;
        texts: {
            [key: string]: string;
        };
    };
    hold?: string;
};
export type PlannedSnippet = {
    account: string;
    network: string;
    text: string;
    /** Counted as the network counts. */
    length: number;
    /** The texts that follow the post, each in a reply to the one before. */
    replies: {
        text: string;
        /** Counted as the network counts. */
        length: number;
    }[];
    limit: number;
    /** The characters of the whole post, where that is sent instead of the text. */
    article: number | null;
    language: string;
    /** The preview of the link, where Crier makes it: other networks make it from the page. */
    card: {
        title: string;
        description: string;
    } | null;
    pictures: {
        /** `file`: it is scaled to `cap` and sent; `address`: the network loads it itself; `none`: neither. */
        sent: "file" | "address" | "none";
        url: string;
        alt: string | null;
        /** Whether the alternative text is sent, too: not every network takes one. */
        sendsAlt: boolean;
        cap: {
            maxBytes: number;
            maxSide: number;
        } | null;
        prepared: {
            mediaType: string;
            width: number;
            height: number;
            size: number;
        } | null;
        /** Why it is not sent, or what went wrong with it before. */
        reason: string | null;
    }[];
    /** The content warning of the post, and where the network shows it: in a field of its own, above the text, or above a text that is a spoiler. */
    contentWarning: {
        text: string;
        place: "field" | "text" | "spoiler";
    } | null;
    /** What the network charges for it, in US dollars. */
    cost: number | null;
    reach: "real" | "sandbox" | "none";
    /** Whether the account would announce it if it had credentials and the document came from a folder. */
    announced: {
        when: "now" | "later" | "held" | "never";
        reason: string | null;
        /** The earliest time of `later`. Null where it waits for a person. */
        at: string | null;
    };
    /** How many such posts are sent before the breaker would hold it, and why. Null where it would not be announced now. */
    breaker: {
        after: number;
        reason: string;
    } | null;
};
export type PostStatus = {
    id: string;
    slug: string;
    /** Names the post where the slug is ambiguous: the path of its address, or its URL on another host. */
    path: string;
    url: string;
    /** Null for a note. */
    title: string | null;
    /** What lists call it: its title, or the first words of a note. */
    label: string;
    /** Null while the post is held. */
    published: string | null;
    updated: string;
    revision: string;
    /** Names this state of the post, without its deliveries: send it in quotes as `If-Match`. */
    etag: string;
    /** When it last changed: as `updated`, and never later than its document was read. */
    changed: string;
    /** The path of its document in the source. */
    document: string;
    featured: boolean;
    trending: boolean;
    /** Minutes. */
    readingTime: number;
    status: "live" | "scheduled" | "held" | "deleted";
    /** Why it is held, why accounts were left out, or what is wrong with its document. */
    reason: string | null;
    /** The path of its document before that was moved. */
    movedFrom: string | null;
    /** Why it is a note. Null for an article. */
    whyNote: string | null;
    /** The parts of its document that were left out or guessed. */
    warnings: Reason[];
    /** Its versions in other languages. */
    translations: {
        /** BCP 47. */
        language: string;
        url: string;
    }[];
    deliveries: {
        id: string;
        /** Names its post: the slug, or the path of the address where that says more. */
        slug: string;
        account: string;
        network: string;
        state: "pending" | "held" | "sending" | "unsettled" | "posted" | "editing" | "deleting" | "deleted" | "failed" | "unknown" | "cancelled";
        /** It grows with every change of the delivery. */
        version: number;
        /** The kind of hold, where it is held, or where an edit of its copy is. */
        hold: ("breaker" | "live" | "approval" | "text" | "copy" | "person" | "returned" | "unreadable") | null;
        /** What readers will see, where the delivery or an edit of its copy waits or is held. */
        shown: {
            /** A thread has an empty line between its posts. */
            text: string;
            /** Readers see it first, and the text when they ask for it. Null where the network has no field for it: then it is in the text. */
            contentWarning: string | null;
            /** Of all that readers would see: text, link, card, visibility, picture. */
            hash: string;
            /** Of the whole text, by the network's rule. More than the limit where it is cut. Null where the whole post is sent. */
            length: number | null;
            limit: number | null;
            /** Readers see only the beginning of the text. */
            cut: boolean;
            /** The preview of the link, where it is part of what is sent. */
            card: {
                title: string;
                description: string;
                picture: boolean;
            } | null;
            /** What the network would lose of it, or show otherwise. */
            warnings: string[];
            approved: boolean;
        } | null;
        /** The text that was edited for this account, in the place of the document's. */
        text: EditedText | null;
        generation: number;
        sandbox: boolean;
        /** When it was first sent, where the network has it. */
        posted: string | null;
        /** The URL of the copy on the network. */
        url: string | null;
        /** The copy differs from the post, or is there although the post was deleted. */
        stale: boolean;
        /** Only a part of it is known to be on the network: `resolve` takes it. */
        unfinished: boolean;
        /** Set where the network refused it because it has an equal post. `equal`: `resolve` takes it; `copy`: that is the copy of another delivery. */
        duplicate: ("equal" | "copy") | null;
        /** How often it was sent or looked for, without edits and deletions. */
        attempts: number;
        due: string | null;
        reason: string | null;
        history?: History;
    }[];
    /** The accounts that would announce it once more. */
    again: {
        account: string;
        /** What its network charges, in US dollars. */
        cost: number | null;
    }[];
};
export type PlanAnswer = {
    post?: PlannedPost;
    /** Why it is a page, not a post. */
    page?: string;
    warnings: Reason[];
    snippets: PlannedSnippet[];
    /** The keys from which each field was taken, or where it comes from if there is no key (`the body`). */
    origins: {
        [key: string]: string[];
    };
    /** The post that the document is already. */
    existing: PostStatus | null;
    /** The time zone of the site, in which its people read the moments of the answer. */
    timeZone: string;
};
export type DeliveryPage = {
    deliveries: Delivery[];
    next: string | null;
    /** The time zone of the site, in which its people read the moments of the answer. */
    timeZone: string;
};
export type UpcomingPage = {
    deliveries: Delivery[];
    next: string | null;
    /** The time zone of the site, in which its people read the moments of the answer. */
    timeZone: string;
    /** With the first page: posts that are planned at their date, of the fifty that changed last. */
    scheduled: {
        slug: string;
        at: string;
        /** Those that announce it by what is known now. */
        accounts: string[];
    }[];
};
export type ChangedDelivery = {
    id: string;
    /** Names its post: the slug, or the path of the address where that says more. */
    slug: string;
    account: string;
    network: string;
    state: "pending" | "held" | "sending" | "unsettled" | "posted" | "editing" | "deleting" | "deleted" | "failed" | "unknown" | "cancelled";
    /** It grows with every change of the delivery. */
    version: number;
    /** The kind of hold, where it is held, or where an edit of its copy is. */
    hold: ("breaker" | "live" | "approval" | "text" | "copy" | "person" | "returned" | "unreadable") | null;
    /** What readers will see, where the delivery or an edit of its copy waits or is held. */
    shown: {
        /** A thread has an empty line between its posts. */
        text: string;
        /** Readers see it first, and the text when they ask for it. Null where the network has no field for it: then it is in the text. */
        contentWarning: string | null;
        /** Of all that readers would see: text, link, card, visibility, picture. */
        hash: string;
        /** Of the whole text, by the network's rule. More than the limit where it is cut. Null where the whole post is sent. */
        length: number | null;
        limit: number | null;
        /** Readers see only the beginning of the text. */
        cut: boolean;
        /** The preview of the link, where it is part of what is sent. */
        card: {
            title: string;
            description: string;
            picture: boolean;
        } | null;
        /** What the network would lose of it, or show otherwise. */
        warnings: string[];
        approved: boolean;
    } | null;
    /** The text that was edited for this account, in the place of the document's. */
    text: EditedText | null;
    generation: number;
    sandbox: boolean;
    /** When it was first sent, where the network has it. */
    posted: string | null;
    /** The URL of the copy on the network. */
    url: string | null;
    /** The copy differs from the post, or is there although the post was deleted. */
    stale: boolean;
    /** Only a part of it is known to be on the network: `resolve` takes it. */
    unfinished: boolean;
    /** Set where the network refused it because it has an equal post. `equal`: `resolve` takes it; `copy`: that is the copy of another delivery. */
    duplicate: ("equal" | "copy") | null;
    /** How often it was sent or looked for, without edits and deletions. */
    attempts: number;
    due: string | null;
    reason: string | null;
    /** It was so before: nothing has changed. */
    already: boolean;
    /** The time zone of the site, in which its people read the moments of the answer. */
    timeZone: string;
};
export type ChangedDeliveries = {
    deliveries: {
        id: string;
        /** Names its post: the slug, or the path of the address where that says more. */
        slug: string;
        account: string;
        network: string;
        state: "pending" | "held" | "sending" | "unsettled" | "posted" | "editing" | "deleting" | "deleted" | "failed" | "unknown" | "cancelled";
        /** It grows with every change of the delivery. */
        version: number;
        /** The kind of hold, where it is held, or where an edit of its copy is. */
        hold: ("breaker" | "live" | "approval" | "text" | "copy" | "person" | "returned" | "unreadable") | null;
        /** What readers will see, where the delivery or an edit of its copy waits or is held. */
        shown: {
            /** A thread has an empty line between its posts. */
            text: string;
            /** Readers see it first, and the text when they ask for it. Null where the network has no field for it: then it is in the text. */
            contentWarning: string | null;
            /** Of all that readers would see: text, link, card, visibility, picture. */
            hash: string;
            /** Of the whole text, by the network's rule. More than the limit where it is cut. Null where the whole post is sent. */
            length: number | null;
            limit: number | null;
            /** Readers see only the beginning of the text. */
            cut: boolean;
            /** The preview of the link, where it is part of what is sent. */
            card: {
                title: string;
                description: string;
                picture: boolean;
            } | null;
            /** What the network would lose of it, or show otherwise. */
            warnings: string[];
            approved: boolean;
        } | null;
        /** The text that was edited for this account, in the place of the document's. */
        text: EditedText | null;
        generation: number;
        sandbox: boolean;
        /** When it was first sent, where the network has it. */
        posted: string | null;
        /** The URL of the copy on the network. */
        url: string | null;
        /** The copy differs from the post, or is there although the post was deleted. */
        stale: boolean;
        /** Only a part of it is known to be on the network: `resolve` takes it. */
        unfinished: boolean;
        /** Set where the network refused it because it has an equal post. `equal`: `resolve` takes it; `copy`: that is the copy of another delivery. */
        duplicate: ("equal" | "copy") | null;
        /** How often it was sent or looked for, without edits and deletions. */
        attempts: number;
        due: string | null;
        reason: string | null;
        /** It was so before: nothing has changed. */
        already: boolean;
    }[];
    /** Why other deliveries of the post are left as they are, or what delays those that were changed. */
    problems: string[];
    next: string | null;
    /** The time zone of the site, in which its people read the moments of the answer. */
    timeZone: string;
};
export type TextAnswer = {
    /** Of all that readers see in the first post, by the network's rule. */
    length: number;
    limit: number;
    /** How many characters are too many. */
    over: number;
    /** More than one where the text goes on in replies. */
    posts: number;
    /** What Crier adds above the text. */
    above: string;
    /** What Crier adds below the text: the link, the hashtags. */
    below: string;
    /** Crier adds a preview of the link. */
    card: boolean;
    slug: string;
    account: string;
    network: string;
    /** The text as it is now, without what Crier adds. */
    value: string;
    /** The text that the document gives. */
    document: string;
    /** The hash of what readers would see, for a change of it. Null where nothing waits. */
    shown: string | null;
    /** Why it cannot be edited. */
    problem: string | null;
    /** Null until it is planned. */
    delivery: {
        id: string;
        /** Names its post: the slug, or the path of the address where that says more. */
        slug: string;
        account: string;
        network: string;
        state: "pending" | "held" | "sending" | "unsettled" | "posted" | "editing" | "deleting" | "deleted" | "failed" | "unknown" | "cancelled";
        /** It grows with every change of the delivery. */
        version: number;
        /** The kind of hold, where it is held, or where an edit of its copy is. */
        hold: ("breaker" | "live" | "approval" | "text" | "copy" | "person" | "returned" | "unreadable") | null;
        /** What readers will see, where the delivery or an edit of its copy waits or is held. */
        shown: {
            /** A thread has an empty line between its posts. */
            text: string;
            /** Readers see it first, and the text when they ask for it. Null where the network has no field for it: then it is in the text. */
            contentWarning: string | null;
            /** Of all that readers would see: text, link, card, visibility, picture. */
            hash: string;
            /** Of the whole text, by the network's rule. More than the limit where it is cut. Null where the whole post is sent. */
            length: number | null;
            limit: number | null;
            /** Readers see only the beginning of the text. */
            cut: boolean;
            /** The preview of the link, where it is part of what is sent. */
            card: {
                title: string;
                description: string;
                picture: boolean;
            } | null;
            /** What the network would lose of it, or show otherwise. */
            warnings: string[];
            approved: boolean;
        } | null;
        /** The text that was edited for this account, in the place of the document's. */
        text: EditedText | null;
        generation: number;
        sandbox: boolean;
        /** When it was first sent, where the network has it. */
        posted: string | null;
        /** The URL of the copy on the network. */
        url: string | null;
        /** The copy differs from the post, or is there although the post was deleted. */
        stale: boolean;
        /** Only a part of it is known to be on the network: `resolve` takes it. */
        unfinished: boolean;
        /** Set where the network refused it because it has an equal post. `equal`: `resolve` takes it; `copy`: that is the copy of another delivery. */
        duplicate: ("equal" | "copy") | null;
        /** How often it was sent or looked for, without edits and deletions. */
        attempts: number;
        due: string | null;
        reason: string | null;
        history?: History;
    } | null;
    /** The time zone of the site, in which its people read the moments of the answer. */
    timeZone: string;
};
export type MeasureTextAnswer = {
    /** Of all that readers see in the first post, by the network's rule. */
    length: number;
    limit: number;
    /** How many characters are too many. */
    over: number;
    /** More than one where the text goes on in replies. */
    posts: number;
    /** What Crier adds above the text. */
    above: string;
    /** What Crier adds below the text: the link, the hashtags. */
    below: string;
    /** Crier adds a preview of the link. */
    card: boolean;
    /** The time zone of the site, in which its people read the moments of the answer. */
    timeZone: string;
};
export type Sending = {
    stopped: {
        since: string;
        why: string;
        /** Who decided, as they named themselves. */
        by: string | null;
        /** Null: all accounts. */
        account: string | null;
    }[];
    /** It was so before: nothing has changed. */
    already: boolean;
    /** The ids of deliveries with a request that was sent before, and may still be posted. */
    underWay: string[];
    /** The time zone of the site, in which its people read the moments of the answer. */
    timeZone: string;
};
export type ResumedSending = {
    stopped: {
        since: string;
        why: string;
        /** Who decided, as they named themselves. */
        by: string | null;
        /** Null: all accounts. */
        account: string | null;
    }[];
    /** It was so before: nothing has changed. */
    already: boolean;
    /** The ids of deliveries with a request that was sent before, and may still be posted. */
    underWay: string[];
    /** The time zone of the site, in which its people read the moments of the answer. */
    timeZone: string;
    /** What accounts would send that are stopped because the data was restored to an earlier state. Nothing was resumed unless it is empty: compare it with the networks, dismiss what is there already, and repeat the request with `confirm=true`. */
    wouldSend: {
        account: string;
        /** The first ones. */
        deliveries: {
            id: string;
            slug: string;
            state: "pending" | "held" | "sending" | "unsettled" | "posted" | "editing" | "deleting" | "deleted" | "failed" | "unknown" | "cancelled";
        }[];
        /** There are others. */
        more: boolean;
    }[];
};
export type Act = {
    at: string;
    /** Who did it, as they named themselves. */
    by: string | null;
    act: "decided" | "announced" | "removed" | "stopped" | "resumed" | "signed-in";
    /** The post, where it is about one. */
    slug: string | null;
    /** Its title at that time. */
    title: string | null;
    /** The account, where it is about one. A stop without one is of all accounts. */
    account: string | null;
    /** The state of the delivery that was decided about, from then on. */
    state: ("pending" | "held" | "sending" | "unsettled" | "posted" | "editing" | "deleting" | "deleted" | "failed" | "unknown" | "cancelled") | null;
    /** Why, as the delivery says it, or the person who stopped the sending. `again`: it was announced before. */
    reason: string | null;
};
export type ActPage = {
    acts: Act[];
    next: string | null;
    /** The time zone of the site, in which its people read the moments of the answer. */
    timeZone: string;
};
export type Count = {
    count: number;
    /** There are others. */
    more: boolean;
};
export type Account = {
    name: string;
    network: string;
    site: string;
    reach: "real" | "sandbox" | "none";
    /** When Crier last logged in. Null where it never did, and where the account does not post for real. */
    checked: string | null;
    /** Server and account behind the login, where the network says them. */
    identity: string | null;
    /** The problem with its secret, or with its login when it was last checked. */
    problem: string | null;
    /** When its login ends, unless it is connected again. Null where nothing has to be done: it has no end, or is renewed. */
    loginEndsAt: string | null;
    /** Set within two weeks of that, or where the login was not renewed: what to do. It is good until then. */
    loginProblem: string | null;
    /** Set while a person has stopped what it sends. */
    stopped: {
        since: string;
        why: string;
        /** Who decided, as they named themselves. */
        by: string | null;
    } | null;
    /** Set while the network refuses the login. */
    paused: {
        since: string;
        reason: string;
        /** After this moment the next post is tried. */
        until: string;
    } | null;
    /** Set while its network gives no answer to what is sent there. What is due waits. */
    down: {
        since: string;
        /** The next try. */
        until: string;
        reason: string;
    } | null;
    /** Until when a new article, or a new note, is held by the breaker unless a person decides to send it. Null where it is not. */
    breaker: {
        articles: string | null;
        notes: string | null;
    };
    /** Posts within a day that the network took or may have taken. */
    sentToday: number;
    dailyCap: number | null;
    /** When another post may be sent, and why not now. Null where one may be sent now. */
    next: {
        at: string;
        reason: string;
    } | null;
    waiting: Count;
    /** They are being sent, edited or deleted, or wait for a network that gave no clear answer. */
    underWay: Count;
    /** With the copies whose edit waits for an approval. */
    held: Count;
    "unknown": Count;
    failed: Count;
    /** The posts that would go out if it were connected now. Null where it is. */
    ifConnected: {
        slug: string;
        at: string | null;
        reason: string;
    }[] | null;
};
export type AccountsAnswer = {
    accounts: Account[];
    /** The time zone of the site, in which its people read the moments of the answer. */
    timeZone: string;
};
export type CheckAccountsAnswer = {
    accounts: Account[];
    /** The time zone of the site, in which its people read the moments of the answer. */
    timeZone: string;
};
export type Feed = {
    key: string;
    title: string;
    /** Its page for people, or the RSS file of an archive page. */
    url: string;
    /** Its files for feed readers. An archive page has none: feed readers find it. */
    addresses: string[];
    rendered: string | null;
    due: string | null;
    /** A fault with an entry leaves out that entry; any other keeps the last good feed. */
    faults: {
        file: string;
        problem: string;
        entry?: string;
    }[];
    /** The number of entries that are summaries, because the feed would be larger than about 5 MB. */
    shortened: number;
    hubs: {
        url: string;
        /** When it last accepted a ping. */
        pinged: string | null;
        /** Why it did not accept the last one. */
        reason: string | null;
    }[];
};
export type FeedsAnswer = {
    feeds: Feed[];
    /** The time zone of the site, in which its people read the moments of the answer. */
    timeZone: string;
};
export type Source = {
    name: string;
    /** When its first listing was complete: documents until then are history. */
    listed: string | null;
    /** How the polls of a feed go. Null for other sources. */
    poll: {
        /** The address of the next poll: the configured one, until the feed moves for good. */
        url: string;
        /** When the last poll ended. */
        polled: string | null;
        answer: ("entries" | "unchanged" | "failed") | null;
        next: string | null;
        /** The number of entries in the feed when it last had any. */
        entries: number;
        /** Polls in a row that failed. */
        failures: number;
        /** Why the last one failed. */
        problem: string | null;
    } | null;
};
export type SourcesAnswer = {
    sources: Source[];
    /** The time zone of the site, in which its people read the moments of the answer. */
    timeZone: string;
};
export type DescriptionAnswer = {
    openapi: string;
    [key: string]: any;
};
export type HealthAnswer = {
    status: "ok" | "late";
    lastSweep?: string | null;
    overdue?: string | null;
};
/**
 * Lists the posts, the most recently changed first.
 */
export function list({ $from, refused, pages, site, ifNoneMatch }: {
    $from?: string;
    refused?: "" | "1" | "true" | "yes" | "0" | "false" | "no";
    pages?: "" | "1" | "true" | "yes" | "0" | "false" | "no";
    site?: string;
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: ListAnswer | RefusedAnswer | PagesAnswer;
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/api/posts${QS.query(QS.explode({
        "from": $from,
        refused,
        pages,
        site
    }))}`, {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Shows a post and its deliveries.
 */
export function status(name: string, { history, site, ifNoneMatch }: {
    history?: "" | "1" | "true" | "yes" | "0" | "false" | "no";
    site?: string;
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: StatusAnswer;
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/api/posts/${encodeURIComponent(name)}${QS.query(QS.explode({
        history,
        site
    }))}`, {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Publishes the document in the body.
 */
export function put(name: string, body: string, { again, account, $import, file, nameQuery, site, ifMatch, ifNoneMatch }: {
    again?: "" | "1" | "true" | "yes" | "0" | "false" | "no";
    account?: string;
    $import?: "" | "1" | "true" | "yes" | "0" | "false" | "no";
    file?: string;
    nameQuery?: string;
    site?: string;
    ifMatch?: string;
    ifNoneMatch?: "*";
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: PutAnswer;
    } | {
        status: 201;
        data: PutAnswer;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 422;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/api/posts/${encodeURIComponent(name)}${QS.query(QS.explode({
        again,
        account,
        "import": $import,
        file,
        name: nameQuery,
        site
    }))}`, {
        ...opts,
        method: "PUT",
        body,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-Match": ifMatch,
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Announces a post that is in the feeds only.
 */
export function announce(name: string, { again, account, site, ifMatch, ifNoneMatch }: {
    again?: "" | "1" | "true" | "yes" | "0" | "false" | "no";
    account?: string;
    site?: string;
    ifMatch?: string;
    ifNoneMatch?: "*";
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: AnnounceAnswer;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/api/posts/${encodeURIComponent(name)}${QS.query(QS.explode({
        again,
        account,
        site
    }))}`, {
        ...opts,
        method: "POST",
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-Match": ifMatch,
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Takes a post out of the feeds at once, and its copies off the networks that allow it.
 */
export function remove(name: string, { site, ifMatch, ifNoneMatch }: {
    site?: string;
    ifMatch?: string;
    ifNoneMatch?: "*";
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: RemoveAnswer;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 412;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/api/posts/${encodeURIComponent(name)}${QS.query(QS.explode({
        site
    }))}`, {
        ...opts,
        method: "DELETE",
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-Match": ifMatch,
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Shows what the document in the body would publish, and publishes nothing.
 */
export function plan(body: string, { name, file, site }: {
    name?: string;
    file?: string;
    site?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: PlanAnswer;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 422;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/api/plan${QS.query(QS.explode({
        name,
        file,
        site
    }))}`, {
        ...opts,
        method: "POST",
        body
    });
}
/**
 * Lists the deliveries in one state.
 */
export function deliveries(state: "pending" | "held" | "sending" | "unsettled" | "posted" | "editing" | "deleting" | "deleted" | "failed" | "unknown" | "cancelled", { $from, site, ifNoneMatch }: {
    $from?: string;
    site?: string;
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: DeliveryPage;
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/api/deliveries${QS.query(QS.explode({
        state,
        "from": $from,
        site
    }))}`, {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Lists what waits to be sent on all accounts, by the time at which it goes out.
 */
export function upcoming({ limit, $from, site, ifNoneMatch }: {
    limit?: number;
    $from?: string;
    site?: string;
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: UpcomingPage;
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/api/upcoming${QS.query(QS.explode({
        limit,
        "from": $from,
        site
    }))}`, {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Sends a failed delivery again, and one that waits or is held now.
 */
export function retry(id: string, { version, shown, site }: {
    version?: number;
    shown?: string;
    site?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: ChangedDelivery;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/api/deliveries/${encodeURIComponent(id)}/retry${QS.query(QS.explode({
        version,
        shown,
        site
    }))}`, {
        ...opts,
        method: "POST"
    });
}
/**
 * Records what became of an unknown delivery, or of the missing part of one.
 */
export function resolve(id: string, body?: {
    /** `posted`: it is on the network. `retry`: it is not, and is sent again. */
    "as": "posted" | "retry";
    /** The version that was seen. With another one now, the request is refused. */
    version?: number;
    /** The hash of the text that was seen. With another text now, the request is refused. */
    shown?: string;
}, { $as, version, shown, site }: {
    $as?: "posted" | "retry";
    version?: number;
    shown?: string;
    site?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: ChangedDelivery;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/api/deliveries/${encodeURIComponent(id)}/resolve${QS.query(QS.explode({
        "as": $as,
        version,
        shown,
        site
    }))}`, oazapfts.json({
        ...opts,
        method: "POST",
        body
    }));
}
/**
 * Takes back the copy of a post on one account, and keeps the post.
 */
export function withdraw(post: string, account: string, { site }: {
    site?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: ChangedDeliveries;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/api/deliveries/withdraw${QS.query(QS.explode({
        post,
        account,
        site
    }))}`, {
        ...opts,
        method: "POST"
    });
}
/**
 * Shows the text of a post for one account, and what Crier adds to it.
 */
export function text({ post, account, delivery, site, ifNoneMatch }: {
    post?: string;
    account?: string;
    delivery?: string;
    site?: string;
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: TextAnswer;
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/api/deliveries/text${QS.query(QS.explode({
        post,
        account,
        delivery,
        site
    }))}`, {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Gives one account a text of its own, in the place of the document's. A text that is out is not edited.
 */
export function editText(body?: {
    /** The post, with an account. */
    post?: string;
    /** The account whose text it is. */
    account?: string;
    /** The id of a delivery, instead of a post and an account. */
    delivery?: string;
    text: string;
    /** Where the document says something else before it is sent: `ask` holds it, `mine` sends this text. */
    ifOvertaken?: "ask" | "mine";
    /** The version that was seen. With another one now, the request is refused. */
    version?: number;
    /** The hash of the text that was seen. With another text now, the request is refused. */
    shown?: string;
}, { post, account, delivery, text, ifOvertaken, version, shown, site }: {
    post?: string;
    account?: string;
    delivery?: string;
    text?: string;
    ifOvertaken?: "ask" | "mine";
    version?: number;
    shown?: string;
    site?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: ChangedDelivery;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 422;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/api/deliveries/text${QS.query(QS.explode({
        post,
        account,
        delivery,
        text,
        ifOvertaken,
        version,
        shown,
        site
    }))}`, oazapfts.json({
        ...opts,
        method: "POST",
        body
    }));
}
/**
 * Counts a text as the network of an account does. Nothing is changed.
 */
export function measureText(body?: {
    /** The post, with an account. */
    post?: string;
    /** The account whose text it is. */
    account?: string;
    /** The id of a delivery, instead of a post and an account. */
    delivery?: string;
    text: string;
}, { post, account, delivery, text, site }: {
    post?: string;
    account?: string;
    delivery?: string;
    text?: string;
    site?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: MeasureTextAnswer;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/api/deliveries/text/length${QS.query(QS.explode({
        post,
        account,
        delivery,
        text,
        site
    }))}`, oazapfts.json({
        ...opts,
        method: "POST",
        body
    }));
}
/**
 * Gives one account the text of the document again. A copy that has an edited text is edited.
 */
export function documentText(body?: {
    /** The post, with an account. */
    post?: string;
    /** The account whose text it is. */
    account?: string;
    /** The id of a delivery, instead of a post and an account. */
    delivery?: string;
    /** The version that was seen. With another one now, the request is refused. */
    version?: number;
    /** The hash of the text that was seen. With another text now, the request is refused. */
    shown?: string;
}, { post, account, delivery, version, shown, site }: {
    post?: string;
    account?: string;
    delivery?: string;
    version?: number;
    shown?: string;
    site?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: ChangedDelivery;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/api/deliveries/text/document${QS.query(QS.explode({
        post,
        account,
        delivery,
        version,
        shown,
        site
    }))}`, oazapfts.json({
        ...opts,
        method: "POST",
        body
    }));
}
/**
 * Sends a delivery that is held.
 */
export function release(id: string, { version, shown, site }: {
    version?: number;
    shown?: string;
    site?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: ChangedDelivery;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/api/deliveries/${encodeURIComponent(id)}/release${QS.query(QS.explode({
        version,
        shown,
        site
    }))}`, {
        ...opts,
        method: "POST"
    });
}
/**
 * Sends all that is held, of a post or of the site.
 */
export function releaseMany({ post, all, $from, site }: {
    post?: string;
    all?: "" | "1" | "true" | "yes" | "0" | "false" | "no";
    $from?: string;
    site?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: ChangedDeliveries;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/api/deliveries/release${QS.query(QS.explode({
        post,
        all,
        "from": $from,
        site
    }))}`, {
        ...opts,
        method: "POST"
    });
}
/**
 * Keeps a delivery that waits from being sent.
 */
export function hold(id: string, { version, shown, site }: {
    version?: number;
    shown?: string;
    site?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: ChangedDelivery;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/api/deliveries/${encodeURIComponent(id)}/hold${QS.query(QS.explode({
        version,
        shown,
        site
    }))}`, {
        ...opts,
        method: "POST"
    });
}
/**
 * Keeps all that waits from being sent, of a post or of the site.
 */
export function holdMany({ post, all, $from, site }: {
    post?: string;
    all?: "" | "1" | "true" | "yes" | "0" | "false" | "no";
    $from?: string;
    site?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: ChangedDeliveries;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/api/deliveries/hold${QS.query(QS.explode({
        post,
        all,
        "from": $from,
        site
    }))}`, {
        ...opts,
        method: "POST"
    });
}
/**
 * Approves a delivery that waits for it.
 */
export function approve(id: string, { version, shown, site }: {
    version?: number;
    shown?: string;
    site?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: ChangedDelivery;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/api/deliveries/${encodeURIComponent(id)}/approve${QS.query(QS.explode({
        version,
        shown,
        site
    }))}`, {
        ...opts,
        method: "POST"
    });
}
/**
 * Approves all that waits for it, of a post or of the site.
 */
export function approveMany({ post, all, $from, site }: {
    post?: string;
    all?: "" | "1" | "true" | "yes" | "0" | "false" | "no";
    $from?: string;
    site?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: ChangedDeliveries;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/api/deliveries/approve${QS.query(QS.explode({
        post,
        all,
        "from": $from,
        site
    }))}`, {
        ...opts,
        method: "POST"
    });
}
/**
 * Cancels a delivery for good.
 */
export function dismiss(id: string, { version, shown, site }: {
    version?: number;
    shown?: string;
    site?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: ChangedDelivery;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/api/deliveries/${encodeURIComponent(id)}/dismiss${QS.query(QS.explode({
        version,
        shown,
        site
    }))}`, {
        ...opts,
        method: "POST"
    });
}
/**
 * Cancels all that is held, of a post or of the site, for good.
 */
export function dismissMany({ post, all, $from, site }: {
    post?: string;
    all?: "" | "1" | "true" | "yes" | "0" | "false" | "no";
    $from?: string;
    site?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: ChangedDeliveries;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 409;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/api/deliveries/dismiss${QS.query(QS.explode({
        post,
        all,
        "from": $from,
        site
    }))}`, {
        ...opts,
        method: "POST"
    });
}
/**
 * Stops what an account sends, edits and deletes on its network, or what all accounts do.
 */
export function stopSending(why: string, { account, site }: {
    account?: string;
    site?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: Sending;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/api/sending/stop${QS.query(QS.explode({
        account,
        why,
        site
    }))}`, {
        ...opts,
        method: "POST"
    });
}
/**
 * Ends the stop of an account, or that of all accounts. What waited goes out.
 */
export function resumeSending({ account, confirm, site }: {
    account?: string;
    confirm?: "" | "1" | "true" | "yes" | "0" | "false" | "no";
    site?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: ResumedSending;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/api/sending/resume${QS.query(QS.explode({
        account,
        confirm,
        site
    }))}`, {
        ...opts,
        method: "POST"
    });
}
/**
 * Lists what people decided in the site, and who, the newest first. It is kept for 400 days.
 */
export function log({ $from, site, ifNoneMatch }: {
    $from?: string;
    site?: string;
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: ActPage;
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/api/log${QS.query(QS.explode({
        "from": $from,
        site
    }))}`, {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Lists the accounts, what their last check found, what waits, and when the next post may go out.
 */
export function accounts({ site, ifNoneMatch }: {
    site?: string;
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: AccountsAnswer;
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/api/accounts${QS.query(QS.explode({
        site
    }))}`, {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Logs in where an account has credentials, and lists the accounts as they are then.
 */
export function checkAccounts({ site }: {
    site?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: CheckAccountsAnswer;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/api/accounts/check${QS.query(QS.explode({
        site
    }))}`, {
        ...opts,
        method: "POST"
    });
}
/**
 * Lists the feeds and their faults.
 */
export function feeds({ site, ifNoneMatch }: {
    site?: string;
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: FeedsAnswer;
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/api/feeds${QS.query(QS.explode({
        site
    }))}`, {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * Lists where the posts come from.
 */
export function sources({ site, ifNoneMatch }: {
    site?: string;
    ifNoneMatch?: string;
} = {}, opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: SourcesAnswer;
    } | {
        status: 304;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>(`/api/sources${QS.query(QS.explode({
        site
    }))}`, {
        ...opts,
        headers: oazapfts.mergeHeaders(opts?.headers, {
            "If-None-Match": ifNoneMatch
        })
    });
}
/**
 * This description of the API.
 */
export function description(opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: DescriptionAnswer;
    }>("/api/openapi.json", {
        ...opts
    });
}
/**
 * Answers while Crier runs. On one machine with 503 where its work is not being done: what is due was not looked for within five minutes, or a row has been due for half an hour.
 */
export function health(opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: HealthAnswer;
    }>("/healthz", {
        ...opts
    });
}
/**
 * Everything that a Crier on one machine knows, as one file. Only for requests from that machine.
 */
export function exportDatabase(opts?: Oazapfts.RequestOpts) {
    return oazapfts.fetchJson<{
        status: 200;
        data: string;
    } | {
        status: 400;
        data: Problem;
    } | {
        status: 401;
        data: Problem;
    } | {
        status: 404;
        data: Problem;
    } | {
        status: 413;
        data: Problem;
    } | {
        status: 415;
        data: Problem;
    } | {
        status: 500;
        data: Problem;
    } | {
        status: 503;
        data: Problem;
    }>("/api/export", {
        ...opts
    });
}
