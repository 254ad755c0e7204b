import { type Account, type AccountState, burstFor, type Policies } from "../../domain/account.ts";
import { type Delivery, deliveryId } from "../../domain/delivery.ts";
import type { PostHead } from "../../domain/post.ts";
import { countedAs, forecastTurns, type Queued, type Turn } from "../../domain/request-gates.ts";
import { waitsForPage } from "../../domain/send-rules.ts";
import type { Site } from "../../domain/site.ts";
import type { Instant } from "../../domain/time.ts";
import type { ListedRef } from "../../ports/console-rows.ts";
import type { Clock } from "../../ports/runtime.ts";
import { type FindObstacle, type Obstacle, type Target, undecidedPost } from "./obstacles.ts";
import type { AccountHealth } from "./status.ts";

/** When the accounts send what waits for them, by the rules and in the order of the worker. */

export interface Sending {
  readonly account: Account;
  readonly health: AccountHealth;
  /** The row in which its sends are counted. */
  readonly counted: AccountState;
  /** The keys of what waits. */
  readonly pending: readonly ListedRef[];
}

/** A post that was read, with the accounts for which its deliveries are not planned yet. */
interface Known {
  readonly post: PostHead;
  readonly deliveries: readonly Delivery[];
  readonly later: readonly Target[];
}

interface Waiting extends Queued {
  readonly id: string;
}

/** The turns by the ids of the deliveries, those that are not planned yet among them. */
export type Turns = ReadonlyMap<string, Turn<unknown>>;

/**
 * A post that is not read is known by its key, and by its date if it is among the newest. An older one goes first, and is
 * counted as an article.
 */
const ofKey = (ref: ListedRef, dates: ReadonlyMap<string, Instant>): Waiting => {
  const id = deliveryId(ref);
  const published = dates.get(ref.post) ?? 0;
  return { id, post: ref.post, published, due: ref.position, copy: id, isNote: false, skipsBreaker: false };
};

/** The deliveries of a post that take a turn of an account: nothing is in the way of them. */
const ofPost = ({ post, deliveries, later }: Known, account: string, obstacle: FindObstacle): readonly Waiting[] => {
  const { isNote = false, published } = post;
  const own = deliveries.flatMap((one): readonly Waiting[] => {
    const isWaiting = one.account === account && one.state === "pending" && !waitsForPage(one.reason);
    if (!isWaiting || one.due === undefined || post.gone !== undefined) return [];
    if (obstacle(account, one.passed.approval !== undefined, undecidedPost(post, one)) !== undefined) return [];
    const due = Math.max(one.due, published);
    const { turnedAway } = one;
    const request = { copy: countedAs(one), skipsBreaker: one.passed.breaker };
    return [{ id: deliveryId(one), post: post.id, published: one.published, due, turnedAway, isNote, ...request }];
  });
  const planned = later.flatMap((one): readonly Waiting[] => {
    const id = laterId(post, one);
    const isFree = one.account === account && one.obstacle === undefined;
    return isFree ? [{ id, post: post.id, published, due: published, copy: id, isNote, skipsBreaker: false }] : [];
  });
  return [...own, ...planned];
};

const laterId = ({ id, generation }: PostHead, { account }: Target): string =>
  deliveryId({ post: id, account, generation });

export const forecast = (
  accounts: readonly Sending[],
  { known = [], dates }: { readonly known?: readonly Known[]; readonly dates: ReadonlyMap<string, Instant> },
  obstacle: FindObstacle,
  { policies, site, clock }: ForecastPorts,
): Turns => {
  const read = new Set(known.map(({ post }) => post.id));
  return new Map(
    accounts
      .filter(({ account: { name } }) => obstacle(name, true) === undefined)
      .flatMap(({ account, health, counted, pending }) => {
        const queue = [
          ...pending.flatMap((ref) => (read.has(ref.post) ? [] : ofKey(ref, dates))),
          ...known.flatMap((one) => ofPost(one, account.name, obstacle)),
        ];
        return forecastTurns(queue, {
          // The sandbox has the breaker only.
          account: health.reach === "sandbox" ? { ...account, pacing: { interval: 0, dailyCap: Infinity } } : account,
          state: counted,
          burstOf: (isNote) => burstFor({ isNote }, policies),
          timeZone: site(account.site).timeZone,
          now: clock(),
        }).map((turn) => [turn.of.id, turn] as const);
      }),
  );
};

interface ForecastPorts {
  readonly policies: Policies;
  readonly site: (id: string) => Pick<Site, "timeZone">;
  readonly clock: Clock;
}

/** With the moment of its turn, or that the breaker may hold it then. */
const withTurn = <One extends { readonly obstacle: Obstacle | undefined }>(
  one: One,
  turn: Turn<unknown> | undefined,
) => (turn?.isHeld === true ? { ...one, obstacle: "burst" as const } : { ...one, at: turn?.at });

export const rowsInTurn = <
  Row extends { readonly delivery: { readonly id: string }; readonly obstacle: Obstacle | undefined },
>(
  rows: readonly Row[],
  turns: Turns,
) => rows.map((row) => withTurn(row, turns.get(row.delivery.id)));

export const targetsInTurn = (post: PostHead, targets: readonly Target[], turns: Turns): readonly Target[] =>
  targets.map((one) => withTurn(one, turns.get(laterId(post, one))));
