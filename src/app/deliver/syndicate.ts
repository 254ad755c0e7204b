import { canonicalJson } from "../../domain/canonical-json.ts";
import type { Delivery, KeptRemote } from "../../domain/delivery.ts";
import { second } from "../../domain/time.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Posts } from "../../ports/store.ts";

/** The networks answer within moments of each other: the feeds are rendered once for all of them. */
const together = 5 * second;

interface Ports {
  readonly posts: Posts;
  readonly clock: Clock;
}

/**
 * Adds the URLs of the public copies to their post, removes those of the ones that are gone, and has the post published
 * again: feeds name them. The delivery stays due until this is done. False: the post has changed meanwhile.
 */
export const syndicate = async (
  { site, post: id, remotes, sandbox }: Delivery<"posted" | "deleted">,
  ports: Ports,
): Promise<boolean> => {
  const shown = remotes.filter((remote) => remote.public && remote.url !== null);
  // A sandboxed copy's URL leads nowhere.
  if (shown.length === 0 || sandbox) return true;
  const post = await ports.posts.read(site, id);
  if (post === undefined) return true;
  const syndication = shown.reduce(withRemote, post.syndication);
  if (canonicalJson(syndication) === canonicalJson(post.syndication)) return true;
  const due = Math.min(post.due ?? Number.POSITIVE_INFINITY, ports.clock() + together);
  return ports.posts.save({ ...post, syndication, due });
};

const withRemote = (urls: readonly string[], { url, gone }: KeptRemote): readonly string[] => {
  if (url === null || urls.includes(url) !== gone) return urls;
  return gone ? urls.filter((other) => other !== url) : [...urls, url];
};
