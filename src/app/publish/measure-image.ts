import type { Post } from "../../domain/post.ts";
import type { Probe } from "../../ports/outside.ts";
import type { Posts } from "../../ports/store.ts";
import { savePost } from "../save-post.ts";

/**
 * The post with the type and size of its image, stored before the feeds that show it are touched. Asked once for each
 * URL: a failure is stored too. Undefined when another worker saved the post meanwhile.
 */
export const measured = async (
  post: Post,
  { posts, probe }: { readonly posts: Posts; readonly probe: Probe },
): Promise<Post | undefined> => {
  const url = post.image?.url;
  if (url === post.enclosure?.url) return post;
  const enclosure = url === undefined ? undefined : { url, ...(await probe(url)) };
  return savePost({ ...post, enclosure }, posts);
};
