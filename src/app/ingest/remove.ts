import { conflict, retryOnConflict } from "../../domain/concurrency.ts";
import type { Post } from "../../domain/post.ts";
import type { Site } from "../../domain/site.ts";
import type { Source } from "../../ports/content.ts";
import type { Clock } from "../../ports/runtime.ts";
import { savePost } from "../save-post.ts";
import type { Removed } from "../site-api.ts";
import { type FindPorts, findPost } from "../status/find-post.ts";

interface Ports extends FindPorts {
  /** The site's. */
  readonly sources: ReadonlyMap<string, Source>;
  readonly clock: Clock;
}

/** Manual deletion: the post leaves the feeds and the networks now, without a grace time. Its file may stay; the post does not come back until the file changes. */
export const remove = async (site: Site, name: string, ports: Ports): Promise<Removed | undefined> => {
  const post = await retryOnConflict(`the post ${name}`, async () => {
    const found = await findPost(site, name, ports);
    if (found === undefined || found.gone?.by === "person") return found;
    const now = ports.clock();
    return (await savePost({ ...found, gone: { at: now, by: "person" }, due: now }, ports.posts)) ?? conflict;
  });
  return post && { post, remaining: await remainingDocument(post, ports) };
};

const remainingDocument = async ({ source, path }: Post, { sources }: Ports): Promise<string | undefined> =>
  (await sources.get(source)?.read(path)) instanceof Uint8Array ? path : undefined;
