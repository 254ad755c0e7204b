import type { Delivery } from "../../domain/delivery.ts";
import {
  afterSend,
  cancel,
  chooseSettlement,
  claimUnsettled,
  defer,
  fail,
  markPosted,
  markUnknown,
  startResend,
} from "../../domain/delivery-transitions.ts";
import { minute } from "../../domain/time.ts";
import type { Found } from "../../ports/networks.ts";
import { type DeliverPorts, deadlineFor, leaseFor, record, save, send, type Target } from "./deliver-step.ts";
import type { Wish } from "./desired-state.ts";

/** An earlier send got no answer, and has certainly ended. The delivery stays unsettled until its outcome is known. */
export const settle = async (
  delivery: Delivery<"unsettled">,
  target: Target,
  wish: Wish,
  ports: DeliverPorts,
): Promise<void> => {
  const { connection, offer } = target;
  if (wish.kind === "wait" && !offer.look) return record(defer(delivery, wish.until, wish.reason), ports);
  const isWanted = wish.kind === "out";
  const way = chooseSettlement(delivery, offer, isWanted, ports.clock());
  if (way === "unknown") return record(markUnknown(delivery, whyUnknown(delivery, wish)), ports);
  const mine = await save(claimUnsettled(delivery, ports.clock() + leaseFor(delivery)), ports);
  if (mine === undefined) return;
  const resend = async (): Promise<void> => {
    const ready = await save(startResend(mine, ports.clock()), ports);
    if (ready !== undefined) await send(ready, target, ports);
  };
  if (way === "resend") return resend();

  const { url, firstSentAt } = mine.sent;
  const found = await connection.look?.(url, firstSentAt - 5 * minute, ports.deadline(deadlineFor(mine)));
  const now = ports.clock();
  if (found === undefined) {
    // Inside its window the key protects even where nothing can be read.
    if (chooseSettlement(mine, { ...offer, look: false }, isWanted, now) === "resend") return resend();
    const reason = "the network did not answer the search for the copy";
    return record(afterSend(mine, { kind: "unavailable", reason }, now, offer), ports);
  }
  const ours = await firstOf(found, mine, ports);
  if (ours !== undefined) return record(markPosted(mine, ours.remote, now), ports);
  if (mine.refused !== undefined) return record(fail(mine, mine.refused), ports);
  if (wish.kind === "wait") return record(defer(mine, wish.until, wish.reason), ports);
  return isWanted ? resend() : record(cancel(mine, `cancelled before it reached the network: ${wish.reason}`), ports);
};

/** A second publication by will is not the first: copies of other deliveries do not count (interleaving 42). */
const firstOf = async (found: readonly Found[], mine: Delivery, { deliveries }: DeliverPorts) => {
  const all = await deliveries.ofPost(mine.site, mine.post);
  const others = all.filter(({ account, generation }) => account === mine.account && generation !== mine.generation);
  return found.find(({ remote }) => !others.some((other) => other.remote?.id === remote.id));
};

const whyUnknown = ({ refused }: Delivery, wish: Wish): string => {
  if (refused !== undefined) return `the first send got no answer, a later one was rejected: ${refused}`;
  if (wish.kind !== "out")
    return `the network never answered whether it was posted: check the network, then use npx crier resolve (${wish.reason})`;
  return "the network never answered and cannot be searched: check the network, then use npx crier resolve";
};
