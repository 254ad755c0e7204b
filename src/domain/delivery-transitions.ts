import { backoff } from "./backoff.ts";
import { type Copy, changeIn } from "./copy-transitions.ts";
import type { Claimed, CopyContent, Delivery, HoldKind, Offers, Outcome, Sent } from "./delivery.ts";
import { giveUp, markFound, markPosted, markProgress, type Stored } from "./delivery-steps.ts";
import { nextTry, type Retryable } from "./next-try.ts";
import type { Wait } from "./rule.ts";
import { day, type Instant } from "./time.ts";
import { toState } from "./to-state.ts";

/** What the transitions need to know about a network. */
export interface NetworkTraits {
  readonly offers: Offers;
  /** How long after the lease an unanswered request may still land. */
  readonly settle: number;
  readonly remembersFor: number | undefined;
  readonly look: boolean;
}

/** A network that has been unreachable for this long is not waited for. */
export const giveUpAfter = 7 * day;
const giveUpAfterAttempts = 20;

export const claim = (delivery: Delivery<"pending">, until: Instant): Claimed<"sending"> =>
  toState(delivery, "sending", { admitted: true, sent: undefined, leaseUntil: until, due: until });

export const storeRequest = (
  delivery: Delivery<"sending">,
  content: CopyContent & Pick<Sent, "identity">,
  now: Instant,
): Stored => ({
  ...delivery,
  attempts: delivery.attempts + 1,
  sent: { ...content, firstSentAt: now, lastSentAt: now },
});

export const claimUnsettled = (delivery: Delivery<"unsettled">, until: Instant): Claimed<"unsettled"> => ({
  ...delivery,
  attempts: delivery.attempts + 1,
  turnedAway: undefined,
  wait: undefined,
  leaseUntil: until,
  due: until,
});

/** A request is about to be sent: the first of a later step, or one more of a step without an answer. */
export const startSend = (delivery: Claimed<"unsettled">, now: Instant): Claimed<"unsettled"> => ({
  ...delivery,
  open: delivery.open + 1,
  sent: { ...delivery.sent, lastSentAt: now },
});

/**
 * How an unsettled delivery is settled now. Without an open request there is nothing to settle: its next step is sent, or
 * what is public is left to its post. A resend with an id of its own is always harmless. A key that the network
 * remembers for a while, or that some servers ignore, is looked for first. What is not wanted any more is never resent.
 */
export const chooseSettlement = (
  { sent, refused, open }: Delivery<"unsettled">,
  { offers, remembersFor, look }: NetworkTraits,
  wanted: boolean,
  now: Instant,
): "look" | "resend" | "unknown" | "leave" => {
  if (open === 0) return wanted ? "resend" : "leave";
  const sendable = wanted && refused === undefined;
  if (sendable && offers === "key" && remembersFor === undefined) return "resend";
  if (look) return "look";
  const remembers = remembersFor === undefined || now < sent.firstSentAt + remembersFor;
  return sendable && remembers && (offers === "refuse" || offers === "key") ? "resend" : "unknown";
};

export const hold = (delivery: Delivery<"pending">, kind: HoldKind, reason: string): Delivery<"held"> =>
  toState(delivery, "held", { hold: kind, reason });

export const cancel = (delivery: Delivery<"pending" | "held">, reason: string): Delivery<"cancelled"> =>
  toState(delivery, "cancelled", { reason, reopens: true });

/** It is not sent when its post returns. An account that comes back later starts anew, as one that was never there: it does not send what waited for it. */
export const cancelForGood = (
  delivery: Delivery<"pending" | "held" | "failed" | "unsettled">,
  reason: string,
): Delivery<"cancelled"> => toState(delivery, "cancelled", { reason, reopens: false });

/** Nothing of it is public. */
export const fail = (delivery: Delivery<"pending" | "sending">, reason: string): Delivery<"failed"> =>
  toState(delivery, "failed", { reason });

/** Nothing of it is public, and it starts from the beginning. */
export const reopen = (
  delivery: Delivery<"held" | "sending" | "failed" | "unknown" | "cancelled">,
  now: Instant,
  reason?: string,
): Delivery<"pending"> => toState(delivery, "pending", { reason, wait: undefined, due: now });

/** A person confirms it: what held it does not hold it again. */
export const confirm = (
  delivery: Delivery<"held" | "failed" | "unknown">,
  now: Instant,
  reason: string,
): Delivery<"pending"> => ({
  ...reopen(delivery, now, reason),
  approved: true,
  skipsLive: delivery.skipsLive || delivery.hold === "live",
  skipsLook: delivery.skipsLook || delivery.hold === "copy" || delivery.state === "unknown",
  attempts: 0,
});

/** Its copy was deleted with the post, and the post is back: a new copy, with a key of its own. */
export const sendAnew = (delivery: Delivery<"deleted">, now: Instant): Delivery<"pending"> =>
  toState(delivery, "pending", {
    reason: "the post is back",
    wait: undefined,
    planned: now,
    copy: delivery.copy + 1,
    attempts: 0,
    admitted: false,
    due: now,
  });

/** Nothing was decided: it is due then, or as soon as a nudge says that the post has changed. */
export const defer = (
  delivery: Delivery<"pending" | "unsettled"> | Copy,
  { until, reason, isTurnedAway }: Pick<Wait, "until" | "reason" | "isTurnedAway">,
): Delivery => ({
  ...delivery,
  leaseUntil: undefined,
  reason,
  due: until,
  turnedAway: isTurnedAway && (delivery.turnedAway ?? 0) + 1,
});

const unsettle = (delivery: Stored, wait: Instant, reason: string): Delivery<"unsettled"> => {
  const { sent, refused, progress, remotes = [], open = 1 } = delivery;
  const kept = { sent, refused, progress, remotes, open };
  return toState(delivery, "unsettled", { ...kept, reason, leaseUntil: undefined, wait, due: wait });
};

/** The lease of a worker that stopped is over. Without a stored request nothing was sent (interleaving 41). */
export const expire = (delivery: Claimed, settle: number, now: Instant): Delivery => {
  const reason = "the worker stopped before the network's answer was recorded";
  switch (delivery.state) {
    case "sending":
      if (delivery.sent === undefined) return reopen(delivery, now);
      return unsettle({ ...delivery, sent: delivery.sent }, delivery.leaseUntil + settle, reason);
    case "unsettled":
      return unsettle(delivery, delivery.open === 0 ? now : delivery.leaseUntil + settle, reason);
    // The edit or deletion may still be on its way: nothing else is asked before it has landed.
    case "editing":
    case "deleting": {
      const wait = delivery.leaseUntil + settle;
      return { ...delivery, openChange: changeIn(delivery), leaseUntil: undefined, wait, due: wait };
    }
  }
};

/** Nothing was sent. After a week without a login, and this many attempts, it fails: nothing is public. */
const tryLater = (delivery: Delivery<"sending">, outcome: Retryable, now: Instant): Delivery => {
  const { seed, attempts, planned } = delivery;
  const retriesExhausted = now - planned > giveUpAfter && attempts > giveUpAfterAttempts;
  if (outcome.kind === "unavailable" && retriesExhausted)
    return fail(delivery, `unreachable for a week: ${outcome.reason}`);
  const wait = nextTry(outcome, seed, attempts, now);
  const reason =
    outcome.kind === "unauthorised"
      ? `the login of ${delivery.account} is refused, and the account is paused: ${outcome.reason}; set new credentials`
      : outcome.reason;
  return { ...reopen(delivery, wait, reason), wait };
};

type NotSent = Extract<Outcome, { readonly kind: "unauthorised" | "unavailable" }>;

/** The login could not be used, or the search before a send had no answer, so nothing was sent. */
export const afterNoLogin = (delivery: Claimed<"sending" | "unsettled">, outcome: NotSent, now: Instant): Delivery =>
  delivery.state === "sending"
    ? tryLater({ ...delivery, attempts: delivery.attempts + 1 }, outcome, now)
    : unsettle(delivery, nextTry(outcome, delivery.seed, delivery.attempts, now), outcome.reason);

const withNote = <D extends Pick<Delivery, "note">>(delivery: D, note: string | undefined): D =>
  note === undefined ? delivery : { ...delivery, note: [delivery.note ?? [], note].flat().join("; ") };

/** The delivery after the network's answer to a send. */
export const afterSend = (delivery: Stored, outcome: Outcome, now: Instant, traits: NetworkTraits): Delivery => {
  const { seed, attempts } = delivery;
  // An unanswered send came before, and may be public whatever the answer to this one (interleavings 37 and 38).
  const isResend = delivery.state === "unsettled" && delivery.open > 1;
  switch (outcome.kind) {
    case "posted":
      return markPosted(delivery, outcome.remote, now);
    case "progressed":
      return markProgress(withNote(delivery, outcome.note), outcome, 0, now);
    case "duplicate":
      return isResend
        ? markFound(delivery, outcome, now)
        : giveUp(delivery, "failed", `duplicate: ${outcome.reason}`, now);
    case "unanswered":
      // The first time only the settling time is waited for: most often one answer was lost.
      return unsettle(
        delivery,
        delivery.leaseUntil + (isResend ? Math.max(traits.settle, backoff(seed, attempts)) : traits.settle),
        outcome.reason,
      );
    case "unauthorised":
    case "unavailable":
      return delivery.state === "unsettled"
        ? unsettle({ ...delivery, open: delivery.open - 1 }, nextTry(outcome, seed, attempts, now), outcome.reason)
        : tryLater(delivery, outcome, now);
    case "rejected":
      if (!isResend) return giveUp(delivery, "failed", outcome.reason, now);
      if (!traits.look) {
        const reason = `the first send got no answer, a later one was rejected: ${outcome.reason}`;
        return giveUp(delivery, "unknown", reason, now);
      }
      return { ...unsettle(delivery, now, outcome.reason), refused: outcome.reason };
    case "done":
    case "missing":
      return giveUp(delivery, "unknown", "the network answered a send without naming the post", now);
  }
};
