import { backoff } from "./backoff.ts";
import type { Outcome } from "./delivery.ts";
import { day, type Instant, minute } from "./time.ts";

/** How soon a delivery that waits for a login looks whether there is another one: a pause that ends at the same moment does not leave it waiting (interleaving 44). */
export const checkLoginAfter = 5 * minute;

export type Retryable = Extract<Outcome, { readonly kind: "unauthorised" | "unavailable" | "unanswered" }>;

/** When a request is tried again that was not accepted, or got no answer. */
export const nextTry = (outcome: Retryable, seed: string, attempts: number, now: Instant): Instant => {
  if (outcome.kind === "unauthorised") return now + checkLoginAfter;
  const asked = outcome.kind === "unavailable" ? outcome.retryAt : undefined;
  if (asked === undefined) return now + backoff(seed, attempts);
  // A network that names a moment in the past, or always the next second, is not asked in a loop; nor never, for one far off.
  return Math.min(Math.max(asked, now + backoff(seed, Math.min(attempts, 4))), now + day);
};
