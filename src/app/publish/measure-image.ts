import type { Post } from "../../domain/post.ts";
import type { Probe } from "../../ports/outside.ts";
import type { Posts } from "../../ports/store.ts";
import { savePost } from "../save-post.ts";

/**
 * Requests the type and size of the post's image and stores them before the feeds that show it are touched. One request
 * for each URL: a failure is stored, too. Undefined when another worker saved the post meanwhile.
 */
export const measureImage = async (
  post: Post,
  { posts, probe }: { readonly posts: Posts; readonly probe: Probe },
): Promise<Post | undefined> => {
  const url = post.image?.url;
  if (url === post.enclosure?.url) return post;
  const enclosure =
    url === undefined ? undefined : { url, mediaType: undefined, length: undefined, ...(await probe(url)) };
  return savePost({ ...post, enclosure }, posts);
};
