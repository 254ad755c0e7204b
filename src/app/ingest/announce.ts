import { conflict, retryOnConflict } from "../../domain/concurrency.ts";
import { announcedByHand, publishesUndated } from "../../domain/merge-post.ts";
import type { Post } from "../../domain/post.ts";
import type { Site } from "../../domain/site.ts";
import type { Clock } from "../../ports/runtime.ts";
import { savePost } from "../save-post.ts";
import type { Announced, Ingested } from "../site-api.ts";
import { type FindPorts, findPost } from "../status/find-post.ts";
import { onceMore } from "./once-more.ts";

interface Ports extends FindPorts {
  readonly clock: Clock;
  /** Reads the document of a post once more, and publishes it by hand. Undefined where it cannot be read: it came by the API. */
  readonly publish: (post: Post) => Promise<Ingested | undefined>;
}

/** Held for nothing but its date: it is published at this moment. */
const publishUndated = async (post: Post, { publish }: Ports): Promise<Announced> => {
  const ingested = await publish(post);
  if (ingested === undefined || ingested.result === "refused" || ingested.result === "page")
    return { result: "unchanged", post };
  return { result: ingested.result === "updated" ? "updated" : "unchanged", post: ingested.post ?? post };
};

/**
 * A person announces a post by its name: what was left out because the post was there before or is old, what is held
 * because it has no date, or once more.
 */
export const announce = (
  site: Site,
  name: string,
  options: { readonly again?: boolean },
  ports: Ports,
): Promise<Announced | undefined> => {
  const isOnceMore = onceMore(options.again);
  return retryOnConflict(`the post ${name}`, async () => {
    const post = await findPost(site, name, ports);
    if (post === undefined || post.gone !== undefined) return undefined;
    if (publishesUndated(post, { byHand: true })) return publishUndated(post, ports);
    const announced = announcedByHand(post, { again: isOnceMore(post) }, ports.clock());
    if (announced === undefined) return { result: options.again === true ? "updated" : "unchanged", post };
    const saved = await savePost(announced, ports.posts);
    return saved === undefined ? conflict : { result: "updated", post: saved };
  });
};
