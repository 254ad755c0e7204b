import type { Post } from "../../domain/post.ts";
import { conflict, retryOnConflict } from "../../domain/retry-on-conflict.ts";
import type { Site } from "../../domain/site.ts";
import type { Clock } from "../../ports/runtime.ts";
import { savePost } from "../save-post.ts";
import { type FindPorts, findPost } from "../status/find-post.ts";

interface Ports extends FindPorts {
  readonly clock: Clock;
}

/** Manual deletion: the post leaves the feeds and the networks now, without a grace time. Its file may stay; the post does not come back until the file changes. */
export const remove = (site: Site, name: string, ports: Ports): Promise<Post | undefined> =>
  retryOnConflict(`the post ${name}`, async () => {
    const post = await findPost(site, name, ports);
    if (post === undefined || post.gone?.by === "person") return post;
    const now = ports.clock();
    return (await savePost({ ...post, gone: { at: now, by: "person" }, due: now }, ports.posts)) ?? conflict;
  });
