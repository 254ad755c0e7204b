import type { FeedKey } from "./feed-key.ts";
import type { Person } from "./site.ts";
import type { Instant } from "./time.ts";

export interface Category {
  readonly name: string;
  /** `exact`, `specific`, `niche`, `medium`, `general` … as the document typed it. */
  readonly type?: string;
}

export interface Image {
  /** Absolute. */
  readonly url: string;
  readonly alt?: string;
  /** Sanitised inline HTML: the photographer's link is kept. */
  readonly creditHtml?: string;
  /** The same as plain text. */
  readonly credit?: string;
}

/** A recording, film or other file that belongs to the post, such as the episode of a podcast. */
export interface Attachment {
  /** Absolute. */
  readonly url: string;
  readonly mediaType: string;
  /** In bytes. */
  readonly length: number | undefined;
}

/** The texts of a document that are meant for the networks. */
export interface Social {
  /** `socialShare: false`: feeds only. */
  readonly off: boolean;
  /** `socialShare`. */
  readonly share?: string;
  /** The document's own snippet (`snippet`, `tweet`, a "Social Snippet:" in excerpt, description or body): the longest of them that is complete. */
  readonly snippet?: string;
  /** The summary can announce the post: the author wrote it, or it is whole sentences of the body. */
  readonly useSummary: boolean;
  /** The sentences of the body that announce it in the place of a summary which the author did not write. */
  readonly lead?: string;
  /** What a network shows instead of the text, until its reader asks for that. */
  readonly contentWarning?: string;
  /** Networks mark the post as one that not everybody wants to see. */
  readonly sensitive?: boolean;
  /** `social.<account>` and `social.<network>`, keyed in lower case. */
  readonly texts: Readonly<Record<string, string>>;
}

/** Which documents are translations of one another: those with one key. */
export interface TranslationGroup {
  /** `translationKey`, else `path`. */
  readonly key: string;
  /** The document's path without language and extension. */
  readonly path: string;
}

/** A living translation of a post. */
export interface Translation {
  /** The id of its post. */
  readonly post: string;
  /** BCP 47. */
  readonly language: string;
  readonly url: string;
}

/** The content of a document. Every string is clean, every URL absolute, the HTML sanitised. */
export interface PostContent {
  /** May contain `/` (a language folder). */
  readonly slug: string;
  /** The front matter's own id, an alias of the post's identity. */
  readonly guid: string | undefined;
  /** The page that the post is about. */
  readonly url: string;
  readonly title: string;
  /** Absent without a date in the front matter or the path: then the post is held, or published at the moment when a person publishes it. */
  readonly published: Instant | undefined;
  readonly updated: Instant | undefined;
  /** BCP 47. */
  readonly language: string;
  /** Absent where the source has no documents in several languages, or where another document has the place. */
  readonly translation: TranslationGroup | undefined;
  /** Plain text. */
  readonly summary: string;
  /** The body. */
  readonly html: string;
  /** The primary one first. */
  readonly categories: readonly Category[];
  readonly authors: readonly Person[];
  readonly image: Image | undefined;
  readonly attachment?: Attachment | undefined;
  readonly featured: boolean;
  readonly trending: boolean;
  /** Minutes. */
  readonly readingTime: number;
  /** What helped to write it (`generatedBy`): disclosure, never an author. */
  readonly disclosure: string | undefined;
  readonly social: Social;
  /** Why it must not be published (a draft, an unknown status), for people. */
  readonly hold: string | undefined;
}

/** A feed that the post may be in, with the date of its membership. */
export interface Listing {
  readonly feed: FeedKey;
  readonly published: Instant;
}

/** Who the post is for. Decided once, stored before the first delivery is created, never decided again (interleaving 20). */
export interface Audience {
  readonly accounts: readonly string[];
  /** Why accounts were left out, for people: a baseline, `socialShare: false`. */
  readonly note: string | undefined;
  /** Why no real account announces it until a person does. The sandbox shows the first of them all the same. */
  readonly baseline: string | undefined;
}

/** The type and size of a post's image, requested once. Without a type the request failed. */
export interface Enclosure {
  readonly url: string;
  readonly mediaType: string | undefined;
  /** Bytes. */
  readonly length: number | undefined;
}

/** One published article: the row that is the truth about it. */
export interface Post extends PostContent {
  readonly site: string;
  /** Never changes with slug, path, title, date or domain. */
  readonly id: string;
  /** Raised by every save; 0 for a row that does not exist yet. */
  readonly version: number;
  readonly published: Instant;
  readonly updated: Instant;
  /** Hash of what subscribers see. */
  readonly revision: string;
  /** Its id in the blog's former feeds. Never changes. */
  readonly oldId: string | undefined;
  /** Set once it is decided whether the post has an old id. */
  readonly oldIdDecided: boolean | undefined;
  /** Sorted by language. */
  readonly translations: readonly Translation[];
  /** The public URLs of its copies on networks. */
  readonly syndication: readonly string[];
  /** Of the image that it had when it was last published. */
  readonly enclosure: Enclosure | undefined;
  /** The name of its document's source. */
  readonly source: string;
  readonly path: string;
  /** The path of its document before that was moved. */
  readonly movedFrom: string | undefined;
  /** Hash of the document's bytes, stored by the same save as what was read from them (interleavings 3 and 4). */
  readonly hash: string;
  /** Hash of the site's settings that the document was read with. */
  readonly recipe: string;
  /** When the document's bytes last changed. */
  readonly changed: Instant;
  /** Of its page: no other post has it, or had it before (address.ts). */
  readonly address: string;
  /** Every address that it was ever saved with. */
  readonly addresses: readonly string[];
  /** A person published it: it is announced whatever its age, and even if it is history. */
  readonly byHand: boolean;
  /** It was public before its source's first listing was complete. */
  readonly history: boolean;
  /** Raised by `--again` only. */
  readonly generation: number;
  readonly gone: { readonly at: Instant; readonly by: "source" | "person" } | undefined;
  /** The memberships that may exist. */
  readonly listed: readonly Listing[];
  readonly audience: Audience | undefined;
  /** Set while its audience waits for a translation that may go first. */
  readonly announceFrom: Instant | undefined;
  readonly due: Instant | undefined;
}

/** A post without its body. */
export type PostHead = Omit<Post, "html">;
