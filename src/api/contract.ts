import * as z from "zod";

/**
 * The JSON of the HTTP API: the server answers in these types, and the client parses what it gets by these schemas. The
 * client accepts unknown fields, and any value for a state, a status or a reach: a deployment can be newer than it.
 */

export const text = z.string();
/** RFC 3339. */
const moment = z.iso.datetime();
export const list = <Item extends z.ZodType>(item: Item) => z.array(item).readonly();

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
};

/** The time zone of the site, in which its people read the moments of an answer. */
export const timeZone = text.refine(isTimeZone);

export const reason = z.object({ code: text, field: text.exactOptional(), message: text });

export const post = z.object({
  id: text,
  slug: text,
  /** Names the post where the slug is ambiguous: the path of its address, or its URL on another host. */
  path: text,
  url: text,
  title: text,
  /** Null while the post is held. */
  published: moment.nullable(),
  updated: moment,
  revision: text,
});

export const postSummary = post.extend({
  /** The path of its document in the source. */
  document: text,
  featured: z.boolean(),
  trending: z.boolean(),
  /** Minutes. */
  readingTime: z.number(),
  status: text,
  /** Why it is held, why accounts were left out, or what is wrong with its document. */
  reason: text.nullable(),
});

const historyEntry = z.object({
  at: moment,
  /** The state from then on. */
  state: text,
  /** How many requests of its kind were made by then, where one was made. */
  attempt: z.number().nullable(),
  /** The network's answer, or why it waits, was held, failed … */
  reason: text.nullable(),
});

/** The history of a delivery: its oldest and its newest entries, and how many between them were left out. */
const history = z.object({ planned: moment, first: list(historyEntry), omitted: z.number(), last: list(historyEntry) });

export const delivery = z.object({
  id: text,
  /** Names its post: the slug, or the path of the address where that says more. */
  slug: text,
  account: text,
  network: text,
  state: text,
  /** The kind of hold: breaker, live, approval or person. */
  hold: text.nullable(),
  generation: z.number(),
  sandbox: z.boolean(),
  /** When it was first sent, where the network has it. */
  posted: moment.nullable(),
  /** The URL of the copy on the network. */
  url: text.nullable(),
  /** The copy differs from the post, or is there although the post was deleted. */
  stale: z.boolean(),
  /** Only a part of it is known to be on the network: `resolve` takes it. */
  unfinished: z.boolean(),
  attempts: z.number(),
  due: moment.nullable(),
  reason: text.nullable(),
  /** Present only where it was requested. */
  history: history.exactOptional(),
});

export const postStatus = postSummary.extend({
  /** The path of its document before that was moved. */
  movedFrom: text.nullable(),
  /** The parts of its document that were left out or guessed. */
  warnings: list(reason),
  /** Its versions in other languages; the language is a BCP 47 tag. */
  translations: list(z.object({ language: text, url: text })),
  deliveries: list(delivery),
});

export const refusedDocument = z.object({ source: text, path: text, reasons: list(reason), at: moment });

/** A page of the site, not a post. */
export const pageDocument = z.object({ source: text, path: text, reason: text });

/** A document that is missing from its source, or is a page now, while its post stays until a person removes it. */
export const waitingDocument = z.object({
  source: text,
  path: text,
  slug: text,
  since: moment,
  /** Why it is a page now. */
  page: text.exactOptional(),
  reason: text,
});

/** Everything that a document says. */
export const plannedPost = z.object({
  slug: text,
  path: text,
  guid: text.optional(),
  url: text,
  title: text,
  /** Null where the document names no date. */
  published: moment.nullable(),
  updated: moment.nullable(),
  language: text,
  summary: text,
  html: text,
  categories: list(z.object({ name: text, type: text.optional() })),
  authors: list(z.object({ name: text, url: text.optional(), email: text.optional() })),
  image: z.object({ url: text, alt: text.optional(), creditHtml: text.optional(), credit: text.optional() }).optional(),
  featured: z.boolean(),
  trending: z.boolean(),
  readingTime: z.number(),
  disclosure: text.optional(),
  social: z.object({
    off: z.boolean(),
    share: text.optional(),
    snippet: text.optional(),
    useSummary: z.boolean(),
    lead: text.optional(),
    contentWarning: text.optional(),
    sensitive: z.boolean().optional(),
    texts: z.record(text, text),
  }),
  hold: text.optional(),
});

/** The text for one account, with its length in the network's own measure. */
export const plannedSnippet = z.object({
  account: text,
  network: text,
  text,
  length: z.number(),
  /** The texts that follow the post, each in a reply to the one before. */
  replies: z.array(z.object({ text, length: z.number() })),
  limit: z.number(),
  /** The characters of the whole post, where that is sent instead of the text. */
  article: z.number().nullable(),
  language: text,
  /** The preview of the link, where Crier makes it: other networks make it from the page. */
  card: z.object({ title: text, description: text }).nullable(),
  /** How the account sends the post's picture. `sent`: `file` (scaled to `cap`), `address` or `none`. */
  picture: z
    .object({
      sent: text,
      url: text.nullable(),
      alt: text.nullable(),
      /** Whether the alternative text is sent, too. */
      sendsAlt: z.boolean(),
      cap: z.object({ maxBytes: z.number(), maxSide: z.number() }).nullable(),
      prepared: z.object({ mediaType: text, width: z.number(), height: z.number(), size: z.number() }).nullable(),
      reason: text.nullable(),
    })
    .nullable(),
  /** In US dollars. */
  cost: z.number().nullable(),
  reach: text,
  /**
   * Whether the account would announce it if it had credentials and the document came from a folder: now, later, held
   * or never.
   */
  announced: z.object({
    when: text,
    reason: text.nullable(),
    /** The earliest time of `later`. Null where it waits for a person. */
    at: moment.nullable(),
  }),
  /**
   * How many such posts are sent before the breaker would hold it, and why. Null where it would not be announced now.
   */
  breaker: z.object({ after: z.number(), reason: text }).nullable(),
});

/** `more`: there are others. */
const count = z.object({ count: z.number(), more: z.boolean() });

export const account = z.object({
  name: text,
  network: text,
  site: text,
  reach: text,
  /** Server and account behind the login, where the network says them. */
  identity: text.nullable(),
  /** The problem with its secret or its login. */
  problem: text.nullable(),
  paused: z.object({ since: moment, reason: text }).nullable(),
  /** Posts within a day, as the network saw them. */
  sentToday: z.number(),
  dailyCap: z.number().nullable(),
  /** When another post may be sent, and why not now. Null where one may be sent now. */
  next: z.object({ at: moment, reason: text }).nullable(),
  waiting: count,
  held: count,
  unknown: count,
  failed: count,
  /** The posts that would go out if it were connected now; null where it is. */
  ifConnected: list(z.object({ slug: text, at: moment.nullable(), reason: text })).nullable(),
});

export const feed = z.object({
  key: text,
  title: text,
  url: text,
  rendered: moment.nullable(),
  due: moment.nullable(),
  faults: list(z.object({ file: text, problem: text, entry: text.optional() })),
  hubs: list(z.object({ url: text, pinged: moment.nullable(), reason: text.nullable() })),
});

/** A source of documents. */
export const source = z.object({
  name: text,
  /** When its first listing was complete: documents that it held until then are history. */
  listed: moment.nullable(),
  /** How the polls of a feed go. Null for other sources. */
  poll: z
    .object({
      url: text,
      polled: moment.nullable(),
      /** `entries`, `unchanged` or `failed`; null before the first poll. */
      answer: text.nullable(),
      next: moment.nullable(),
      entries: z.number(),
      failures: z.number(),
      problem: text.nullable(),
    })
    .nullable(),
});

/** Every error (RFC 9457). `detail` is for people: what is wrong and what to do. */
export const problem = z.object({
  type: text,
  title: text,
  status: z.number(),
  detail: text,
  instance: text.optional(),
  /** Why the document is refused. */
  reasons: list(reason).optional(),
  /** The documents that could have been meant, and why they are not posts. */
  refused: list(refusedDocument).optional(),
  /** The paths of the posts, or the ids of the deliveries, that could have been meant. */
  candidates: list(text).optional(),
  pages: list(pageDocument).optional(),
});

export type Reason = z.output<typeof reason>;
export type PostFields = z.output<typeof post>;
export type PostSummary = z.output<typeof postSummary>;
export type PostStatus = z.output<typeof postStatus>;
export type History = z.output<typeof history>;
export type HistoryEntry = z.output<typeof historyEntry>;
export type Delivery = z.output<typeof delivery>;
export type RefusedDocument = z.output<typeof refusedDocument>;
export type WaitingDocument = z.output<typeof waitingDocument>;
export type PlannedSnippet = z.output<typeof plannedSnippet>;
export type PlannedPost = z.output<typeof plannedPost>;
export type Account = z.output<typeof account>;
export type Feed = z.output<typeof feed>;
export type Source = z.output<typeof source>;
export type Problem = z.output<typeof problem>;
