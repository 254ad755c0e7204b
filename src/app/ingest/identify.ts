import { aliasTaken } from "../../domain/alias-taken.ts";
import type { Post, PostContent } from "../../domain/post.ts";
import type { Reason } from "../../domain/refusal.ts";
import type { Hash } from "../../ports/runtime.ts";
import type { Aliases, Posts } from "../../ports/store.ts";

interface IdentityPorts {
  readonly aliases: Aliases;
  readonly posts: Posts;
  readonly hash: Hash;
}

export type Identity = { readonly id: string } | { readonly conflict: Reason };

/**
 * Finds the post of a document (design.md §3). Aliases are claimed before the post is written: where another document
 * claimed one first, its post's id is used. `ownPost` is the post that is at the document's path now.
 */
export const identify = async (
  site: string,
  content: PostContent,
  ownPost: Post | undefined,
  ports: IdentityPorts,
): Promise<Identity> => {
  const ownId = ownPost?.id ?? (await findId(site, content, ports));
  if (content.guid !== undefined) {
    const holder = await ports.aliases.claim(site, "guid", content.guid, ownId);
    if (holder !== ownId && ownPost === undefined) return claimSlug(site, content, holder, ports);
    if (holder !== ownId) return { conflict: await conflictWith("guid", content.guid, site, holder, ports) };
  }
  return claimSlug(site, content, ownId, ports);
};

/** An id depends only on the site and the first guid or slug: a laptop and a deployment derive the same one. */
const deriveId = (site: string, kind: "guid" | "slug", value: string, hash: Hash): string =>
  hash(`${site}\n${kind}\n${value}`).slice(0, 26);

const findId = async (site: string, content: PostContent, ports: IdentityPorts): Promise<string> => {
  const { guid, slug } = content;
  const newId =
    guid === undefined ? deriveId(site, "slug", slug, ports.hash) : deriveId(site, "guid", guid, ports.hash);
  if (guid !== undefined) {
    const byGuid = await ports.aliases.read(site, "guid", guid);
    if (byGuid !== undefined) return byGuid;
  }
  const bySlug = await ports.aliases.read(site, "slug", slug);
  if (bySlug === undefined) return newId;
  const holder = await ports.posts.read(site, bySlug);
  if (holder !== undefined && !holder.slugs.includes(slug)) return newId;
  // Two documents with different guids are two posts, even with the same slug (interleaving 8).
  const hasGuid =
    holder === undefined ? bySlug !== deriveId(site, "slug", slug, ports.hash) : holder.guid !== undefined;
  return guid !== undefined && hasGuid ? newId : bySlug;
};

const claimSlug = async (site: string, content: PostContent, id: string, ports: IdentityPorts): Promise<Identity> => {
  const holder = await ports.aliases.claim(site, "slug", content.slug, id);
  if (holder === id) return { id };
  // A post that was never saved with the slug (a crash came between, and a correction) loses it. A slug that was used once does not move (interleaving 7).
  const post = await ports.posts.read(site, holder);
  const isUnused = post !== undefined && !post.slugs.includes(content.slug);
  if (isUnused && (await ports.aliases.takeOver(site, "slug", content.slug, holder, id))) return { id };
  return { conflict: await conflictWith("slug", content.slug, site, holder, ports) };
};

const conflictWith = async (
  field: "slug" | "guid",
  value: string,
  site: string,
  holder: string,
  ports: IdentityPorts,
): Promise<Reason> =>
  aliasTaken(field, value, (await ports.posts.read(site, holder))?.path ?? "another document that is being read now");
