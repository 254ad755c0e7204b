import type { Attachment, AttachmentProbe, Episode } from "./attachment.ts";
import type { FeedKey } from "./feed-key.ts";
import type { Person } from "./site.ts";
import type { Instant } from "./time.ts";

export interface Category {
  readonly name: string;
  /** The type in the document's spelling: `exact`, `specific`, `niche`, `medium`, `general` … */
  readonly type?: string;
}

export interface Image {
  /** Absolute. */
  readonly url: string;
  /**
   * True for a file of the site's sources, which its generator builds: the address of the page's picture is not known, and
   * `url` only identifies the file. Feeds and networks that load pictures do not get it.
   */
  readonly isSource?: true;
  readonly alt?: string;
  /** The credit as sanitised inline HTML, which keeps the photographer's link. */
  readonly creditHtml?: string;
  /** The credit as plain text. */
  readonly credit?: string;
}

/** The texts of a document that are meant for the networks. */
export interface Social {
  /** True if the post is in feeds only: by `socialShare: false`, or because it answers another page. */
  readonly off: boolean;
  /** The page that it answers (`in_reply_to`). */
  readonly answers?: string;
  /** The text of `socialShare`. */
  readonly share?: string;
  /**
   * The document's own snippet (`snippet`, `tweet`, a "Social Snippet:" in excerpt, description or body): the longest
   * of them that is complete.
   */
  readonly snippet?: string;
  /** True if the summary can announce the post: the author wrote it, or it is made of whole sentences of the body. */
  readonly useSummary: boolean;
  /** The sentences of the body that announce the post if the author wrote no summary. */
  readonly lead?: string;
  /** The warning that a network shows instead of the text until the reader opens it. */
  readonly contentWarning?: string;
  /** True if networks mark the post as sensitive. */
  readonly sensitive?: boolean;
  /** The texts of `social.<account>` and `social.<network>`, keyed in lower case. */
  readonly texts: Readonly<Record<string, string>>;
}

/** Says why no network gets a post that is in feeds only. */
export const whyOff = ({ answers }: Pick<Social, "answers">): string =>
  answers === undefined ? "the document says socialShare: false" : `it answers ${answers}`;

/** The title that its author gave a post. Undefined for a note. */
export const ownTitle = ({ isNote, title }: Pick<PostContent, "isNote" | "title">): string | undefined =>
  isNote === true ? undefined : title;

/** No network takes more pictures with a post. */
export const maxPictures = 4;

/** Returns the pictures of the post that its author names: up to four. */
export const picturesOf = ({ image, images }: Partial<Pick<PostContent, "image" | "images">>): readonly Image[] =>
  images ?? [image ?? []].flat();

/** The pictures that a network or a reader can load. */
export const withAddress = (images: readonly Image[]): readonly Image[] => images.filter(({ isSource }) => !isSource);

/** The group of a document's translations: all documents with one key. */
export interface TranslationGroup {
  /** The document's `translationKey`, else `path`. */
  readonly key: string;
  /** The document's path without language and extension. */
  readonly path: string;
}

/** A translation of a post that is not deleted. */
export interface Translation {
  /** The id of its post. */
  readonly post: string;
  /** BCP 47. */
  readonly language: string;
  readonly url: string;
}

/** The content of a document. Every string is clean, every URL absolute, and the HTML sanitised. */
export interface PostContent {
  /** May contain `/` (a language folder). */
  readonly slug: string;
  /** The front matter's own id, which is an alias of the post. */
  readonly guid: string | undefined;
  /** The page that the post is about. */
  readonly url: string;
  /** The page elsewhere that a link post is about. */
  readonly external?: string | undefined;
  /** Of a note it is a label, made of its text: for lists, mails and pages of Crier, and never shown as its title. */
  readonly title: string;
  /** True if the author gave it no title: networks get its text as it is. */
  readonly isNote?: boolean | undefined;
  /** Why it is a note, for its status: "it has no title, and its text is short". */
  readonly whyNote?: string | undefined;
  /**
   * Undefined without a date in the front matter or the path. Such a post is held, or published at the moment when a
   * person publishes it.
   */
  readonly published: Instant | undefined;
  readonly updated: Instant | undefined;
  /** BCP 47. */
  readonly language: string;
  /**
   * Undefined if the source has no documents in several languages, or if another document is the translation in this
   * language.
   */
  readonly translation: TranslationGroup | undefined;
  /** Plain text. */
  readonly summary: string;
  /** The body. */
  readonly html: string;
  /** The primary one first. */
  readonly categories: readonly Category[];
  readonly authors: readonly Person[];
  /** The first picture of the post, which is the one that feeds name. */
  readonly image: Image | undefined;
  /**
   * Up to four pictures: those of a note's body, then those of its front matter; of an article those of its front matter,
   * if it names several.
   */
  readonly images?: readonly Image[] | undefined;
  readonly attachment?: Attachment | undefined;
  readonly episode?: Episode | undefined;
  readonly featured: boolean;
  readonly trending: boolean;
  /** Minutes. */
  readonly readingTime: number;
  /** The tool that helped to write it (`generatedBy`). It is disclosed, and is never an author. */
  readonly disclosure: string | undefined;
  readonly social: Social;
  /** The reason why it must not be published (a draft, an unknown status), for people. */
  readonly hold: string | undefined;
}

/** A feed that the post may be in, with the date of its membership. */
export interface Listing {
  readonly feed: FeedKey;
  readonly published: Instant;
}

/**
 * The accounts that announce the post. It is decided once and stored before the first delivery is created, so that a
 * publish after a crash, or with other settings, creates the same deliveries.
 */
export interface Audience {
  readonly accounts: readonly string[];
  /** The reason why accounts were left out, for people: a baseline, `socialShare: false`. */
  readonly note: string | undefined;
  /**
   * The reason why no real account announces the post until a person decides so. The sandbox shows the first such posts
   * nevertheless.
   */
  readonly baseline: string | undefined;
}

/** The type and size of a post's image, requested once. Without a type the request failed. */
export interface Enclosure {
  readonly url: string;
  readonly mediaType: string | undefined;
  /** Bytes. */
  readonly length: number | undefined;
}

/** One published article. Its row is authoritative. */
export interface Post extends PostContent {
  readonly site: string;
  /** Never changes with slug, path, title, date or domain. */
  readonly id: string;
  /** Raised by every save; 0 for a row that does not exist yet. */
  readonly version: number;
  readonly published: Instant;
  readonly updated: Instant;
  /** Hash of the parts that subscribers see. */
  readonly revision: string;
  /** Its id in the blog's former feeds, which never changes. */
  readonly oldId: string | undefined;
  /** Set once it is decided whether the post has an old id. */
  readonly oldIdDecided: boolean | undefined;
  /** Sorted by language. */
  readonly translations: readonly Translation[];
  /** The public URLs of its copies on networks. */
  readonly syndication: readonly string[];
  /** The type and size of the image that it had when it was last published. */
  readonly enclosure: Enclosure | undefined;
  /** What the server of its attachment says about it. */
  readonly probed?: AttachmentProbe | undefined;
  /** The name of its document's source. */
  readonly source: string;
  readonly path: string;
  /** The path of its document before it was moved. */
  readonly movedFrom: string | undefined;
  /**
   * Hash of the document's bytes. It is stored by the same save as the content, so that the row never names other bytes
   * than it was made from.
   */
  readonly hash: string;
  /** Hash of the site's settings that the document was read with. */
  readonly recipe: string;
  /** The moment at which the document's bytes last changed. */
  readonly changed: Instant;
  /** The address of its page (address.ts). No other post has it, or had it before. */
  readonly address: string;
  /** Every address that it was ever saved with. */
  readonly addresses: readonly string[];
  /** A person published it: it is announced whatever its age, and even if it is history. */
  readonly byHand: boolean;
  /** It was public before its source's first listing was complete, so that it is not announced. */
  readonly history: boolean;
  /** Raised only by `--again`. */
  readonly generation: number;
  /** The person who announced it by hand last, as they named themselves. */
  readonly announcedBy?: string | undefined;
  readonly gone: { readonly at: Instant; readonly by: "source" | "person" } | undefined;
  /** The memberships that may exist. */
  readonly listed: readonly Listing[];
  readonly audience: Audience | undefined;
  /** Set while its audience waits for a translation that may be announced first. */
  readonly announceFrom: Instant | undefined;
  readonly due: Instant | undefined;
  /**
   * Why its stored row or body could not be read. Such a post is in no feed, is not sent, and is read from its document
   * again as soon as that is saved.
   */
  readonly damage: string | undefined;
}

/** Says to a person that a post is damaged, why, and the next step. The subject of the sentence comes before it. */
export const damagedPost = (damage: string): string =>
  `${unreadable}, because ${damage}: save its document again, or remove the post`;

const unreadable = "cannot be read from the data";

/** True for a reason that says that a post is damaged. */
export const saysDamaged = (reason: string | null): boolean => reason?.startsWith(`the post ${unreadable}, `) === true;

/** A post without its body. */
export type PostHead = Omit<Post, "html">;
