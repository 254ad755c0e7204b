import type { Account } from "../../domain/account.ts";
import { postPath } from "../../domain/address.ts";
import { conflict, retryOnConflict } from "../../domain/concurrency.ts";
import {
  type Delivery,
  type DeliveryState,
  deliveryId,
  isLater,
  listsInStates,
  parseDeliveryId,
  remember,
} from "../../domain/delivery.ts";
import { confirmHeld, isUnfinished } from "../../domain/delivery-commands.ts";
import { confirm, markFinished, markPosted, resumeUnfinished, takeEqual } from "../../domain/delivery-transitions.ts";
import type { Wording } from "../../domain/edited-text.ts";
import { AmbiguousId, UnknownId } from "../../domain/errors.ts";
import type { Post } from "../../domain/post.ts";
import type { Instant } from "../../domain/time.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Deliveries, Posts } from "../../ports/store.ts";
import type { Resolved } from "../results.ts";
import { type LogActPorts, logAct } from "../rows.ts";
import { presentDelivery } from "../status/delivery-status.ts";
import { endPause } from "./account-state.ts";
import type { ServerPorts } from "./admission.ts";
import { readShown, readWording, type Shown, type ShownPorts } from "./desired-state.ts";

export type ResolvePorts = ChangePorts & ServerPorts;

/**
 * Confirms a delivery by hand: a held or failed one is sent, a pending one is tried now, and the pause of its account
 * ends. A delivery that may be public already is not sent again.
 */
export const retry = async (site: string, id: string, decision: Decision, ports: ResolvePorts): Promise<Resolved> =>
  changeDelivery(
    await findDelivery(site, id, ["failed", "held", "pending"], ports),
    async (delivery, { now, post, wording }) => {
      const changed = await afterRetry(delivery, { post, wording }, now, ports);
      // The account is resumed before the delivery is due: then it may be sent at once.
      if (typeof changed !== "string") await endPause(delivery.account, ports);
      return changed;
    },
    decision,
    ports,
  );

/** Why a delivery that nothing of is public is not sent: the account has announced the post once more since. */
const whyTooLate = async (delivery: Delivery, { deliveries }: ChangePorts): Promise<string | undefined> => {
  const all = await deliveries.ofPost(delivery.site, delivery.post);
  return all.some((one) => isLater(one, delivery))
    ? `${deliveryId(delivery)} is not sent: ${delivery.account} has announced its post once more since`
    : undefined;
};

const afterRetry = async (
  delivery: Delivery,
  { post, wording }: Pick<Known, "post" | "wording">,
  now: number,
  ports: ChangePorts,
): Promise<Delivery | string> => {
  const id = deliveryId(delivery);
  const asks = ports.accounts.some(({ name, approve }) => name === delivery.account && approve === true);
  switch (delivery.state) {
    case "held":
      return (
        confirmHeld(delivery, now, "retried by hand", { asks, wording }) ??
        (delivery.hold === "unreadable" || delivery.hold === "text"
          ? `${id} is not retried: ${delivery.reason}`
          : `${id} waits for your approval: approve it`)
      );
    case "failed":
      return (await whyTooLate(delivery, ports)) ?? confirm(delivery, now, "retried by hand");
    case "pending":
      return { ...delivery, wait: undefined, reason: "retried by hand", due: now };
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
  decision: Decision,
  ports: ResolvePorts,
): Promise<Resolved> =>
  changeDelivery(
    await findDelivery(site, id, ["unknown", "failed", "posted"], ports, resolvable),
    async (delivery, { now, post }) => {
      if (delivery.state === "failed" && delivery.duplicate?.kind === "equal")
        return (as === "retry" ? await whyTooLate(delivery, ports) : undefined) ?? settleEqual(delivery, as, now);
      if (delivery.state === "posted" && isUnfinished(delivery, post)) return finish(delivery, as, now);
      if (delivery.state !== "unknown")
        return `${deliveryId(delivery)} is ${delivery.state}: only an unknown, unfinished or duplicate delivery can be resolved`;
      if (as === "retry") return confirm(delivery, now, "resolved by hand: it was not posted", { copy: true });
      return {
        ...markPosted(delivery, { id: null, url: null, public: false }, now),
        reason: "resolved by hand: it was posted",
      };
    },
    decision,
    ports,
  );

const settleEqual = (delivery: Delivery<"failed">, as: "posted" | "retry", now: number): Delivery =>
  (as === "posted" ? takeEqual(delivery, now, "resolved by hand: it is the post that was there") : undefined) ??
  confirm(delivery, now, "resolved by hand: the post that is there is another one");

const finish = (delivery: Delivery<"posted">, as: "posted" | "retry", now: number): Delivery | string => {
  if (delivery.openChange !== undefined)
    return `the ${delivery.openChange} of ${deliveryId(delivery)} got no answer: try again when it has settled`;
  if (as === "posted") return markFinished(delivery, now, "resolved by hand: all of it is there");
  return (
    resumeUnfinished(delivery, now, "resolved by hand: what is missing is sent") ??
    `${deliveryId(delivery)} needs more requests than a delivery may have: add what is missing by hand, then resolve it as posted`
  );
};

export interface ChangePorts extends ShownPorts, LogActPorts {
  readonly deliveries: Deliveries;
  readonly posts: Posts;
  readonly clock: Clock;
}

/** A decision of a person about a delivery. */
export interface Decision {
  /** The person who decides, by the name that they give themselves. */
  readonly by: string | undefined;
  /** The version and the text that the person saw: if there is another one now, nothing is done. */
  readonly seen: { readonly version: number | undefined; readonly shown: string | undefined };
  /** What the history says of it, where the delivery keeps the reason that it had. */
  readonly done?: string;
}

export const anonymous: Decision = { by: undefined, seen: { version: undefined, shown: undefined } };

interface Known {
  readonly now: Instant;
  readonly post: Post | undefined;
  readonly shown: Shown | undefined;
  readonly wording: Wording;
}

const whyOvertaken = (delivery: Delivery, shown: Shown | undefined, { seen }: Decision): string | undefined => {
  const id = deliveryId(delivery);
  if (seen.shown !== undefined && seen.shown !== shown?.hash)
    return `the text of ${id} is another one now: read it, and decide again`;
  if (seen.version !== undefined && seen.version !== delivery.version)
    return `${id} has changed since you saw it: it is ${delivery.state} now; look at it, and decide again`;
  return undefined;
};

/**
 * Changes a delivery as it is now: another worker may have changed it since it was read. `to` returns it unchanged where
 * it is so already, and a text where it cannot be done.
 */
export const changeDelivery = (
  { site, post: id, account, generation }: Delivery,
  to: (delivery: Delivery, known: Known) => Delivery | string | Promise<Delivery | string>,
  decision: Decision,
  ports: ChangePorts,
): Promise<Resolved> =>
  retryOnConflict(`the delivery of ${id} to ${account}`, async () => {
    const delivery = await ports.deliveries.read({ kind: "delivery", site, post: id, account, generation });
    if (delivery === undefined) return { problem: "it does not exist any more" };
    const post = await ports.posts.read(site, id);
    const shown = await readShown(delivery, post, ports);
    const present = (one: Delivery) => presentDelivery(one, post, ports);
    const overtaken = whyOvertaken(delivery, shown, decision);
    if (overtaken !== undefined) return { problem: overtaken, delivery: await present(delivery) };
    const wording = readWording(delivery, post, ports);
    const changed = await to(delivery, { now: ports.clock(), post, shown, wording });
    if (typeof changed === "string") return { problem: changed };
    if (changed === delivery) return { delivery: await present(delivery), already: true };
    const remembered = remember(changed, ports.clock(), decision.by, decision.done);
    if (!(await ports.deliveries.save(remembered))) return conflict;
    await logDecision(remembered, post, decision, ports);
    return { delivery: await present({ ...remembered, version: delivery.version + 1 }), already: false };
  });

/** The history has the decision as its last entry. */
const logDecision = (
  delivery: Delivery,
  post: Post | undefined,
  { by }: Decision,
  ports: ChangePorts,
): Promise<void> => {
  const { site, account, version, history } = delivery;
  const { at, state, reason } = history.last.at(-1) ?? history.first.at(-1) ?? {};
  const id = `${deliveryId(delivery)}.${version}`;
  const of = post && { slug: postPath(post), title: post.title };
  return logAct({ site, at: at ?? ports.clock(), id, act: "decided", by, ...of, account, state, reason }, ports);
};

/** Only some deliveries of the states are meant: which, and what they are called. */
interface Meant {
  readonly names: readonly string[];
  readonly includes: (delivery: Delivery) => boolean;
}

/** A failed delivery is resolved only where the network has a post that may be its copy. */
const resolvable: Meant = {
  names: ["unknown", "unfinished", "duplicate"],
  includes: ({ state, unfinished, duplicate }) =>
    state === "unknown" || unfinished !== undefined || duplicate?.kind === "equal",
};

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
export const findDelivery = async (
  site: string,
  name: string,
  states: readonly DeliveryState[],
  ports: FindDeliveryPorts,
  { names, includes }: Meant = { names: states, includes: () => true },
): Promise<Delivery> => {
  const parsed = parseDeliveryId(name);
  const exact = parsed && (await ports.deliveries.read({ kind: "delivery", site, ...parsed }));
  if (exact !== undefined) return exact;
  const known = (await deliveriesInStates(site, states, ports)).filter(includes);
  const named = name === "" ? [] : known.filter((delivery) => begins(delivery, name));
  const [first] = named;
  if (first === undefined) throw new UnknownId(name, names, await candidates(known, ports));
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
    for (const list of listsInStates(states)) {
      let from: string | undefined;
      for (let page = 0; page < maxPages; page += 1) {
        const { rows, next } = await deliveries.inState(name, list, from);
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
