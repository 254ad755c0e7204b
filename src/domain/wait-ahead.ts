import { passGate, postGate } from "./account-gate.ts";
import type { GateFacts } from "./account-rules.ts";
import { nobody } from "./claimant.ts";
import { clockText } from "./local-time.ts";
import type { Wait } from "./rule.ts";
import type { Instant } from "./time.ts";

/** A wait of a post that is not sent yet: other posts of its account may go first, and make it longer. */
export interface WaitAhead {
  readonly at: Instant;
  readonly reason: string;
}

/** A post that costs more than its account may spend in a month waits for each month. */
const mostWaits = 10;

/**
 * How long a post that wants to be sent now would wait for its account at least, and why, if that is connected: quiet
 * hours, a cap, the interval, a network that takes no requests. As in delivery, the rules are asked again when a wait is
 * over. `cost`: in US dollars. Undefined: it would not wait.
 */
export const waitAhead = (facts: Omit<GateFacts, "request" | "moved">, cost: number): WaitAhead | undefined => {
  const request = { claimant: nobody, copy: "", skipsBreaker: true, until: facts.now, cost, login: undefined };
  const state = { ...facts.state, inFlight: undefined, paused: undefined };
  const waits: Wait[] = [];
  let now = facts.now;
  while (waits.length < mostWaits) {
    const answer = passGate(postGate, { ...facts, moved: undefined, state, request, now });
    if (answer.kind !== "wait") break;
    waits.push(answer);
    now = answer.until;
  }
  const last = waits.at(waits.length < mostWaits ? -1 : 0);
  if (last === undefined) return undefined;
  const { until: at, why, reason } = last;
  return { at, reason: `waits at least until ${clockText(at, facts.now, facts.timeZone)}: ${why ?? reason}` };
};
