import type { AccountState } from "./account.ts";
import { instantOf, localDay } from "./local-time.ts";
import { day, type Instant } from "./time.ts";

/** What the posts of one month cost, in US dollars. A post counts once within a day, whatever crashed in between. */
export interface Spending {
  /** `2026-03`, in the time zone of the site. */
  readonly month: string;
  /** Of the posts of this month that are not in the map any more. */
  readonly before: number;
  /** By the post, as in `AccountState.sent`. */
  readonly recent: Readonly<Record<string, number>>;
}

const monthOf = (now: Instant, zone: string): string => {
  const { year, month } = localDay(now, zone);
  return `${year}-${String(month).padStart(2, "0")}`;
};

const sum = (costs: readonly number[]): number => costs.reduce((total, cost) => total + cost, 0);

/** This month, without the post `copy` (see `GateRequest.copy`). */
export const spentOnOthers = ({ spent }: AccountState, copy: string, now: Instant, zone: string): number => {
  if (spent?.month !== monthOf(now, zone)) return 0;
  return spent.before + sum(Object.entries(spent.recent).flatMap(([other, cost]) => (other === copy ? [] : [cost])));
};

/** `sent`: the posts of the last day, which alone stay in the map. */
export const addCost = (
  spent: Spending | undefined,
  { copy, cost }: { readonly copy: string; readonly cost: number },
  sent: AccountState["sent"],
  now: Instant,
  zone: string,
): Spending => {
  const month = monthOf(now, zone);
  const { before, recent } = spent?.month === month ? spent : { before: 0, recent: {} };
  const all = Object.entries({ ...recent, [copy]: cost });
  const isRecent = ([other]: readonly [string, number]): boolean => Object.hasOwn(sent, other);
  return {
    month,
    before: before + sum(all.filter((entry) => !isRecent(entry)).map(([, past]) => past)),
    recent: Object.fromEntries(all.filter(isRecent)),
  };
};

/** The first moment of the next month. */
export const nextMonth = (now: Instant, zone: string): Instant => {
  const { year, month } = localDay(now, zone);
  const first = { year: month === 12 ? year + 1 : year, month: (month % 12) + 1, day: 1 };
  return instantOf({ ...first, hour: 0, minute: 0, second: 0, millisecond: 0 }, zone) ?? now + 31 * day;
};

export const dollars = (amount: number): string => `$${amount.toFixed(2)}`;
