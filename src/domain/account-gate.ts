import type { AccountState } from "./account.ts";
import { type GateFacts, pacing, whileClosed } from "./account-rules.ts";
import { backoff } from "./backoff.ts";
import { type Claimant, isOwnClaim } from "./claimant.ts";
import { type Delivery, deliveryId, type Outcome } from "./delivery.ts";
import { firstAnswer, type Hold, type Rule, type Wait } from "./rule.ts";
import { sendRules } from "./send-rules.ts";
import { addCost } from "./spending.ts";
import { day, type Instant, minute } from "./time.ts";

export interface Go {
  readonly kind: "go";
  readonly state: AccountState;
}

/** The rules for one kind of request. */
export interface Gate<Answer extends Wait | Hold> {
  readonly rules: readonly Rule<GateFacts, Answer>[];
  /** The request makes a post: it counts towards interval, caps and breaker. */
  readonly counts: boolean;
}

/** For an edit, a deletion or a search. */
export const changeGate: Gate<Wait> = { rules: whileClosed, counts: false };
/** A post that is sent once more was let through by the breaker before. */
export const resendGate: Gate<Wait> = { rules: [...whileClosed, ...pacing], counts: true };
export const postGate: Gate<Wait | Hold> = { rules: sendRules.account, counts: true };

/**
 * Asks every rule right before a request is sent: what counts is what the network sees. With `go` the account belongs to
 * the delivery until its answer is recorded, and a post is counted. Pure.
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

const countPost = (
  { state, request, now, timeZone }: GateFacts,
  counts: boolean,
): Pick<AccountState, "sent" | "spent"> => {
  const today = Object.fromEntries(Object.entries(state.sent).filter(([, at]) => now - at < day));
  if (!counts) return { sent: today, spent: state.spent };
  const sent = { ...today, [request.copy]: now };
  return { sent, spent: request.cost === 0 ? state.spent : addCost(state.spent, request, sent, now, timeZone) };
};

/** In the sandbox a post is counted and held by the breaker, and what a real account would wait for is only noted. */
export const passInSandbox = (facts: GateFacts): Hold | (Go & { readonly notes: readonly string[] }) => {
  const answers = sendRules.account.flatMap((rule) => rule(facts) ?? []);
  const hold = answers.find((answer) => answer.kind === "hold");
  if (hold !== undefined) return hold;
  const notes = answers.flatMap(({ inSandbox }) => inSandbox ?? []);
  return { kind: "go", state: { ...facts.state, ...countPost(facts, true) }, notes };
};

/** The name of a delivery's post in `AccountState.sent`. */
export const countedAs = (delivery: Delivery): string => `${deliveryId(delivery)}@${delivery.planned}`;

/** The account is free for the next delivery. */
export const release = (state: AccountState, claimant: Claimant): AccountState =>
  isOwnClaim(state.inFlight, claimant) ? { ...state, inFlight: undefined } : state;

const longestDown = 30 * minute;

/** The account after the network's answer to a delivery. A second request without an answer closes it for all deliveries until one more is tried. */
export const afterAnswer = (state: AccountState, claimant: Claimant, outcome: Outcome, now: Instant): AccountState => {
  const free = release(state, claimant);
  const login = isOwnClaim(state.inFlight, claimant) ? state.inFlight?.login : undefined;
  switch (outcome.kind) {
    case "unauthorised":
      return { ...free, down: undefined, paused: { since: now, reason: outcome.reason, login } };
    case "posted":
    case "progressed":
    case "done":
      return { ...free, down: undefined, paused: undefined };
    case "unavailable":
    case "unanswered": {
      const { reason } = outcome;
      const asked = outcome.kind === "unavailable" ? outcome.retryAt : undefined;
      if (asked !== undefined && asked > now)
        return { ...free, down: { failures: 0, until: Math.min(asked, now + day), reason } };
      const failures = (state.down?.failures ?? 0) + 1;
      const pause = failures < 2 ? 0 : Math.min(backoff("", failures - 1), longestDown);
      return { ...free, down: { failures, until: now + pause, reason } };
    }
    default:
      return { ...free, down: undefined };
  }
};
