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
import { type DeliverPorts, deadlineFor, leaseFor, type Step, type StepResult, save } from "./deliver-step.ts";
import type { DesiredState } from "./desired-state.ts";
import { sendRequest } from "./send-request.ts";

/** An earlier send got no answer, and has certainly ended. The delivery stays unsettled until its outcome is known. */
export const settle: Step<Delivery<"unsettled">> = async (delivery, target, desired, ports) => {
  const { connection, traits } = target;
  if (desired.kind === "wait" && !traits.look) return defer(delivery, desired.until, desired.reason);
  const isWanted = desired.kind === "copy";
  const settlement = chooseSettlement(delivery, traits, isWanted, ports.clock());
  if (settlement === "unknown") return markUnknown(delivery, whyUnknown(delivery, desired));
  const claimed = await save(claimUnsettled(delivery, ports.clock() + leaseFor(delivery)), ports);
  if (claimed === undefined) return undefined;
  const resend = async (): StepResult => {
    const started = await save(startResend(claimed, ports.clock()), ports);
    return started && sendRequest(started, target, ports);
  };
  if (settlement === "resend") return resend();

  const { request, url, firstSentAt } = claimed.sent;
  const key = target.network.key(claimed.seed, claimed.planned);
  const sought = { request, key, url, since: firstSentAt - 5 * minute };
  const found = await connection.look?.(sought, ports.deadline(deadlineFor(claimed)));
  const now = ports.clock();
  if (found === undefined) {
    // Inside its window the key prevents a second copy even where the network cannot be read.
    if (chooseSettlement(claimed, { ...traits, look: false }, isWanted, now) === "resend") return resend();
    const reason = "the network did not answer the search for the copy";
    return afterSend(claimed, { kind: "unavailable", reason }, now, traits);
  }
  const candidates = await withoutOtherCopies(found, claimed, ports);
  const own = candidates.find(({ isSame }) => isSame);
  if (own !== undefined) return markPosted(claimed, own.remote, now);
  const mayResend = chooseSettlement(claimed, { ...traits, look: false }, isWanted, now) === "resend";
  if (candidates.length > 0 && !mayResend) return markUnknown(claimed, otherPost(candidates));
  if (claimed.refused !== undefined) return fail(claimed, claimed.refused);
  if (desired.kind === "wait") return defer(claimed, desired.until, desired.reason);
  if (isWanted) return resend();
  return cancel(claimed, `cancelled before it reached the network: ${desired.reason}`);
};

/** Copies of the account's other deliveries do not count: a second publication is not the first (interleaving 42). */
const withoutOtherCopies = async (
  found: readonly Found[],
  { site, post, account, generation }: Delivery,
  { deliveries }: DeliverPorts,
): Promise<readonly Found[]> => {
  const [generations, newest] = await Promise.all([
    deliveries.ofPost(site, post),
    // Two posts may have one address for a time: one took the other's place.
    deliveries.inState(account, "posted"),
  ]);
  const others = [...generations, ...newest.rows].filter(
    (other) => other.account === account && (other.post !== post || other.generation !== generation),
  );
  return found.filter(({ remote }) => !others.some((other) => other.remote?.id === remote.id));
};

const otherPost = ([first]: readonly Found[]): string =>
  `the network never answered, and a post with the same link but another text is there (${first?.remote.url ?? first?.remote.id}): check whether it is this one, then use npx crier resolve`;

const whyUnknown = ({ refused }: Delivery, desired: DesiredState): string => {
  if (refused !== undefined) return `the first send got no answer, a later one was rejected: ${refused}`;
  if (desired.kind !== "copy")
    return `the network never answered whether it was posted: check the network, then use npx crier resolve (${desired.reason})`;
  return "the network never answered and cannot be searched: check the network, then use npx crier resolve";
};
