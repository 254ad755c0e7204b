import { backoff } from "./backoff.ts";
import type { Delivery, DeliveryState, Offers, Outcome, Remote, StoredRequest } from "./delivery.ts";
import { day, hour, type Instant, second } from "./time.ts";

/** What the transitions must know of a network. */
export interface Offer {
  readonly offers: Offers;
  /** How long after the lease an unanswered request may still land. */
  readonly settle: number;
  readonly keyWindow?: number | undefined;
  readonly look: boolean;
}

/** A network that is out of reach is asked for a week and so often; then the delivery failed, with nothing public. */
export const giveUpAfter = 7 * day;
const triesBefore = 20;
/** How soon a delivery of a paused account looks again: a release that crosses with a parking is never lost (interleaving 44). */
export const pausedFor = hour;

const at = (delivery: Delivery, moment: Instant, state: DeliveryState, reason: string): Delivery => ({
  ...delivery,
  state,
  reason,
  leaseUntil: undefined,
  wait: moment,
  due: moment,
});

const rest = (delivery: Delivery, state: DeliveryState, reason?: string): Delivery => ({
  ...delivery,
  state,
  reason,
  changeAttempts: undefined,
  leaseUntil: undefined,
  wait: undefined,
  due: undefined,
});

/** Nothing of it is public: no request is kept that a later try could mistake for a sent one. */
const unsent = (delivery: Delivery): Delivery => ({
  ...delivery,
  sent: undefined,
  refused: undefined,
});

const later = (delivery: Delivery, now: Instant, retryAt?: Instant): Instant =>
  retryAt === undefined
    ? now + backoff(delivery.seed, delivery.changeAttempts ?? delivery.attempts)
    : Math.max(retryAt, now + second);

/** The lease of one worker on one act. `state` says what it is about to do. */
export const claimed = (delivery: Delivery, state: DeliveryState, until: Instant): Delivery => ({
  ...delivery,
  state,
  leaseUntil: until,
  wait: undefined,
  due: until,
});

/** The request of a first send, stored before it is sent: from here on it may be public. */
export const loaded = (delivery: Delivery, request: StoredRequest, url: string, now: Instant): Delivery => ({
  ...delivery,
  attempts: delivery.attempts + 1,
  sent: { request, url, firstSentAt: now, lastSentAt: now },
});

/** The stored request, about to be sent once more. */
export const reloaded = (delivery: Delivery, now: Instant): Delivery => ({
  ...delivery,
  attempts: delivery.attempts + 1,
  sent: delivery.sent && { ...delivery.sent, lastSentAt: now },
});

/** A claim whose worker never came back. Without a stored request nothing was sent (interleaving 41). */
export const expired = (delivery: Delivery, settle: number, now: Instant): Delivery => {
  if (delivery.state === "editing" || delivery.state === "deleting")
    return { ...delivery, leaseUntil: undefined, due: now };
  if (delivery.sent === undefined) return { ...delivery, state: "pending", leaseUntil: undefined, due: now };
  const reason = "the worker stopped before the network's answer was recorded";
  return at(delivery, (delivery.leaseUntil ?? now) + settle, "unsettled", reason);
};

/**
 * How an unsettled delivery is settled now. An own id makes a resend harmless for ever. A key that the network remembers
 * for a while, or not at all on some servers, is looked past first. What is not wanted any more is never sent again.
 */
export const settleBy = (
  delivery: Delivery,
  offer: Offer,
  wanted: boolean,
  now: Instant,
): "look" | "resend" | "unknown" => {
  const { offers, keyWindow } = offer;
  const sendable = wanted && delivery.refused === undefined;
  if (sendable && offers === "key" && keyWindow === undefined) return "resend";
  if (offer.look) return "look";
  const isInside = keyWindow !== undefined && now < (delivery.sent?.firstSentAt ?? now) + keyWindow;
  return sendable && (offers === "refuse" || (offers === "key" && isInside)) ? "resend" : "unknown";
};

export const unknown = (delivery: Delivery, reason: string): Delivery => rest(delivery, "unknown", reason);
export const cancelled = (delivery: Delivery, reason: string): Delivery => rest(unsent(delivery), "cancelled", reason);
export const held = (delivery: Delivery, reason: string): Delivery => rest(delivery, "held", reason);
export const failed = (delivery: Delivery, reason: string): Delivery => rest(unsent(delivery), "failed", reason);
/** The copy stands as it is; nothing more is to be done about it. */
export const settled = (delivery: Delivery, stale: boolean, reason?: string): Delivery => ({
  ...rest(delivery, "posted", reason),
  stale,
});

/** Nothing was decided: looked at again then, or when a nudge says that the post has changed. */
export const waiting = (delivery: Delivery, moment: Instant, reason: string): Delivery => ({
  ...delivery,
  state: delivery.state === "sending" || delivery.state === "cancelled" ? "pending" : delivery.state,
  leaseUntil: undefined,
  reason,
  due: moment,
});

/** The copy stands. It stays due, so that the next step compares it with what the post says by then. */
export const posted = (delivery: Delivery, remote: Remote, now: Instant): Delivery => ({
  ...rest(delivery, "posted"),
  remote,
  refused: undefined,
  due: now,
});

const afterSend = (delivery: Delivery, outcome: Outcome, now: Instant, offer: Offer): Delivery => {
  // An unanswered send came before: no answer to a later one takes that back (interleavings 37 and 38).
  const isResend = delivery.state === "unsettled";
  const back = (moment: Instant, reason: string) =>
    isResend ? at(delivery, moment, "unsettled", reason) : at(unsent(delivery), moment, "pending", reason);
  switch (outcome.kind) {
    case "posted":
      return posted(delivery, outcome.remote, now);
    case "duplicate":
      return isResend ? posted(delivery, outcome.remote, now) : failed(delivery, `duplicate: ${outcome.reason}`);
    case "unanswered":
      return at(delivery, (delivery.leaseUntil ?? now) + offer.settle, "unsettled", outcome.reason);
    case "unauthorised":
      return back(now + pausedFor, outcome.reason);
    case "unavailable": {
      const isTired = !isResend && now - delivery.planned > giveUpAfter && delivery.attempts > triesBefore;
      if (isTired) return failed(delivery, `unreachable for a week: ${outcome.reason}`);
      return back(later(delivery, now, outcome.retryAt), outcome.reason);
    }
    case "rejected":
      if (!isResend) return failed(delivery, outcome.reason);
      if (!offer.look)
        return unknown(delivery, `the first send got no answer, a later one was rejected: ${outcome.reason}`);
      return { ...at(delivery, now, "unsettled", outcome.reason), refused: outcome.reason };
    case "done":
      return unknown(delivery, "the network answered a send without naming the post");
  }
};

const afterChange = (delivery: Delivery, outcome: Outcome, now: Instant): Delivery => {
  switch (outcome.kind) {
    case "done":
    case "posted":
      // Due once more: the post is told, and what it says by now is looked at.
      return { ...(delivery.state === "deleting" ? rest(delivery, "deleted") : settled(delivery, false)), due: now };
    case "rejected":
    case "duplicate":
      return settled(delivery, true, outcome.reason);
    case "unauthorised":
      return at(delivery, now + pausedFor, delivery.state, outcome.reason);
    case "unavailable":
      return at(delivery, later(delivery, now, outcome.retryAt), delivery.state, outcome.reason);
    case "unanswered":
      return at(delivery, later(delivery, now), delivery.state, outcome.reason);
  }
};

/** The delivery after the network's answer to what its state says it did (delivery.md: States). Pure. */
export const next = (delivery: Delivery, outcome: Outcome, now: Instant, offer: Offer): Delivery =>
  delivery.state === "editing" || delivery.state === "deleting"
    ? afterChange(delivery, outcome, now)
    : afterSend(delivery, outcome, now, offer);
