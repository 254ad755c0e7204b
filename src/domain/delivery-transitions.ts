import { type Copy, changeIn } from "./copy-transitions.ts";
import {
  type Claimed,
  type CopyContent,
  type Delivery,
  type Duplicate,
  type HoldKind,
  hasCopy,
  isForPerson,
  type Offers,
  type Outcome,
  type Passed,
  type Remote,
  type Sent,
  type StoredRequest,
  toState,
  whyPaused,
} from "./delivery.ts";
import { backoff, nextTry, type Retryable } from "./retry.ts";
import type { Wait } from "./send-rules.ts";
import { day, type Instant, iso } from "./time.ts";

/** The properties of a network that the transitions depend on. */
export interface NetworkTraits {
  readonly offers: Offers;
  /** How long after the lease a request without an answer may still be applied, in ms. */
  readonly settle: number;
  readonly remembersFor: number | undefined;
  readonly canFind: boolean;
}

/** A delivery fails when its network has been unreachable for this long. */
export const giveUpAfter = 7 * day;
const giveUpAfterAttempts = 20;

export const claim = (delivery: Delivery<"pending">, until: Instant): Claimed<"sending"> =>
  toState(delivery, "sending", {
    passed: { ...delivery.passed, breaker: true },
    sent: undefined,
    leaseUntil: until,
    due: until,
  });

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

/** Counts a request before it is sent: the first one of a later step, or a repeated one of a step without an answer. */
export const startSend = (delivery: Claimed<"unsettled">, now: Instant): Claimed<"unsettled"> => ({
  ...delivery,
  open: delivery.open + 1,
  sent: { ...delivery.sent, lastSentAt: now },
});

/**
 * Decides how an unsettled delivery is settled now. Without an open request there is nothing to settle: the next step
 * is sent, or the public parts stay as they are. A resend with its own id is always harmless. If the network remembers
 * a key only for a while, or some of its servers ignore it, Crier searches for the copy first. A delivery that is not
 * wanted any more is never resent.
 */
export const chooseSettlement = (
  { sent, refused, open }: Delivery<"unsettled">,
  { offers, remembersFor, canFind }: NetworkTraits,
  wanted: boolean,
  now: Instant,
): "search" | "resend" | "unknown" | "leave" => {
  if (open === 0) return wanted ? "resend" : "leave";
  const sendable = wanted && refused === undefined;
  if (sendable && offers === "key" && remembersFor === undefined) return "resend";
  if (canFind) return "search";
  const remembers = remembersFor === undefined || now < sent.firstSentAt + remembersFor;
  return sendable && remembers && (offers === "refuse" || offers === "key") ? "resend" : "unknown";
};

export const hold = (delivery: Delivery<"pending" | "held">, kind: HoldKind, reason: string): Delivery<"held"> =>
  toState(delivery, "held", { hold: kind, reason });

export const cancel = (delivery: Delivery<"pending" | "held" | "failed">, reason: string): Delivery<"cancelled"> =>
  toState(delivery, "cancelled", { reason, reopens: true, heldAs: heldWhenBack(delivery) });

/** How a delivery is held when its post is back, where only a person sends it then. */
const heldWhenBack = (delivery: Delivery<"pending" | "held" | "failed">): Delivery<"cancelled">["heldAs"] => {
  if (delivery.state === "failed") {
    const reason = `it failed before its post was deleted (${delivery.reason}): release it to send it`;
    return { hold: "returned", reason };
  }
  return delivery.state === "held" && isForPerson(delivery.hold)
    ? { hold: delivery.hold, reason: delivery.reason }
    : undefined;
};

/** Returns a delivery whose post is back to the hold of a person, or plans it again. */
export const uncancel = (delivery: Delivery<"cancelled">, now: Instant): Delivery<"held" | "pending"> =>
  delivery.heldAs === undefined
    ? reopen(delivery, now, "the post is back")
    : toState(delivery, "held", delivery.heldAs);

/**
 * Cancels a delivery that is not sent even when its post comes back. An account that is configured again starts like a
 * new one: it does not send old deliveries.
 */
export const cancelForGood = (
  delivery: Delivery<"pending" | "held" | "failed" | "unsettled" | "cancelled">,
  reason: string,
): Delivery<"cancelled"> => toState(delivery, "cancelled", { reason, reopens: false });

/** Fails a delivery that has nothing public. */
export const fail = (delivery: Delivery<"pending" | "sending">, reason: string): Delivery<"failed"> =>
  toState(delivery, "failed", { reason });

/** Starts a delivery that has nothing public from the beginning. */
export const reopen = (
  delivery: Delivery<"held" | "sending" | "failed" | "unknown" | "cancelled">,
  now: Instant,
  reason?: string,
): Delivery<"pending"> => toState(delivery, "pending", { reason, wait: undefined, due: now });

/**
 * Applies a person's decision to send a delivery: neither what stopped it nor the breaker stops it again, because the
 * breaker is for what nobody has looked at. Every other check still does. `passed`: the part that the decision is about.
 */
export const confirm = (
  delivery: Delivery<"held" | "failed" | "unknown">,
  now: Instant,
  reason: string,
  passed: Partial<Passed> = {},
): Delivery<"pending"> => ({
  ...reopen(delivery, now, reason),
  passed: { ...delivery.passed, breaker: true, ...passed },
  attempts: 0,
});

/**
 * Plans a new copy, with its own key, for a post that is back after its copy was deleted with it. It waits for a person:
 * nobody else posts twice.
 */
export const holdReturned = (delivery: Delivery<"deleted">, now: Instant): Delivery<"held"> => {
  const { first, last } = delivery.history;
  const deleted = [...first, ...last].findLast(({ state }) => state === "deleted");
  const day = deleted === undefined ? "" : ` on ${iso(deleted.at).slice(0, 10)}`;
  return toState(delivery, "held", {
    hold: "returned",
    reason: `it was announced before, and its copy was deleted${day}: release it to post it anew`,
    planned: now,
    copy: delivery.copy + 1,
    attempts: 0,
    passed: { ...delivery.passed, breaker: false },
  });
};

/**
 * Postpones the delivery without a decision. It is due at `until`, or earlier when a nudge reports that the post has
 * changed.
 */
export const defer = (
  delivery: Delivery<"pending" | "unsettled"> | Copy,
  { until, reason, isTurnedAway, isInOrder }: Pick<Wait, "until" | "reason" | "isTurnedAway" | "isInOrder">,
): Delivery => ({
  ...delivery,
  leaseUntil: undefined,
  reason,
  due: until,
  turnedAway: isTurnedAway && (isInOrder ? Math.max(delivery.turnedAway ?? 0, 1) : (delivery.turnedAway ?? 0) + 1),
});

/** `unanswered`: why a request is open now, where that is new. */
const unsettle = (
  delivery: Stored,
  wait: Instant,
  reason: string,
  unanswered: string | undefined = delivery.unanswered,
): Delivery<"unsettled"> => {
  const { sent, refused, progress, remotes = [], open = 1 } = delivery;
  const kept = { sent, refused, unanswered, progress, remotes, open };
  return toState(delivery, "unsettled", { ...kept, reason, leaseUntil: undefined, wait, due: wait });
};

/**
 * Ends the lease of a worker that stopped. A request is stored before it is sent, so without a stored request nothing
 * was sent.
 */
export const expire = (delivery: Claimed, settle: number, now: Instant): Delivery => {
  const reason = "the worker stopped before the network's answer was recorded";
  switch (delivery.state) {
    case "sending":
      if (delivery.sent === undefined) return reopen(delivery, now);
      return unsettle({ ...delivery, sent: delivery.sent }, delivery.leaseUntil + settle, reason, reason);
    case "unsettled":
      return unsettle(delivery, delivery.open === 0 ? now : delivery.leaseUntil + settle, reason, reason);
    // The edit or deletion may still be in flight: nothing else is sent before it must have been applied.
    case "editing":
    case "deleting": {
      const wait = delivery.leaseUntil + settle;
      return { ...delivery, openChange: changeIn(delivery), leaseUntil: undefined, wait, due: wait };
    }
  }
};

/**
 * Plans the next try of a send that was not applied. After a week without the network, and this many attempts, the
 * delivery fails: nothing is public.
 */
const tryLater = (delivery: Delivery<"sending">, outcome: Retryable, now: Instant): Delivery => {
  const { seed, attempts, planned, published } = delivery;
  // A person may have planned it long before its date.
  const retriesExhausted = now - Math.max(planned, published) > giveUpAfter && attempts > giveUpAfterAttempts;
  if (outcome.kind === "unavailable" && retriesExhausted)
    return fail(delivery, `unreachable for a week: ${outcome.reason}`);
  const wait = nextTry(outcome, seed, attempts, now);
  const reason = whyPaused(delivery, outcome) ?? outcome.reason;
  // The pause of the account keeps it from being sent: it is due as soon as that ends.
  return { ...reopen(delivery, wait, reason), wait: outcome.kind === "unauthorised" ? undefined : wait };
};

type NotSent = Extract<Outcome, { readonly kind: "unauthorised" | "unavailable" }>;

/**
 * Returns the delivery if nothing was sent, because the login could not be used or the search before the send got no
 * answer.
 */
export const afterNoLogin = (delivery: Claimed<"sending" | "unsettled">, outcome: NotSent, now: Instant): Delivery =>
  delivery.state === "sending"
    ? tryLater({ ...delivery, attempts: delivery.attempts + 1 }, outcome, now)
    : unsettleNotSent(delivery, outcome, now);

const unsettleNotSent = (delivery: Claimed<"unsettled">, outcome: NotSent, now: Instant): Delivery<"unsettled"> => {
  const wait = nextTry(outcome, delivery.seed, delivery.attempts, now);
  const unsettled = unsettle(delivery, wait, whyPaused(delivery, outcome) ?? outcome.reason);
  return outcome.kind === "unauthorised" ? { ...unsettled, wait: undefined } : unsettled;
};

const whyEqual: Readonly<Record<Duplicate["kind"], string>> = {
  equal: "an equal post is on",
  copy: "another announcement has the same text on",
};

/** Records that the network takes nothing equal to a post that it has. Nothing of this delivery is public. */
export const refuseEqual = (
  delivery: Stored,
  { remote: { id, url, public: isPublic }, reason }: Extract<Outcome, { readonly kind: "duplicate" }>,
  kind: Duplicate["kind"],
  now: Instant,
): Delivery => {
  const address = url === null ? "" : ` (${url})`;
  const failed = giveUp(delivery, "failed", `${whyEqual[kind]} ${delivery.network} already${address}: ${reason}`, now);
  if (failed.state !== "failed") return failed;
  const remote = { id, url, public: isPublic };
  return { ...failed, duplicate: kind === "copy" ? { kind } : { kind, remote, sent: delivery.sent } };
};

/** Records that a person found the equal post to be the copy of this delivery. Undefined if there is none to take. */
export const takeEqual = (
  delivery: Delivery<"failed">,
  now: Instant,
  reason: string,
): Delivery<"posted"> | undefined => {
  const { duplicate } = delivery;
  if (duplicate?.kind !== "equal") return undefined;
  const { sent, remote } = duplicate;
  return { ...markPosted(toState(delivery, "unknown", { sent, reason }), remote, now), reason };
};

const withNote = <D extends Pick<Delivery, "note">>(delivery: D, note: string | undefined): D =>
  note === undefined ? delivery : { ...delivery, note: [delivery.note ?? [], note].flat().join("; ") };

/** Returns the delivery after the network's response to a send. */
export const afterSend = (delivery: Stored, outcome: Outcome, now: Instant, traits: NetworkTraits): Delivery => {
  const { seed, attempts } = delivery;
  // An earlier send got no answer. Its post may be public, whatever the response to this one.
  const isResend = delivery.state === "unsettled" && delivery.open > 1;
  switch (outcome.kind) {
    case "posted":
      return markPosted(delivery, outcome.remote, now);
    case "progressed":
      return markProgress(withNote(delivery, outcome.note), outcome, 0, now);
    case "duplicate":
      return isResend ? markFound(delivery, outcome, now) : refuseEqual(delivery, outcome, "equal", now);
    case "unanswered":
      // The first time Crier waits for the settling time only: usually one response was lost.
      return unsettle(
        delivery,
        delivery.leaseUntil + (isResend ? Math.max(traits.settle, backoff(seed, attempts)) : traits.settle),
        outcome.reason,
        outcome.reason,
      );
    case "unauthorised":
    case "unavailable":
      return delivery.state === "unsettled"
        ? unsettleNotSent({ ...delivery, open: delivery.open - 1 }, outcome, now)
        : tryLater(delivery, outcome, now);
    case "rejected":
      return isResend
        ? afterRejectedResend(delivery, outcome.reason, now, traits)
        : giveUp(delivery, "failed", outcome.reason, now);
    case "done":
    case "missing":
      return giveUp(delivery, "unknown", "the network answered a send without naming the post", now);
  }
};

/** The rejection says nothing about the send before it: only a search can find out whether that made a post. */
const afterRejectedResend = (delivery: Stored, reason: string, now: Instant, { canFind }: NetworkTraits): Delivery =>
  canFind
    ? { ...unsettle(delivery, now, reason), refused: reason }
    : giveUp(delivery, "unknown", `${mayBePosted(delivery)}: a later send was rejected (${reason})`, now);

/** Begins the reason of a delivery that is unknown: what left its last send open. */
export const mayBePosted = ({ unanswered = "the network gave no clear answer" }: Delivery): string =>
  `${unanswered}; it may have been posted nevertheless`;

/** A claim with a stored request: from here on the post may be public. */
export type Stored = Claimed<"sending" | "unsettled"> & { readonly sent: Sent };

/** A part that may exist, without a known id. */
const unnamed = { id: null, url: null, public: false, gone: false } as const;

/**
 * Ends a delivery that is not complete. `unknown`: the last request may have made a public post, and Crier cannot find
 * out. The parts that earlier steps made public stay a copy, which is edited and deleted like any other.
 */
export const giveUp = (
  delivery: Delivery<"unsettled"> | Stored,
  as: "failed" | "cancelled" | "unknown",
  reason: string,
  now: Instant,
): Delivery<"posted" | "failed" | "cancelled" | "unknown"> => {
  const { sent, remotes = [] } = delivery;
  if (!hasCopy(delivery)) {
    if (as === "unknown") return toState(delivery, "unknown", { sent, reason });
    return as === "failed"
      ? toState(delivery, "failed", { reason })
      : toState(delivery, "cancelled", { reason: `cancelled before it reached the network: ${reason}`, reopens: true });
  }
  const isOpen = as === "unknown";
  const whyUnfinished = `only a part of it is known to be sent: ${reason}`;
  return toState(delivery, "posted", {
    sent,
    remotes: isOpen ? [...remotes, unnamed] : remotes,
    unfinished: { reason: whyUnfinished, isOpen, progress: delivery.progress },
    stale: true,
    hold: undefined,
    reason: whyUnfinished,
    openChange: undefined,
    due: now,
  });
};

/**
 * Resumes a delivery when a person says that the missing part does not exist. Undefined if nothing is missing, or if
 * the network's steps did not end.
 */
export const resumeUnfinished = (
  delivery: Delivery<"posted">,
  now: Instant,
  reason: string,
): Delivery<"unsettled"> | undefined => {
  const { sent, remotes, unfinished } = delivery;
  if (unfinished?.progress === undefined) return undefined;
  const next = toState(delivery, "unsettled", {
    sent,
    remotes: unfinished.isOpen ? remotes.slice(0, -1) : remotes,
    progress: unfinished.progress,
    open: 0,
    refused: undefined,
    reason,
    leaseUntil: undefined,
    wait: undefined,
    due: now,
  });
  return { ...next, attempts: 0 };
};

/**
 * Records that a person found all parts on the network. The delivery stays due, so that the next step compares it with
 * the post.
 */
export const markFinished = (delivery: Delivery<"posted">, now: Instant, reason: string): Delivery<"posted"> => ({
  ...delivery,
  unfinished: undefined,
  stale: false,
  reason,
  due: now,
});

/** Records that the copy is on the network. The delivery stays due, so that the next step compares it with the post. */
export const markPosted = (
  delivery: Delivery<"unsettled" | "unknown"> | Stored,
  remote: Remote,
  now: Instant,
): Delivery<"posted"> =>
  toState(delivery, "posted", {
    sent: delivery.sent,
    remotes: [...(delivery.remotes ?? []), { ...remote, gone: false }],
    unfinished: undefined,
    stale: false,
    hold: undefined,
    reason: undefined,
    openChange: undefined,
    due: now,
  });

interface Step {
  readonly remote?: Remote;
  readonly progress: StoredRequest;
}

/**
 * A post that a search found, or that the network named as a duplicate. Without `progress` the delivery is complete.
 */
interface Known {
  readonly remote: Remote;
  readonly progress?: StoredRequest;
}

/** A row has room for this much progress beside two requests. */
export const maxProgress = 4096;
/** More steps than any thread has parts: a network that never ends is stopped. */
export const maxSteps = 50;

/** Records that a step is done. `open`: 1 if the next one may have been sent already. */
export const markProgress = (
  delivery: Delivery<"unsettled" | "unknown"> | Stored,
  { remote, progress: from }: Step,
  open: 0 | 1,
  now: Instant,
  reason?: string,
): Delivery => {
  const steps = (delivery.progress?.steps ?? 0) + 1;
  const done = `${steps} of its requests ${steps === 1 ? "is" : "are"} done, the next one follows`;
  const next: Delivery<"unsettled"> = toState(delivery, "unsettled", {
    sent: delivery.sent,
    remotes: [...(delivery.remotes ?? []), ...(remote === undefined ? [] : [{ ...remote, gone: false }])],
    progress: { from, steps },
    open,
    refused: undefined,
    reason: reason ?? done,
    leaseUntil: undefined,
    wait: undefined,
    due: now,
  });
  const isEndless = steps > maxSteps || JSON.stringify(from).length > maxProgress;
  return isEndless
    ? giveUp(
        { ...next, progress: undefined },
        "failed",
        `${delivery.network} needs more requests than a delivery may have`,
        now,
      )
    : next;
};

/** Records a post that a search found. If it is not all of the delivery, the next step may have been sent, too. */
export const markFound = (
  delivery: Delivery<"unsettled" | "unknown"> | Stored,
  { remote, progress }: Known,
  now: Instant,
  reason?: string,
): Delivery =>
  progress === undefined
    ? { ...markPosted(delivery, remote, now), reason }
    : markProgress(delivery, { remote, progress }, 1, now, reason);

/** Adopts a copy that is already on the network: it was sent by a table that was lost or is newer than this one. */
export const adopt = (delivery: Claimed<"sending">, sent: Sent, found: Known, now: Instant): Delivery =>
  markFound({ ...delivery, sent }, found, now, `found on ${delivery.network}: it was sent before this table knew it`);
