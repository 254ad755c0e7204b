import type { Post } from "../../domain/post.ts";
import { conflict, retryOnConflict } from "../../domain/retry-on-conflict.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Aliases, Posts } from "../../ports/store.ts";
import { savePost } from "../save-post.ts";
import { postBySlug } from "../status/post-status.ts";

/** Manual deletion: the post leaves the feeds and the networks now, without a grace time. Its file may stay; the post does not come back until the file changes. */
export const remove = (
  site: string,
  slug: string,
  ports: { readonly aliases: Aliases; readonly posts: Posts; readonly clock: Clock },
): Promise<Post | undefined> =>
  retryOnConflict(`the post ${slug}`, async () => {
    const post = await postBySlug(site, slug, ports);
    if (post === undefined || post.gone?.by === "person") return post;
    const now = ports.clock();
    return (await savePost({ ...post, gone: { at: now, by: "person" }, due: now }, ports.posts)) ?? conflict;
  });
