import { type Copy, changeIn } from "./copy-transitions.ts";
import {
  type Claimed,
  type CopyContent,
  type Delivery,
  type HoldKind,
  hasCopy,
  type Offers,
  type Outcome,
  type Remote,
  type Sent,
  type StoredRequest,
  toState,
} from "./delivery.ts";
import { backoff, nextTry, type Retryable } from "./retry.ts";
import type { Wait } from "./send-rules.ts";
import { day, type Instant } from "./time.ts";

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

/** A claim whose request is stored: from here on it may be public. */
export type Stored = Claimed<"sending" | "unsettled"> & { readonly sent: Sent };

/** A part that may be there, and that nobody can name. */
const unnamed = { id: null, url: null, public: false, gone: false } as const;

/**
 * No more of it is sent. `unknown`: what was sent last may be public, and Crier cannot find out. What its steps before made
 * public stays a copy, which is edited and deleted as any other.
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
    reason: whyUnfinished,
    openChange: undefined,
    due: now,
  });
};

/** A person says that what is missing is not there: it is sent from where it stopped. Undefined where nothing is missing, or it has no end. */
export const goOn = (delivery: Delivery<"posted">, now: Instant, reason: string): Delivery<"unsettled"> | undefined => {
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

/** A person says that all of it is there. It stays due, so that the next step compares it with the post. */
export const markFinished = (delivery: Delivery<"posted">, now: Instant, reason: string): Delivery<"posted"> => ({
  ...delivery,
  unfinished: undefined,
  stale: false,
  reason,
  due: now,
});

/** The copy is on the network. It stays due, so that the next step compares it with the post. */
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
    reason: undefined,
    openChange: undefined,
    due: now,
  });

interface Step {
  readonly remote?: Remote;
  readonly progress: StoredRequest;
}

/** What a search found, or a network refused as a duplicate. Without `progress` it is all. */
interface Known {
  readonly remote: Remote;
  readonly progress?: StoredRequest;
}

/** A row has room for it beside two requests. */
export const largestProgress = 4096;
/** More than any thread has parts: a network that never comes to an end is stopped. */
export const mostSteps = 50;

/** A step is done. `open`: 1 where the next one may have been sent already. */
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
  const isEndless = steps > mostSteps || JSON.stringify(from).length > largestProgress;
  return isEndless
    ? giveUp(
        { ...next, progress: undefined },
        "failed",
        `${delivery.network} needs more requests than a delivery may have`,
        now,
      )
    : next;
};

/** A search found what a request made. Where it is not all, the next step may be there, too. */
export const markFound = (
  delivery: Delivery<"unsettled" | "unknown"> | Stored,
  { remote, progress }: Known,
  now: Instant,
  reason?: string,
): Delivery =>
  progress === undefined
    ? { ...markPosted(delivery, remote, now), reason }
    : markProgress(delivery, { remote, progress }, 1, now, reason);

/** It is on the network already: a table that was lost, or is newer than this one, knew it. */
export const adopt = (delivery: Claimed<"sending">, sent: Sent, found: Known, now: Instant): Delivery =>
  markFound({ ...delivery, sent }, found, now, `found on ${delivery.network}: it was sent before this table knew it`);
