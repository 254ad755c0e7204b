import { passGate, postGate } from "./account-gate.ts";
import type { GateFacts } from "./account-rules.ts";
import { nobody } from "./claimant.ts";

/**
 * Why a post that wants to be sent now would wait for its account, if that is connected: quiet hours, a cap, the interval,
 * a network that takes no requests. `cost`: in US dollars. Undefined: it would not wait.
 */
export const waitAhead = (facts: Omit<GateFacts, "request" | "moved">, cost: number): string | undefined => {
  const request = { claimant: nobody, copy: "", skipsBreaker: true, until: facts.now, cost, login: undefined };
  const state = { ...facts.state, inFlight: undefined, paused: undefined };
  const answer = passGate(postGate, { ...facts, moved: undefined, state, request });
  return answer.kind === "go" ? undefined : answer.reason;
};
