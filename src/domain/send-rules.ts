import {
  type Account,
  type AccountState,
  dollars,
  nextMonth,
  type Policies,
  quietUntil,
  spentOnOthers,
} from "./account.ts";
import type { Claimant, Delivery, HoldKind } from "./delivery.ts";
import { apiSource, isEntry } from "./document.ts";
import { copiesGrace } from "./feed.ts";
import type { PageCheck } from "./page-check.ts";
import type { Post } from "./post.ts";
import { checkLoginAfter, drawn } from "./retry.ts";
import { clockText, day, hour, type Instant, minute, second } from "./time.ts";

/** Not now: it is asked again then. */
export interface Wait {
  readonly kind: "wait";
  readonly until: Instant;
  /** For people, as is `Hold.reason`. */
  readonly reason: string;
  /** The same without the time, where that is in `reason`. */
  readonly why?: string;
  /** Other deliveries of the account wait as well: each time in a row that it is turned away, a delivery waits longer. */
  readonly isTurnedAway?: true;
  /** What the sandbox says of it instead of waiting; absent where the rule does not concern the sandbox. */
  readonly inSandbox?: string;
}

/** Not before a person releases it. */
export interface Hold {
  readonly kind: "hold";
  readonly hold: HoldKind;
  readonly reason: string;
  readonly inSandbox?: string;
}

/** One reason not to send a request now, by the facts that it needs. Undefined: it has none. Pure. */
export type Rule<Facts, Answer extends Wait | Hold = Wait | Hold> = (facts: Facts) => Answer | undefined;

export const firstAnswer = <Facts, Answer extends Wait | Hold>(
  rules: readonly Rule<Facts, Answer>[],
  facts: Facts,
): Answer | undefined => {
  for (const rule of rules) {
    const answer = rule(facts);
    if (answer !== undefined) return answer;
  }
  return undefined;
};

/** `why` is a phrase: "quiet hours". */
export const waitsUntilTime = (until: Instant, why: string, now: Instant, timeZone: string): Wait => {
  const condition = `until ${clockText(until, now, timeZone)}: ${why}`;
  return { kind: "wait", until, reason: `waits ${condition}`, why, inSandbox: `would wait ${condition}` };
};

export interface PostFacts {
  readonly post: Post;
  /** Of its site. */
  readonly timeZone: string;
  readonly now: Instant;
}

/** A source's deletion may be half of a move. */
export const whileMissing: Rule<PostFacts, Wait> = ({ post: { gone }, now }) => {
  if (gone === undefined) return undefined;
  const until = gone.by === "person" ? now : gone.at + copiesGrace;
  const reason = "the document is missing; its deletion takes effect soon";
  return now < until ? { kind: "wait", until, reason } : undefined;
};

export const untilPublished: Rule<PostFacts, Wait> = ({ post: { published }, now, timeZone }) => {
  if (published <= now) return undefined;
  const { until, reason } = waitsUntilTime(published, "scheduled", now, timeZone);
  return { kind: "wait", until, reason };
};

export interface SendFacts extends PostFacts {
  readonly delivery: Delivery;
  readonly account: Account;
  readonly policies: Policies;
}

/** Saving is not posting: the document of a folder or a bucket may still be being written. The sandbox shows each save. */
const untilSettled: Rule<SendFacts, Wait> = ({ post, policies, now, timeZone }) => {
  const isWritten = post.source !== apiSource && !isEntry(post.path) && !post.byHand;
  const until = post.changed + policies.settle;
  if (!isWritten || until <= now) return undefined;
  const { reason } = waitsUntilTime(until, "its document has just changed", now, timeZone);
  return { kind: "wait", until, reason };
};

const forApproval: Rule<SendFacts, Hold> = ({ account, delivery }) =>
  account.approve === true && !delivery.approved
    ? {
        kind: "hold",
        hold: "approval",
        reason: "needs your approval",
        inSandbox: "would need your approval",
      }
    : undefined;

interface PageFacts extends SendFacts {
  /** What is known of the post's page. */
  readonly page: PageCheck | undefined;
}

/** The page of a post gets so much time to appear. */
export const pageDeadline = day;

const untilThere = ({ url, answer }: PageCheck): string =>
  `until ${url} is live${answer?.kind === "absent" ? `: ${answer.reason}` : ""}`;

/** What the sandbox says of the page of a post, which it does not wait for. */
export const pageNotes = (page: PageCheck | undefined): readonly string[] => {
  if (page?.answer?.kind === "live") return page.answer.warnings;
  return page?.answer === undefined ? [] : [`would wait ${untilThere(page)}`];
};

/** A wrong address is seen by nobody. */
const untilLive: Rule<PageFacts> = ({ delivery, page, now }) => {
  if (delivery.skipsLive || page === undefined || page.answer?.kind === "live") return undefined;
  const { url, since, next, answer } = page;
  if (answer !== undefined && now >= since + pageDeadline) {
    return {
      kind: "hold",
      hold: "live",
      reason: `${url} was not there within a day: ${answer.reason}. Correct its address or the site; released, it is sent nevertheless`,
    };
  }
  return { kind: "wait", until: next, reason: `waits ${untilThere(page)}` };
};

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

const breaker: AccountRule<Hold> = (facts) => {
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

interface SendRules {
  readonly post: readonly Rule<SendFacts>[];
  readonly page: readonly Rule<PageFacts>[];
  readonly account: readonly Rule<GateFacts>[];
}

/**
 * Everything that is asked before a post is sent for the first time, in this order: what the post itself says, then its
 * page, which costs a request, then its account. The account's rules are asked in the conditional write that counts the
 * post and claims the account, so that what counts is what the network sees.
 */
export const sendRules: SendRules = {
  post: [whileMissing, untilPublished, untilSettled, forApproval],
  page: [untilLive],
  account: [...whileClosed, breaker, ...pacing],
};
