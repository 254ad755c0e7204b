import {
  type Account,
  type AccountState,
  dollars,
  nextMonth,
  type Pause,
  type Policies,
  quietUntil,
  spentOnOthers,
} from "./account.ts";
import { postPath } from "./address.ts";
import { type Delivery, type HoldKind, isLoginPause, pauseRemedy } from "./delivery.ts";
import { apiSource, isEntry } from "./document.ts";
import { isOvertaken, textOvertaken, type Wording } from "./edited-text.ts";
import { type Claimant, isTaken } from "./lease.ts";
import type { PageCheck } from "./page-check.ts";
import type { Post } from "./post.ts";
import { checkLoginAfter, doublingPause, fractionFromSeed } from "./retry.ts";
import { clockText, day, hour, type Instant, minute, second } from "./time.ts";

/** The request is not sent now. The rules are evaluated again at `until`. */
export interface Wait {
  readonly kind: "wait";
  readonly until: Instant;
  /** Written for people, as is `Hold.reason`. */
  readonly reason: string;
  /** The reason without the time, if `reason` has one. */
  readonly why?: string;
  /**
   * Set if other deliveries of the account wait as well. A delivery waits longer each time in a row that it is turned
   * away.
   */
  readonly isTurnedAway?: true;
  /** Set if it is turned away for an older post, or as the oldest one. It does not wait longer the next time. */
  readonly isInOrder?: true;
  /** Set if it is turned away because another request of its account is on its way. */
  readonly isTaken?: true;
  /** The note that the sandbox shows instead of waiting; absent if the rule does not apply to the sandbox. */
  readonly inSandbox?: string;
}

/** The request is not sent before a person releases it. */
export interface Hold {
  readonly kind: "hold";
  readonly hold: HoldKind;
  readonly reason: string;
  readonly inSandbox?: string;
}

/** Returns the reason not to send a request now, from the facts that it needs. Undefined if there is none. Pure. */
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
  readonly policies: Policies;
  readonly post: Post;
  /** The time zone of its site. */
  readonly timeZone: string;
  readonly now: Instant;
}

interface MissingFacts extends PostFacts {
  /** Returns a command as a person types it, for the site with this id. */
  readonly command: (words: string, site: string) => string;
}

/** Waits while a document is missing: it may have moved, or a branch without it may be checked out. */
export const whileMissing: Rule<MissingFacts, Wait> = ({ post, policies, now, timeZone, command }) => {
  const { site, gone } = post;
  if (gone === undefined || gone.by === "person") return undefined;
  const until = gone.at + policies.removeCopiesAfter;
  if (until <= now) return undefined;
  const remove = command(`remove ${postPath(post)}`, site);
  const why = `its document is missing; then nothing more of it is sent, and its copies are deleted; to do that now: ${remove}`;
  return waitsUntilTime(until, why, now, timeZone);
};

/** True for a reason that says until when the delivery waits. */
export const saysUntilWhen = (reason: string): boolean => /^waits (?:at least )?until \d/.test(reason);

export const untilPublished: Rule<PostFacts, Wait> = ({ post: { published }, now, timeZone }) => {
  if (published <= now) return undefined;
  const { until, reason } = waitsUntilTime(published, "scheduled", now, timeZone);
  return { kind: "wait", until, reason };
};

interface ApprovalFacts {
  readonly delivery: Delivery;
  readonly account: Account;
  /** The hash of what readers would see. */
  readonly shown: string;
}

interface TextFacts {
  readonly delivery: Pick<Delivery, "text">;
  readonly wording: Wording;
}

export interface SendFacts extends MissingFacts, ApprovalFacts, Omit<TextFacts, "delivery"> {}

/**
 * Holds an edited text that its document overtook: neither of the two goes out by itself, in the sandbox either. Its editor
 * may have chosen that it does.
 */
export const forText = ({ delivery, wording }: TextFacts): Hold | undefined =>
  isOvertaken(delivery, wording) && delivery.text?.ifOvertaken === "ask"
    ? { kind: "hold", hold: "text", reason: textOvertaken }
    : undefined;

/** A feed lists its newest entry first. After this time its older entries have been read, too. */
const entrySettleTime = 10 * second;

/**
 * Waits until a document of a folder or a bucket no longer changes, because its author may still be writing. The
 * sandbox shows each save.
 */
const untilSettled: Rule<SendFacts, Wait> = ({ post, policies, now, timeZone }) => {
  if (post.source === apiSource || post.byHand) return undefined;
  const until = post.changed + Math.min(policies.settle, isEntry(post.path) ? entrySettleTime : Infinity);
  if (until <= now) return undefined;
  const { reason } = waitsUntilTime(until, "its document has just changed", now, timeZone);
  return { kind: "wait", until, reason };
};

/** Holds a post, or an edit of its copy, until a person approves what readers would see. */
export const forApproval = ({ account, delivery, shown }: ApprovalFacts): Hold | undefined => {
  const { approval } = delivery.passed;
  if (account.approve !== true || approval === shown) return undefined;
  const reason =
    approval === undefined ? "needs your approval" : "needs your approval: it is not the text that you approved";
  return { kind: "hold", hold: "approval", reason, inSandbox: "would need your approval" };
};

interface PageFacts extends SendFacts {
  /** The stored state of the post's page. */
  readonly page: PageCheck | undefined;
}

/** A post waits for its page this long. */
export const pageDeadline = day;

/** Says until when a post waits for its page: "until … is live: it answers 404". */
export const untilThere = ({ url, answer }: PageCheck): string =>
  answer?.kind === "absent" ? `until ${url} is live: ${answer.reason}` : pageIsChecked;

export const waitsForPage = (reason = ""): boolean => /^waits until (?:https?:|its page)/.test(reason);

/** Said until the publication has decided which accounts announce a post, for a moment. */
export const isBeingPublished = "its post is being published";

/** Said before the first answer of a page, for a moment. */
export const pageIsChecked = "until its page is checked";

/** Returns the notes of the sandbox about the page of a post. The sandbox does not wait for it. */
export const pageNotes = (page: PageCheck | undefined): readonly string[] => {
  if (page?.answer?.kind === "live") return page.answer.warnings;
  return page?.answer === undefined ? [] : [`would wait ${untilThere(page)}`];
};

/** Waits until the page exists, so that nobody follows a wrong link. */
const untilLive: Rule<PageFacts> = ({ delivery, page, now }) => {
  if (delivery.passed.live || page === undefined || page.answer?.kind === "live") return undefined;
  const { url, since, next, answer } = page;
  if (answer !== undefined && now >= since + pageDeadline) {
    return {
      kind: "hold",
      hold: "live",
      reason: `${url} did not appear within a day: ${answer.reason}. Correct its address or the site; if you release it, it is sent nevertheless`,
    };
  }
  return { kind: "wait", until: next, reason: `waits ${untilThere(page)}` };
};

interface Turn {
  readonly seed: string;
  readonly turnedAway: number;
}

/** A delivery's request to use its account, before it sends a request to the network. */
export interface GateRequest {
  readonly claimant: Claimant;
  /** The delivery's seed, and how often in a row it was turned away. */
  readonly turn?: Turn;
  /** Names the post that the request makes: a delivery whose copy was deleted with its post makes a second one. */
  readonly copy: string;
  /** Whether the post is a note. Absent if it was sent before: it is counted as what it was then. */
  readonly isNote?: boolean | undefined;
  /** True if the breaker was evaluated before, or a person confirmed the delivery. */
  readonly skipsBreaker: boolean;
  /** The account belongs to this delivery until this moment. */
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
  /** The reason why it sends nothing, if a person stopped it. */
  readonly stopped: string | undefined;
  /** The reason why this whole installation sends nothing, if it does not. */
  readonly silent: string | undefined;
  /** New posts of the request's kind an hour: articles or notes. */
  readonly burst: number;
  /** The time zone of the site. */
  readonly timeZone: string;
  readonly now: Instant;
}

type AccountRule<Answer extends Wait | Hold> = Rule<GateFacts, Answer>;

const wait = (until: Instant, reason: string): Wait => ({ kind: "wait", until, reason });

/** Returns the moments of the last day at which this account sent other posts. */
const otherSends = ({ state: { sent }, request: { copy }, now }: GateFacts): readonly Instant[] =>
  Object.entries(sent).flatMap(([other, at]) => (other !== copy && now - at < day ? [at] : []));

/** Waits until a person resumes what was stopped. The only rule that holds in the sandbox, too. */
export const whileStopped: AccountRule<Wait> = ({ stopped, now }) =>
  stopped === undefined ? undefined : wait(now + checkLoginAfter, stopped);

/** Waits where another installation sends the posts: after a move (docs/decisions/0032), and in a stage that does not post. */
const whileSilent: AccountRule<Wait> = ({ silent, now }) =>
  silent === undefined ? undefined : wait(now + checkLoginAfter, silent);

/** A login that was refused is tried again after this time. */
const pausedFor = hour;

/** After this moment the next delivery is tried, to see whether the reason of the pause still holds. */
export const endOfPause = ({ since, tried = since, until }: Pause): Instant => until ?? tried + pausedFor;

/** Waits while the account is paused. Other credentials end a pause that is about the login. */
const whilePaused: AccountRule<Wait> = ({ state: { paused }, request: { login }, account, now }) =>
  paused !== undefined && (paused.login === login || !isLoginPause(paused)) && now < endOfPause(paused)
    ? wait(
        Math.min(endOfPause(paused), now + checkLoginAfter),
        `${account.name} is paused: ${paused.reason}; ${pauseRemedy(paused)}`,
      )
    : undefined;

export const turnedAway = (until: Instant, reason: string): Wait => ({ ...wait(until, reason), isTurnedAway: true });

const turns = { first: 5 * second, longest: 5 * minute };

/**
 * Returns the next try of a delivery that found its account in use: after 5 s, then at a random moment within a time
 * that doubles. Even if thousands of deliveries wait for one account, only a few try per second.
 */
const nextTurn = ({ turn: { seed, turnedAway } = { seed: "", turnedAway: 0 } }: GateRequest, now: Instant): Instant => {
  const longest = doublingPause(turns, turnedAway + 1);
  return now + turns.first + Math.round(fractionFromSeed(seed, turnedAway) * (longest - turns.first));
};

/** The reasons of a delivery that waits for another one of its account. Usually they hold for seconds. */
export const otherIsOnItsWay = (account: string): string => `another request of ${account} is on its way`;
export const olderGoesFirst = (account: string): string => `an older post of ${account} goes first`;

const whileTaken: AccountRule<Wait> = ({ state: { inFlight }, request, account, now }) =>
  inFlight !== undefined && isTaken(inFlight, request.claimant, now)
    ? { ...turnedAway(nextTurn(request, now), otherIsOnItsWay(account.name)), isTaken: true }
    : undefined;

interface OrderFacts {
  readonly delivery: Pick<Delivery, "post" | "published" | "account">;
  /** Other deliveries of the account that are pending. */
  readonly others: readonly Delivery[];
  readonly now: Instant;
}

/**
 * Lets the oldest of the posts that are ready for one account go first. It is evaluated when nothing else keeps the post
 * waiting, because it reads other deliveries. A delivery that is turned away is ready: only its account makes it wait.
 */
export const afterOlder: Rule<OrderFacts, Wait> = ({ delivery, others, now }) => {
  const isOlder = ({ post, published }: Delivery): boolean => post !== delivery.post && published < delivery.published;
  return others.some((other) => isReady(other, now) && isOlder(other))
    ? { ...turnedAway(now + turns.first, olderGoesFirst(delivery.account)), isInOrder: true }
    : undefined;
};

// A row without a due is one that cannot be read: a person decides about it.
export const isReady = ({ due, turnedAway: times }: Pick<Delivery, "due" | "turnedAway">, now: Instant): boolean =>
  due !== undefined && (due <= now || (times !== undefined && due <= now + turns.longest));

/**
 * The wait of a post that found its account in use. The next one in order is tried again every few seconds, so that it goes
 * out soon after the account is free, even where a worker that has ended kept it for minutes.
 */
export const inTurn = (wait: Wait, facts: OrderFacts): Wait => {
  const { delivery, others, now } = facts;
  // Of the posts of one moment, one is the next.
  const isBefore = ({ post, published }: Delivery): boolean => published === delivery.published && post < delivery.post;
  const isNext = afterOlder(facts) === undefined && !others.some((other) => isReady(other, now) && isBefore(other));
  return isNext ? { ...wait, until: Math.min(wait.until, now + turns.first), isInOrder: true } : wait;
};

/** How the reason of a delivery begins whose account waits for its network to answer again. */
export const networkIsDown = (account: string): string => `the network of ${account} takes no requests now`;

const whileDown: AccountRule<Wait> = ({ state: { down }, account, now }) =>
  down !== undefined && now < down.until
    ? turnedAway(down.until, `${networkIsDown(account.name)}: ${down.reason}`)
    : undefined;

/**
 * Returns until when the breaker holds another new article, or another new note: they are counted apart, each post as what
 * it was when it was sent first. Undefined if so many were not sent within the last day.
 */
export const breakerUntil = (
  { sent, notes }: Pick<AccountState, "sent" | "notes">,
  isNote: boolean,
  burst: number,
  copy?: string,
): Instant | undefined => {
  const others = Object.entries(sent).filter(
    ([other]) => other !== copy && (notes?.includes(other) ?? false) === isNote,
  );
  // A limit of no posts holds for ever.
  const last = [Number.POSITIVE_INFINITY, ...others.map(([, at]) => at).toSorted((one, other) => other - one)][burst];
  return last === undefined ? undefined : last + hour;
};

const breaker: AccountRule<Hold> = ({ state, request, burst, now }) => {
  if (request.skipsBreaker) return undefined;
  const { isNote = false } = request;
  if (now >= (breakerUntil(state, isNote, burst, request.copy) ?? now)) return undefined;
  const reason = `more than ${burst} new ${isNote ? "notes" : "posts"} within an hour`;
  return { kind: "hold", hold: "breaker", reason };
};

const whileQuiet: AccountRule<Wait> = ({ account: { pacing }, now, timeZone }) => {
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

/** The reason of a delivery that waits for the interval of its account. */
export const intervalIsOn = (account: string): string => `the interval between two posts of ${account} is not over yet`;

const interval: AccountRule<Wait> = (facts) => {
  const { account, now } = facts;
  const next = Math.max(...otherSends(facts)) + account.pacing.interval;
  return now < next ? wait(next, intervalIsOn(account.name)) : undefined;
};

/** The rules for every request, including edits and deletions. */
export const whileClosed: readonly AccountRule<Wait>[] = [
  whileStopped,
  whileSilent,
  whilePaused,
  whileTaken,
  whileDown,
];

/** The further rules for every request that makes a post. */
export const pacing: readonly AccountRule<Wait>[] = [whileQuiet, spendCap, dailyCap, interval];

interface SendRules {
  readonly post: readonly Rule<SendFacts>[];
  readonly page: readonly Rule<PageFacts>[];
  readonly account: readonly Rule<GateFacts>[];
}

/**
 * All rules that are evaluated before a post is sent for the first time, in this order: those about the post itself,
 * then its page, which costs a request, then its account. The account's rules are evaluated in the conditional write
 * that counts the post and claims the account, so that the counts match what the network sees. Before that write,
 * `afterOlder` lets an older post go first.
 */
export const sendRules: SendRules = {
  post: [whileMissing, untilPublished, untilSettled, forText, forApproval],
  page: [untilLive],
  account: [...whileClosed, breaker, ...pacing],
};
