import { canonicalJson } from "../../domain/canonical-json.ts";
import type { StoredRequest } from "../../domain/delivery.ts";
import {
  afterChange,
  type Copy,
  claimDeletion,
  claimEdit,
  defer,
  leaveCopy,
} from "../../domain/delivery-transitions.ts";
import type { Connection } from "../../ports/networks.ts";
import { pause } from "./admission.ts";
import { type DeliverPorts, deadlineFor, leaseFor, record, save, type Target } from "./deliver-step.ts";
import type { DesiredState } from "./desired-state.ts";
import { tooLong } from "./too-long.ts";

/** Brings the copy to the current content of the post. Edits and deletions are repeated by id until the network answers (interleavings 39 and 40). */
export const reconcileCopy = async (
  copy: Copy,
  target: Target,
  desired: DesiredState,
  ports: DeliverPorts,
): Promise<void> => {
  if (desired.kind === "none" || copy.state === "deleting") return change(copy, undefined, target, ports);
  if (desired.kind === "wait") return record(defer(copy, desired.until, desired.reason), ports);
  if (desired.kind === "keep") return record(leaveCopy(copy, desired.reason), ports);
  const { request } = desired.composed;
  if (copy.state === "posted" && canonicalJson(request) === canonicalJson(copy.sent.request))
    return record(leaveCopy(copy), ports);
  const problem = tooLong(desired.composed);
  return problem === undefined ? change(copy, request, target, ports) : record(leaveCopy(copy, problem), ports);
};

/** Edits the copy, or deletes it where there is no request. */
const change = async (
  copy: Copy,
  request: StoredRequest | undefined,
  { account, network, connection: { edit, remove } }: Target,
  ports: DeliverPorts,
): Promise<void> => {
  const act: Connection["remove"] =
    request === undefined ? remove : edit && ((remote, signal) => edit(remote, request, signal));
  if (act === undefined)
    return record(leaveCopy(copy, `${network.name} cannot ${request ? "edit" : "delete"} it`), ports);
  if (copy.remote.id === null)
    return record(
      leaveCopy(copy, `it cannot be ${request ? "edited" : "deleted"}: the network gave no id for it`),
      ports,
    );
  const until = ports.clock() + leaseFor(copy);
  const claimed = await save(request ? claimEdit(copy, request, until) : claimDeletion(copy, until), ports);
  if (claimed === undefined) return;
  const outcome = await act(claimed.remote, ports.deadline(deadlineFor(claimed)));
  if (outcome.kind === "unauthorised") await pause(account.name, outcome.reason, ports);
  await record(afterChange(claimed, outcome, ports.clock()), ports);
};
