import type { Delivery } from "../../domain/delivery.ts";
import {
  adopt,
  afterNoLogin,
  cancel,
  claim,
  defer,
  fail,
  hold,
  reopen,
  storeRequest,
} from "../../domain/delivery-transitions.ts";
import { minute } from "../../domain/time.ts";
import { readIdentity } from "./account-identity.ts";
import { recountPost, releaseAccount } from "./account-state.ts";
import { askBeforeSend, askPost } from "./ask-before-send.ts";
import { type DeliverPorts, recordAnswer, type Step, save } from "./deliver-step.ts";
import { contentOf, readDesiredState } from "./desired-state.ts";
import { findEarlierCopy } from "./earlier-copy.ts";
import { leaseFor } from "./lease.ts";
import { rememberLongest } from "./longest-text.ts";
import { sendRequest } from "./send-request.ts";

/**
 * This table knows nothing of this delivery that is public: the rules are asked, the network is asked whether the copy is
 * there nevertheless, the request is composed and stored, then sent.
 */
export const firstSend: Step<Delivery<"pending">> = async (delivery, target, desired, ports) => {
  if (desired.kind === "wait") return defer(delivery, desired);
  if (desired.kind !== "copy") return cancel(delivery, desired.reason);
  if (desired.problem !== undefined) return fail(delivery, desired.problem);
  if (target.traits.offers === "refuse" && (await isOtherBeingDeleted(delivery, ports)))
    return defer(delivery, { until: ports.clock() + minute, reason: "an earlier copy of the post is being deleted" });
  const answer = await askBeforeSend(delivery, target, desired, ports);
  if (answer.kind === "hold") return hold(delivery, answer.hold, answer.reason);
  if (answer.kind === "wait") return defer(delivery, answer);

  const { note } = answer;
  const claimed = await save(claim({ ...delivery, note }, ports.clock() + leaseFor(delivery)), ports);
  if (claimed === undefined) return undefined;
  const login = await readIdentity(target, ports);
  if (login.kind !== "identity") return recordAnswer(afterNoLogin(claimed, login, ports.clock()), login, ports);
  await rememberLongest({ account: target.account, sandbox: claimed.sandbox }, login, ports);
  // Read again under the claim: what was decided before it may be old (interleaving 18).
  const now = ports.clock();
  const fresh = await readDesiredState(claimed, target, now, ports);
  const isFresh = fresh.kind === "copy" && fresh.problem === undefined;
  const isSettled = isFresh && (claimed.sandbox || askPost(claimed, target, fresh, now, ports) === undefined);
  if (!isSettled || fresh.post.url !== desired.post.url) {
    await releaseAccount(claimed, ports);
    return reopen(claimed, now, "the post has changed");
  }
  const earlier = await findEarlierCopy(claimed, fresh, login.id, target, ports);
  if (earlier.kind === "unavailable")
    return recordAnswer(afterNoLogin(claimed, earlier, ports.clock()), earlier, ports);
  if (earlier.kind === "found") {
    const { sent, found } = earlier;
    await recountPost(claimed, sent.firstSentAt, ports);
    return recordAnswer(adopt(claimed, sent, found, ports.clock()), { kind: "posted", remote: found.remote }, ports);
  }
  if (earlier.kind === "similar") {
    const { remote, madeAt } = earlier.similar;
    await recountPost(claimed, madeAt, ports);
    await releaseAccount(claimed, ports);
    const reason = `a post with the same link and another text is on ${target.network.name} already: ${remote.url ?? remote.id}`;
    return hold(reopen(claimed, now), "copy", reason);
  }
  const stored = await save(storeRequest(claimed, { ...contentOf(fresh), identity: login.id }, now), ports);
  return stored && sendRequest(stored, target, ports);
};

/** A network that takes a text or an address once would refuse the new copy, or give it the old one, which is then deleted. */
const isOtherBeingDeleted = async (
  { site, post, account, generation }: Delivery,
  { deliveries }: DeliverPorts,
): Promise<boolean> =>
  (await deliveries.ofPost(site, post)).some(
    (other) => other.account === account && other.generation !== generation && other.state === "deleting",
  );
