import type { Post, PostContent } from "./post.ts";
import type { MovedIn, Site } from "./site.ts";
import type { Instant } from "./time.ts";

const oldIdOf = (content: PostContent, published: Instant, { before, ids }: MovedIn): string | undefined => {
  if (published >= before) return undefined;
  return ids === "url" ? content.url : content.guid;
};

/**
 * The id that a post had in the blog's former feeds. Decided once, when the post is first saved for publication with
 * the setting: a later change of its slug, date or guid does not change the id.
 */
export const decideOldId = (
  content: PostContent,
  published: Instant,
  site: Site,
  row: Post | undefined,
): Pick<Post, "oldId" | "oldIdDecided"> => {
  const { oldId, oldIdDecided = oldId !== undefined } = row ?? {};
  if (oldIdDecided || site.movedIn === undefined || content.hold !== undefined) return { oldId, oldIdDecided };
  return { oldId: oldIdOf(content, published, site.movedIn), oldIdDecided: true };
};
