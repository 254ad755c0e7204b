import type { Account, AccountState } from "./account.ts";
import { backoff } from "./backoff.ts";
import type { Outcome } from "./delivery.ts";
import { pausedFor } from "./delivery-transitions.ts";
import { day, hour, type Instant, minute, second } from "./time.ts";

/** What one delivery asks of its account before it sends a request. */
export interface GateRequest {
  /** The delivery's id. */
  readonly id: string;
  /** Names the post that the request makes: a delivery whose copy was deleted with its post makes a second one. */
  readonly copy: string;
  /** The breaker was asked before, or a person confirmed the delivery. */
  readonly skipsBreaker: boolean;
  /** Until then the account is taken by this delivery. */
  readonly until: Instant;
}

interface GateContext {
  readonly account: Account;
  /** New posts an hour. */
  readonly burst: number;
  readonly now: Instant;
}

export interface Go {
  readonly kind: "go";
  readonly state: AccountState;
}
export interface Wait {
  readonly kind: "wait";
  readonly until: Instant;
  readonly reason: string;
}
export interface Hold {
  readonly kind: "hold";
  readonly reason: string;
}

type Rule<Answer> = (state: AccountState, request: GateRequest, context: GateContext) => Answer | undefined;

const wait = (until: Instant, reason: string): Wait => ({ kind: "wait", until, reason });

/** When this account sent its other posts within the last day. */
const otherSends = ({ sent }: AccountState, { copy }: GateRequest, now: Instant): readonly Instant[] =>
  Object.entries(sent).flatMap(([other, at]) => (other !== copy && now - at < day ? [at] : []));

const whilePaused: Rule<Wait> = ({ paused }, _request, { account, now }) =>
  paused !== undefined && now < paused.since + pausedFor
    ? wait(now + pausedFor, `${account.name} is paused: ${paused.reason}`)
    : undefined;

/** How soon a delivery asks again that found its account taken. */
const takenFor = 5 * second;

const whileTaken: Rule<Wait> = ({ inFlight }, { id }, { account, now }) =>
  inFlight !== undefined && inFlight.delivery !== id && now < inFlight.until
    ? wait(Math.min(inFlight.until, now + takenFor), `another request of ${account.name} is on its way`)
    : undefined;

const whileDown: Rule<Wait> = ({ down }, _request, { account, now }) =>
  down !== undefined && now < down.until
    ? wait(down.until, `the network of ${account.name} takes no requests now: ${down.reason}`)
    : undefined;

const breaker: Rule<Hold> = (state, request, { burst, now }) => {
  if (request.skipsBreaker) return undefined;
  if (otherSends(state, request, now).filter((at) => now - at < hour).length < burst) return undefined;
  const command = `npx crier release ${request.id}`;
  return { kind: "hold", reason: `more than ${burst} new posts within an hour: release it with "${command}"` };
};

const pacing: Rule<Wait> = (state, request, { account: { name, pacing: limits }, now }) => {
  const sends = otherSends(state, request, now);
  if (sends.length >= limits.dailyCap)
    return wait(Math.min(...sends) + day, `${name} has reached its limit of ${limits.dailyCap} posts a day`);
  const next = Math.max(...sends) + limits.interval;
  return now < next ? wait(next, `the interval between two posts of ${name} is not over yet`) : undefined;
};

/** The rules for one kind of request, in the order in which they are asked. */
export interface Gate<Answer> {
  readonly rules: readonly Rule<Answer>[];
  /** The request makes a post: it counts towards interval, cap and breaker. */
  readonly counts: boolean;
}

/** For an edit, a deletion or a search. */
export const changeGate: Gate<Wait> = { rules: [whilePaused, whileTaken, whileDown], counts: false };
/** A post that is sent once more was let through by the breaker before. */
export const resendGate: Gate<Wait> = { rules: [...changeGate.rules, pacing], counts: true };
export const postGate: Gate<Wait | Hold> = { rules: [...changeGate.rules, breaker, pacing], counts: true };

/**
 * Asks every rule right before a request is sent: what counts is what the network sees. With `go` the account belongs to
 * the delivery until its answer is recorded, and a post is counted. Pure.
 */
export const passGate = <Answer>(
  { rules, counts }: Gate<Answer>,
  state: AccountState,
  request: GateRequest,
  context: GateContext,
): Answer | Go => {
  for (const rule of rules) {
    const answer = rule(state, request, context);
    if (answer !== undefined) return answer;
  }
  const { now } = context;
  const today = Object.fromEntries(Object.entries(state.sent).filter(([, at]) => now - at < day));
  const sent = counts ? { ...today, [request.copy]: now } : today;
  return { kind: "go", state: { ...state, sent, inFlight: { delivery: request.id, until: request.until } } };
};

/** The account is free for the next delivery. */
export const release = (state: AccountState, id: string): AccountState =>
  state.inFlight?.delivery === id ? { ...state, inFlight: undefined } : state;

const longestDown = 30 * minute;

/** The account after the network's answer to a delivery. A second request without an answer closes it for all deliveries until one more is tried. */
export const afterAnswer = (state: AccountState, id: string, outcome: Outcome, now: Instant): AccountState => {
  const free = release(state, id);
  switch (outcome.kind) {
    case "unauthorised":
      return { ...free, down: undefined, paused: { since: now, reason: outcome.reason } };
    case "posted":
    case "done":
      return { ...free, down: undefined, paused: undefined };
    case "unavailable":
    case "unanswered": {
      const { reason } = outcome;
      const asked = outcome.kind === "unavailable" ? outcome.retryAt : undefined;
      if (asked !== undefined) return { ...free, down: { failures: 0, until: asked, reason } };
      const failures = (state.down?.failures ?? 0) + 1;
      const pause = failures < 2 ? 0 : Math.min(backoff("", failures - 1), longestDown);
      return { ...free, down: { failures, until: now + pause, reason } };
    }
    default:
      return { ...free, down: undefined };
  }
};
