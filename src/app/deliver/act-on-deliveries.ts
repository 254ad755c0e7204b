import type { DeliveryStatus } from "../../contract/deliveries.ts";
import { postPath } from "../../domain/address.ts";
import { nextToDelete } from "../../domain/copy-transitions.ts";
import { type Delivery, deliveryId } from "../../domain/delivery.ts";
import {
  actionRules,
  applyAction,
  type DeliveryAction,
  type SiteCommand,
  withdraw,
} from "../../domain/delivery-commands.ts";
import type { Site } from "../../domain/site.ts";
import { stoppedReason } from "../../domain/stopped.ts";
import type { Instant } from "../../domain/time.ts";
import type { Page, StopRows } from "../../ports/store.ts";
import { type EarlyPorts, planEarly } from "../publish/publish-post.ts";
import type { Changed, Resolved } from "../results.ts";
import { type ListPorts, pageInState } from "../status/delivery-status.ts";
import { type FindPorts, findPost } from "../status/find-post.ts";
import { type ChangePorts, changeDelivery, type Decision, findDelivery } from "./change-delivery.ts";

export type ActPorts = ChangePorts &
  ListPorts &
  FindPorts &
  EarlyPorts & { readonly command: SiteCommand; readonly stops: Pick<StopRows, "read"> };

const whyNot = (act: DeliveryAction, delivery: Delivery, { command }: Pick<ActPorts, "command">): string => {
  const id = deliveryId(delivery);
  const { state, hold, site, reason } = delivery;
  if (act === "release" && hold === "unreadable")
    return `${id} is released by its own id only: ${reason} (${command(`release ${id}`, site)})`;
  if (act === "release" && hold === "text")
    return `${id} is released by its own id only: ${reason} (${command(`release ${id}`, site)} sends the edited text, ${command(`text ${id} --document`, site)} the document's)`;
  if (act === "release" && hold === "approval")
    return `${id} waits for your approval: read its text, then use ${command(`approve ${id}`, site)}`;
  if (act === "approve" && state === "held")
    return `${id} does not wait for an approval (${reason}): use ${command(`release ${id}`, site)}`;
  if (act === "approve" && state === "pending")
    return `${id} waits, and its account ${delivery.account} asks for no approval`;
  return `${id} is ${state}: ${act} takes only a delivery that is ${actionRules[act].takes.join(" or ")}`;
};

/** Acts on one delivery. `isNamed` says that the decision names it by its id. */
const perform = (
  act: DeliveryAction,
  delivery: Delivery,
  decision: Decision,
  ports: ActPorts,
  isNamed = false,
): Promise<Resolved> =>
  changeDelivery(
    delivery,
    (current, { now, shown, wording }) => {
      const asks = ports.accounts.some(({ name, approve }) => name === current.account && approve === true);
      const hasRead = decision.seen.shown !== undefined;
      const seen = { shown: shown?.hash, asks, isNamed, hasRead, wording };
      return applyAction(act, current, now, seen) ?? whyNot(act, current, ports);
    },
    decision,
    ports,
  );

/** Acts on the delivery with an id, or with a part of the id that is unique. */
export const actOnDelivery = async (
  site: string,
  act: DeliveryAction,
  id: string,
  decision: Decision,
  ports: ActPorts,
): Promise<Resolved> =>
  perform(act, await findDelivery(site, id, actionRules[act].takes, ports), decision, ports, true);

/** The changed deliveries of a post. `problems` says why others are left as they are. */
export interface ActedOnPost {
  readonly deliveries: readonly Changed[];
  readonly problems: readonly string[];
}

/**
 * Acts on the deliveries of a post. Those that are not planned yet, because the post is scheduled or was saved a moment
 * ago, are planned for that. Undefined where there is no such post.
 */
export const actOnPost = async (
  site: Site,
  act: DeliveryAction,
  name: string,
  decision: Decision,
  ports: ActPorts,
): Promise<ActedOnPost | undefined> => {
  const post = await findPost(site, name, ports);
  if (post === undefined) return undefined;
  if (act !== "release") await planEarly(post, ports);
  const deliveries: Changed[] = [];
  const problems: string[] = [];
  for (const delivery of await ports.deliveries.ofPost(site.id, post.id)) {
    const answer = await perform(act, delivery, decision, ports);
    if ("problem" in answer) problems.push(answer.problem);
    else deliveries.push(answer);
  }
  return { deliveries, problems };
};

const whyNotWithdrawn = (delivery: Delivery, { command }: Pick<ActPorts, "command">): string => {
  const id = deliveryId(delivery);
  switch (delivery.state) {
    case "pending":
    case "held":
    case "failed":
      return `${id} is ${delivery.state}, there is no copy: ${command(`dismiss ${id}`, delivery.site)} cancels it`;
    case "unknown":
      return `it is not known whether ${id} was posted: check the network, then ${command(`resolve ${id} --as posted`, delivery.site)} or --as retry`;
    case "cancelled":
      return `${id} was never sent`;
    default:
      return `a request of ${id} is under way: try again in a minute`;
  }
};

/** Says why no request can delete the copy of a delivery. Undefined where one can, or where there is no copy. */
export const whyItStays = (
  { state, account: name, network, remotes = [] }: Delivery,
  { accounts, networks }: Pick<ActPorts, "accounts" | "networks">,
): string | undefined => {
  const isKnown = state === "posted" || state === "editing" || state === "deleting";
  if (!isKnown && state !== "unsettled") return undefined;
  const account = accounts.find((one) => one.name === name);
  if (account === undefined) return `the account ${name} was removed from the configuration`;
  if (account.network !== network) return `the account ${name} is on ${account.network} now, and not on ${network}`;
  if (networks.get(network).keepsCopies === true) return `${network} cannot delete a copy`;
  return isKnown && nextToDelete(remotes) < 0 ? "the network gave no id for it" : undefined;
};

const whyUndeletable = (delivery: Delivery, ports: ActPorts): string | undefined => {
  const why = whyItStays(delivery, ports);
  const url = delivery.remotes?.find((remote) => remote.url !== null && !remote.gone)?.url;
  return why && `${why}: delete the copy of ${deliveryId(delivery)} by hand${url === undefined ? "" : `: ${url}`}`;
};

/**
 * Takes back the copies of a post on one account, and keeps the post. Undefined where there is no such post. The
 * problems say why nothing could be taken back, or why nothing is deleted now.
 */
export const withdrawCopy = async (
  site: Site,
  name: string,
  account: string,
  decision: Decision,
  ports: ActPorts,
): Promise<ActedOnPost | undefined> => {
  const post = await findPost(site, name, ports);
  if (post === undefined) return undefined;
  const own = (await ports.deliveries.ofPost(site.id, post.id)).filter((one) => one.account === account);
  const deliveries: Changed[] = [];
  const problems: string[] = [];
  for (const delivery of own) {
    const to = (current: Delivery, { now }: { readonly now: Instant }) =>
      whyUndeletable(current, ports) ?? withdraw(current, now) ?? whyNotWithdrawn(current, ports);
    const answer = await changeDelivery(delivery, to, decision, ports);
    if ("problem" in answer) problems.push(answer.problem);
    else deliveries.push(answer);
  }
  if (own.length === 0) problems.push(`${account} has no copy of ${postPath(post)}`);
  if (deliveries.every(({ already }) => already)) return { deliveries, problems };
  const { command, clock } = ports;
  const context = { site: site.id, command, now: clock(), timeZone: site.timeZone };
  const stopped = stoppedReason(await ports.stops.read(), account, context);
  if (stopped !== undefined) problems.push(`nothing is deleted on ${account} now: ${stopped}`);
  return { deliveries, problems };
};

/**
 * Acts on one page of all deliveries of the site; the next one begins at `next`. Deliveries that another worker changed
 * in the meantime are left out.
 */
export const actOnAll = async (
  site: string,
  act: DeliveryAction,
  from: string | undefined,
  decision: Decision,
  ports: ActPorts,
): Promise<Page<DeliveryStatus>> => {
  const { rows, next } = await pageInState(actionRules[act].takesOfAll, from, ports);
  const changed: DeliveryStatus[] = [];
  // The first one that is released may be sent before the next one is.
  const own = rows.filter((one) => one.site === site).toSorted((a, b) => a.published - b.published);
  for (const delivery of own) {
    const answer = await perform(act, delivery, decision, ports);
    if (!("problem" in answer) && !answer.already) changed.push(answer.delivery);
  }
  return { rows: changed, next };
};
