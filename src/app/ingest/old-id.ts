import type { Post, PostContent } from "../../domain/post.ts";
import type { MovedIn, Site } from "../../domain/site.ts";
import type { Instant } from "../../domain/time.ts";
import type { Aliases } from "../../ports/store.ts";

const oldIdOf = (content: PostContent, published: Instant, { before, ids }: MovedIn): string | undefined => {
  if (published >= before) return undefined;
  return ids === "url" ? content.url : content.guid;
};

/**
 * The id that readers know a post by from the blog's former feeds. Decided once, when the post is first saved for
 * readers with the setting: a slug, date or guid that changes later changes no id. Two posts that claim the same one
 * (copies with one canonical URL) would make a feed invalid: it is the first one's.
 */
export const decideOldId = async (
  {
    content,
    published,
    site,
    id,
  }: {
    readonly content: PostContent;
    readonly published: Instant;
    readonly site: Site;
    readonly id: string;
  },
  row: Post | undefined,
  aliases: Pick<Aliases, "claim">,
): Promise<Pick<Post, "oldId" | "oldIdDecided">> => {
  const { oldId, oldIdDecided = oldId !== undefined } = row ?? {};
  if (oldIdDecided || site.movedIn === undefined || content.hold !== undefined) return { oldId, oldIdDecided };
  const wanted = oldIdOf(content, published, site.movedIn);
  const isOwn = wanted !== undefined && (await aliases.claim(site.id, "oldId", wanted, id)) === id;
  return { oldId: isOwn ? wanted : undefined, oldIdDecided: true };
};
