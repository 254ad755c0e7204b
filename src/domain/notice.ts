import type { FeedKey } from "./feed-key.ts";
import { type Attempts, accepted, afterRefusal, type MessageAnswer } from "./retry.ts";
import { hour, type Instant, minute } from "./time.ts";

/** What a notice tells: a post or a delivery, by its id, or whatever else its cause is about. */
export interface NoticeItem {
  readonly id: string;
  /** From then on its row says what happened. Before, the worker that reports it may not have saved it yet. */
  readonly from: Instant;
}

/**
 * What the owner, or a site's webhook, is still to be told: one row for each cause or post. It says where to look, and
 * what is told is what the rows say then: a row that is written twice or too early tells nothing false.
 */
export interface Notice extends Attempts {
  readonly site: string;
  readonly to: "owner" | "site";
  /** The cause (`failed:mastodon`), or the post's id. */
  readonly about: string;
  /** Grows with every write. */
  readonly version: number;
  readonly items: readonly NoticeItem[];
  /** Beyond `maxItems`. */
  readonly more: number;
  /** When a message was last accepted. */
  readonly told: Instant | undefined;
  /** How many were accepted. */
  readonly count: number;
  /** Hash of the last one that was accepted. */
  readonly content: string | undefined;
}

/** A row is small, and nobody reads a longer list. */
export const maxItems = 50;

/** Longer than any lease: a worker that reported something has saved it by then, or never will. */
export const collectFor = 2 * minute;

/** What has one cause is collected for so long, as long as more comes. */
const longestCollection = 10 * minute;

/** The owner hears of one cause no more often. */
export const quietFor = hour;

const withDue = (notice: Notice): Notice => {
  const { to, items, told, wait = 0 } = notice;
  if (items.length === 0) return { ...notice, due: undefined };
  const from = items.map((item) => item.from);
  const first = Math.min(...from);
  if (to === "site") return { ...notice, due: Math.max(first, wait) };
  const quiet = told === undefined ? 0 : told + quietFor;
  return { ...notice, due: Math.max(Math.min(Math.max(...from), first + longestCollection), quiet, wait) };
};

/** Something new to tell. An item has one moment, the later one. */
export const raise = (notice: Notice, item: NoticeItem): Notice => {
  const others = notice.items.filter(({ id }) => id !== item.id);
  const isFull = others.length >= maxItems;
  return withDue({
    ...notice,
    attempts: 0,
    items: isFull ? others : [...others, item],
    more: notice.more + (isFull ? 1 : 0),
  });
};

/** What can be told now. */
export const ripe = ({ items }: Notice, now: Instant): readonly NoticeItem[] => items.filter(({ from }) => from <= now);

/** The notice after its message was answered. `content`: its hash; undefined where there was nothing to tell. What was raised meanwhile stays. */
export const afterNotice = (
  notice: Notice,
  sent: Pick<Notice, "items" | "more" | "content">,
  answer: MessageAnswer,
  seed: string,
  now: Instant,
): Notice => {
  if (answer.kind === "refused") return afterRefusal(notice, answer, seed, now);
  const items = notice.items.filter(({ id, from }) => !sent.items.some((one) => one.id === id && one.from === from));
  const isTold = sent.content !== undefined;
  return withDue({
    ...notice,
    ...accepted,
    items,
    more: notice.more - sent.more,
    ...(isTold && { told: now, count: notice.count + 1, content: sent.content }),
  });
};

/** What needs a person, and is told by mail: once for each cause, not for each try. */
export const failureKinds = [
  "failed",
  "unknown",
  "held",
  "stays",
  "unfinished",
  "unauthorised",
  "down",
  "gate",
] as const;

export type FailureKind = (typeof failureKinds)[number];

/** Failures with one cause are told together. */
export interface Cause {
  readonly kind: FailureKind;
  /** The account; of `down` network and server; of `gate` the id of the entry that is left out, or empty where whole feeds are affected. */
  readonly subject: string;
}

export const causeText = ({ kind, subject }: Cause): string => `${kind}:${subject}`;

/** Undefined where the text names no cause. */
export const parseCause = (text: string): Cause | undefined => {
  const [, name, subject = ""] = /^([a-z]+):(.*)$/s.exec(text) ?? [];
  const kind = failureKinds.find((one) => one === name);
  return kind && { kind, subject };
};

/** One of the things that a message is about. */
export interface FailureItem {
  /** A post's title, or the name of a feed. */
  readonly title: string;
  readonly url?: string;
  readonly reason: string | undefined;
  /** What can be done about this one. */
  readonly commands: readonly string[];
}

export interface OwnerMessage {
  /** SNS: at most 100 characters, ASCII. */
  readonly subject: string;
  readonly text: string;
}

interface Texts {
  readonly headline: (posts: string, subject: string) => string;
  readonly meaning: string;
  readonly nextStep: string;
}

const texts: Readonly<Record<FailureKind, Texts>> = {
  failed: {
    headline: (posts, account) => `${posts} not announced by ${account}`,
    meaning:
      "The network will not take the request as it is, or cannot be reached for good. Nothing of it is public there.",
    nextStep: "Change the document (`social.<account>` sets the text for one account), then retry.",
  },
  unknown: {
    headline: (posts, account) => `${posts} may or may not be on ${account}`,
    meaning:
      "The network gave no answer, and nothing that it offers tells what happened. Crier does not send it again by itself.",
    nextStep: "Look at the account's timeline, then record what you found.",
  },
  held: {
    headline: (posts, account) => `${posts} held for you before ${account}`,
    meaning: "Nothing was sent, and nothing is sent before you decide.",
    nextStep: "Release what is to go out, and dismiss the rest.",
  },
  stays: {
    headline: (posts, account) => `${posts} deleted, but still on ${account}`,
    meaning: "The copy of a deleted post is still public, because the network did not let it be deleted.",
    nextStep: "Delete it there by hand.",
  },
  unfinished: {
    headline: (posts, account) => `${posts} only in part on ${account}`,
    meaning:
      "The post is public there, and what was to follow it in a reply is not, or nobody can tell whether it is. Crier does not send it again by itself.",
    nextStep: "Look at the post, then record what you found.",
  },
  unauthorised: {
    headline: (_, account) => `${account} is paused, because its login is refused`,
    meaning: "It expired, was withdrawn, or was mistyped. The account's deliveries wait, none fails.",
    nextStep: "Set new credentials. Then retry one of its deliveries, which ends the pause at once.",
  },
  down: {
    headline: (_, server) => `${server} does not answer`,
    meaning:
      "No request was answered for half an hour or longer. Its deliveries wait, one asks again each half hour, and all go on by themselves when it answers.",
    nextStep: "Nothing, if the network has an outage. Else look at the server in the account's configuration.",
  },
  gate: {
    headline: (_, entry) => (entry === "" ? "feeds are not updated" : "an entry is left out of the feeds"),
    meaning:
      "A rendered feed did not pass its checks. What is at fault is not published; the last good feed stays where no entry is to blame.",
    nextStep:
      "Correct the document that is named, and save it. If it looks right, it is a fault in Crier: report it with this text.",
  },
};

const lines = ({ title, url, reason, commands }: FailureItem): readonly string[] => [
  `- ${title}${url === undefined ? "" : ` <${url}>`}`,
  ...(reason === undefined ? [] : [`  ${reason}`]),
  ...commands.map((command) => `  ${command}`),
];

export interface FailureReport extends Cause {
  readonly site: string;
  readonly items: readonly FailureItem[];
  /** How many more there are. */
  readonly more: number;
  /** Lists them. */
  readonly listCommand: string;
  /** What a terminal needs before the commands. */
  readonly preparation: string | undefined;
}

/** Which post, which account, what happened and what to do, for a person who reads nothing else. */
export const ownerMessage = (report: FailureReport): OwnerMessage => {
  const { kind, subject, site, items, more, listCommand, preparation } = report;
  const { headline, meaning, nextStep } = texts[kind];
  const count = items.length + more;
  const head = headline(count === 1 ? "1 post" : `${count} posts`, subject);
  return {
    subject: `Crier, ${site}: ${head}`.replaceAll(/[^ -~]/g, "?").slice(0, 100),
    text: [
      `${site}: ${head}.`,
      meaning,
      "",
      ...items.flatMap(lines),
      ...(more > 0 ? [`… and ${more} more: ${listCommand}`] : []),
      "",
      ...(preparation === undefined ? [] : [`Commands need, once in each terminal: ${preparation}`]),
      `What to do: ${nextStep}`,
      `More: docs/operations.md, "${kind}". What fails in the same way is told at most once an hour.`,
    ].join("\n"),
  };
};

/** The notification of one hub about one feed: sent at least once after the feed's last change. */
export interface Ping extends Attempts {
  readonly site: string;
  readonly key: FeedKey;
  /** The hub's URL. */
  readonly hub: string;
  /** Grows with every write. */
  readonly version: number;
  /** The addresses that subscribers know the feed by. */
  readonly topics: readonly string[];
  /** When everyone is served the newest bytes: until then a cache may show older ones. */
  readonly publicAt: Instant;
  /** When the hub last accepted a ping. */
  readonly pinged: Instant | undefined;
}

/** The ping after the hub's answer. Where newer bytes become public later, it is sent once more then. Pure. */
export const afterPing = (ping: Ping, answer: MessageAnswer, seed: string, now: Instant): Ping =>
  answer.kind === "taken"
    ? { ...ping, ...accepted, pinged: now, due: ping.publicAt > now ? ping.publicAt : undefined }
    : afterRefusal(ping, answer, seed, now);
