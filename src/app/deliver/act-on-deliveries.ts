import { type Delivery, deliveryId } from "../../domain/delivery.ts";
import { type Act, actOn, actRules, type CommandOfSite } from "../../domain/delivery-commands.ts";
import type { Site } from "../../domain/site.ts";
import type { Page } from "../../ports/store.ts";
import type { DeliveryStatus, Resolved } from "../site-api.ts";
import { type ListPorts, pageInState } from "../status/delivery-status.ts";
import { type FindPorts, findPost } from "../status/find-post.ts";
import { type ChangePorts, changeDelivery } from "./change-delivery.ts";
import { findDelivery } from "./find-delivery.ts";

type Ports = ChangePorts & ListPorts & FindPorts & { readonly command: CommandOfSite };

const whyNot = (act: Act, delivery: Delivery, ports: Pick<Ports, "command">): string => {
  const id = deliveryId(delivery);
  return act === "approve" && delivery.state === "held"
    ? `${id} does not wait for an approval (${delivery.reason}): use ${ports.command(`release ${id}`, delivery.site)}`
    : `${id} is ${delivery.state}: ${act} takes only a delivery that is ${actRules[act].takes.join(" or ")}`;
};

const perform = (act: Act, delivery: Delivery, ports: Ports): Promise<Resolved> =>
  changeDelivery(delivery, (current, now) => actOn(act, current, now) ?? whyNot(act, current, ports), ports);

/** By its id, or as much of it as is unique. */
export const actOnDelivery = async (site: string, act: Act, id: string, ports: Ports): Promise<Resolved> =>
  perform(act, await findDelivery(site, id, actRules[act].takes, ports), ports);

/** Those that are another's by then are left out. */
const performAll = async (act: Act, deliveries: readonly Delivery[], ports: Ports): Promise<DeliveryStatus[]> => {
  const changed: DeliveryStatus[] = [];
  for (const delivery of deliveries) {
    if (delivery.state !== actRules[act].takesOfMany) continue;
    const answer = await perform(act, delivery, ports);
    if ("delivery" in answer) changed.push(answer.delivery);
  }
  return changed;
};

/** Undefined where there is no such post. */
export const actOnPost = async (
  site: Site,
  act: Act,
  name: string,
  ports: Ports,
): Promise<readonly DeliveryStatus[] | undefined> => {
  const post = await findPost(site, name, ports);
  return post && performAll(act, await ports.deliveries.ofPost(site.id, post.id), ports);
};

/** One page of all deliveries of the site; the next one begins at `next`. */
export const actOnAll = async (
  site: string,
  act: Act,
  from: string | undefined,
  ports: Ports,
): Promise<Page<DeliveryStatus>> => {
  const { rows, next } = await pageInState(actRules[act].takesOfMany, from, ports);
  return {
    rows: await performAll(
      act,
      rows.filter((delivery) => delivery.site === site),
      ports,
    ),
    next,
  };
};
