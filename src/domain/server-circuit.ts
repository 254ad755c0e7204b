import type { Go } from "./account-gate.ts";
import { backoff } from "./backoff.ts";
import type { Outcome } from "./delivery.ts";
import type { Wait } from "./rule.ts";
import { type Instant, minute, second } from "./time.ts";

/** What is stored of a server, on which any number of accounts are, while it does not answer. */
export interface ServerState {
  /** Network and server. */
  readonly name: string;
  readonly version: number;
  /** Set from the first request without an answer until the next answer. */
  readonly down: { readonly failures: number; readonly until: Instant; readonly reason: string } | undefined;
  /** While it is down: the one delivery whose request may be on its way, until that moment at the latest. */
  readonly probe: { readonly delivery: string; readonly until: Instant } | undefined;
}

const longestDown = 30 * minute;
/** How soon a delivery asks again that found another one asking the server. */
const takenFor = 30 * second;

const wait = (until: Instant, reason: string): Wait => ({ kind: "wait", until, reason });

/** A server that answers lets every request through, and its state stays as it is. One that does not is asked by one delivery at a time. Pure. */
export const enterServer = (
  state: ServerState,
  { id, until }: { readonly id: string; readonly until: Instant },
  now: Instant,
): Wait | (Pick<Go, "kind"> & { readonly state: ServerState }) => {
  const { down, probe } = state;
  if (down === undefined) return { kind: "go", state };
  if (now < down.until) return wait(down.until, `the server did not answer: ${down.reason}`);
  if (probe !== undefined && probe.delivery !== id && now < probe.until)
    return wait(Math.min(probe.until, now + takenFor), "another delivery asks whether the server answers again");
  return { kind: "go", state: { ...state, probe: { delivery: id, until } } };
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
  id: string,
  outcome: Outcome | undefined,
  now: Instant,
): ServerState => {
  const isProbe = state.probe?.delivery === id;
  const free = isProbe ? { ...state, probe: undefined } : state;
  if (outcome === undefined) return free;
  const reason = whyNoAnswer(outcome);
  if (reason === undefined) return { ...free, down: undefined };
  if (state.down === undefined) return { ...free, down: { failures: 1, until: now, reason } };
  // What was sent before the server was known to be down says nothing new.
  if (!isProbe) return free;
  const { failures } = state.down;
  return {
    ...free,
    down: { failures: failures + 1, until: now + Math.min(backoff("", failures), longestDown), reason },
  };
};
