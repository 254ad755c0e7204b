import type { Delivery } from "../../domain/delivery.ts";
import { cancel, claim, defer, fail, hold, reopen, storeRequest } from "../../domain/delivery-transitions.ts";
import { admit } from "./admission.ts";
import { type DeliverPorts, leaseFor, readDesiredState, record, save, send, type Target } from "./deliver-step.ts";
import type { DesiredState } from "./desired-state.ts";
import { tooLong } from "./too-long.ts";

/** Nothing of this delivery is public: the limits are checked, the request is composed and stored, then sent. */
export const firstSend = async (
  delivery: Delivery<"pending">,
  target: Target,
  desired: DesiredState,
  ports: DeliverPorts,
): Promise<void> => {
  if (desired.kind === "none") return record(cancel(delivery, desired.reason), ports);
  if (desired.kind === "wait") return record(defer(delivery, desired.until, desired.reason), ports);
  const problem = desired.kind === "copy" ? tooLong(desired.composed) : undefined;
  if (problem !== undefined) return record(fail(delivery, problem), ports);
  const admission = await admit(delivery, target.account, ports);
  if (admission.kind === "hold") return record(hold(delivery, admission.reason), ports);
  if (admission.kind === "later") return record(defer(delivery, admission.until, admission.reason), ports);

  const claimed = await save(claim(delivery, ports.clock() + leaseFor(delivery)), ports);
  if (claimed === undefined) return;
  // Read again under the claim: what was decided before it may be old (interleaving 18).
  const now = ports.clock();
  const fresh = await readDesiredState(claimed, target, now, ports);
  if (fresh.kind !== "copy" || tooLong(fresh.composed) !== undefined)
    return record(reopen(claimed, now, "the post has changed"), ports);
  const ready = await save(storeRequest(claimed, fresh.composed.request, fresh.url, now), ports);
  if (ready !== undefined) await send(ready, target, ports);
};
