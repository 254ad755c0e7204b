import { type AccountState, addCost, type Outage, type Pause } from "./account.ts";
import { type Delivery, deliveryId, type Outcome, parseDeliveryId } from "./delivery.ts";
import { type Claim, type Claimant, endClaim, isOwnClaim, isTaken, noClaimant } from "./lease.ts";
import { backoff, longestWait } from "./retry.ts";
import {
  firstAnswer,
  type GateFacts,
  type GateRequest,
  type Hold,
  isReady,
  pacing,
  type Rule,
  sendRules,
  turnedAway,
  type Wait,
  whileClosed,
  whileStopped,
} from "./send-rules.ts";
import { clockText, day, type Instant, minute, second } from "./time.ts";

export interface Go {
  readonly kind: "go";
  readonly state: AccountState;
}

/** The rules for one kind of request. */
export interface Gate<Answer extends Wait | Hold> {
  readonly rules: readonly Rule<GateFacts, Answer>[];
  /** True if the request makes a post, which counts towards interval, caps and breaker. */
  readonly counts: boolean;
}

/** The rules for an edit, a deletion or a search. */
export const changeGate: Gate<Wait> = { rules: whileClosed, counts: false };
/** The rules for sending a post once more. The breaker let it through before. */
export const resendGate: Gate<Wait> = { rules: [...whileClosed, ...pacing], counts: true };
export const postGate: Gate<Wait | Hold> = { rules: sendRules.account, counts: true };

/**
 * Evaluates every rule right before a request is sent, so that the counts match what the network sees. With `go` the
 * account belongs to the delivery until the response is recorded, and a post is counted. Pure.
 */
export const passGate = <Answer extends Wait | Hold>(
  { rules, counts }: Gate<Answer>,
  facts: GateFacts,
): Answer | Go => {
  const answer = firstAnswer(rules, facts);
  if (answer !== undefined) return answer;
  const { request, state } = facts;
  const counted = countPost(facts, counts);
  const { claimant, until, login } = request;
  return { kind: "go", state: { ...state, ...counted, inFlight: { ...claimant, until, login } } };
};

const notesAmong = (sent: AccountState["sent"], notes: AccountState["notes"]): AccountState["notes"] => {
  const left = (notes ?? []).filter((copy) => Object.hasOwn(sent, copy));
  return left.length === 0 ? undefined : left;
};

const countPost = (
  { state, request, now, timeZone }: GateFacts,
  counts: boolean,
): Pick<AccountState, "sent" | "notes" | "spent"> => {
  const today = Object.fromEntries(Object.entries(state.sent).filter(([, at]) => now - at < day));
  const { notes } = state;
  if (!counts) return { sent: today, notes: notesAmong(today, notes), spent: state.spent };
  const { copy, cost, isNote = notes?.includes(copy) } = request;
  const sent = { ...today, [copy]: now };
  const others = (notes ?? []).filter((other) => other !== copy);
  return {
    sent,
    notes: notesAmong(sent, isNote === true ? [...others, copy] : others),
    spent: cost === 0 ? state.spent : addCost(state.spent, request, sent, now, timeZone),
  };
};

/**
 * The gate of the sandbox. Posts are counted and held by the breaker, but the waits of a real account are only noted.
 */
export const passInSandbox = (facts: GateFacts): Wait | Hold | (Go & { readonly notes: readonly string[] }) => {
  const stopped = whileStopped(facts);
  if (stopped !== undefined) return stopped;
  const answers = sendRules.account.flatMap((rule) => rule(facts) ?? []);
  const hold = answers.find((answer) => answer.kind === "hold");
  if (hold !== undefined) return hold;
  const notes = answers.flatMap(({ inSandbox }) => inSandbox ?? []);
  return { kind: "go", state: { ...facts.state, ...countPost(facts, true) }, notes };
};

/** Returns the name of a delivery's post in `AccountState.sent`. */
export const countedAs = (delivery: Delivery): string => `${deliveryId(delivery)}@${delivery.planned}`;

/** The delivery that is counted under this name. */
export const parseCounted = (copy: string): ReturnType<typeof parseDeliveryId> =>
  parseDeliveryId(copy.slice(0, copy.lastIndexOf("@")));

/**
 * Returns the account without a post that the network certainly did not take: limits and costs are about what is there.
 * `delivery` is as it is after the answer. A worker whose claim has ended is late: another one may have counted the post
 * again since, and it stays counted.
 */
export const withoutRefused = (state: AccountState, claimant: Claimant, delivery: Delivery): AccountState => {
  const isRefused = delivery.state === "pending" || delivery.state === "failed";
  const copy = countedAs(delivery);
  if (!isRefused || !Object.hasOwn(state.sent, copy) || !isOwnClaim(state.inFlight, claimant)) return state;
  const { [copy]: _, ...sent } = state.sent;
  const { [copy]: __, ...recent } = state.spent?.recent ?? {};
  return { ...state, sent, spent: state.spent && { ...state.spent, recent } };
};

const longestOutage = 30 * minute;

/**
 * Returns the outage after one more request without an answer. After the first, the next request is sent at once:
 * usually one response was lost.
 */
const prolongOutage = (down: Outage | undefined, reason: string, now: Instant): Outage => {
  const failures = (down?.failures ?? 0) + 1;
  const pause = failures === 1 ? 0 : Math.min(backoff("", failures - 1), longestOutage);
  return { failures, since: down?.since ?? now, until: now + pause, reason };
};

const pauseAfter = (
  { reason, remedy, until, command, isCheck }: Extract<Outcome, { readonly kind: "unauthorised" }>,
  login: string | undefined,
  before: Pause | undefined,
  now: Instant,
): Pause => ({ since: before?.since ?? now, tried: before && now, reason, login, remedy, until, command, isCheck });

/**
 * Returns the account after the network's response to a delivery. After a second request without an answer, all
 * deliveries wait until one more is tried.
 */
export const accountAfterOutcome = (
  state: AccountState,
  claimant: Claimant,
  outcome: Outcome,
  now: Instant,
): AccountState => {
  const free = endClaim(state, claimant);
  const login = isOwnClaim(state.inFlight, claimant) ? state.inFlight?.login : undefined;
  switch (outcome.kind) {
    case "unauthorised":
      return {
        ...free,
        down: undefined,
        paused: pauseAfter(outcome, login, state.paused, now),
      };
    case "posted":
    case "progressed":
    case "done":
      return { ...free, down: undefined, paused: undefined };
    case "unavailable":
    case "unanswered": {
      const { reason } = outcome;
      const asked = outcome.kind === "unavailable" ? outcome.retryAt : undefined;
      if (asked !== undefined && asked > now)
        return { ...free, down: { failures: 0, until: Math.min(asked, now + longestWait), reason } };
      return { ...free, down: prolongOutage(state.down, reason, now) };
    }
    default:
      return { ...free, down: undefined };
  }
};

/**
 * The stored state of a server, while it does not answer or while one of several accounts on it has a request in
 * flight.
 */
export interface ServerState {
  /** Network and server. */
  readonly name: string;
  readonly version: number;
  /** Set from the first request without an answer until the next answer. */
  readonly down: Outage | undefined;
  readonly inFlight: (Claim & { readonly since: Instant }) | undefined;
}

/** One delivery's request to a server. */
interface ServerRequest {
  readonly claimant: Claimant;
  /** The server belongs to this delivery until this moment. */
  readonly until: Instant;
  /** True if several accounts are on the server. A single account has one request at a time anyway. */
  readonly isShared: boolean;
}

const longestTaken = 30 * second;

const wait = (until: Instant, reason: string): Wait => ({ kind: "wait", until, reason });

/**
 * Estimates when the server is free. Most requests are answered within a second; one that has been in flight for longer
 * may take as long again.
 */
const whenFree = ({ since, until }: NonNullable<ServerState["inFlight"]>, now: Instant): Instant =>
  Math.min(until, now + Math.min(Math.max(now - since, second), longestTaken));

/** How the reason of a delivery begins that waits for its server to answer again. */
export const serverIsDown = "the server takes no requests now";

/** Allows one request at a time to a server, so that a server which does not answer occupies one worker only. Pure. */
export const enterServer = (
  state: ServerState,
  { claimant, until, isShared }: ServerRequest,
  now: Instant,
): Wait | (Pick<Go, "kind"> & { readonly state: ServerState }) => {
  const { down, inFlight } = state;
  if (down !== undefined && now < down.until) return wait(down.until, `${serverIsDown}: ${down.reason}`);
  if (!isShared) return { kind: "go", state };
  if (inFlight !== undefined && isTaken(inFlight, claimant, now))
    return turnedAway(whenFree(inFlight, now), "another request to this server is on its way");
  return { kind: "go", state: { ...state, inFlight: { ...claimant, since: now, until } } };
};

/** True after the eighth request without an answer, about half an hour after the first. */
export const isLongDown = ({ down }: Pick<ServerState, "down">): boolean => (down?.failures ?? 0) >= 8;

/**
 * Returns the reason if the server did not answer. Of the `unavailable` outcomes, only one with a time to wait
 * certainly comes from the server.
 */
const noAnswerReason = (outcome: Outcome): string | undefined =>
  outcome.kind === "unanswered" || (outcome.kind === "unavailable" && outcome.retryAt === undefined)
    ? outcome.reason
    : undefined;

/** Returns the server after a delivery's request. `outcome` is undefined if nothing was sent, or only read. Pure. */
export const leaveServer = (
  state: ServerState,
  claimant: Claimant,
  outcome: Outcome | undefined,
  now: Instant,
): ServerState => {
  const free = endClaim(state, claimant);
  if (outcome === undefined) return free;
  const reason = noAnswerReason(outcome);
  if (reason === undefined) return { ...free, down: undefined };
  return { ...free, down: prolongOutage(state.down, reason, now) };
};

/**
 * The expected wait of a post that is not sent yet. Other posts of its account may be sent first and make it longer.
 */
export interface WaitForecast {
  readonly at: Instant;
  readonly reason: string;
}

/** A post that costs more than its account may spend in a month would wait for every month. */
const maxWaits = 10;

/**
 * Forecasts the shortest wait of a post that is ready now, and its reason, if the account is connected: quiet hours, a
 * cap, the interval, a network that accepts no requests. As in delivery, the rules are evaluated again when a wait is
 * over. `cost` is in US dollars. Undefined if it would not wait.
 */
export const forecastWait = (
  facts: Omit<GateFacts, "request" | "silent" | "stopped">,
  cost: number,
): WaitForecast | undefined => {
  const request = { claimant: noClaimant, copy: "", skipsBreaker: true, until: facts.now, cost, login: undefined };
  const state = { ...facts.state, inFlight: undefined, paused: undefined };
  const waits: Wait[] = [];
  let now = facts.now;
  while (waits.length < maxWaits) {
    const answer = passGate(postGate, { ...facts, stopped: undefined, silent: undefined, state, request, now });
    if (answer.kind !== "wait") break;
    waits.push(answer);
    now = answer.until;
  }
  const last = waits.at(waits.length < maxWaits ? -1 : 0);
  if (last === undefined) return undefined;
  const { until: at, why, reason } = last;
  return { at, reason: `waits at least until ${clockText(at, facts.now, facts.timeZone)}: ${why ?? reason}` };
};

/** The hold of the first new post that exceeds the breaker's limit. */
export interface BreakerForecast {
  /** The number of posts that are sent before it. */
  readonly after: number;
  readonly reason: string;
}

/**
 * Forecasts what the breaker holds if many posts are ready from now on, the account is connected and the network
 * answers. The rules are evaluated for one post after another, all of them notes or none. Undefined if it holds nothing.
 */
export const forecastBreaker = (
  facts: Omit<GateFacts, "request" | "silent" | "stopped">,
  isNote: boolean,
): BreakerForecast | undefined => {
  const { account, burst } = facts;
  // The daily cap is lower than the breaker's limit for an hour, so that the breaker never holds.
  if (burst > account.pacing.dailyCap) return undefined;
  const free = { inFlight: undefined, down: undefined, paused: undefined };
  let state = { ...facts.state, ...free };
  let now = facts.now;
  let after = 0;
  // Twice the limit, because quiet hours may separate the posts.
  while (after <= 2 * burst) {
    const request = {
      claimant: noClaimant,
      copy: `${after}`,
      isNote,
      skipsBreaker: false,
      until: now,
      cost: 0,
      login: undefined,
    };
    const answer = passGate(postGate, { ...facts, stopped: undefined, silent: undefined, state, request, now });
    if (answer.kind === "hold") return { after, reason: answer.reason };
    if (answer.kind === "wait") now = answer.until;
    else {
      state = { ...answer.state, ...free };
      after += 1;
    }
  }
  return undefined;
};

/** A delivery that waits for its account, or will. `copy` and `skipsBreaker` are those of its request. */
export interface Queued
  extends Pick<Delivery, "post" | "published" | "turnedAway">,
    Pick<GateRequest, "copy" | "skipsBreaker"> {
  readonly due: Instant;
  readonly isNote: boolean;
}

/** When a delivery is sent, or held by the breaker. */
export interface Turn<One> {
  readonly of: One;
  readonly at: Instant;
  readonly isHeld: boolean;
}

/**
 * Forecasts the order in which the deliveries of an account are sent, and when: as `afterOlder` has it, the oldest of those
 * that are ready goes first, and of one moment as `inTurn` has it, whenever the rules of the account let one through. The account is connected, the
 * network answers after the pause that it asked for, and nothing else comes in between.
 */
export const forecastTurns = <One extends Queued>(
  queue: readonly One[],
  {
    burstOf,
    ...facts
  }: Omit<GateFacts, "request" | "silent" | "stopped" | "burst"> & { readonly burstOf: (isNote: boolean) => number },
): readonly Turn<One>[] => {
  const free = { inFlight: undefined, paused: undefined };
  const byAge = (one: One, other: One): number => one.published - other.published || (one.post < other.post ? -1 : 1);
  const left = new Set(queue.toSorted(byAge));
  const turns: Turn<One>[] = [];
  let state = { ...facts.state, ...free };
  let now = facts.now;
  while (left.size > 0) {
    now = Math.max(now, Math.min(...[...left].map(({ due }) => due)));
    const of = [...left].find((one) => isReady(one, now));
    if (of === undefined) break;
    now = Math.max(now, of.due);
    const request = { ...of, claimant: noClaimant, until: now, cost: 0, login: undefined };
    const burst = burstOf(of.isNote);
    const answer = passGate(postGate, { ...facts, stopped: undefined, silent: undefined, burst, state, request, now });
    if (answer.kind === "wait") now = answer.until;
    else {
      left.delete(of);
      turns.push({ of, at: now, isHeld: answer.kind === "hold" });
      if (answer.kind === "go") state = { ...answer.state, ...free };
    }
  }
  return turns;
};
