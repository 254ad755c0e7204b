import type { Copy } from "../../domain/copy-transitions.ts";
import { type Delivery, deliveryId, type KeptRemote } from "../../domain/delivery.ts";
import { canonicalJson } from "../../domain/json-value.ts";
import { second } from "../../domain/time.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Deliveries, Posts } from "../../ports/store.ts";

/** The networks answer within moments of each other: the feeds are rendered once for all of them. */
const together = 5 * second;

interface Ports {
  readonly posts: Posts;
  readonly deliveries: Pick<Deliveries, "ofPost">;
  readonly clock: Clock;
}

/**
 * Adds the URLs of the public copies to their post, removes those of the ones that are gone, and has the post published
 * again: feeds name them. The delivery stays due until this is done. False: the post has changed meanwhile.
 */
export const syndicate = async (delivery: Copy | Delivery<"deleted">, ports: Ports): Promise<boolean> => {
  const { site, post: id, remotes, sandbox } = delivery;
  const shown = remotes.filter((remote) => remote.public && remote.url !== null);
  // A sandboxed copy's URL leads nowhere.
  if (shown.length === 0 || sandbox) return true;
  const post = await ports.posts.read(site, id);
  if (post === undefined) return true;
  const isRemoved = shown.some(({ url, gone }) => gone && url !== null && post.syndication.includes(url));
  const others = isRemoved ? await urlsOfOthers(delivery, ports) : new Set();
  const syndication = shown.filter(({ url, gone }) => !(gone && others.has(url))).reduce(withRemote, post.syndication);
  if (canonicalJson(syndication) === canonicalJson(post.syndication)) return true;
  const due = Math.min(post.due ?? Number.POSITIVE_INFINITY, ports.clock() + together);
  return ports.posts.save({ ...post, syndication, due });
};

/** Of the other publications of the post: on DEV one has the address of an earlier one, where it is published again. */
const urlsOfOthers = async (delivery: Delivery, { deliveries }: Ports): Promise<ReadonlySet<unknown>> => {
  const all = await deliveries.ofPost(delivery.site, delivery.post);
  const others = all.filter((other) => deliveryId(other) !== deliveryId(delivery));
  const there = others.flatMap(({ remotes = [] }) => remotes).filter((remote) => remote.public && !remote.gone);
  return new Set(there.map(({ url }) => url));
};

const withRemote = (urls: readonly string[], { url, gone }: KeptRemote): readonly string[] => {
  if (url === null || urls.includes(url) !== gone) return urls;
  return gone ? urls.filter((other) => other !== url) : [...urls, url];
};
