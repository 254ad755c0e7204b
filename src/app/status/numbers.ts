import { day, type Instant } from "../../domain/time.ts";
import type { ListedDeliveries } from "../../ports/console-rows.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Memberships } from "../../ports/store.ts";

/** The moments of the past that a page counts by the week. */

/** Not all moments before `since` are known, where it is set. */
export interface Moments {
  readonly at: readonly Instant[];
  readonly since: Instant | undefined;
}

/** The moments of the last weeks at which posts were published, and copies were sent. */
export interface Numbers {
  readonly posts: Moments;
  readonly sent: Moments;
  /** Those of accounts that are in the sandbox now, which are not among the others. Undefined where no account is. */
  readonly shown: Moments | undefined;
  /** Every account is in the sandbox. */
  readonly isAllShown: boolean;
}

const mostCounted = 100;

/** Posts of thirteen weeks are read, because the first of twelve may have begun days before. */
const countedFor = 13 * 7 * day;

interface PublishedPorts {
  readonly memberships: Pick<Memberships, "newest">;
  readonly clock: Clock;
}

/** The posts that are public. */
interface Published {
  readonly dates: ReadonlyMap<string, Instant>;
  /** Not all before this moment are among them, where it is set. */
  readonly since: Instant | undefined;
}

export const readPublished = async (site: string, { memberships, clock }: PublishedPorts): Promise<Published> => {
  const dates = new Map<string, Instant>();
  for await (const { id, published } of memberships.newest(site, "main")) {
    if (published < clock() - countedFor) break;
    dates.set(id, published);
    if (dates.size === mostCounted) return { dates, since: published };
  }
  return { dates, since: undefined };
};

/** The first pages of what each account has posted, the newest first. */
export const sentMoments = (site: string, lists: readonly ListedDeliveries[]): Moments => {
  const ends = lists.flatMap(({ refs, next }) => (next !== undefined ? (refs.at(-1)?.position ?? []) : []));
  return {
    at: lists.flatMap(({ refs }) => refs.filter((ref) => ref.site === site).map(({ position }) => position)),
    since: ends.length === 0 ? undefined : Math.max(...ends),
  };
};

interface PostedBy {
  readonly isInSandbox: boolean;
  readonly posted: ListedDeliveries;
}

/** The keys of copies do not say which of them were sent in the sandbox: the account says it. */
export const numbersOf = (site: string, { dates, since }: Published, accounts: readonly PostedBy[]): Numbers => {
  const sentBy = (all: readonly PostedBy[]): Moments =>
    sentMoments(
      site,
      all.map(({ posted }) => posted),
    );
  const shown = accounts.filter(({ isInSandbox }) => isInSandbox);
  return {
    posts: { at: [...dates.values()], since },
    sent: sentBy(accounts.filter(({ isInSandbox }) => !isInSandbox)),
    shown: shown.length === 0 ? undefined : sentBy(shown),
    isAllShown: shown.length === accounts.length,
  };
};
