import type { Delivery } from "../../domain/delivery.ts";
import { second } from "../../domain/time.ts";
import type { DeliverPorts, Target } from "./deliver-step.ts";

/** A search and a send still fit into the run of a function after it. */
const timeLimit = 5 * second;

/** Undefined where the network does not say it now: then nothing is compared. */
export const readIdentity = (
  { connection }: Pick<Target, "connection">,
  { deadline }: Pick<DeliverPorts, "deadline">,
): Promise<string | undefined> => connection.whoAmI(deadline(timeLimit));

/**
 * Why a copy that was sent is not the account's any more; undefined where it is, or where the network does not say. An
 * account is more than its name: the configuration may give that to another login.
 */
export const whyOtherAccount = async (
  delivery: Delivery<"unsettled" | "unknown" | "posted" | "editing" | "deleting">,
  target: Target,
  ports: DeliverPorts,
): Promise<string | undefined> => {
  const { identity } = delivery.sent;
  if (identity === undefined) return undefined;
  const current = await readIdentity(target, ports);
  const { name } = target.account;
  return current === undefined || current === identity
    ? undefined
    : `${name} is another account now: it was sent as ${identity}, and ${name} is ${current}`;
};
