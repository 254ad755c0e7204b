import type { HoldKind } from "./delivery.ts";
import { clockText } from "./local-time.ts";
import type { Instant } from "./time.ts";

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
