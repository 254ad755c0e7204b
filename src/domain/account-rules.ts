import type { Account, AccountState } from "./account.ts";
import { drawn } from "./backoff.ts";
import type { Claimant } from "./claimant.ts";
import { checkLoginAfter } from "./next-try.ts";
import { quietUntil } from "./quiet-hours.ts";
import { type Hold, type Rule, type Wait, waitsUntilTime } from "./rule.ts";
import { dollars, nextMonth, spentOnOthers } from "./spending.ts";
import { day, hour, type Instant, minute, second } from "./time.ts";

interface Turn {
  readonly seed: string;
  readonly turnedAway: number;
}

/** What one delivery asks of its account before it sends a request. */
export interface GateRequest {
  readonly claimant: Claimant;
  /** The delivery's seed, and how often in a row it was turned away. */
  readonly turn?: Turn;
  /** Names the post that the request makes: a delivery whose copy was deleted with its post makes a second one. */
  readonly copy: string;
  /** The breaker was asked before, or a person confirmed the delivery. */
  readonly skipsBreaker: boolean;
  /** Until then the account is taken by this delivery. */
  readonly until: Instant;
  /** In US dollars. */
  readonly cost: number;
  /** The fingerprint of the credentials. */
  readonly login: string | undefined;
}

export interface GateFacts {
  readonly state: AccountState;
  readonly request: GateRequest;
  readonly account: Account;
  /** Why it sends nothing, where this home was left for another one. */
  readonly moved: string | undefined;
  /** New posts an hour. */
  readonly burst: number;
  /** Of the site. */
  readonly timeZone: string;
  readonly now: Instant;
}

type AccountRule<Answer extends Wait | Hold> = Rule<GateFacts, Answer>;

const wait = (until: Instant, reason: string): Wait => ({ kind: "wait", until, reason });

/** When this account sent its other posts within the last day. */
const otherSends = ({ state: { sent }, request: { copy }, now }: GateFacts): readonly Instant[] =>
  Object.entries(sent).flatMap(([other, at]) => (other !== copy && now - at < day ? [at] : []));

/** What the other home has, it sends (decision 32). */
const whileMoved: AccountRule<Wait> = ({ moved, now }) =>
  moved === undefined ? undefined : wait(now + checkLoginAfter, moved);

/** How often a login that was refused is tried again. */
const pausedFor = hour;

/** Other credentials end the pause. */
const whilePaused: AccountRule<Wait> = ({ state: { paused }, request: { login }, account, now }) =>
  paused !== undefined && paused.login === login && now < paused.since + pausedFor
    ? wait(
        Math.min(paused.since + pausedFor, now + checkLoginAfter),
        `${account.name} is paused: ${paused.reason}; set new credentials`,
      )
    : undefined;

const turnedAway = (until: Instant, reason: string): Wait => ({ ...wait(until, reason), isTurnedAway: true });

const firstTurn = 5 * second;
const longestTurn = 5 * minute;

/**
 * When a delivery that found its account taken asks again: after 5 s, then at a moment of its own within a time that
 * doubles. Thousands of deliveries that wait for one account ask a few times a second in all, and one of them soon after
 * the account is free.
 */
const nextTurn = ({ turn: { seed, turnedAway } = { seed: "", turnedAway: 0 } }: GateRequest, now: Instant): Instant => {
  const longest = Math.min(firstTurn * 2 ** turnedAway, longestTurn);
  return now + firstTurn + Math.round(drawn(seed, turnedAway) * (longest - firstTurn));
};

const whileTaken: AccountRule<Wait> = ({ state: { inFlight }, request, account, now }) =>
  inFlight !== undefined && inFlight.delivery !== request.claimant.delivery && now < inFlight.until
    ? turnedAway(nextTurn(request, now), `another request of ${account.name} is on its way`)
    : undefined;

const whileDown: AccountRule<Wait> = ({ state: { down }, account, now }) =>
  down !== undefined && now < down.until
    ? turnedAway(down.until, `the network of ${account.name} takes no requests now: ${down.reason}`)
    : undefined;

export const breaker: AccountRule<Hold> = (facts) => {
  const { request, burst, now } = facts;
  if (request.skipsBreaker) return undefined;
  if (otherSends(facts).filter((at) => now - at < hour).length < burst) return undefined;
  const reason = `more than ${burst} new posts within an hour`;
  return { kind: "hold", hold: "breaker", reason };
};

const untilMorning: AccountRule<Wait> = ({ account: { pacing }, now, timeZone }) => {
  const until = pacing.quietHours && quietUntil(now, pacing.quietHours, timeZone);
  return until === undefined ? undefined : waitsUntilTime(until, "quiet hours", now, timeZone);
};

const spendCap: AccountRule<Wait> = ({ state, request, account: { name, spend }, now, timeZone }) => {
  if (spend === undefined || request.cost === 0) return undefined;
  const spent = spentOnOthers(state, request.copy, now, timeZone);
  // Sums of cents are not exact.
  if (spent + request.cost <= spend.monthly + 0.0001) return undefined;
  const why = `${name} has spent ${dollars(spent)} of ${dollars(spend.monthly)} this month, and this post costs ${dollars(request.cost)}`;
  return waitsUntilTime(nextMonth(now, timeZone), why, now, timeZone);
};

const dailyCap: AccountRule<Wait> = (facts) => {
  const { account, now, timeZone } = facts;
  const sends = otherSends(facts);
  const { dailyCap: cap } = account.pacing;
  if (sends.length < cap) return undefined;
  return waitsUntilTime(
    Math.min(...sends) + day,
    `${account.name} has reached its limit of ${cap} posts a day`,
    now,
    timeZone,
  );
};

const interval: AccountRule<Wait> = (facts) => {
  const { account, now } = facts;
  const next = Math.max(...otherSends(facts)) + account.pacing.interval;
  return now < next ? wait(next, `the interval between two posts of ${account.name} is not over yet`) : undefined;
};

/** For every request, an edit or a deletion too. */
export const whileClosed: readonly AccountRule<Wait>[] = [whileMoved, whilePaused, whileTaken, whileDown];

/** For every request that makes a post. */
export const pacing: readonly AccountRule<Wait>[] = [untilMorning, spendCap, dailyCap, interval];
