import {
  afterChange,
  type Copy,
  claimDeletion,
  claimEdit,
  leaveCopy,
  nextToDelete,
  nextToEdit,
  whyNoId,
} from "../../domain/copy-transitions.ts";
import type { Claimed, CopyContent, Outcome, Sent } from "../../domain/delivery.ts";
import { defer } from "../../domain/delivery-transitions.ts";
import { canonicalJson } from "../../domain/json-value.ts";
import { changeGate } from "../../domain/request-gates.ts";
import { checkOwner } from "./account-identity.ts";
import { releaseAccount } from "./account-state.ts";
import { admit } from "./admission.ts";
import { askPicture } from "./ask-picture.ts";
import { type DeliverPorts, recordAnswer, type Step, type StepResult, save, type Target } from "./deliver-step.ts";
import { contentOf, readDesiredState } from "./desired-state.ts";
import { deadlineFor, leaseFor } from "./lease.ts";

/**
 * Brings the copy to the current content of the post. Edits and deletions are repeated by id until the network answers
 * (interleavings 39 and 40): what may be deleted is deleted, and then sent anew where its post is back.
 */
export const reconcileCopy: Step<Copy> = async (copy, target, desired, ports) => {
  const isBeingDeleted = copy.state === "deleting" || copy.openChange === "deletion";
  if (desired.kind === "none" || isBeingDeleted) return change(copy, undefined, target, ports);
  if (desired.kind === "wait") return defer(copy, desired);
  if (desired.kind === "keep") return leaveCopy(copy, desired.reason);
  const { problem } = desired;
  const content = contentOf(desired);
  const isAsSent = copy.state === "posted" && copy.openChange === undefined;
  if (isAsSent && saysTheSame(copy.sent, content)) return leaveCopy(copy);
  if (problem !== undefined) return leaveCopy(copy, problem);
  if (target.connection.edit === undefined) return change(copy, content, target, ports);
  const picture = await askPicture(desired.post, target, ports);
  if (picture.kind === "wait" && !copy.sandbox) return defer(copy, picture);
  // With the picture, where it is another one, or ready now.
  const fresh = await readDesiredState(copy, target, ports.clock(), ports);
  return change(copy, fresh.kind === "copy" ? contentOf(fresh) : content, target, ports);
};

/**
 * A copy is only changed by its post: another template, rule, setting or release makes another request of the same document,
 * and edits no copy (decision 31).
 */
const saysTheSame = (sent: Sent, content: CopyContent): boolean =>
  (sent.document === content.document && sent.url === content.url) ||
  canonicalJson(sent.request) === canonicalJson(content.request);

/** Edits one remote of the copy, or deletes it where there is no content. The others follow in steps of their own. */
const change = async (
  copy: Copy,
  content: CopyContent | undefined,
  target: Target,
  ports: DeliverPorts,
): StepResult => {
  const { edit, remove } = target.connection;
  if ((content ? edit : remove) === undefined)
    return leaveCopy(copy, `${target.network.name} cannot ${content ? "edit" : "delete"} it`);
  const hasId = content ? nextToEdit(copy.remotes, 0) >= 0 : nextToDelete(copy.remotes) >= 0;
  if (!hasId) return leaveCopy(copy, whyNoId(content ? "edited" : "deleted"));
  const admission = await admit(copy, changeGate, target.account, ports);
  if (admission.kind !== "go") return defer(copy, admission);
  const until = ports.clock() + leaseFor(copy);
  const claimed = await save(content ? claimEdit(copy, content, until) : claimDeletion(copy, until), ports);
  if (claimed === undefined) return undefined;
  const owner = await checkOwner(claimed, target, ports);
  if (owner.kind === "other") {
    await releaseAccount(claimed, ports);
    return leaveCopy(claimed, content ? owner.reason : `it was not deleted: ${owner.reason}`);
  }
  const outcome = owner.kind === "own" ? await changeRemote(claimed, target, ports) : owner;
  return recordAnswer(afterChange(claimed, outcome, ports.clock(), target.traits), outcome, ports);
};

const changeRemote = async (
  copy: Claimed<"editing" | "deleting">,
  { connection, network }: Target,
  ports: DeliverPorts,
): Promise<Outcome> => {
  const { remotes } = copy;
  const signal = ports.deadline(deadlineFor(copy));
  const index = copy.state === "editing" ? nextToEdit(remotes, copy.edited) : nextToDelete(remotes);
  const remote = remotes[index];
  const asked =
    remote &&
    (copy.state === "editing"
      ? connection.edit?.(remote, copy.edit.request, signal, { index, of: remotes.length })
      : connection.remove?.(remote, signal));
  return (await asked) ?? { kind: "rejected", reason: `${network.name} cannot do it` };
};
