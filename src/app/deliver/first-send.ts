import type { Delivery } from "../../domain/delivery.ts";
import { cancel, claim, defer, fail, hold, reopen, storeRequest } from "../../domain/delivery-transitions.ts";
import { admit } from "./admission.ts";
import { type DeliverPorts, leaseFor, record, save, send, type Target, wishOf } from "./deliver-step.ts";
import type { Wish } from "./desired-state.ts";
import { tooLong } from "./too-long.ts";

/** Nothing of this delivery is public: the limits are checked, the request is composed and stored, then sent. */
export const firstSend = async (
  delivery: Delivery<"pending">,
  target: Target,
  wish: Wish,
  ports: DeliverPorts,
): Promise<void> => {
  if (wish.kind === "none") return record(cancel(delivery, wish.reason), ports);
  if (wish.kind === "wait") return record(defer(delivery, wish.until, wish.reason), ports);
  const problem = wish.kind === "out" ? tooLong(wish.composed) : undefined;
  if (problem !== undefined) return record(fail(delivery, problem), ports);
  const admission = await admit(delivery, target.account, ports);
  if (admission.kind === "held") return record(hold(delivery, admission.reason), ports);
  if (admission.kind === "later") return record(defer(delivery, admission.until, admission.reason), ports);

  const mine = await save(claim(delivery, ports.clock() + leaseFor(delivery)), ports);
  if (mine === undefined) return;
  // Read again under the claim: what was decided before it may be old (interleaving 18).
  const now = ports.clock();
  const fresh = await wishOf(mine, target, now, ports);
  if (fresh.kind !== "out" || tooLong(fresh.composed) !== undefined)
    return record(reopen(mine, now, "the post has changed"), ports);
  const ready = await save(storeRequest(mine, fresh.composed.request, fresh.url, now), ports);
  if (ready !== undefined) await send(ready, target, ports);
};
