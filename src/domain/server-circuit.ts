import type { Go } from "./account-gate.ts";
import { backoff } from "./backoff.ts";
import { type Claimant, isOwnClaim } from "./claimant.ts";
import type { Outcome } from "./delivery.ts";
import type { Wait } from "./rule.ts";
import { type Instant, minute, second } from "./time.ts";

/** What is stored of a server: while it does not answer, and while one of several accounts on it is sent a request. */
export interface ServerState {
  /** Network and server. */
  readonly name: string;
  readonly version: number;
  /** Set from the first request without an answer until the next answer. */
  readonly down: { readonly failures: number; readonly until: Instant; readonly reason: string } | undefined;
  /** The one delivery whose request may be on its way, from `since` until `until` at the latest. */
  readonly inFlight: (Claimant & { readonly since: Instant; readonly until: Instant }) | undefined;
}

/** One delivery's request to a server. */
interface ServerRequest {
  readonly claimant: Claimant;
  /** Until then the server is taken by this delivery. */
  readonly until: Instant;
  /** Several accounts are on the server. One alone is sent one request at a time anyway. */
  readonly isShared: boolean;
}

const longestDown = 30 * minute;
const longestTaken = 30 * second;

const wait = (until: Instant, reason: string): Wait => ({ kind: "wait", until, reason });

/** Most requests are answered within a second. One that has been on its way for longer may be for as long again. */
const whenFree = ({ since, until }: NonNullable<ServerState["inFlight"]>, now: Instant): Instant =>
  Math.min(until, now + Math.min(Math.max(now - since, second), longestTaken));

/** One request at a time is on its way to a server, so that one which does not answer holds one worker. Pure. */
export const enterServer = (
  state: ServerState,
  { claimant, until, isShared }: ServerRequest,
  now: Instant,
): Wait | (Pick<Go, "kind"> & { readonly state: ServerState }) => {
  const { down, inFlight } = state;
  if (down !== undefined && now < down.until) return wait(down.until, `the server did not answer: ${down.reason}`);
  if (!isShared) return { kind: "go", state };
  if (inFlight !== undefined && inFlight.delivery !== claimant.delivery && now < inFlight.until)
    return wait(whenFree(inFlight, now), "another request to this server is on its way");
  return { kind: "go", state: { ...state, inFlight: { ...claimant, since: now, until } } };
};

/** The eighth request without an answer comes about half an hour after the first. */
export const isLongDown = ({ down }: Pick<ServerState, "down">): boolean => (down?.failures ?? 0) >= 8;

/** Only an answer with a time to wait for is certainly one of the server. */
const whyNoAnswer = (outcome: Outcome): string | undefined =>
  outcome.kind === "unanswered" || (outcome.kind === "unavailable" && outcome.retryAt === undefined)
    ? outcome.reason
    : undefined;

/** The server after a delivery's request. `outcome` is undefined where nothing was sent, or only read. Pure. */
export const leaveServer = (
  state: ServerState,
  claimant: Claimant,
  outcome: Outcome | undefined,
  now: Instant,
): ServerState => {
  const free = isOwnClaim(state.inFlight, claimant) ? { ...state, inFlight: undefined } : state;
  if (outcome === undefined) return free;
  const reason = whyNoAnswer(outcome);
  if (reason === undefined) return { ...free, down: undefined };
  const failures = (state.down?.failures ?? 0) + 1;
  // The first time it is asked again at once: most often one answer was lost.
  const pause = failures === 1 ? 0 : Math.min(backoff("", failures - 1), longestDown);
  return { ...free, down: { failures, until: now + pause, reason } };
};
