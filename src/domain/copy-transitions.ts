import {
  type Claimed,
  type CopyContent,
  type Delivery,
  type KeptRemote,
  type OpenChange,
  type Outcome,
  type Remote,
  toState,
  whyPaused,
} from "./delivery.ts";
import { canonicalJson } from "./json-value.ts";
import type { PostHead } from "./post.ts";
import { nextTry } from "./retry.ts";
import type { Instant } from "./time.ts";

/** A delivery whose copy is on the network. */
export type Copy = Delivery<"posted" | "editing" | "deleting">;

const claimChange = (
  { sent, remotes, unfinished, reason, openChange, changeAttempts: before = 0 }: Copy,
  until: Instant,
) =>
  ({
    sent,
    remotes,
    unfinished,
    reason,
    openChange,
    changeAttempts: before + 1,
    wait: undefined,
    leaseUntil: until,
    due: until,
  }) as const;

/** An edit to the same content continues with the remotes that it has not reached yet. */
export const claimEdit = (copy: Copy, edit: CopyContent, until: Instant): Claimed<"editing"> => {
  const isSame = canonicalJson(copy.edit ?? null) === canonicalJson(edit);
  return toState(copy, "editing", { ...claimChange(copy, until), edit, edited: isSame ? (copy.edited ?? 0) : 0 });
};

export const claimDeletion = (copy: Copy, until: Instant): Claimed<"deleting"> =>
  toState(copy, "deleting", claimChange(copy, until));

/** A remote whose id is unknown cannot be edited or deleted. */
const canBeChanged = ({ id, gone }: KeptRemote): boolean => id !== null && !gone;

/** Returns the index of the remote that is edited next, the first one that was not edited yet. -1 if there is none. */
export const nextToEdit = (remotes: readonly KeptRemote[], edited: number): number =>
  remotes.findIndex((remote, index) => index >= edited && canBeChanged(remote));

/**
 * Returns the index of the remote that is deleted next, -1 if there is none. The last one goes first, so that the
 * remaining thread still makes sense.
 */
export const nextToDelete = (remotes: readonly KeptRemote[]): number => remotes.findLastIndex(canBeChanged);

const isOnNetwork = ({ gone }: KeptRemote): boolean => !gone;

const markGone = (remotes: readonly KeptRemote[], index: number): readonly KeptRemote[] =>
  remotes.map((remote, at) => (at === index ? { ...remote, gone: true } : remote));

const isBehind = ({ behind }: KeptRemote): boolean => behind === true;

/** Says what is still to be done to a copy that is due. Undefined where it is due for something else. */
export const changeToDo = (
  { state, openChange, withdrawn, sent }: Copy,
  post: PostHead | undefined,
): "edited" | "deleted" | undefined => {
  if (state === "deleting" || openChange === "deletion" || withdrawn === true) return "deleted";
  if (post === undefined || post.gone !== undefined) return "deleted";
  return state === "posted" && sent.document === post.hash && sent.url === post.url ? undefined : "edited";
};

/** Explains why a copy that is not changed any more differs from its post. Undefined if it does not differ. */
const whyStale = (remotes: readonly KeptRemote[]): string | undefined => {
  if (remotes.some(isBehind)) return whyNoId("edited");
  return remotes.every(isOnNetwork) ? undefined : "a part of it does not exist any more";
};

/** Ends the work on the copy. It is stale if there is a reason, or if a part of it was deleted or never sent. */
export const leaveCopy = (copy: Copy, why?: string): Delivery<"posted"> => {
  const { sent, remotes, unfinished, openChange } = copy;
  const reason = why ?? unfinished?.reason ?? whyStale(remotes);
  return toState(copy, "posted", {
    sent,
    remotes,
    unfinished,
    stale: reason !== undefined,
    hold: undefined,
    reason,
    openChange,
  });
};

/** Leaves the copy as it is until a person approves its edit. */
export const holdEdit = (copy: Copy, reason: string): Delivery<"posted"> => ({
  ...leaveCopy(copy, reason),
  hold: "approval",
});

/** Returns the change that a request without an answer may have made. */
export const changeIn = ({ state }: Delivery<"editing" | "deleting">): OpenChange =>
  state === "editing" ? "edit" : "deletion";

export const withdrawnByHand = "withdrawn by hand: it is not sent again";

/** With a reason the copy is not sent again, even when its post comes back: a person deleted it. */
const markDeleted = (copy: Copy, now: Instant, reason?: string): Delivery<"deleted"> =>
  toState(copy, "deleted", { remotes: copy.remotes, reason, reopens: reason === undefined, due: now });

const whyMissing = (reason: string): string =>
  `its copy does not exist any more: ${reason}; publish the post with --again to announce it once more`;

export const whyNoId = (act: "edited" | "deleted"): string => `it cannot be ${act}: the network gave no id for it`;

/**
 * Continues with the next remote at once. Until the last one is done, the change stays open: the copy is neither the
 * old nor the new one.
 */
const dueForNextRemote = (copy: Claimed<"editing" | "deleting">, now: Instant) =>
  ({ openChange: changeIn(copy), changeAttempts: 0, leaseUntil: undefined, reason: undefined, due: now }) as const;

/** The remote that an edit moved. Feeds that name its URL until now name the other one then. */
const moveTo = (old: KeptRemote, { id, url, public: isPublic }: Remote): KeptRemote => ({
  ...old,
  id,
  url,
  public: isPublic,
  former: url === old.url ? old.former : (old.url ?? undefined),
});

interface Edited {
  /** Why there is no copy to edit. */
  readonly missing?: string;
  readonly moved?: Remote | undefined;
}

/** One remote was edited, or does not exist. */
const afterEdit = (copy: Claimed<"editing">, now: Instant, { missing, moved }: Edited): Delivery => {
  const index = nextToEdit(copy.remotes, copy.edited);
  const there = copy.remotes.map((remote, at) =>
    moved !== undefined && at === index ? moveTo(remote, moved) : remote,
  );
  const remotes = missing === undefined ? there : markGone(there, index);
  if (missing !== undefined && !remotes.some(isOnNetwork))
    return markDeleted({ ...copy, remotes }, now, whyMissing(missing));
  const next = { ...copy, remotes, edited: index + 1 };
  if (nextToEdit(remotes, next.edited) >= 0) return { ...next, ...dueForNextRemote(copy, now) };
  const sent = { ...copy.sent, ...copy.edit };
  const edited = remotes.map((remote) =>
    remote.id === null && isOnNetwork(remote) ? { ...remote, behind: true as const } : remote,
  );
  return { ...leaveCopy({ ...next, remotes: edited }), sent, openChange: undefined, due: now };
};

/** One remote was deleted. */
const afterDeletion = (copy: Claimed<"deleting">, now: Instant): Delivery => {
  const remotes = markGone(copy.remotes, nextToDelete(copy.remotes));
  const next = { ...copy, remotes };
  if (nextToDelete(remotes) >= 0) return { ...next, ...dueForNextRemote(copy, now) };
  if (!remotes.some(isOnNetwork)) return markDeleted(next, now, copy.withdrawn && withdrawnByHand);
  // It is due once more, so that the URLs of deleted remotes are removed from the post and a person is told which ones
  // stay.
  return { ...leaveCopy(next), openChange: undefined, due: now };
};

/** Returns the delivery after the network's response to the edit or deletion of one remote. */
export const afterChange = (
  copy: Claimed<"editing" | "deleting">,
  outcome: Outcome,
  now: Instant,
  { settle }: { readonly settle: number },
): Delivery => {
  switch (outcome.kind) {
    // It is due once more, so that the URL is saved in the post and the copy is compared with the post as it is then.
    case "done":
      return copy.state === "deleting" ? afterDeletion(copy, now) : afterEdit(copy, now, { moved: outcome.remote });
    case "posted":
    case "progressed":
      return copy.state === "deleting" ? afterDeletion(copy, now) : afterEdit(copy, now, {});
    case "missing":
      return copy.state === "deleting" ? afterDeletion(copy, now) : afterEdit(copy, now, { missing: outcome.reason });
    case "rejected":
    case "duplicate":
      // A deletion that was rejected for good is not pending: the copy stays.
      return {
        ...leaveCopy(copy, copy.state === "deleting" ? `it was not deleted: ${outcome.reason}` : outcome.reason),
        openChange: copy.state === "deleting" ? undefined : copy.openChange,
      };
    default: {
      const isOpen = outcome.kind === "unanswered";
      const next = nextTry(outcome, copy.seed, copy.changeAttempts, now);
      // A request without an answer may be applied late, over a later edit or after the deletion.
      const wait = isOpen ? Math.max(next, copy.leaseUntil + settle) : next;
      const openChange = isOpen ? changeIn(copy) : copy.openChange;
      const waiting = { ...copy, openChange, leaseUntil: undefined, due: wait };
      const paused = whyPaused(copy, outcome);
      // The pause of the account keeps it from being sent: it is due as soon as that ends.
      return paused === undefined
        ? { ...waiting, reason: outcome.reason, wait }
        : { ...waiting, reason: paused, wait: undefined };
    }
  }
};
