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
import {
  type Claimed,
  type CopyContent,
  type Delivery,
  deliveryId,
  type KeptRemote,
  type Outcome,
  type Sent,
} from "../../domain/delivery.ts";
import { defer } from "../../domain/delivery-transitions.ts";
import { canonicalJson } from "../../domain/json-value.ts";
import { changeGate } from "../../domain/request-gates.ts";
import { second } from "../../domain/time.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Deliveries, Posts } from "../../ports/store.ts";
import { releaseAccount } from "./account-state.ts";
import { admit, deadlineFor, leaseFor } from "./admission.ts";
import {
  type DeliverPorts,
  type DeliveryTarget,
  recordAnswer,
  type Step,
  type StepResult,
  save,
} from "./deliver-step.ts";
import { copyContent, readDesiredState } from "./desired-state.ts";
import { checkOwner } from "./find-copies.ts";
import { checkPicture } from "./page-and-picture.ts";

/**
 * Brings the copy to the current content of the post. Edits and deletions are repeated by id until the network answers:
 * a copy that may be deleted is deleted, and then sent anew where its post is back.
 */
export const reconcileCopy: Step<Copy> = async (copy, target, desired, ports) => {
  const isBeingDeleted = copy.state === "deleting" || copy.openChange === "deletion";
  if (desired.kind === "none" || isBeingDeleted) return change(copy, undefined, target, ports);
  if (desired.kind === "wait") return defer(copy, desired);
  if (desired.kind === "keep") return leaveCopy(copy, desired.reason);
  const { problem } = desired;
  const content = copyContent(desired);
  const isAsSent = copy.state === "posted" && copy.openChange === undefined;
  if (isAsSent && saysTheSame(copy.sent, content)) return leaveCopy(copy);
  if (problem !== undefined) return leaveCopy(copy, problem);
  if (target.connection.edit === undefined) return change(copy, content, target, ports);
  const picture = await checkPicture(desired.post, target, ports);
  if (picture.kind === "wait" && !copy.sandbox) return defer(copy, picture);
  // Read again with the picture, which may be another one, or ready by now.
  const fresh = await readDesiredState(copy, target, ports.clock(), ports);
  return change(copy, fresh.kind === "copy" ? copyContent(fresh) : content, target, ports);
};

/**
 * A copy is only changed by its post: another template, rule, setting or release makes another request of the same
 * document, and edits no copy (docs/decisions/0031-only-a-post-edits-its-copies.md).
 */
const saysTheSame = (sent: Sent, content: CopyContent): boolean =>
  (sent.document === content.document && sent.url === content.url) ||
  canonicalJson(sent.request) === canonicalJson(content.request);

/** Edits one remote of the copy, or deletes it where there is no content. The others follow in steps of their own. */
const change = async (
  copy: Copy,
  content: CopyContent | undefined,
  target: DeliveryTarget,
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
  { connection, network }: DeliveryTarget,
  ports: DeliverPorts,
): Promise<Outcome> => {
  const { remotes } = copy;
  const signal = ports.deadline(deadlineFor(copy));
  const index = copy.state === "editing" ? nextToEdit(remotes, copy.edited) : nextToDelete(remotes);
  const remote = remotes[index];
  const answer =
    remote &&
    (copy.state === "editing"
      ? connection.edit?.(remote, copy.edit.request, signal, { index, of: remotes.length })
      : connection.remove?.(remote, signal));
  return (await answer) ?? { kind: "rejected", reason: `${network.name} cannot do it` };
};

/** The networks answer within moments of each other: the feeds are rendered once for all of them. */
const syndicationDelay = 5 * second;

interface SyndicatePorts {
  readonly posts: Posts;
  readonly deliveries: Pick<Deliveries, "ofPost">;
  readonly clock: Clock;
}

/**
 * Adds the URLs of the public copies to their post, removes the URLs of copies that are gone, and has the post
 * published again: feeds name them. The delivery stays due until this is done. False where the post has changed in the
 * meantime.
 */
export const syndicate = async (delivery: Copy | Delivery<"deleted">, ports: SyndicatePorts): Promise<boolean> => {
  const { site, post: id, remotes, sandbox } = delivery;
  const shown = remotes.filter((remote) => remote.public && remote.url !== null);
  // The URL of a copy in the sandbox leads nowhere.
  if (shown.length === 0 || sandbox) return true;
  const post = await ports.posts.read(site, id);
  if (post === undefined) return true;
  const isRemoved = shown.some(({ url, gone }) => gone && url !== null && post.syndication.includes(url));
  const others = isRemoved ? await urlsOfOthers(delivery, ports) : new Set();
  const syndication = shown.filter(({ url, gone }) => !(gone && others.has(url))).reduce(withRemote, post.syndication);
  if (canonicalJson(syndication) === canonicalJson(post.syndication)) return true;
  const due = Math.min(post.due ?? Number.POSITIVE_INFINITY, ports.clock() + syndicationDelay);
  return ports.posts.save({ ...post, syndication, due });
};

/**
 * Returns the URLs of the other publications of the post: on DEV, a post that is published again gets the address of
 * the earlier publication.
 */
const urlsOfOthers = async (delivery: Delivery, { deliveries }: SyndicatePorts): Promise<ReadonlySet<unknown>> => {
  const all = await deliveries.ofPost(delivery.site, delivery.post);
  const others = all.filter((other) => deliveryId(other) !== deliveryId(delivery));
  const there = others.flatMap(({ remotes = [] }) => remotes).filter((remote) => remote.public && !remote.gone);
  return new Set(there.map(({ url }) => url));
};

const withRemote = (urls: readonly string[], { url, gone }: KeptRemote): readonly string[] => {
  if (url === null || urls.includes(url) !== gone) return urls;
  return gone ? urls.filter((other) => other !== url) : [...urls, url];
};
