import type { Account } from "../../domain/account.ts";
import {
  afterChange,
  type Copy,
  claimDeletion,
  claimEdit,
  holdEdit,
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
  hasCopy,
  isClaimed,
  type KeptRemote,
  type Outcome,
  type Sent,
} from "../../domain/delivery.ts";
import { isStuck } from "../../domain/delivery-commands.ts";
import {
  cancel,
  cancelForGood,
  defer,
  expire,
  giveUp,
  hold,
  holdReturned,
  reopen,
  uncancel,
} from "../../domain/delivery-transitions.ts";
import { isOvertaken } from "../../domain/edited-text.ts";
import { canonicalJson } from "../../domain/json-value.ts";
import { isHeld } from "../../domain/lease.ts";
import { changeGate } from "../../domain/request-gates.ts";
import { checkLoginAfter } from "../../domain/retry.ts";
import { forApproval, forText, type Hold, whileMissing } from "../../domain/send-rules.ts";
import { type Instant, second } from "../../domain/time.ts";
import type { Connection } from "../../ports/networks.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Deliveries, DeliveryRef, Posts } from "../../ports/store.ts";
import { releaseAccount } from "./account-state.ts";
import { admit, countRequest, deadlineFor, leaseFor } from "./admission.ts";
import {
  type DeliverPorts,
  type DeliveryTarget,
  record,
  recordAnswer,
  type Step,
  type StepResult,
  save,
} from "./deliver-step.ts";
import {
  copyContent,
  type DesiredState,
  hashWording,
  postDeleted,
  readDesiredState,
  readShown,
} from "./desired-state.ts";
import { checkOwner } from "./find-copies.ts";
import { checkOnce, checkPictures, hasNewPage } from "./page-and-picture.ts";
import { firstSend } from "./send-copy.ts";
import { recheck, settle } from "./settle.ts";

/**
 * Advances one due delivery (docs/exactly-once.md). Besides this, only a person's commands change the state of a
 * delivery.
 */
export const deliver = async (ref: DeliveryRef, ports: DeliverPorts): Promise<void> => {
  const delivery = await ports.deliveries.read(ref);
  const next = delivery && (await advance(delivery, ports.clock(), ports));
  if (next === undefined) return;
  // A delivery that was stuck before was reported then.
  const isReported = next.state === delivery?.state && isStuck(next);
  await (isReported ? save : record)(next, ports);
};

const mayNameCopies = (delivery: Delivery): delivery is Copy | Delivery<"deleted"> =>
  ["posted", "editing", "deleting", "deleted"].includes(delivery.state);

const advance = async (delivery: Delivery, now: Instant, ports: DeliverPorts): StepResult => {
  if (delivery.due === undefined || delivery.due > now) return undefined;
  // Before the lease is over, a save here would raise the version that its worker has read.
  if (isClaimed(delivery))
    return isHeld(delivery.leaseUntil, now) ? undefined : expire(delivery, settleTime(delivery, ports), now);
  // Nothing of a pending delivery is on its network: its post is looked at first, because it may be gone.
  if (delivery.state !== "pending" && mustWait(delivery, now)) return { ...delivery, due: delivery.wait };
  // Done while it is edited or deleted, too: the next step may be the last, and a part may be gone.
  if (mayNameCopies(delivery) && !(await syndicate(delivery, ports))) return undefined;
  if (delivery.state === "posted" && delivery.sandbox) await checkOnce(delivery, ports);
  return delivery.state === "failed" ? followRemoval(delivery, now, ports) : advanceForAccount(delivery, now, ports);
};

const mustWait = ({ wait }: Delivery, now: Instant): boolean => wait !== undefined && wait > now;

/**
 * A failed delivery follows no change of its post but its removal, after which nobody has to decide about it, unless the
 * network has a post that may be its copy.
 */
const followRemoval = async (delivery: Delivery<"failed">, now: Instant, ports: DeliverPorts): Promise<Delivery> => {
  const { posts, policies, command } = ports;
  const post = await posts.read(delivery.site, delivery.post);
  if (post?.gone === undefined || delivery.duplicate?.kind === "equal") return { ...delivery, due: undefined };
  const { timeZone } = ports.site(delivery.site);
  const missing = whileMissing({ post, policies, now, timeZone, command });
  return missing === undefined ? cancel(delivery, postDeleted) : { ...delivery, due: missing.until };
};

/** A delivery that no worker has claimed, and that may still change by itself. */
type Advancing = Delivery<
  "pending" | "held" | "unsettled" | "posted" | "editing" | "deleting" | "deleted" | "unknown" | "cancelled"
>;

const advanceForAccount = async (delivery: Advancing, now: Instant, ports: DeliverPorts): StepResult => {
  const account = ports.accounts.find(({ name }) => name === delivery.account);
  if (account === undefined)
    return afterAccountRemoved(delivery, `the account ${delivery.account} was removed from the configuration`, ports);
  if (account.network !== delivery.network)
    return afterAccountRemoved(delivery, `the account ${account.name} is on ${account.network} now`, ports);
  if (account.site !== delivery.site && (delivery.state === "pending" || delivery.state === "held"))
    return cancelForGood(delivery, `the account ${account.name} announces the site ${account.site} now`);
  return delivery.state === "unknown"
    ? advanceUnknown(delivery, account, ports)
    : followPost(delivery, account, now, ports);
};

const advanceUnknown = async (delivery: Delivery<"unknown">, account: Account, ports: DeliverPorts): StepResult => {
  const target = await connect(delivery, account, ports);
  return typeof target === "string" ? { ...delivery, due: undefined } : recheck(delivery, target, ports);
};

/** Chooses the step that brings a delivery to the state that its post asks for. */
const followPost = async (
  delivery: Exclude<Advancing, Delivery<"unknown">>,
  account: Account,
  now: Instant,
  ports: DeliverPorts,
): StepResult => {
  const network = ports.networks.get(account.network);
  const desired = await readDesiredState(delivery, { account, network }, now, ports);
  if (delivery.state === "held" && desired.kind === "copy" && (await hasNewPage(delivery, desired.post, ports)))
    return reopen(delivery, now, "its post has another address");
  if (delivery.state === "held" || delivery.state === "cancelled" || delivery.state === "deleted")
    return reevaluate(delivery, desired, now);
  // No login and no network is needed for that.
  if (delivery.state === "pending" && desired.kind === "none") return cancel(delivery, desired.reason);
  if (mustWait(delivery, now)) return { ...delivery, due: delivery.wait };
  if (delivery.state === "pending" && desired.kind === "wait" && !delivery.sandbox) {
    const outdated = await whyOutdated(delivery, account, ports);
    if (outdated !== undefined) return hold(delivery, outdated.hold, outdated.reason);
  }
  const target = await connect(delivery, account, ports);
  if (typeof target === "string") return defer(delivery, { until: now + checkLoginAfter, reason: target });
  if (delivery.state === "pending") return firstSend(delivery, target, desired, ports);
  if (delivery.state === "unsettled") return settle(delivery, target, desired, ports);
  return reconcileCopy(delivery, target, desired, ports);
};

/**
 * Why a text that a person approved or edited before its date needs another decision: its document changed since. It is
 * said at once, and not when it is due, when nobody may be there.
 */
const whyOutdated = async (
  delivery: Delivery<"pending">,
  account: Account,
  ports: DeliverPorts,
): Promise<Hold | undefined> => {
  if (delivery.passed.approval === undefined && delivery.text === undefined) return undefined;
  const post = await ports.posts.read(delivery.site, delivery.post);
  if (post === undefined || post.gone !== undefined || post.hold !== undefined) return undefined;
  const shown = (await readShown(delivery, post, ports))?.hash;
  if (shown === undefined) return undefined;
  const overtaken = forText({ delivery, wording: hashWording(post, account, delivery, ports.hash) });
  if (overtaken !== undefined || delivery.passed.approval === undefined) return overtaken;
  return forApproval({ delivery, account, shown });
};

/** How long an unanswered request may still take effect. */
const settleTime = ({ sandbox, network }: Delivery, { networks }: DeliverPorts): number =>
  sandbox ? second : networks.get(network).settle;

/** Connects the account. Returns the problem where that is not possible. */
const connect = async (delivery: Delivery, account: Account, ports: DeliverPorts): Promise<DeliveryTarget | string> => {
  const connected = await ports.networks.connect(account, delivery.sandbox);
  if ("problem" in connected) return connected.problem;
  const network = ports.networks.get(account.network);
  const command = ports.installation.setSecret(account.name, network.connectsByClick);
  const connection = withPauseTerms(connected.connection, command);
  const { remembersFor } = network;
  const offers = (delivery.sent && network.offersTo?.(delivery.sent.request)) ?? network.offers;
  const traits = { offers, remembersFor, settle: settleTime(delivery, ports), canFind: connection.find !== undefined };
  return { account, network, connection, fingerprint: connected.fingerprint, traits };
};

/** Completes the refusals of a login: how to end them, and whether it was the check of the login that was refused. */
const withPauseTerms = ({ edit, remove, ...connection }: Connection, command: string): Connection => {
  const complete = <Result extends { readonly kind: string }>(result: Result, isCheck = false): Result =>
    result.kind === "unauthorised" ? { ...result, command, isCheck } : result;
  return {
    ...connection,
    whoAmI: async (...check) => complete(await connection.whoAmI(...check), true),
    send: async (...request) => complete(await connection.send(...request)),
    ...(edit && { edit: async (...request) => complete(await edit(...request)) }),
    ...(remove && { remove: async (...request) => complete(await remove(...request)) }),
  };
};

/**
 * Ends a delivery whose account was removed from the configuration. A delivery that may be public does not become
 * cancelled.
 */
const afterAccountRemoved = async (
  delivery: Advancing,
  reason: string,
  { posts, clock }: Pick<DeliverPorts, "posts" | "clock">,
): Promise<Delivery> => {
  switch (delivery.state) {
    case "pending":
    case "held":
      return cancelForGood(delivery, `${reason}: it is not sent, even if the account comes back`);
    case "unsettled":
      return delivery.open === 0 && !hasCopy(delivery)
        ? cancelForGood(delivery, `${reason}: it is not sent, even if the account comes back`)
        : giveUp(delivery, delivery.open === 0 ? "cancelled" : "unknown", reason, clock());
    case "editing":
    case "deleting":
      return leaveCopy(delivery, reason);
    case "posted": {
      const post = await posts.read(delivery.site, delivery.post);
      const isGone = post === undefined || post.gone !== undefined;
      if (isGone) return leaveCopy(delivery, `the post was deleted, but its copy stays: ${reason}`);
      return leaveCopy(
        delivery,
        delivery.withdrawn
          ? `it was withdrawn by hand, but its copy stays: ${reason}`
          : `its copy is not edited any more, whatever changes in the post: ${reason}`,
      );
    }
    case "deleted":
      return { ...delivery, reason, due: undefined };
    // The reason for which it was left out may not be true any more. A delivery that is never sent keeps its reason.
    case "cancelled":
      return { ...delivery, ...(delivery.reopens && { reason }), due: undefined };
    default:
      return { ...delivery, due: undefined };
  }
};

/**
 * A hold ends when a person releases it. A delivery whose post is not public is cancelled. When the post returns, one that
 * a person held is held again, one that was deleted with it is held, and any other is sent.
 */
const reevaluate = (
  delivery: Delivery<"held" | "cancelled" | "deleted">,
  desired: DesiredState,
  now: Instant,
): Delivery => {
  if (desired.kind === "wait")
    return delivery.state === "cancelled" && delivery.heldAs !== undefined
      ? uncancel(delivery, now)
      : { ...delivery, due: desired.until };
  if (delivery.state === "held") {
    if (desired.kind === "none") return cancel(delivery, desired.reason);
    const isApproved =
      delivery.hold === "approval" && desired.kind === "copy" && delivery.passed.approval === desired.shown;
    if (isApproved) return reopen(delivery, now, "it is the approved text again");
    // An approval of the edited text alone would not decide which of the two goes out.
    const overtaken =
      delivery.hold === "approval" && desired.kind === "copy" ? forText({ delivery, ...desired }) : undefined;
    if (overtaken !== undefined) return hold(delivery, overtaken.hold, overtaken.reason);
    const isAsEdited = delivery.hold === "text" && desired.kind === "copy" && !isOvertaken(delivery, desired.wording);
    return isAsEdited ? reopen(delivery, now, "its document says the same again") : { ...delivery, due: undefined };
  }
  if (desired.kind === "none" && delivery.reopens && !(delivery.state === "deleted" && desired.isGone))
    return { ...delivery, reason: desired.reason, due: undefined };
  if (desired.kind !== "copy" || !delivery.reopens) return { ...delivery, due: undefined };
  if (delivery.state === "deleted") return holdReturned(delivery, now);
  if (desired.isOld && delivery.heldAs === undefined)
    return {
      ...delivery,
      reason: "the post is back, but it is old: publish it with --again to announce it",
      due: undefined,
    };
  return uncancel(delivery, now);
};

/**
 * Brings the copy to the current content of the post. Edits and deletions are repeated by id until the network answers:
 * a copy that may be deleted is deleted, and then sent anew where its post is back.
 */
const reconcileCopy: Step<Copy> = async (copy, target, desired, ports) => {
  const isBeingDeleted = copy.state === "deleting" || copy.openChange === "deletion";
  // An edit that waits for an approval is asked for again when its post is back.
  const unasked = copy.state === "posted" ? { ...copy, hold: undefined } : copy;
  if (desired.kind === "none" || isBeingDeleted) return change(unasked, undefined, target, ports);
  if (desired.kind === "wait") return defer(unasked, desired);
  if (desired.kind === "keep") return leaveCopy(copy, desired.reason);
  const isAsSent = copy.state === "posted" && copy.openChange === undefined;
  if (isAsSent && saysTheSame(copy.sent, copyContent(desired))) return leaveCopy(copy);
  return desired.problem === undefined ? editCopy(copy, target, desired, ports) : leaveCopy(copy, desired.problem);
};

/** Edits the copy, with a person's approval where the account asks for one, and once the pictures are ready. */
const editCopy = async (
  copy: Copy,
  target: DeliveryTarget,
  desired: Extract<DesiredState, { readonly kind: "copy" }>,
  ports: DeliverPorts,
): StepResult => {
  const content = copyContent(desired);
  if (target.connection.edit === undefined) return change(copy, content, target, ports);
  const unapproved = forApproval({ ...target, delivery: copy, shown: desired.shown });
  if (unapproved !== undefined && !copy.sandbox) return holdEdit(copy, `its edit ${unapproved.reason}`);
  const pictures = await checkPictures(desired.post, target, ports);
  if (pictures.kind === "wait" && !copy.sandbox) return defer(copy, pictures);
  // Read again with the pictures, which may be others, or ready by now.
  const fresh = await readDesiredState(copy, target, ports.clock(), ports);
  const isSame = fresh.kind === "copy" && fresh.shown === desired.shown;
  return change(copy, isSame ? copyContent(fresh) : content, target, ports);
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
  { connection, network, account }: DeliveryTarget,
  ports: DeliverPorts,
): Promise<Outcome> => {
  const { remotes } = copy;
  await countRequest(copy, account, ports);
  const signal = ports.deadline(deadlineFor(copy));
  const index = copy.state === "editing" ? nextToEdit(remotes, copy.edited) : nextToDelete(remotes);
  const remote = remotes[index];
  const answer =
    remote &&
    (copy.state === "editing"
      ? connection.edit?.(remote, copy.edit.request, signal, { index, sent: copy.sent.request })
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
 * Adds the URLs of the public copies to their post, removes the URLs of copies that are gone or were moved, and has the
 * post published again: feeds name them. The delivery stays due until this is done. False where the post has changed in the
 * meantime.
 */
export const syndicate = async (delivery: Copy | Delivery<"deleted">, ports: SyndicatePorts): Promise<boolean> => {
  const { site, post: id, remotes, sandbox } = delivery;
  const { there, left } = urlsOf(remotes);
  // The URL of a copy in the sandbox leads nowhere.
  if (there.length + left.length === 0 || sandbox) return true;
  const post = await ports.posts.read(site, id);
  if (post === undefined) return true;
  const isRemoved = left.some((url) => post.syndication.includes(url));
  const others = isRemoved ? await urlsOfOthers(delivery, ports) : new Set();
  const kept = post.syndication.filter((url) => !left.includes(url) || others.has(url));
  const syndication = [...kept, ...there.filter((url) => !kept.includes(url))];
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

/** The URLs at which the public remotes are, and those at which they are no more. */
const urlsOf = (
  remotes: readonly KeptRemote[],
): { readonly there: readonly string[]; readonly left: readonly string[] } => {
  const named = remotes.filter((remote) => remote.public);
  const there = named.flatMap(({ url, gone }) => (gone ? [] : (url ?? [])));
  const left = named.flatMap(({ url, gone, former }) => [gone ? (url ?? []) : [], former ?? []].flat());
  return { there: [...new Set(there)], left: left.filter((url) => !there.includes(url)) };
};
