import type { Claimed, Delivery, Outcome } from "../../domain/delivery.ts";
import {
  adopt,
  afterNoLogin,
  afterSend,
  cancel,
  claim,
  defer,
  fail,
  giveUp,
  hold,
  type NetworkTraits,
  refuseEqual,
  reopen,
  type Stored,
  storeRequest,
} from "../../domain/delivery-transitions.ts";
import { isOvertaken, keepText, textKept } from "../../domain/edited-text.ts";
import type { PageAnswer } from "../../domain/page-check.ts";
import { postGate } from "../../domain/request-gates.ts";
import { checkLoginAfter } from "../../domain/retry.ts";
import { firstAnswer, forText, type Hold, type SendFacts, sendRules, type Wait } from "../../domain/send-rules.ts";
import { day, hour, type Instant, minute, second } from "../../domain/time.ts";
import type { Identity } from "../../ports/networks.ts";
import { recountPost, releaseAccount, rememberLongest, reportElsewhere } from "./account-state.ts";
import { admit, admitInSandbox, countRequest, deadlineFor, leaseFor } from "./admission.ts";
import {
  type DeliverPorts,
  type DeliveryTarget,
  recordAnswer,
  type Step,
  type StepResult,
  save,
} from "./deliver-step.ts";
import { copyContent, type DesiredState, readDesiredState } from "./desired-state.ts";
import {
  type EarlierCopy,
  equalMoment,
  equalRequests,
  findEarlierCopy,
  isJustSent,
  readIdentity,
  withoutOtherCopies,
} from "./find-copies.ts";
import { checkPage, checkPictures, checkPicturesInSandbox } from "./page-and-picture.ts";
import { findSharedLogin, rememberLogin, type SharedLogin } from "./shared-logins.ts";

/**
 * Sends a delivery of which this table knows no copy: the rules are evaluated, the network is searched for a copy
 * nevertheless, the request is composed and stored, then sent.
 */
export const firstSend: Step<Delivery<"pending">> = async (found, target, desired, ports) => {
  if (desired.kind === "wait") return defer(found, desired);
  if (desired.kind !== "copy") return cancel(found, desired.reason);
  // The date may have changed since it was planned.
  const delivery = { ...found, published: desired.post.published };
  if (desired.problem !== undefined) return fail(delivery, desired.problem);
  if (target.traits.offers === "refuse" && (await isOtherBeingDeleted(delivery, ports)))
    return defer(delivery, { until: ports.clock() + minute, reason: "an earlier copy of the post is being deleted" });
  if (isOvertaken(delivery, desired.wording) && delivery.text?.ifOvertaken === "mine")
    return defer(keepText(delivery, desired.wording), { until: ports.clock(), reason: textKept });
  const answer = await evaluateBeforeSend(delivery, target, desired, ports);
  if (answer.kind === "hold") return hold(delivery, answer.hold, answer.reason);
  if (answer.kind === "wait") return defer(delivery, answer);

  const { note } = answer;
  const claimed = await save(claim({ ...delivery, note }, ports.clock() + leaseFor(delivery)), ports);
  return claimed && sendClaimed(claimed, target, desired, ports);
};

/** Checks the login and the post again under the claim, and searches for an earlier copy before it sends. */
const sendClaimed = async (
  claimed: Claimed<"sending">,
  target: DeliveryTarget,
  desired: Wanted,
  ports: DeliverPorts,
): StepResult => {
  const login = await readIdentity(target, ports);
  if (login.kind !== "identity") return recordAnswer(afterNoLogin(claimed, login, ports.clock()), login, ports);
  const shared = await checkSharedLogin(claimed, target, login, ports);
  const now = ports.clock();
  if (shared !== undefined) {
    const until = now + (shared.kind === "shared" ? checkLoginAfter : minute);
    return deferClaimed(claimed, { until, reason: shared.reason }, now, ports);
  }
  const fresh = await readUnderClaim(claimed, target, now, ports);
  if (fresh === undefined || fresh.post.url !== desired.post.url) {
    await releaseAccount(claimed, ports);
    return reopen(claimed, now, "the post has changed");
  }
  const content = { ...copyContent(fresh), identity: login.id };
  if (await isJustSent(claimed, content, now, ports)) {
    const reason = "another account with this login has just sent the same";
    return deferClaimed(claimed, { until: now + equalMoment, reason }, now, ports);
  }
  const earlier = await findEarlierCopy(claimed, fresh, login.id, target, ports);
  if (earlier.kind !== "none") return afterEarlierCopy(claimed, earlier, target, now, ports);
  const stored = await save(storeRequest(claimed, content, now), ports);
  return stored && sendRequest(stored, target, ports);
};

const deferClaimed = async (
  claimed: Claimed<"sending">,
  wait: Parameters<typeof defer>[1],
  now: Instant,
  ports: DeliverPorts,
): Promise<Delivery> => {
  const next = defer(reopen(claimed, now), wait);
  await releaseAccount(claimed, ports, next);
  return next;
};

/** The sandbox has no logins: only the limit of its servers is stored. */
const checkSharedLogin = async (
  { sandbox, planned, published }: Delivery,
  { account, fingerprint }: DeliveryTarget,
  login: Identity,
  ports: DeliverPorts,
): Promise<SharedLogin | undefined> => {
  if (sandbox) return rememberLongest(account, login, ports);
  const accepted = { ...login, fingerprint };
  const shared = await findSharedLogin(account, accepted, ports.accounts, ports);
  const problem = shared?.kind === "shared" ? shared.reason : undefined;
  await rememberLogin(account, accepted, { problem, storedFor: hour }, ports);
  // After a day it waits no longer: an account whose login cannot be asked for sends nothing either.
  return shared?.kind === "mayShare" && ports.clock() >= Math.max(planned, published) + day ? undefined : shared;
};

/**
 * Reads the desired state again, because the post may have changed since the decision before the claim. Undefined where it
 * must not be sent any more.
 */
const readUnderClaim = async (
  claimed: Claimed<"sending">,
  target: DeliveryTarget,
  now: Instant,
  ports: DeliverPorts,
): Promise<Wanted | undefined> => {
  const fresh = await readDesiredState(claimed, target, now, ports);
  if (fresh.kind !== "copy" || fresh.problem !== undefined || isOvertaken(claimed, fresh.wording)) return undefined;
  return claimed.sandbox || evaluatePost(claimed, target, fresh, now, ports) === undefined ? fresh : undefined;
};

const afterEarlierCopy = async (
  claimed: Claimed<"sending">,
  earlier: Exclude<EarlierCopy, { kind: "none" }>,
  { network }: DeliveryTarget,
  now: Instant,
  ports: DeliverPorts,
): StepResult => {
  switch (earlier.kind) {
    case "unavailable":
      return recordAnswer(afterNoLogin(claimed, earlier, ports.clock()), earlier, ports);
    case "found": {
      const { sent, found } = earlier;
      await recountPost(claimed, sent.firstSentAt, ports);
      await reportElsewhere(claimed, found, ports);
      return recordAnswer(adopt(claimed, sent, found, ports.clock()), { kind: "posted", remote: found.remote }, ports);
    }
    case "similar": {
      const { remote, madeAt, isSame } = earlier.similar;
      await recountPost(claimed, madeAt, ports);
      await releaseAccount(claimed, ports);
      const likeness = isSame ? "the same text" : "the same link and another text";
      const reason = `a post with ${likeness} is on ${network.name} already: ${remote.url ?? remote.id}`;
      return hold(reopen(claimed, now), "copy", reason);
    }
  }
};

/** A network that takes a text or an address once would refuse the new copy, or give it the old one, which is then deleted. */
const isOtherBeingDeleted = async (
  { site, post, account, generation }: Delivery,
  { deliveries }: DeliverPorts,
): Promise<boolean> =>
  (await deliveries.ofPost(site, post)).some(
    (other) => other.account === account && other.generation !== generation && other.state === "deleting",
  );

type Wanted = Extract<DesiredState, { kind: "copy" }>;

interface Goes {
  readonly kind: "go";
  /** A note for the owner about a post that is sent. */
  readonly note: string | undefined;
}

const sendFacts = (
  delivery: Delivery,
  { account }: DeliveryTarget,
  { post, shown, wording }: Wanted,
  now: Instant,
  { policies, site, command }: DeliverPorts,
): SendFacts => ({
  delivery,
  post,
  shown,
  wording,
  account,
  policies,
  timeZone: site(delivery.site).timeZone,
  now,
  command,
});

/** Evaluates the rules of the post itself: why it is not sent now. Evaluated again under the claim. */
const evaluatePost = (
  delivery: Delivery,
  target: DeliveryTarget,
  desired: Wanted,
  now: Instant,
  ports: DeliverPorts,
): Wait | Hold | undefined => firstAnswer(sendRules.post, sendFacts(delivery, target, desired, now, ports));

const joinNotes = (notes: readonly string[]): string | undefined => (notes.length === 0 ? undefined : notes.join("; "));

const pageWarnings = (answer: PageAnswer | undefined): readonly string[] =>
  answer?.kind === "live" ? answer.warnings : [];

const asked = ({ cost, post }: Wanted) => ({ cost, isNote: post.isNote === true });

/** Evaluates every rule before a first send. With `go` the account is claimed and the post is counted. */
const evaluateBeforeSend = async (
  delivery: Delivery<"pending">,
  target: DeliveryTarget,
  desired: Wanted,
  ports: DeliverPorts,
): Promise<Wait | Hold | Goes> => {
  if (delivery.sandbox) return evaluateInSandbox(delivery, target, desired, ports);
  const byPost = evaluatePost(delivery, target, desired, ports.clock(), ports);
  if (byPost !== undefined) return byPost;
  const isPageChecked = ports.policies.live === "wait" && !delivery.passed.live;
  const page = isPageChecked ? await checkPage(desired.post, ports) : undefined;
  const facts = sendFacts(delivery, target, desired, ports.clock(), ports);
  const byPage = firstAnswer(sendRules.page, { ...facts, page });
  if (byPage !== undefined) return byPage;
  // The pictures are the last check that may wait: they are public when the page is.
  const pictures = await checkPictures(desired.post, target, ports);
  if (pictures.kind === "wait") return pictures;
  const admission = await admit(delivery, postGate, target.account, ports, asked(desired));
  if (admission.kind !== "go") return admission;
  return { kind: "go", note: joinNotes([...pageWarnings(page?.answer), ...pictures.notes]) };
};

/** The sandbox sends at once whatever the breaker admits. A post that no real account would announce is not counted. */
const evaluateInSandbox = async (
  delivery: Delivery<"pending">,
  target: DeliveryTarget,
  desired: Wanted,
  ports: DeliverPorts,
): Promise<Wait | Hold | Goes> => {
  const overtaken = forText({ delivery, wording: desired.wording });
  if (overtaken !== undefined) return overtaken;
  const { notes: missing } = await checkPicturesInSandbox(desired.post, target, ports);
  if (desired.post.audience?.baseline !== undefined) return { kind: "go", note: joinNotes(missing) };
  const admission = await admitInSandbox(delivery, asked(desired), target.account, ports);
  if (admission.kind !== "go") return admission;
  const facts = sendFacts(delivery, target, desired, ports.clock(), ports);
  const byPost = sendRules.post.flatMap((rule) => rule(facts)?.inSandbox ?? []);
  return { kind: "go", note: joinNotes([...byPost, ...admission.notes, ...missing]) };
};

/** Sends the stored request with the stored key, from where its last step ended, while the lease lasts. */
export const sendRequest = async (delivery: Stored, target: DeliveryTarget, ports: DeliverPorts): StepResult => {
  const { network, connection, traits } = target;
  const { sent, leaseUntil, seed, copy } = delivery;
  await countRequest(delivery, target.account, ports);
  const left = leaseUntil - second - ports.clock();
  if (left <= 0) {
    const reason = "the worker was too slow to send within its lease";
    await releaseAccount(delivery, ports);
    return afterSend(delivery, { kind: "unavailable", reason }, ports.clock(), traits);
  }
  const signal = ports.deadline(Math.min(deadlineFor(delivery), left));
  const outcome = await connection.send(sent.request, network.key(seed, copy), signal, delivery.progress?.from);
  const next = await deliveryAfterSend(delivery, outcome, traits, ports);
  return recordAnswer(next, outcome, ports);
};

const deliveryAfterSend = async (
  delivery: Stored,
  outcome: Outcome,
  traits: NetworkTraits,
  ports: DeliverPorts,
): Promise<Delivery> => {
  const now = ports.clock();
  if (outcome.kind !== "duplicate") return afterSend(delivery, outcome, now, traits);
  const { remote, reason } = outcome;
  // The network names the copy of another delivery: it refused the earlier sends of this one for the same reason.
  if (remote.id !== null && (await withoutOtherCopies([{ remote }], delivery, ports)).length === 0)
    return refuseEqual(delivery, outcome, "copy", now);
  if (!isResend(delivery) && remote.id === null && (await equalRequests(delivery, traits, ports)).some(isThere))
    return refuseEqual(delivery, outcome, "copy", now);
  if (!(await hasEqualCopy(delivery, traits, ports))) return afterSend(delivery, outcome, now, traits);
  const whyUnknown = `an earlier copy has the same text, so it is not known which of them is meant: ${reason}`;
  return giveUp(delivery, "unknown", whyUnknown, now);
};

/** True if an earlier send got no answer. */
const isResend = ({ state, open = 0 }: Stored): boolean => state === "unsettled" && open > 1;

const isThere = ({ remotes = [] }: Delivery): boolean => remotes.some(({ gone }) => !gone);

/**
 * True after an unanswered send, where the network may refuse this one because of a copy that an earlier publication
 * made.
 */
const hasEqualCopy = async (delivery: Stored, traits: NetworkTraits, ports: DeliverPorts): Promise<boolean> =>
  isResend(delivery) && (await equalRequests(delivery, traits, ports)).length > 0;
