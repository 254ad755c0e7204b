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

/** Longer than any lease: a worker that reported something has saved it by then, or never will. What has one cause is collected meanwhile. */
export const collectFor = 2 * minute;

/** The owner hears of one cause no more often. */
export const quietFor = hour;

const earliest = (items: readonly NoticeItem[]): Instant | undefined =>
  items.length === 0 ? undefined : Math.min(...items.map(({ from }) => from));

const withDue = (notice: Notice): Notice => {
  const from = earliest(notice.items);
  const quiet = notice.to === "owner" && notice.told !== undefined ? notice.told + quietFor : 0;
  return { ...notice, due: from === undefined ? undefined : Math.max(from, quiet, notice.wait ?? 0) };
};

/** Something new to tell. Of one item the later moment counts. */
export const raise = (notice: Notice, item: NoticeItem): Notice => {
  const others = notice.items.filter(({ id }) => id !== item.id);
  const isFull = others.length >= maxItems;
  const next = withDue({
    ...notice,
    attempts: 0,
    items: isFull ? others : [...others, item],
    more: notice.more + (isFull ? 1 : 0),
  });
  return { ...next, due: Math.min(next.due ?? item.from, notice.due ?? Number.POSITIVE_INFINITY) };
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
