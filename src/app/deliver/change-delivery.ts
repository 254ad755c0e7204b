import type { DeliveryStatus } from "../../contract/deliveries.ts";
import type { Account } from "../../domain/account.ts";
import { postPath } from "../../domain/address.ts";
import { conflict, retryOnConflict } from "../../domain/concurrency.ts";
import { type Delivery, type DeliveryState, deliveryId, parseDeliveryId, remember } from "../../domain/delivery.ts";
import {
  actionRules,
  applyAction,
  type DeliveryAction,
  isUnfinished,
  type SiteCommand,
} from "../../domain/delivery-commands.ts";
import { confirm, markFinished, markPosted, resumeUnfinished } from "../../domain/delivery-transitions.ts";
import { AmbiguousId, UnknownId } from "../../domain/errors.ts";
import type { Post } from "../../domain/post.ts";
import type { Site } from "../../domain/site.ts";
import type { Instant } from "../../domain/time.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Accounts, Deliveries, Page, Posts } from "../../ports/store.ts";
import type { Resolved } from "../results.ts";
import { type FindPorts, findPost } from "../status/find-post.ts";
import { deliveryStatus, type ListPorts, pageInState } from "../status/status.ts";
import { endPause } from "./account-state.ts";
import type { ServerPorts } from "./admission.ts";

export type ActPorts = ChangePorts & ListPorts & FindPorts & { readonly command: SiteCommand };

const whyNot = (act: DeliveryAction, delivery: Delivery, ports: Pick<ActPorts, "command">): string => {
  const id = deliveryId(delivery);
  return act === "approve" && delivery.state === "held"
    ? `${id} does not wait for an approval (${delivery.reason}): use ${ports.command(`release ${id}`, delivery.site)}`
    : `${id} is ${delivery.state}: ${act} takes only a delivery that is ${actionRules[act].takes.join(" or ")}`;
};

const perform = (act: DeliveryAction, delivery: Delivery, ports: ActPorts): Promise<Resolved> =>
  changeDelivery(delivery, (current, now) => applyAction(act, current, now) ?? whyNot(act, current, ports), ports);

/** Acts on the delivery with an id, or with a part of the id that is unique. */
export const actOnDelivery = async (
  site: string,
  act: DeliveryAction,
  id: string,
  ports: ActPorts,
): Promise<Resolved> => perform(act, await findDelivery(site, id, actionRules[act].takes, ports), ports);

/** Deliveries that another worker changed in the meantime are left out. */
const performAll = async (
  act: DeliveryAction,
  deliveries: readonly Delivery[],
  ports: ActPorts,
): Promise<DeliveryStatus[]> => {
  const changed: DeliveryStatus[] = [];
  for (const delivery of deliveries) {
    if (delivery.state !== actionRules[act].takesOfMany) continue;
    const answer = await perform(act, delivery, ports);
    if ("delivery" in answer) changed.push(answer.delivery);
  }
  return changed;
};

/** Undefined where there is no such post. */
export const actOnPost = async (
  site: Site,
  act: DeliveryAction,
  name: string,
  ports: ActPorts,
): Promise<readonly DeliveryStatus[] | undefined> => {
  const post = await findPost(site, name, ports);
  return post && performAll(act, await ports.deliveries.ofPost(site.id, post.id), ports);
};

/** One page of all deliveries of the site; the next one begins at `next`. */
export const actOnAll = async (
  site: string,
  act: DeliveryAction,
  from: string | undefined,
  ports: ActPorts,
): Promise<Page<DeliveryStatus>> => {
  const { rows, next } = await pageInState(actionRules[act].takesOfMany, from, ports);
  return {
    rows: await performAll(
      act,
      rows.filter((delivery) => delivery.site === site),
      ports,
    ),
    next,
  };
};

export interface ResolvePorts extends ChangePorts, ServerPorts {
  readonly accountStates: Accounts;
}

/**
 * Confirms a delivery by hand: a held or failed one is sent, a pending one is tried now, and the pause of its account
 * ends. A delivery that may be public already is not sent again.
 */
export const retry = async (site: string, id: string, ports: ResolvePorts): Promise<Resolved> =>
  changeDelivery(
    await findDelivery(site, id, ["failed", "held", "pending"], ports),
    async (delivery, now) => {
      // The account is resumed first: the delivery may be sent as soon as it is due.
      await endPause(delivery.account, ports);
      return afterRetry(delivery, await ports.posts.read(site, delivery.post), now);
    },
    ports,
  );

const afterRetry = (delivery: Delivery, post: Post | undefined, now: number): Changed => {
  const id = deliveryId(delivery);
  switch (delivery.state) {
    case "held":
    case "failed":
      return confirm(delivery, now, "retried by hand");
    case "pending":
      return { ...delivery, approved: true, wait: undefined, reason: "retried by hand", due: now };
    case "unknown":
      return `it is not known whether ${id} was posted: check the network, then resolve it as posted or retry`;
    case "posted":
      return isUnfinished(delivery, post)
        ? `only a part of ${id} is known to be posted: check the network, then resolve it as posted or retry`
        : `${id} is posted: only a held, failed or pending delivery can be retried`;
    default:
      return `${id} is ${delivery.state}: only a held, failed or pending delivery can be retried`;
  }
};

/**
 * Settles an unknown delivery, or the missing part of an unfinished one, by hand: it is on the network, or it is not
 * and is sent once more.
 */
export const resolve = async (
  site: string,
  id: string,
  as: "posted" | "retry",
  ports: ResolvePorts,
): Promise<Resolved> =>
  changeDelivery(
    await findDelivery(site, id, ["unknown"], ports),
    async (delivery, now) => {
      if (delivery.state === "posted" && isUnfinished(delivery, await ports.posts.read(site, delivery.post)))
        return finish(delivery, as, now);
      if (delivery.state !== "unknown")
        return `${deliveryId(delivery)} is ${delivery.state}: only an unknown or unfinished delivery can be resolved`;
      if (as === "retry") return confirm(delivery, now, "resolved by hand: it was not posted");
      return {
        ...markPosted(delivery, { id: null, url: null, public: false }, now),
        reason: "resolved by hand: it was posted",
      };
    },
    ports,
  );

const finish = (delivery: Delivery<"posted">, as: "posted" | "retry", now: number): Changed => {
  if (delivery.openChange !== undefined)
    return `the ${delivery.openChange} of ${deliveryId(delivery)} got no answer: try again when it has settled`;
  if (as === "posted") return markFinished(delivery, now, "resolved by hand: all of it is there");
  return (
    resumeUnfinished(delivery, now, "resolved by hand: what is missing is sent") ??
    `${deliveryId(delivery)} needs more requests than a delivery may have: add what is missing by hand, then resolve it as posted`
  );
};

interface ChangePorts {
  readonly deliveries: Deliveries;
  readonly posts: Posts;
  readonly clock: Clock;
}

/** The delivery to save, or why it is left as it is. */
type Changed = Delivery | string;

/** Changes a delivery as it is now: another worker may have changed it since it was read. */
const changeDelivery = (
  { site, post, account, generation }: Delivery,
  to: (delivery: Delivery, now: Instant) => Changed | Promise<Changed>,
  ports: ChangePorts,
): Promise<Resolved> =>
  retryOnConflict(`the delivery of ${post} to ${account}`, async () => {
    const delivery = await ports.deliveries.read({ kind: "delivery", site, post, account, generation });
    const changed = delivery && (await to(delivery, ports.clock()));
    if (changed === undefined) return { problem: "it does not exist any more" };
    if (typeof changed === "string") return { problem: changed };
    if (!(await ports.deliveries.save(remember(changed, ports.clock())))) return conflict;
    return { delivery: deliveryStatus(changed, await ports.posts.read(site, post)) };
  });

interface FindDeliveryPorts {
  readonly deliveries: Deliveries;
  readonly posts: Posts;
  readonly accounts: readonly Account[];
}

/**
 * At most this many pages of an account's deliveries in one state are read. With more, a person has to give whole ids.
 */
const maxPages = 20;

/**
 * True where the delivery's id begins with the name, or its post and its account begin with the parts of the name:
 * `3f2.mastodon`.
 */
const begins = (delivery: Delivery, name: string): boolean => {
  const [post = "", ...rest] = name.split(".");
  const end = rest.join(".");
  return delivery.post.startsWith(post) && (end === "" || `${delivery.account}.${delivery.generation}`.startsWith(end));
};

/**
 * Finds the delivery that a person names by its id, or by a part of the id that no other delivery in these states has.
 * Throws `UnknownId` or `AmbiguousId`.
 */
const findDelivery = async (
  site: string,
  name: string,
  states: readonly DeliveryState[],
  ports: FindDeliveryPorts,
): Promise<Delivery> => {
  const parsed = parseDeliveryId(name);
  const exact = parsed && (await ports.deliveries.read({ kind: "delivery", site, ...parsed }));
  if (exact !== undefined) return exact;
  const known = await deliveriesInStates(site, states, ports);
  const named = name === "" ? [] : known.filter((delivery) => begins(delivery, name));
  const [first] = named;
  if (first === undefined) throw new UnknownId(name, states, await candidates(known, ports));
  if (named.length > 1) throw new AmbiguousId(name, await candidates(named, ports));
  return first;
};

const deliveriesInStates = async (
  site: string,
  states: readonly DeliveryState[],
  { deliveries, accounts }: FindDeliveryPorts,
): Promise<readonly Delivery[]> => {
  const found: Delivery[] = [];
  for (const { name } of accounts)
    for (const state of states) {
      let from: string | undefined;
      for (let page = 0; page < maxPages; page += 1) {
        const { rows, next } = await deliveries.inState(name, state, from);
        found.push(...rows.filter((delivery) => delivery.site === site));
        if (next === undefined) break;
        from = next;
      }
    }
  return found;
};

const candidates = (found: readonly Delivery[], { posts }: FindDeliveryPorts) =>
  Promise.all(
    found.slice(0, 5).map(async (delivery) => {
      const post = await posts.read(delivery.site, delivery.post);
      return { id: deliveryId(delivery), of: post === undefined ? "a lost post" : postPath(post) };
    }),
  );
