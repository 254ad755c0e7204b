import { apiSource, isDatedByName } from "../../domain/document.ts";
import type { Post } from "../../domain/post.ts";
import type { Aliases, SharedKind } from "../../ports/store.ts";

interface Ports {
  readonly aliases: Pick<Aliases, "share" | "unshare">;
}

/**
 * By these the post is found again: by a slug that is not its address, and by its content when its document has moved. Equal
 * bytes have an equal date, unless that is in the file's name, or a person published a document without one.
 */
const traitsOf = ({ slug, address, hash, published, source, path, byHand }: Post): ReadonlyMap<SharedKind, string> => {
  const canMove = source !== apiSource;
  return new Map<SharedKind, string>([
    ...(address === slug ? [] : [["slug", slug] as const]),
    ...(canMove ? [["published", String(published)] as const] : []),
    ...(canMove && (isDatedByName(path) || byHand) ? [["hash", hash] as const] : []),
  ]);
};

/** Those of the first post that the second one has not. */
const newTraits = (post: Post, other: Post | undefined): readonly (readonly [SharedKind, string])[] => {
  const others = other === undefined ? undefined : traitsOf(other);
  return [...traitsOf(post)].filter(([kind, value]) => others?.get(kind) !== value);
};

/** Before the post is saved. */
export const shareTraits = async (post: Post, before: Post | undefined, { aliases }: Ports): Promise<void> => {
  for (const [kind, value] of newTraits(post, before)) await aliases.share(post.site, kind, value, post.id);
};

/** After that. A slug still names the post when it has changed. */
export const forgetTraits = async (post: Post, before: Post | undefined, { aliases }: Ports): Promise<void> => {
  if (before === undefined) return;
  for (const [kind, value] of newTraits(before, post))
    if (kind !== "slug") await aliases.unshare(post.site, kind, value, post.id);
};
