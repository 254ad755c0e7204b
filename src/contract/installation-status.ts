import * as z from "zod";
import { list, moment, oneOf, orNull, text } from "./values.ts";

const count = z.object({ count: z.number(), more: z.boolean().describe("There are others.") }).meta({ id: "Count" });
export type Count = z.output<typeof count>;

const announcement = z.object({ slug: text, at: orNull(moment), reason: text });
export type Announcement = z.output<typeof announcement>;

export const stop = z.object({
  since: moment,
  why: text,
  by: orNull(text).describe("Who decided, as they named themselves."),
});

export const account = z
  .object({
    name: text,
    network: text,
    site: text,
    reach: oneOf(["real", "sandbox", "none"]),
    checked: orNull(moment).describe(
      "When Crier last logged in. Null where it never did, and where the account does not post for real.",
    ),
    identity: orNull(text).describe("Server and account behind the login, where the network says them."),
    problem: orNull(text).describe("The problem with its secret, or with its login when it was last checked."),
    loginEndsAt: orNull(moment).describe(
      "When its login ends, unless it is connected again. Null where nothing has to be done: it has no end, or is renewed.",
    ),
    loginProblem: orNull(text).describe(
      "Set within two weeks of that, or where the login was not renewed: what to do. It is good until then.",
    ),
    stopped: orNull(stop).describe("Set while a person has stopped what it sends."),
    paused: orNull(
      z.object({ since: moment, reason: text, until: moment.describe("After this moment the next post is tried.") }),
    ).describe("Set while the network refuses the login."),
    down: orNull(z.object({ since: moment, until: moment.describe("The next try."), reason: text })).describe(
      "Set while its network gives no answer to what is sent there. What is due waits.",
    ),
    breaker: z
      .object({ articles: orNull(moment), notes: orNull(moment) })
      .describe(
        "Until when a new article, or a new note, is held by the breaker unless a person decides to send it. Null where it is not.",
      ),
    sentToday: z.number().describe("Posts within a day that the network took or may have taken."),
    dailyCap: orNull(z.number()),
    next: orNull(z.object({ at: moment, reason: text })).describe(
      "When another post may be sent, and why not now. Null where one may be sent now.",
    ),
    waiting: count,
    underWay: count.describe(
      "They are being sent, edited or deleted, or wait for a network that gave no clear answer.",
    ),
    held: count.describe("With the copies whose edit waits for an approval."),
    unknown: count,
    failed: count,
    ifConnected: orNull(list(announcement)).describe(
      "The posts that would go out if it were connected now. Null where it is.",
    ),
  })
  .meta({ id: "Account" });
export type AccountReport = z.output<typeof account>;
export type AccountJson = z.input<typeof account>;

const hub = z.object({
  url: text,
  pinged: orNull(moment).describe("When it last accepted a ping."),
  reason: orNull(text).describe("Why it did not accept the last one."),
});
export type HubStatus = z.output<typeof hub>;

export const feed = z
  .object({
    key: text,
    title: text,
    url: text.describe("Its page for people, or the RSS file of an archive page."),
    addresses: list(text).describe("Its files for feed readers. An archive page has none: feed readers find it."),
    rendered: orNull(moment),
    due: orNull(moment),
    faults: list(z.object({ file: text, problem: text, entry: text.exactOptional() })).describe(
      "A fault with an entry leaves out that entry; any other keeps the last good feed.",
    ),
    shortened: z
      .number()
      .describe("The number of entries that are summaries, because the feed would be larger than about 5 MB."),
    hubs: list(hub),
  })
  .meta({ id: "Feed" });
export type FeedStatus = z.output<typeof feed>;
export type FeedJson = z.input<typeof feed>;

const poll = z.object({
  url: text.describe("The address of the next poll: the configured one, until the feed moves for good."),
  polled: orNull(moment).describe("When the last poll ended."),
  answer: orNull(oneOf(["entries", "unchanged", "failed"])),
  next: orNull(moment),
  entries: z.number().describe("The number of entries in the feed when it last had any."),
  failures: z.number().describe("Polls in a row that failed."),
  problem: orNull(text).describe("Why the last one failed."),
});
export type PollStatus = z.output<typeof poll>;

export const source = z
  .object({
    name: text,
    listed: orNull(moment).describe("When its first listing was complete: documents until then are history."),
    poll: orNull(poll).describe("How the polls of a feed go. Null for other sources."),
  })
  .meta({ id: "Source" });
export type SourceStatus = z.output<typeof source>;
export type SourceJson = z.input<typeof source>;
