import { passGate, postGate } from "./account-gate.ts";
import type { GateFacts } from "./account-rules.ts";
import { nobody } from "./claimant.ts";

/** The hold of the first new post that is one too many. */
export interface BreakerAhead {
  /** How many are sent before it. */
  readonly after: number;
  readonly reason: string;
}

/**
 * What the breaker will hold of posts that all want to be sent from now on, if the account is connected and the network
 * answers: the rules are asked for one after the other. Undefined: nothing.
 */
export const breakerAhead = (facts: Omit<GateFacts, "request" | "moved">): BreakerAhead | undefined => {
  const { account, burst } = facts;
  // No hour has more posts than a day.
  if (burst > account.pacing.dailyCap) return undefined;
  const free = { inFlight: undefined, down: undefined, paused: undefined };
  let state = { ...facts.state, ...free };
  let now = facts.now;
  let after = 0;
  // Quiet hours may divide them.
  while (after <= 2 * burst) {
    const request = { claimant: nobody, copy: `${after}`, skipsBreaker: false, until: now, cost: 0, login: undefined };
    const answer = passGate(postGate, { ...facts, moved: undefined, state, request, now });
    if (answer.kind === "hold") return { after, reason: answer.reason };
    if (answer.kind === "wait") now = answer.until;
    else {
      state = { ...answer.state, ...free };
      after += 1;
    }
  }
  return undefined;
};
