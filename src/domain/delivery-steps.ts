import { type Claimed, type Delivery, hasCopy, type Remote, type Sent, type StoredRequest } from "./delivery.ts";
import type { Instant } from "./time.ts";
import { toState } from "./to-state.ts";

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
