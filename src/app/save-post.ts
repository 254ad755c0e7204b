import type { Post } from "../domain/post.ts";
import type { Posts } from "../ports/store.ts";

/** The post as it is in its row now; undefined where another worker saved it first. */
export const savePost = async (post: Post, posts: Pick<Posts, "save">): Promise<Post | undefined> =>
  (await posts.save(post)) ? { ...post, version: post.version + 1 } : undefined;
