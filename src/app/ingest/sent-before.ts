import { alike, apiSource, sharedText } from "../../domain/document.ts";
import type { Post, PostContent } from "../../domain/post.ts";
import type { Site } from "../../domain/site.ts";
import type { Aliases, Documents, Posts } from "../../ports/store.ts";
import { postsNamed } from "../status/find-post.ts";

interface Ports {
  readonly aliases: Aliases;
  readonly posts: Posts;
  readonly documents: Pick<Documents, "read">;
}

/**
 * The post that the same file with the same slug and nine tenths of the text was sent as before. Its address is another
 * one where that holds the date, and the date was changed.
 */
export const sentBefore = async (
  site: Site,
  file: string | undefined,
  { slug, html }: Pick<PostContent, "slug" | "html">,
  ports: Ports,
): Promise<Post | undefined> => {
  if (file === undefined) return undefined;
  for (const post of await postsNamed(site, slug, ports)) {
    if (post.source !== apiSource || post.gone !== undefined || sharedText(html, post.html) < alike) continue;
    if ((await ports.documents.read(site.id, apiSource, post.path))?.file === file) return post;
  }
  return undefined;
};
