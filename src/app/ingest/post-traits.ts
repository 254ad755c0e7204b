import { apiSource, isDatedByName } from "../../domain/document.ts";
import type { Post } from "../../domain/post.ts";
import type { Aliases, Shared, SharedKind } from "../../ports/store.ts";

interface Ports {
  readonly aliases: Pick<Aliases, "share" | "unshare">;
}

/**
 * By these the post is found again: by a slug that is not its address, and by its content when its document has moved. Equal
 * bytes have an equal date, unless that is in the file's name, or a person published a document without one.
 */
const traitsOf = ({ slug, address, hash, published, source, path, byHand }: Post): ReadonlyMap<SharedKind, Shared> => {
  const canMove = source !== apiSource;
  return new Map<SharedKind, Shared>([
    ...(address === slug ? [] : [["slug", { value: slug }] as const]),
    ...(canMove ? [["published", { value: String(published), hash }] as const] : []),
    ...(canMove && (isDatedByName(path) || byHand) ? [["hash", { value: hash }] as const] : []),
  ]);
};

/** Those of the first post that the second one has not. */
const newTraits = (post: Post, other: Post | undefined): readonly (readonly [SharedKind, Shared])[] => {
  const others = other === undefined ? undefined : traitsOf(other);
  return [...traitsOf(post)].filter(([kind, { value, hash }]) => {
    const same = others?.get(kind);
    return same?.value !== value || same.hash !== hash;
  });
};

/** Before the post is saved. */
export const shareTraits = async (post: Post, before: Post | undefined, { aliases }: Ports): Promise<void> => {
  for (const [kind, shared] of newTraits(post, before)) await aliases.share(post.site, kind, shared, post.id);
};

/** After that. A slug still names the post when it has changed. */
export const forgetTraits = async (post: Post, before: Post | undefined, { aliases }: Ports): Promise<void> => {
  if (before === undefined) return;
  for (const [kind, shared] of newTraits(before, post))
    if (kind !== "slug") await aliases.unshare(post.site, kind, shared, post.id);
};
