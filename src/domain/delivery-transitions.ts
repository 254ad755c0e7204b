import { backoff } from "./backoff.ts";
import type {
  Claimed,
  Delivery,
  DeliveryBase,
  DeliveryState,
  HoldKind,
  Offers,
  Outcome,
  Remote,
  Sent,
  StateField,
  StoredRequest,
} from "./delivery.ts";
import { day, type Instant, minute } from "./time.ts";

/** What the transitions need to know about a network. */
export interface NetworkTraits {
  readonly offers: Offers;
  /** How long after the lease an unanswered request may still land. */
  readonly settle: number;
  readonly remembersFor: number | undefined;
  readonly look: boolean;
}

/** A delivery fails when its network has been unreachable for this long and this often: nothing is public. */
export const giveUpAfter = 7 * day;
const giveUpAfterAttempts = 20;
/** How soon a delivery that waits for a login looks whether there is another one: a pause that ends at the same moment does not leave it waiting (interleaving 44). */
export const checkLoginAfter = 5 * minute;

/** A delivery whose copy is on the network. */
export type Copy = Delivery<"posted" | "editing" | "deleting">;

/** A claim whose request is stored: from here on it may be public. */
export type Stored = Claimed<"sending" | "unsettled"> & { readonly sent: Sent };

const cleared = {
  leaseUntil: undefined,
  wait: undefined,
  reason: undefined,
  sent: undefined,
  refused: undefined,
  remote: undefined,
  stale: undefined,
  changeAttempts: undefined,
  edit: undefined,
  reopens: undefined,
  hold: undefined,
  due: undefined,
} as const satisfies Record<StateField | "due", undefined>;

/** Moves a delivery to a state, with the fields of that state and none of the one before. */
const to = <S extends DeliveryState, Fields>(
  delivery: Delivery,
  state: S,
  fields: Fields,
): DeliveryBase & Fields & { readonly state: S } => ({ ...delivery, ...cleared, ...fields, state });

export const claim = (delivery: Delivery<"pending">, until: Instant): Claimed<"sending"> =>
  to(delivery, "sending", { admitted: true, sent: undefined, leaseUntil: until, due: until });

export const storeRequest = (
  delivery: Delivery<"sending">,
  content: Pick<Sent, "request" | "url" | "identity">,
  now: Instant,
): Stored => ({
  ...delivery,
  attempts: delivery.attempts + 1,
  sent: { ...content, firstSentAt: now, lastSentAt: now },
});

export const claimUnsettled = (delivery: Delivery<"unsettled">, until: Instant): Claimed<"unsettled"> => ({
  ...delivery,
  attempts: delivery.attempts + 1,
  wait: undefined,
  leaseUntil: until,
  due: until,
});

/** The stored request is about to be sent once more. */
export const startResend = (delivery: Claimed<"unsettled">, now: Instant): Claimed<"unsettled"> => ({
  ...delivery,
  sent: { ...delivery.sent, lastSentAt: now },
});

const changeOf = ({ sent, remote, reason, changeAttempts: before = 0 }: Copy, until: Instant) =>
  ({ sent, remote, reason, changeAttempts: before + 1, wait: undefined, leaseUntil: until, due: until }) as const;

export const claimEdit = (copy: Copy, edit: StoredRequest, until: Instant): Claimed<"editing"> =>
  to(copy, "editing", { ...changeOf(copy, until), edit });

export const claimDeletion = (copy: Copy, until: Instant): Claimed<"deleting"> =>
  to(copy, "deleting", changeOf(copy, until));

/**
 * How an unsettled delivery is settled now. A resend with an id of its own is always harmless. A key that the network
 * remembers for a while, or that some servers ignore, is looked for first. What is not wanted any more is never resent.
 */
export const chooseSettlement = (
  { sent, refused }: Delivery<"unsettled">,
  { offers, remembersFor, look }: NetworkTraits,
  wanted: boolean,
  now: Instant,
): "look" | "resend" | "unknown" => {
  const sendable = wanted && refused === undefined;
  if (sendable && offers === "key" && remembersFor === undefined) return "resend";
  if (look) return "look";
  const remembers = remembersFor === undefined || now < sent.firstSentAt + remembersFor;
  return sendable && remembers && (offers === "refuse" || offers === "key") ? "resend" : "unknown";
};

export const hold = (delivery: Delivery<"pending">, kind: HoldKind, reason: string): Delivery<"held"> =>
  to(delivery, "held", { hold: kind, reason });

export const cancel = (delivery: Delivery<"pending" | "held" | "unsettled">, reason: string): Delivery<"cancelled"> =>
  to(delivery, "cancelled", { reason, reopens: true });

/** It is not sent when its post returns. An account that comes back later starts anew, as one that was never there: it does not send what waited for it. */
export const cancelForGood = (
  delivery: Delivery<"pending" | "held" | "failed">,
  reason: string,
): Delivery<"cancelled"> => to(delivery, "cancelled", { reason, reopens: false });

/** Nothing of it is public. */
export const fail = (delivery: Delivery<"pending" | "sending" | "unsettled">, reason: string): Delivery<"failed"> =>
  to(delivery, "failed", { reason });

/** It may be public, and Crier cannot find out. */
export const markUnknown = (delivery: Delivery<"unsettled"> | Stored, reason: string): Delivery<"unknown"> =>
  to(delivery, "unknown", { sent: delivery.sent, reason });

/** The copy is on the network. It stays due, so that the next step compares it with the post. */
export const markPosted = (
  delivery: Delivery<"unsettled" | "unknown"> | Stored,
  remote: Remote,
  now: Instant,
): Delivery<"posted"> =>
  to(delivery, "posted", { sent: delivery.sent, remote, stale: false, reason: undefined, due: now });

/** Nothing more is done about the copy, which is stale where there is a reason. */
export const leaveCopy = (copy: Copy, reason?: string): Delivery<"posted"> =>
  to(copy, "posted", { sent: copy.sent, remote: copy.remote, stale: reason !== undefined, reason });

/** Nothing of it is public, and it starts from the beginning. */
export const reopen = (
  delivery: Delivery<"held" | "sending" | "failed" | "unknown" | "cancelled">,
  now: Instant,
  reason?: string,
): Delivery<"pending"> => to(delivery, "pending", { reason, wait: undefined, due: now });

/** A person confirms it: what held it does not hold it again. */
export const confirm = (
  delivery: Delivery<"held" | "failed" | "unknown">,
  now: Instant,
  reason: string,
): Delivery<"pending"> => ({
  ...reopen(delivery, now, reason),
  approved: true,
  skipsLive: delivery.skipsLive || delivery.hold === "live",
  attempts: 0,
});

/** Its copy was deleted with the post, and the post is back: a new copy, with a key of its own. */
export const sendAnew = (delivery: Delivery<"deleted">, now: Instant): Delivery<"pending"> =>
  to(delivery, "pending", {
    reason: "the post is back",
    wait: undefined,
    planned: now,
    attempts: 0,
    admitted: false,
    due: now,
  });

/** Nothing was decided: it is due then, or as soon as a nudge says that the post has changed. */
export const defer = (delivery: Delivery<"pending" | "unsettled"> | Copy, due: Instant, reason: string): Delivery => ({
  ...delivery,
  leaseUntil: undefined,
  reason,
  due,
});

const unsettle = (delivery: Stored, wait: Instant, reason: string): Delivery<"unsettled"> => {
  const { sent, refused } = delivery;
  return to(delivery, "unsettled", { sent, refused, reason, leaseUntil: undefined, wait, due: wait });
};

/** The lease of a worker that stopped is over. Without a stored request nothing was sent (interleaving 41). */
export const expire = (delivery: Claimed, settle: number, now: Instant): Delivery => {
  const reason = "the worker stopped before the network's answer was recorded";
  switch (delivery.state) {
    case "sending":
      if (delivery.sent === undefined) return reopen(delivery, now);
      return unsettle({ ...delivery, sent: delivery.sent }, delivery.leaseUntil + settle, reason);
    case "unsettled":
      return unsettle(delivery, delivery.leaseUntil + settle, reason);
    // The edit or deletion may still be on its way: nothing else is asked before it has landed.
    case "editing":
    case "deleting": {
      const wait = delivery.leaseUntil + settle;
      return { ...delivery, leaseUntil: undefined, wait, due: wait };
    }
  }
};

type Retryable = Extract<Outcome, { readonly kind: "unauthorised" | "unavailable" | "unanswered" }>;

const nextTry = (outcome: Retryable, seed: string, attempts: number, now: Instant): Instant => {
  if (outcome.kind === "unauthorised") return now + checkLoginAfter;
  const asked = outcome.kind === "unavailable" ? outcome.retryAt : undefined;
  if (asked === undefined) return now + backoff(seed, attempts);
  // A network that names a moment in the past, or always the next second, is not asked in a loop; nor never, for one far off.
  return Math.min(Math.max(asked, now + backoff(seed, Math.min(attempts, 4))), now + day);
};

/** Nothing was sent. After a week without a login it fails. */
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

/** The login could not be used, so nothing was sent. */
export const afterNoLogin = (
  delivery: Claimed<"sending">,
  outcome: Extract<Outcome, { readonly kind: "unauthorised" | "unavailable" }>,
  now: Instant,
): Delivery => tryLater({ ...delivery, attempts: delivery.attempts + 1 }, outcome, now);

/** The delivery after the network's answer to a send. */
export const afterSend = (delivery: Stored, outcome: Outcome, now: Instant, traits: NetworkTraits): Delivery => {
  const { seed, attempts } = delivery;
  // An unanswered send came before, and may be public whatever the answer to this one (interleavings 37 and 38).
  const isResend = delivery.state === "unsettled";
  switch (outcome.kind) {
    case "posted":
      return markPosted(delivery, outcome.remote, now);
    case "duplicate":
      return isResend ? markPosted(delivery, outcome.remote, now) : fail(delivery, `duplicate: ${outcome.reason}`);
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
        ? unsettle(delivery, nextTry(outcome, seed, attempts, now), outcome.reason)
        : tryLater(delivery, outcome, now);
    case "rejected":
      if (!isResend) return fail(delivery, outcome.reason);
      if (!traits.look)
        return markUnknown(delivery, `the first send got no answer, a later one was rejected: ${outcome.reason}`);
      return { ...unsettle(delivery, now, outcome.reason), refused: outcome.reason };
    case "done":
      return markUnknown(delivery, "the network answered a send without naming the post");
  }
};

/** The delivery after the network's answer to an edit or a deletion. */
export const afterChange = (
  copy: Claimed<"editing" | "deleting">,
  outcome: Outcome,
  now: Instant,
  { settle }: Pick<NetworkTraits, "settle">,
): Delivery => {
  switch (outcome.kind) {
    case "done":
    case "posted":
      // Due once more: the URL is saved to the post, and the copy is compared with what the post says by then.
      return copy.state === "deleting"
        ? to(copy, "deleted", { remote: copy.remote, reason: undefined, due: now })
        : { ...leaveCopy(copy), sent: { ...copy.sent, request: copy.edit }, due: now };
    case "rejected":
    case "duplicate":
      return leaveCopy(copy, outcome.reason);
    default: {
      const next = nextTry(outcome, copy.seed, copy.changeAttempts, now);
      // What got no answer may land later, over a later edit or after the deletion.
      const wait = outcome.kind === "unanswered" ? Math.max(next, copy.leaseUntil + settle) : next;
      return { ...copy, leaseUntil: undefined, reason: outcome.reason, wait, due: wait };
    }
  }
};
