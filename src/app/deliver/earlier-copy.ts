import { type Claimed, type Delivery, hasCopy, type Sent } from "../../domain/delivery.ts";
import type { Post } from "../../domain/post.ts";
import { snippetFor } from "../../domain/snippet.ts";
import { second } from "../../domain/time.ts";
import type { Found } from "../../ports/networks.ts";
import type { DeliverPorts, Target } from "./deliver-step.ts";
import type { DesiredState } from "./desired-state.ts";
import { readLongest } from "./longest-text.ts";
import { withoutOtherCopies } from "./search-copies.ts";

type Wanted = Extract<DesiredState, { readonly kind: "copy" }>;

/** Shorter than a search after a send: the send follows in the same run of a function. */
const timeLimit = 10 * second;

type EarlierCopy =
  | { readonly kind: "none" }
  | { readonly kind: "found"; readonly sent: Sent; readonly found: Found }
  /** It has the post's link and another text: a person's own, or the copy of the post before an edit. */
  | { readonly kind: "similar"; readonly similar: Found }
  | { readonly kind: "unavailable"; readonly reason: string };

/**
 * The copy that a table sent which was lost, or is newer than this one (decision 27). A second publication by hand is not
 * looked for where a network tells copies by their text alone.
 */
export const findEarlierCopy = async (
  delivery: Claimed<"sending">,
  { request, post }: Wanted,
  identity: string | undefined,
  target: Target,
  ports: DeliverPorts,
): Promise<EarlierCopy> => {
  const { connection, network } = target;
  const hasOwnIds = network.offers === "key" && network.remembersFor === undefined;
  const isAsked = !delivery.sandbox && (delivery.generation === 1 || hasOwnIds);
  if (connection.look === undefined || !isAsked) return { kind: "none" };
  const since = ports.clock() - ports.policies.maxAge;
  const key = network.key(delivery.seed, delivery.copy);
  const sought = { request, key, url: post.url, since, isFirst: true } as const;
  const found = await connection.look(sought, ports.deadline(timeLimit));
  if (found === undefined)
    return { kind: "unavailable", reason: `${network.name} did not answer whether the post is there already` };
  if (found === "unreadable" || found.length === 0) return { kind: "none" };
  if (await mayBeAnothers(delivery, ports)) return { kind: "none" };
  const free = await withoutOtherCopies(found, delivery, ports);
  const own = free.find(({ isSame }) => isSame);
  if (own !== undefined) {
    const longest = await readLongest({ ...target, sandbox: delivery.sandbox }, ports);
    return { kind: "found", sent: sentOf(own, post, { identity, longest }, target), found: own };
  }
  const [similar] = free;
  return similar === undefined || delivery.skipsLook ? { kind: "none" } : { kind: "similar", similar };
};

/** Another publication of the post was sent and got no answer: what is there may be its copy. */
const mayBeAnothers = async (
  { site, post, account, generation }: Delivery,
  { deliveries }: DeliverPorts,
): Promise<boolean> =>
  (await deliveries.ofPost(site, post)).some(
    (other) =>
      other.account === account && other.generation !== generation && other.sent !== undefined && !hasCopy(other),
  );

/** Dated as the copy is, so that an unchanged post is not edited. */
const sentOf = (
  { madeAt, request }: Found,
  post: Post,
  { identity, longest }: { readonly identity: string | undefined; readonly longest: number | undefined },
  { network, account }: Target,
): Sent => ({
  request: request ?? network.compose(snippetFor(post, account, madeAt), account, longest).request,
  url: post.url,
  document: undefined,
  identity,
  firstSentAt: madeAt,
  lastSentAt: madeAt,
});
