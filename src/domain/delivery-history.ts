import type { Delivery, DeliveryState } from "./delivery.ts";
import { cleanLine } from "./text.ts";
import type { Instant } from "./time.ts";

/** One thing that happened to a delivery. */
export interface HistoryEntry {
  readonly at: Instant;
  /** The state from then on. */
  readonly state: DeliveryState;
  /** Set where a request was made: the how manieth of its kind. */
  readonly attempt: number | undefined;
  /** What came back, or why it waits, was held, failed …; at most 200 characters. */
  readonly reason: string | undefined;
}

/** The oldest and the newest entries; of those between them only the number is kept. It is in the delivery's row. */
export interface History {
  readonly first: readonly HistoryEntry[];
  readonly omitted: number;
  readonly last: readonly HistoryEntry[];
}

export const noHistory: History = { first: [], omitted: 0, last: [] };

const keptFirst = 5;
const keptLast = 15;
const longestReason = 200;

/** Undefined where nothing happened that a person asks for: a claim before anything is sent. */
const entryOf = (delivery: Delivery, at: Instant): HistoryEntry | undefined => {
  const { state, attempts, leaseUntil, sent, changeAttempts } = delivery;
  if (leaseUntil === undefined) return { at, state, attempt: undefined, reason: shortened(delivery.reason) };
  return sent === undefined ? undefined : { at, state, attempt: changeAttempts ?? attempts, reason: undefined };
};

const shortened = (reason: string | undefined): string | undefined => {
  const line = reason === undefined ? "" : cleanLine(reason);
  const characters = [...line];
  if (line === "") return undefined;
  return characters.length > longestReason ? `${characters.slice(0, longestReason - 1).join("")}…` : line;
};

/** True where its copy was left as it is for the same reason before, and was only edited or deleted since: nothing more of it was sent. */
export const isReasonBefore = ({ history, reason }: Pick<Delivery, "history" | "reason">): boolean => {
  const isChange = ({ state }: HistoryEntry): boolean => state === "editing" || state === "deleting";
  const before = [...history.first, ...history.last].findLast((entry) => !isChange(entry));
  return before?.state === "posted" && before.reason === shortened(reason);
};

/** A delivery begins as one that waits: that is no entry. */
const planned = { state: "pending", attempt: undefined, reason: undefined } as const;

const isSame = (a: Omit<HistoryEntry, "at">, b: HistoryEntry): boolean =>
  a.state === b.state && a.attempt === b.attempt && a.reason === b.reason;

/** The delivery as it is saved: its history has an entry more where something happened since its last one. */
export const remember = <D extends Delivery>(delivery: D, now: Instant): D => {
  const { first, omitted, last } = delivery.history;
  const entry = entryOf(delivery, now);
  if (entry === undefined || isSame(last.at(-1) ?? first.at(-1) ?? planned, entry)) return delivery;
  if (first.length < keptFirst) return { ...delivery, history: { first: [...first, entry], omitted, last } };
  const dropped = last.length < keptLast ? 0 : 1;
  return {
    ...delivery,
    history: { first, omitted: omitted + dropped, last: [...last.slice(dropped), entry] },
  };
};
