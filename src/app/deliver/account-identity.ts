import type { Delivery } from "../../domain/delivery.ts";
import { second } from "../../domain/time.ts";
import type { Identity, NoLogin } from "../../ports/networks.ts";
import type { DeliverPorts, Target } from "./deliver-step.ts";

/** A search and a send still fit into the run of a function after it. */
const timeLimit = 5 * second;

export const readIdentity = (
  { connection }: Pick<Target, "connection">,
  { deadline }: Pick<DeliverPorts, "deadline">,
): Promise<Identity | NoLogin> => connection.whoAmI(deadline(timeLimit));

type Ownership = { readonly kind: "own" } | { readonly kind: "other"; readonly reason: string } | NoLogin;

/**
 * Whether a copy that was sent is the account's: the configuration may have given the name to another login. Where the
 * network does not say it now, nothing is done until it does: another server's "not there" is no deletion.
 */
export const checkOwner = async (
  delivery: Delivery<"unsettled" | "unknown" | "posted" | "editing" | "deleting">,
  target: Target,
  ports: DeliverPorts,
): Promise<Ownership> => {
  const { identity } = delivery.sent;
  if (identity === undefined) return { kind: "own" };
  const current = await readIdentity(target, ports);
  if (current.kind !== "identity") return current;
  const { name } = target.account;
  return current.id === undefined || current.id === identity
    ? { kind: "own" }
    : {
        kind: "other",
        reason: `${name} is another account now: it was sent as ${identity}, and ${name} is ${current.id}`,
      };
};
