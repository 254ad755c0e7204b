import type { Account } from "../../domain/account.ts";
import {
  type Claimed,
  type Delivery,
  type DeliveryList,
  deliveryId,
  hasCopy,
  listsInStates,
  type Sent,
} from "../../domain/delivery.ts";
import type { NetworkTraits } from "../../domain/delivery-transitions.ts";
import { canonicalJson } from "../../domain/json-value.ts";
import type { Post } from "../../domain/post.ts";
import { parseCounted } from "../../domain/request-gates.ts";
import { linksToPage, snippetFor } from "../../domain/snippet.ts";
import { type Instant, minute, second } from "../../domain/time.ts";
import type { FoundPost, Identity, NoLogin } from "../../ports/networks.ts";
import type { Deliveries } from "../../ports/store.ts";
import { readLongest } from "./account-state.ts";
import { deadlineFor } from "./admission.ts";
import type { DeliverPorts, DeliveryTarget } from "./deliver-step.ts";
import type { DesiredState } from "./desired-state.ts";

/** Searches the network for the copy of a request that got no answer. Undefined: it gave no usable answer. */
export const searchCopies = async (
  delivery: Delivery<"unsettled" | "unknown">,
  { connection, network }: DeliveryTarget,
  ports: DeliverPorts,
  signal: AbortSignal = ports.deadline(deadlineFor(delivery)),
): Promise<readonly FoundPost[] | "unreadable" | undefined> => {
  const { request, url, firstSentAt } = delivery.sent;
  const key = network.key(delivery.seed, delivery.copy);
  const sought = { request, key, url, since: firstSentAt - 5 * minute, progress: delivery.progress?.from };
  const found = await connection.find?.(sought, signal);
  return found === undefined || found === "unreadable" ? found : withoutOtherCopies(found, delivery, ports);
};

/**
 * Copies of other deliveries do not count: a second publication is not the first, nor is that of another account or site
 * with the same login.
 */
export const withoutOtherCopies = async <F extends Pick<FoundPost, "remote">>(
  found: readonly F[],
  delivery: Delivery,
  ports: CopyPorts,
): Promise<readonly F[]> => {
  const { site, post, account, network } = delivery;
  // Two posts may have one address for a time: one replaced the other.
  const [generations, recent, ofSharers] = await Promise.all([
    ports.deliveries.ofPost(site, post),
    deliveriesIn([account], listsWithCopy, ports),
    deliveriesOfSharers(delivery, listsWithCopy, ports),
  ]);
  const others = [...generations, ...recent, ...ofSharers].filter(
    (other) => other.network === network && deliveryId(other) !== deliveryId(delivery),
  );
  return found.filter(({ remote }) => !others.some(({ remotes = [] }) => remotes.some(({ id }) => id === remote.id)));
};

const listsWithCopy: readonly DeliveryList[] = listsInStates(["posted", "editing", "deleting", "unsettled"]);

interface CopyPorts extends Pick<DeliverPorts, "accounts" | "accountStates" | "clock"> {
  readonly deliveries: Pick<Deliveries, "ofPost" | "inState" | "read">;
}

const deliveriesIn = async (
  names: readonly string[],
  lists: readonly DeliveryList[],
  { deliveries }: CopyPorts,
): Promise<readonly Delivery[]> => {
  const pages = names.flatMap((name) => lists.map((list) => deliveries.inState(name, list)));
  return (await Promise.all(pages)).flatMap(({ rows }) => rows);
};

/** The index of states follows its rows within seconds. */
const indexLag = 5 * minute;

/**
 * Returns the deliveries of the other accounts, of any site, that post with the login of the delivery's account: those in
 * these states, and whatever they have sent in the last minutes, which the index may not know yet. One post on two sites
 * goes out on both within seconds.
 */
const deliveriesOfSharers = async (
  { account, network }: Delivery,
  lists: readonly DeliveryList[],
  ports: CopyPorts,
): Promise<readonly Delivery[]> => {
  const isSharer = (one: Account): boolean => one.sharesLogin === true && one.network === network;
  const own = ports.accounts.find(({ name }) => name === account);
  if (own === undefined || !isSharer(own)) return [];
  const sharers = ports.accounts.filter((one) => one !== own && isSharer(one));
  const names = sharers.map(({ name }) => name);
  const recent = await Promise.all(sharers.map((sharer) => readRecentlySent(sharer, ports)));
  return [...(await deliveriesIn(names, lists, ports)), ...recent.flat()];
};

const readRecentlySent = async (
  { name, site }: Account,
  { accountStates, deliveries, clock }: CopyPorts,
): Promise<readonly Delivery[]> => {
  const { sent } = await accountStates.read(name);
  const since = clock() - indexLag;
  const counted = Object.entries(sent).flatMap(([copy, at]) => (at < since ? [] : (parseCounted(copy) ?? [])));
  const read = await Promise.all(counted.map((one) => deliveries.read({ kind: "delivery", site, ...one })));
  return read.filter((one) => one !== undefined);
};

type Wanted = Extract<DesiredState, { readonly kind: "copy" }>;

/** Shorter than a search after a send: the send follows in the same run of a function. */
const searchTimeLimit = 10 * second;

export type EarlierCopy =
  | { readonly kind: "none" }
  | { readonly kind: "found"; readonly sent: Sent; readonly found: FoundPost }
  /**
   * It has the post's link and another text: a person's own, or the copy of the post before an edit. Or it has the text of
   * a request without that link, which a person may have written, too.
   */
  | { readonly kind: "similar"; readonly similar: FoundPost }
  | { readonly kind: "unavailable"; readonly reason: string };

/**
 * Finds a copy that was sent from another table, which was lost or is newer than this one
 * (docs/decisions/0027-a-first-send-asks-the-network.md). It does not search for a second publication by hand where a
 * network distinguishes copies only by their text.
 */
export const findEarlierCopy = async (
  delivery: Claimed<"sending">,
  { request, post }: Wanted,
  identity: string | undefined,
  target: DeliveryTarget,
  ports: DeliverPorts,
): Promise<EarlierCopy> => {
  const { connection, network } = target;
  const hasOwnIds = network.offers === "key" && network.remembersFor === undefined;
  const isSearched = !delivery.sandbox && (delivery.generation === 1 || hasOwnIds);
  if (connection.find === undefined || !isSearched) return { kind: "none" };
  const since = ports.clock() - ports.policies.maxAge;
  const key = network.key(delivery.seed, delivery.copy);
  const sought = { request, key, url: post.url, since, isFirst: true } as const;
  const found = await connection.find(sought, ports.deadline(searchTimeLimit));
  if (found === undefined)
    return { kind: "unavailable", reason: `${network.name} gave no usable answer to the search for the post` };
  if (found === "unreadable" || found.length === 0) return { kind: "none" };
  if (await mayBeAnothers(delivery, { url: post.url, identity }, ports)) return { kind: "none" };
  const free = await withoutOtherCopies(found, delivery, ports);
  const same = free.find(({ isSame }) => isSame);
  const own = hasOwnIds || linksToPage(request, post.url) ? same : undefined;
  if (own !== undefined) {
    const longest = await readLongest({ ...target, sandbox: delivery.sandbox }, ports);
    return { kind: "found", sent: sentCopy(own, post, { identity, longest, text: delivery.text }, target), found: own };
  }
  const similar = same ?? free[0];
  return similar === undefined || delivery.passed.copy ? { kind: "none" } : { kind: "similar", similar };
};

/**
 * True where another publication of the post, or of its page by an account with the same login, was sent and got no answer:
 * a copy on the network may be its copy.
 */
const mayBeAnothers = async (
  delivery: Delivery,
  sought: Pick<Sent, "url" | "identity">,
  ports: CopyPorts,
): Promise<boolean> => {
  const { site, post, account, generation } = delivery;
  const [generations, ofSharers] = await Promise.all([
    ports.deliveries.ofPost(site, post),
    deliveriesOfSharers(delivery, ["sending", "unsettled", "unknown"], ports),
  ]);
  const others = [
    ...generations.filter((other) => other.account === account && other.generation !== generation),
    ...ofSharers.filter(({ sent }) => isOfSamePage(sent, sought)),
  ];
  return others.some((other) => other.sent !== undefined && !hasCopy(other));
};

/** Two accounts that share their logins may do so with two others. Not every network names the login. */
const hasSameLogin = (sent: Sent, other: Pick<Sent, "identity">): boolean =>
  sent.identity === other.identity || sent.identity === undefined || other.identity === undefined;

const isOfSamePage = (sent: Sent | undefined, other: Pick<Sent, "url" | "identity"> | undefined): boolean =>
  sent !== undefined && sent.url === other?.url && hasSameLogin(sent, other);

/** The request is dated like the copy, so that an unchanged post is not edited. */
const sentCopy = (
  { madeAt, request }: FoundPost,
  post: Post,
  {
    identity,
    longest,
    text,
  }: Pick<Sent, "identity"> & Pick<Delivery, "text"> & { readonly longest: number | undefined },
  { network, account }: DeliveryTarget,
): Sent => ({
  request: request ?? network.compose(snippetFor(post, account, madeAt, [], text?.value), account, longest).request,
  url: post.url,
  document: undefined,
  identity,
  firstSentAt: madeAt,
  lastSentAt: madeAt,
});

/**
 * Returns the request that made the copy which was found: the one that was sent, or another one. A copy that is known by
 * its key or address may be of another table, which has sent another state of the post: then it is edited.
 */
export const sentAsFound = (sent: Sent, { request, madeAt }: FoundPost): Sent =>
  request === undefined || canonicalJson(request) === canonicalJson(sent.request)
    ? sent
    : { ...sent, request, document: undefined, firstSentAt: madeAt };

/**
 * Returns the other publications of the post, or of its page by an account with the same login, that sent the same
 * request, and those of any other post where the request has no link to the page: a network may mistake one for the other.
 * The replies to a post may be equal even where the posts differ. A network that refuses equal posts and can be searched
 * (DEV) knows a post by its page, whatever the request says.
 */
export const equalRequests = async (
  delivery: Delivery<"sending" | "unsettled">,
  { offers, canFind }: Pick<NetworkTraits, "offers" | "canFind">,
  ports: CopyPorts,
): Promise<readonly Delivery[]> => {
  const { site, post, account, generation, sent, progress } = delivery;
  const isLinked = sent === undefined || linksToPage(sent.request, sent.url);
  const [generations, ofSharers, ofAccount] = await Promise.all([
    ports.deliveries.ofPost(site, post),
    deliveriesOfSharers(delivery, sentStates, ports),
    isLinked ? [] : deliveriesOfAccount(delivery, ports),
  ]);
  const isEqual = (other: Delivery): boolean =>
    (offers === "refuse" && canFind) || canonicalJson(other.sent?.request) === canonicalJson(sent?.request);
  const ofPage = [
    ...generations.filter((other) => other.account === account && other.generation !== generation),
    ...ofSharers.filter((other) => isOfSamePage(other.sent, sent)),
  ].filter((other) => other.sent !== undefined && (progress !== undefined || isEqual(other)));
  if (isLinked) return ofPage;
  const ofLogin = ofSharers.filter((other) => other.sent !== undefined && hasSameLogin(other.sent, sent));
  return [...ofPage, ...[...ofLogin, ...ofAccount].filter(isEqual)];
};

/** Returns the account's other deliveries that were sent, whatever their post. */
const deliveriesOfAccount = async (delivery: Delivery, ports: CopyPorts): Promise<readonly Delivery[]> => {
  const own = ports.accounts.find(({ name }) => name === delivery.account);
  const [listed, recent] = await Promise.all([
    deliveriesIn([delivery.account], listsInStates(sentStates), ports),
    own === undefined ? [] : readRecentlySent(own, ports),
  ]);
  return [...listed, ...recent].filter((other) => deliveryId(other) !== deliveryId(delivery));
};

/** Longer than the unit of the date in any request. */
export const equalMoment = 2 * second;

/**
 * True where an account with the same login has sent the same request in this moment, whatever its answer. A note on
 * Nostr is its content and the second of its date: the two would be one note.
 */
export const isJustSent = async (
  delivery: Claimed<"sending">,
  { request, ...content }: Pick<Sent, "request" | "url" | "identity">,
  now: Instant,
  ports: CopyPorts,
): Promise<boolean> => {
  const ofSharers = await deliveriesOfSharers(delivery, sentStates, ports);
  return ofSharers.some(
    ({ sent }) =>
      sent !== undefined &&
      isOfSamePage(sent, content) &&
      Math.abs(now - sent.firstSentAt) < equalMoment &&
      canonicalJson(sent.request) === canonicalJson(request),
  );
};

/** A delivery in one of these states may have a copy on the network. */
const sentStates = ["sending", "unsettled", "unknown", "posted", "editing", "deleting"] as const;

/** A search and a send still fit into the run of a function after it. */
const identityTimeLimit = 5 * second;

export const readIdentity = (
  { connection }: Pick<DeliveryTarget, "connection">,
  { deadline }: Pick<DeliverPorts, "deadline">,
): Promise<Identity | NoLogin> => connection.whoAmI(deadline(identityTimeLimit));

type Ownership = { readonly kind: "own" } | { readonly kind: "other"; readonly reason: string } | NoLogin;

/**
 * Checks whether a copy that was sent belongs to the account: the configuration may have given the name to another
 * login. If the network does not say it now, nothing is done until it does: another server's "not found" is not a
 * deletion.
 */
export const checkOwner = async (
  delivery: Delivery<"unsettled" | "unknown" | "posted" | "editing" | "deleting">,
  target: DeliveryTarget,
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
