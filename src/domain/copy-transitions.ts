import type { Claimed, CopyContent, Delivery, OpenChange, Outcome } from "./delivery.ts";
import { nextTry } from "./next-try.ts";
import type { Instant } from "./time.ts";
import { toState } from "./to-state.ts";

/** A delivery whose copy is on the network. */
export type Copy = Delivery<"posted" | "editing" | "deleting">;

const changeOf = ({ sent, remote, reason, openChange, changeAttempts: before = 0 }: Copy, until: Instant) =>
  ({
    sent,
    remote,
    reason,
    openChange,
    changeAttempts: before + 1,
    wait: undefined,
    leaseUntil: until,
    due: until,
  }) as const;

export const claimEdit = (copy: Copy, edit: CopyContent, until: Instant): Claimed<"editing"> =>
  toState(copy, "editing", { ...changeOf(copy, until), edit });

export const claimDeletion = (copy: Copy, until: Instant): Claimed<"deleting"> =>
  toState(copy, "deleting", changeOf(copy, until));

/** Nothing more is done about the copy, which is stale where there is a reason. */
export const leaveCopy = (copy: Copy, reason?: string): Delivery<"posted"> => {
  const { sent, remote, openChange } = copy;
  return toState(copy, "posted", { sent, remote, stale: reason !== undefined, reason, openChange });
};

/** What a request that got no answer may have done. */
export const changeIn = ({ state }: Delivery<"editing" | "deleting">): OpenChange =>
  state === "editing" ? "edit" : "deletion";

const markEdited = (copy: Claimed<"editing">, now: Instant): Delivery<"posted"> => ({
  ...leaveCopy(copy),
  sent: { ...copy.sent, ...copy.edit },
  openChange: undefined,
  due: now,
});

/** With a reason it is not sent again, even when its post is: a person deleted it. */
const markDeleted = (copy: Copy, now: Instant, reason?: string): Delivery<"deleted"> =>
  toState(copy, "deleted", { remote: copy.remote, reason, reopens: reason === undefined, due: now });

const whyMissing = (reason: string): string =>
  `its copy is not there any more: ${reason}; publish the post with --again to announce it once more`;

/** The delivery after the network's answer to an edit or a deletion. */
export const afterChange = (
  copy: Claimed<"editing" | "deleting">,
  outcome: Outcome,
  now: Instant,
  { settle }: { readonly settle: number },
): Delivery => {
  switch (outcome.kind) {
    // Due once more: the URL is saved to the post, and the copy is compared with what the post says by then.
    case "done":
    case "posted":
      return copy.state === "deleting" ? markDeleted(copy, now) : markEdited(copy, now);
    case "missing":
      return markDeleted(copy, now, copy.state === "deleting" ? undefined : whyMissing(outcome.reason));
    case "rejected":
    case "duplicate":
      // What is refused for good is there.
      return {
        ...leaveCopy(copy, copy.state === "deleting" ? `it was not deleted: ${outcome.reason}` : outcome.reason),
        openChange: copy.state === "deleting" ? undefined : copy.openChange,
      };
    default: {
      const isOpen = outcome.kind === "unanswered";
      const next = nextTry(outcome, copy.seed, copy.changeAttempts, now);
      // What got no answer may land later, over a later edit or after the deletion.
      const wait = isOpen ? Math.max(next, copy.leaseUntil + settle) : next;
      const openChange = isOpen ? changeIn(copy) : copy.openChange;
      return { ...copy, openChange, leaseUntil: undefined, reason: outcome.reason, wait, due: wait };
    }
  }
};
