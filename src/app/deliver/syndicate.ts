import type { Delivery } from "../../domain/delivery.ts";
import { second } from "../../domain/time.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Posts } from "../../ports/store.ts";

/** The networks answer within moments of each other: the feeds are rendered once for all of them. */
const together = 5 * second;

interface Ports {
  readonly posts: Posts;
  readonly clock: Clock;
}

const without = (urls: readonly string[], url: string): readonly string[] => urls.filter((other) => other !== url);

/**
 * Adds the copy's URL to its post, or removes it, and has the post published again: feeds name the URLs of the
 * copies. The delivery stays due until this is done. False: the post has changed meanwhile.
 */
export const syndicate = async (
  { state, site, post: id, remote, sandbox }: Delivery,
  ports: Ports,
): Promise<boolean> => {
  const url = remote?.public === true ? remote.url : undefined;
  // A sandboxed copy's URL leads nowhere.
  if (typeof url !== "string" || sandbox) return true;
  const post = await ports.posts.read(site, id);
  if (post === undefined || post.syndication.includes(url) === (state !== "deleted")) return true;
  const syndication = state === "deleted" ? without(post.syndication, url) : [...post.syndication, url];
  const due = Math.min(post.due ?? Number.POSITIVE_INFINITY, ports.clock() + together);
  return ports.posts.save({ ...post, syndication, due });
};
