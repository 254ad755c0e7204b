import type { Delivery } from "../../domain/delivery.ts";
import { cancelled, claimed, failed, held, loaded, waiting } from "../../domain/delivery-transitions.ts";
import { admit } from "./admission.ts";
import { type DeliverPorts, leaseFor, record, save, send, type Target, wishOf } from "./deliver-step.ts";
import type { Wish } from "./desired-state.ts";
import { tooLong } from "./too-long.ts";

/** Nothing of this delivery is public: the limits are checked, the request is composed and stored, then sent. */
export const firstSend = async (delivery: Delivery, target: Target, wish: Wish, ports: DeliverPorts): Promise<void> => {
  if (wish.kind === "none") return record(cancelled(delivery, wish.reason), ports);
  if (wish.kind === "wait") return record(waiting(delivery, wish.until, wish.reason), ports);
  const problem = wish.kind === "out" ? tooLong(wish.composed) : undefined;
  if (problem !== undefined) return record(failed(delivery, problem), ports);
  const admission = await admit(delivery, target.account, ports);
  if (admission.kind === "held") return record(held(delivery, admission.reason), ports);
  if (admission.kind === "later") return record(waiting(delivery, admission.until, admission.reason), ports);

  const until = ports.clock() + leaseFor(delivery);
  const mine = await save(claimed({ ...delivery, admitted: true, reason: undefined }, "sending", until), ports);
  if (mine === undefined) return;
  // Read again under the claim: what was decided before it may be old (interleaving 18).
  const now = ports.clock();
  const fresh = await wishOf(mine, target, now, ports);
  if (fresh.kind !== "out" || tooLong(fresh.composed) !== undefined)
    return record(waiting(mine, now, "the post has changed"), ports);
  const ready = await save(loaded(mine, fresh.composed.request, fresh.url, now), ports);
  if (ready !== undefined) await send(ready, target, ports);
};
