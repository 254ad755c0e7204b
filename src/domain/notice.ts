import { type Attempts, accepted, afterRefusal, type MessageAnswer } from "./attempts.ts";
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
