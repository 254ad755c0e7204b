import * as z from "zod";
import { type DeliveryStatus, deliveryOfPost } from "./deliveries.ts";
import { list, moment, oneOf, orNull, reason, text } from "./values.ts";

/** The fields of a post that every answer about one has. */
export const post = z.object({
  id: text,
  slug: text,
  path: text.describe(
    "Names the post where the slug is ambiguous: the path of its address, or its URL on another host.",
  ),
  url: text,
  title: orNull(text).describe("Null for a note."),
  label: text.describe("What lists call it: its title, or the first words of a note."),
  published: orNull(moment).describe("Null while the post is held."),
  updated: moment,
  revision: text,
  etag: text.describe("Names this state of the post, without its deliveries: send it in quotes as `If-Match`."),
});
export type PostFields = z.output<typeof post>;

const postStates = ["live", "scheduled", "held", "deleted"] as const;
export type PostState = (typeof postStates)[number];

export const postSummary = post
  .extend({
    changed: moment.describe("When it last changed: as `updated`, and never later than its document was read."),
    document: text.describe("The path of its document in the source."),
    featured: z.boolean(),
    trending: z.boolean(),
    readingTime: z.number().describe("Minutes."),
    status: oneOf(postStates),
    reason: orNull(text).describe("Why it is held, why accounts were left out, or what is wrong with its document."),
  })
  .meta({ id: "PostSummary" });
export type PostSummary = z.output<typeof postSummary>;

export const postStatus = postSummary
  .extend({
    movedFrom: orNull(text).describe("The path of its document before that was moved."),
    whyNote: orNull(text).describe("Why it is a note. Null for an article."),
    warnings: list(reason).describe("The parts of its document that were left out or guessed."),
    translations: list(z.object({ language: text.describe("BCP 47."), url: text })).describe(
      "Its versions in other languages.",
    ),
    deliveries: list(deliveryOfPost),
    again: list(
      z.object({ account: text, cost: orNull(z.number()).describe("What its network charges, in US dollars.") }),
    ).describe("The accounts that would announce it once more."),
  })
  .meta({ id: "PostStatus" });

/** Inside Crier each delivery has its history. */
export interface PostStatus extends Omit<z.output<typeof postStatus>, "deliveries"> {
  readonly deliveries: readonly DeliveryStatus[];
}
export type PostStatusJson = z.input<typeof postStatus>;

export const refusedDocument = z
  .object({ source: text, path: text, reasons: list(reason), at: moment })
  .meta({ id: "RefusedDocument" });
export type RefusedDocument = z.output<typeof refusedDocument>;

export const pageDocument = z
  .object({ source: text, path: text, reason: text.describe("Why it is a page of the site, not a post.") })
  .meta({ id: "PageDocument" });
export type PageDocument = z.output<typeof pageDocument>;

export const waitingDocument = z
  .object({
    source: text,
    path: text,
    slug: text.describe("Names its post, which stays until a person removes it."),
    since: moment,
    page: text.exactOptional().describe("Why it is a page now. Absent where the document is missing."),
    reason: text,
  })
  .meta({ id: "WaitingDocument" });
export type WaitingDocument = z.output<typeof waitingDocument>;

const image = z.object({
  url: text,
  isSource: z.literal(true).describe("A file of the site's sources: no page has it at `url`.").optional(),
  alt: text.optional(),
  creditHtml: text.optional(),
  credit: text.optional(),
});

export const plannedPost = z
  .object({
    slug: text,
    path: text,
    guid: text.optional(),
    url: text,
    external: text.optional().describe("The page elsewhere that a link post is about."),
    title: orNull(text),
    label: text,
    published: orNull(moment).describe("Null where the document names no date."),
    updated: orNull(moment),
    language: text,
    summary: text,
    html: text,
    categories: list(z.object({ name: text, type: text.optional() })),
    authors: list(z.object({ name: text, url: text.optional(), email: text.optional() })),
    image: image.optional(),
    images: list(image)
      .describe("The pictures of a note, and of an article that names several: at most four.")
      .optional(),
    featured: z.boolean(),
    trending: z.boolean(),
    readingTime: z.number(),
    disclosure: text.optional(),
    social: z.object({
      off: z.boolean(),
      answers: text.exactOptional(),
      share: text.optional(),
      snippet: text.optional(),
      useSummary: z.boolean(),
      lead: text.optional(),
      contentWarning: text.optional(),
      sensitive: z.boolean().optional(),
      texts: z.record(text, text),
    }),
    hold: text.optional(),
  })
  .describe("Everything that the document says.")
  .meta({ id: "PlannedPost" });

const announced = z
  .object({
    when: oneOf(["now", "later", "held", "never"]),
    reason: orNull(text),
    at: orNull(moment).describe("The earliest time of `later`. Null where it waits for a person."),
  })
  .describe("Whether the account would announce it if it had credentials and the document came from a folder.");
export type PlannedAnnouncement = z.output<typeof announced>;

const picture = z
  .object({
    sent: oneOf(["file", "address", "none"]).describe(
      "`file`: it is scaled to `cap` and sent; `address`: the network loads it itself; `none`: neither.",
    ),
    url: text,
    alt: orNull(text),
    sendsAlt: z.boolean().describe("Whether the alternative text is sent, too: not every network takes one."),
    cap: orNull(z.object({ maxBytes: z.number(), maxSide: z.number() })),
    prepared: orNull(z.object({ mediaType: text, width: z.number(), height: z.number(), size: z.number() })),
    reason: orNull(text).describe("Why it is not sent, or what went wrong with it before."),
  })
  .describe("How the account sends a picture of the post.");
export type PlannedPicture = z.output<typeof picture>;

const length = z.number().describe("Counted as the network counts.");

export const plannedSnippet = z
  .object({
    account: text,
    network: text,
    text,
    length,
    replies: list(z.object({ text, length })).describe(
      "The texts that follow the post, each in a reply to the one before.",
    ),
    limit: z.number(),
    article: orNull(z.number()).describe("The characters of the whole post, where that is sent instead of the text."),
    language: text,
    card: orNull(z.object({ title: text, description: text })).describe(
      "The preview of the link, where Crier makes it: other networks make it from the page.",
    ),
    pictures: list(picture),
    contentWarning: orNull(z.object({ text, place: oneOf(["field", "text", "spoiler"]) })).describe(
      "The content warning of the post, and where the network shows it: in a field of its own, above the text, or above a text that is a spoiler.",
    ),
    cost: orNull(z.number()).describe("What the network charges for it, in US dollars."),
    reach: oneOf(["real", "sandbox", "none"]),
    announced,
    breaker: orNull(z.object({ after: z.number(), reason: text })).describe(
      "How many such posts are sent before the breaker would hold it, and why. Null where it would not be announced now.",
    ),
  })
  .meta({ id: "PlannedSnippet" });
export type PlannedSnippet = z.output<typeof plannedSnippet>;

export type PostSummaryJson = z.input<typeof postSummary>;
export type PlannedPostJson = z.input<typeof plannedPost>;
export type PlannedSnippetJson = z.input<typeof plannedSnippet>;
