import { canonicalJson } from "../../domain/canonical-json.ts";
import type { Delivery, Outcome, Remote, StoredRequest } from "../../domain/delivery.ts";
import { claimed, next, settled, waiting } from "../../domain/delivery-transitions.ts";
import type { Connection } from "../../ports/networks.ts";
import { pause } from "./admission.ts";
import { type DeliverPorts, deadlineFor, leaseFor, record, save, type Target } from "./deliver-step.ts";
import type { Wish } from "./desired-state.ts";
import { tooLong } from "./too-long.ts";

/** Brings the copy to the current content of the post. Edits and deletions are repeated by id until the network answers (interleavings 39 and 40). */
export const mend = async (delivery: Delivery, target: Target, wish: Wish, ports: DeliverPorts): Promise<void> => {
  const { account, network, connection, offer } = target;
  const removes = wish.kind === "none" || delivery.state === "deleting";
  if (!removes && wish.kind === "wait") return record(waiting(delivery, wish.until, wish.reason), ports);
  if (!removes && wish.kind === "stays") return record(settled(delivery, true, wish.reason), ports);
  const composed = !removes && wish.kind === "out" ? wish.composed : undefined;
  const wanted = composed?.request;
  if (
    wanted !== undefined &&
    delivery.state === "posted" &&
    canonicalJson(wanted) === canonicalJson(delivery.sent?.request)
  )
    return record(settled(delivery, false), ports);
  const problem = composed && tooLong(composed);
  if (problem !== undefined) return record(settled(delivery, true, problem), ports);

  const change = changeTo(wanted, connection);
  const id = delivery.remote?.id ?? null;
  if (change === undefined || id === null) {
    const reason =
      change === undefined
        ? `${network.name} cannot ${removes ? "delete" : "edit"} it`
        : `it cannot be ${removes ? "deleted" : "edited"}: the network gave no id for it`;
    return record(settled(delivery, true, reason), ports);
  }
  const claim = claimed(delivery, removes ? "deleting" : "editing", ports.clock() + leaseFor(delivery));
  const mine = await save({ ...claim, changeAttempts: (delivery.changeAttempts ?? 0) + 1 }, ports);
  if (mine === undefined) return;
  const remote = { id, url: delivery.remote?.url ?? null };
  const outcome = await change(remote, ports.deadline(deadlineFor(mine)));
  if (outcome.kind === "unauthorised") await pause(account.name, outcome.reason, ports);
  const after = next(mine, outcome, ports.clock(), offer);
  const isEdited = after.state === "posted" && !after.stale;
  await record(
    isEdited && after.sent && wanted ? { ...after, sent: { ...after.sent, request: wanted } } : after,
    ports,
  );
};

/** Without a request the copy is to be removed. Undefined where the network does not offer it. */
const changeTo = (
  request: StoredRequest | undefined,
  { edit, remove }: Connection,
): ((remote: Remote, signal: AbortSignal) => Promise<Outcome>) | undefined => {
  if (request === undefined) return remove;
  return edit && ((remote, signal) => edit(remote, request, signal));
};
