import { randomUUID } from "node:crypto";
import type { DeliverPorts } from "../../src/app/deliver/deliver-step.ts";
import type { Delivery } from "../../src/domain/delivery.ts";
import { claim, markPosted, type Stored, storeRequest } from "../../src/domain/delivery-transitions.ts";
import { snippetFor } from "../../src/domain/snippet.ts";
import { minute } from "../../src/domain/time.ts";
import type { DeliveryRef } from "../../src/ports/store.ts";

const stored = async (delivery: Delivery<"pending">, now: number, ports: DeliverPorts): Promise<Stored> => {
  const post = await ports.posts.read(delivery.site, delivery.post);
  const [account] = ports.accounts;
  if (post === undefined || account === undefined) throw new Error(`the post of ${delivery.account} is missing`);
  const { request } = ports.networks.get(account.network).compose(snippetFor(post, account, now), account);
  return storeRequest(claim(delivery, now), { request, url: post.url, document: post.hash, identity: undefined }, now);
};

const send = async ({ account: name, network, sent, progress }: Stored, ports: DeliverPorts) => {
  const account = ports.accounts.find((one) => one.name === name);
  const connected = account && (await ports.networks.connect(account, false));
  if (connected === undefined || "problem" in connected) throw new Error(`${name} is not connected`);
  // Each try has a key of its own: nothing was stored before it.
  const key = ports.networks.get(network).key(randomUUID().replaceAll("-", ""), 1);
  return connected.connection.send(sent.request, key, ports.deadline(minute), progress?.from);
};

/** Does the same as a short script: it posts, and then records that it has. */
export const sendThenRecord = async (ref: DeliveryRef, ports: DeliverPorts): Promise<void> => {
  const now = ports.clock();
  const delivery = await ports.deliveries.read(ref);
  if (delivery?.state !== "pending") return;
  const request = await stored(delivery, now, ports);
  const outcome = await send(request, ports);
  await ports.deliveries.save(
    outcome.kind === "posted"
      ? { ...markPosted(request, outcome.remote, now), due: undefined }
      : { ...delivery, due: now + minute },
  );
};

/** The same with the reply to a post that is there: nothing is stored before it is sent. */
export const replyThenRecord = async (ref: DeliveryRef, ports: DeliverPorts): Promise<void> => {
  const now = ports.clock();
  const delivery = await ports.deliveries.read(ref);
  if (delivery?.state !== "unsettled") return;
  const claimed = { ...delivery, leaseUntil: now };
  const outcome = await send(claimed, ports);
  await ports.deliveries.save(
    outcome.kind === "posted"
      ? { ...markPosted(claimed, outcome.remote, now), due: undefined }
      : { ...delivery, due: now + minute },
  );
};

/** An edit that is noted, and then sent. */
export const recordThenChange = async (ref: DeliveryRef, ports: DeliverPorts): Promise<void> => {
  const delivery = await ports.deliveries.read(ref);
  const post = await ports.posts.read(ref.site, ref.post);
  const [account] = ports.accounts;
  if (delivery?.state !== "posted" || delivery.due === undefined || post === undefined || account === undefined) return;
  const network = ports.networks.get(account.network);
  const { request } = network.compose(snippetFor(post, account, delivery.sent.firstSentAt), account);
  const connected = await ports.networks.connect(account, false);
  if ("problem" in connected) throw new Error(connected.problem);
  const edited = { ...delivery, sent: { ...delivery.sent, request }, due: undefined };
  const [remote] = delivery.remotes;
  if (remote !== undefined && (await ports.deliveries.save(edited)))
    await connected.connection.edit?.(remote, request, ports.deadline(minute));
};

/** The other way round: it notes that it has posted, and then posts. */
export const recordThenSend = async (ref: DeliveryRef, ports: DeliverPorts): Promise<void> => {
  const now = ports.clock();
  const delivery = await ports.deliveries.read(ref);
  if (delivery?.state !== "pending") return;
  const request = await stored(delivery, now, ports);
  const remote = { id: null, url: null, public: false };
  if (await ports.deliveries.save({ ...markPosted(request, remote, now), due: undefined })) await send(request, ports);
};
