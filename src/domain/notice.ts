import type { FeedKey } from "./feed-key.ts";
import { type Attempts, accepted, afterRefusal, type MessageAnswer } from "./retry.ts";
import { hour, type Instant, minute } from "./time.ts";

/** An item of a notice: a post or a delivery, by its id, or another subject of its cause. */
export interface NoticeItem {
  readonly id: string;
  /**
   * The moment from which its row says what happened. Before it, the worker that reports the item may not have saved
   * the row yet.
   */
  readonly from: Instant;
}

/**
 * A message that the owner or a site's webhook is still to receive: one row for each cause or post. It names the rows
 * to read, and the message is made from them when it is sent: a notice that is written twice or too early reports
 * nothing false.
 */
export interface Notice extends Attempts {
  readonly site: string;
  readonly to: "owner" | "site";
  /** The cause (`failed:mastodon`), or the post's id. */
  readonly about: string;
  /** Grows with every write. */
  readonly version: number;
  readonly items: readonly NoticeItem[];
  /** The number of items beyond `maxItems`. */
  readonly more: number;
  /** The moment at which a message was last accepted. */
  readonly told: Instant | undefined;
  /** The number of accepted messages. */
  readonly count: number;
  /** Hash of the last accepted message. */
  readonly content: string | undefined;
}

/** The limit keeps the row small, and nobody reads a longer list. */
export const maxItems = 50;

/**
 * Items are collected for this long. It is longer than any lease: a worker that reported something has saved it by
 * then, or never will.
 */
export const collectFor = 2 * minute;

/** The items of one cause are collected for at most this long while more of them come. */
const longestCollection = 10 * minute;

/** The owner receives one message about a cause within this time. */
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

/** Adds an item. If it is in the notice already, its moment becomes the new one. */
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

/** Returns the items that can be reported now. */
export const readyItems = ({ items }: Notice, now: Instant): readonly NoticeItem[] =>
  items.filter(({ from }) => from <= now);

/**
 * Returns the notice after the response to its message. `content` is its hash, undefined if there was nothing to
 * report. Items that were added since stay.
 */
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

/** The failures that need a person. The owner gets a mail for each cause, not for each try. */
export const failureKinds = [
  "failed",
  "duplicate",
  "unknown",
  "held",
  "stays",
  "unfinished",
  "unauthorised",
  "expiring",
  "down",
  "elsewhere",
  "restored",
  "gate",
] as const;

export type FailureKind = (typeof failureKinds)[number];

/** The cause of failures. Those with one cause are reported together. */
export interface Cause {
  readonly kind: FailureKind;
  /**
   * The account. For `down` it is network and server, for `gate` the id of the entry that is left out, or empty if
   * whole feeds are affected, and for `restored` it is empty: all accounts whose networks cannot be searched are meant.
   */
  readonly subject: string;
}

export const causeText = ({ kind, subject }: Cause): string => `${kind}:${subject}`;

/** Returns undefined if the text does not name a cause. */
export const parseCause = (text: string): Cause | undefined => {
  const [, name, subject = ""] = /^([a-z]+):(.*)$/s.exec(text) ?? [];
  const kind = failureKinds.find((one) => one === name);
  return kind && { kind, subject };
};

/** A post, or a feed, that a message is about. */
export interface FailureItem {
  /** A post's title, or the name of a feed. */
  readonly title: string;
  readonly url?: string;
  readonly reason: string | undefined;
  /** The commands for this item, each after its purpose where there are several. */
  readonly commands: readonly string[];
}

export interface OwnerMessage {
  /** At most 100 ASCII characters, which is the limit of SNS. */
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
      "The network rejects the request as it is, or could not be reached for a week. Nothing of it is public there.",
    nextStep: "Change the document (`social.<account>` sets the text for one account), then retry.",
  },
  duplicate: {
    headline: (posts, account) => `${posts} refused by ${account}, which has an equal one`,
    meaning:
      "The network has a post with the same text or address, and takes no second one. The reason says which: another announcement by Crier, or a post of which Crier does not know who made it.",
    nextStep:
      "Look at the post that is there. If it is this one, record that, and nothing is sent. If it is another one, change the document first (`social.<account>` sets the text for one account).",
  },
  unknown: {
    headline: (posts, account) => `${posts} may or may not be on ${account}`,
    meaning:
      "The network did not say clearly whether it took the post, and nothing that it offers tells what happened. Crier does not send it again by itself.",
    nextStep: "Look at the account's timeline, then record what you found.",
  },
  held: {
    headline: (posts, account) => `${posts} held for you before ${account}`,
    meaning: "Nothing was sent, and nothing is sent before you decide.",
    nextStep: "Release what is to go out, and dismiss the rest.",
  },
  stays: {
    headline: (posts, account) => `${posts} to be deleted, but still on ${account}`,
    meaning:
      "The copy of a post that was deleted, or that you withdrew there, is still public, because the network did not let it be deleted.",
    nextStep: "Delete it there by hand.",
  },
  unfinished: {
    headline: (posts, account) => `${posts} only in part on ${account}`,
    meaning:
      "The post is public there. The replies that belong to it are not, or Crier cannot find out whether they are. Crier does not send them again by itself.",
    nextStep: "Look at the post, then record what you found.",
  },
  unauthorised: {
    headline: (_, account) => `${account} is paused`,
    meaning:
      "The network takes nothing from this account: its login expired, was withdrawn or mistyped, it is locked, or its credits are used up. The account's deliveries wait, none fails.",
    nextStep:
      "Do what the reason says. Nothing is lost meanwhile: Crier tries again by itself, each hour or when the network said.",
  },
  expiring: {
    headline: (_, account) => `${account} must be connected again soon`,
    meaning:
      "Its login ends, and is not renewed. Until then everything goes out. Afterwards its deliveries wait, none fails.",
    nextStep: "Connect it again before that. You are told two weeks, one week and one day before the end.",
  },
  down: {
    headline: (_, server) => `${server} takes no requests`,
    meaning:
      "For half an hour or longer no request was answered, or each was refused for now, as a rate limit does. Its deliveries wait, one of them tries again each half hour, and all continue by themselves when it takes requests again.",
    nextStep: "Nothing, if the network has an outage. Else look at the server in the account's configuration.",
  },
  elsewhere: {
    headline: (_, account) => `another Crier posts to ${account}`,
    meaning:
      "A post was on the network with the text that this installation was about to send, and it did not send it. Either another installation with the same configuration has the same login (another stage, or an `npm start` that goes on), or earlier data was put back. Crier takes such a post for its own and does not send it again. Networks that cannot be searched (Discord, Slack, Telegram, webhooks) get everything twice.",
    nextStep: "Stop the other installation, or leave its stage out of `deployment.posts`. You are told this once.",
  },
  restored: {
    headline: () => "accounts send nothing, because the data was restored",
    meaning:
      "The data was restored to an earlier state. It does not know what was sent since, nor what you have decided since, and the networks of these accounts cannot be searched for it. Feeds go on, and so do accounts whose networks can be searched.",
    nextStep:
      "The command lists what an account would send. Compare it with the account's timeline, dismiss what is there already or is not to go out, then let it send again.",
  },
  gate: {
    headline: (_, entry) => (entry === "" ? "feeds are not updated" : "an entry is left out of the feeds"),
    meaning:
      "A rendered feed did not pass its checks. The invalid entry is not published; if no single entry is the cause, the last good feed stays.",
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
  /** The number of further items. */
  readonly more: number;
  /** The command that lists all of them. */
  readonly listCommand: string;
  /** The command that a terminal needs before the others. */
  readonly preparation: string | undefined;
}

/**
 * Writes the message for the owner. It names the posts, the account, what happened and what to do, because the owner
 * may read nothing else.
 */
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
      `More: docs/operations.md, "${kind}". Failures with the same cause are reported at most once an hour.`,
    ].join("\n"),
  };
};

/** The notification of one hub about one feed. It is sent at least once after the feed's last change. */
export interface Ping extends Attempts {
  readonly site: string;
  readonly key: FeedKey;
  /** The hub's URL. */
  readonly hub: string;
  /** Grows with every write. */
  readonly version: number;
  /** The addresses under which subscribers know the feed. */
  readonly topics: readonly string[];
  /** The moment from which everyone gets the newest bytes. Until then a cache may serve older ones. */
  readonly publicAt: Instant;
  /** The moment at which the hub last accepted a ping. */
  readonly pinged: Instant | undefined;
}

/** Returns the ping after the hub's response. If newer bytes become public later, it is sent once more then. Pure. */
export const afterPing = (ping: Ping, answer: MessageAnswer, seed: string, now: Instant): Ping =>
  answer.kind === "taken"
    ? { ...ping, ...accepted, pinged: now, due: ping.publicAt > now ? ping.publicAt : undefined }
    : afterRefusal(ping, answer, seed, now);
