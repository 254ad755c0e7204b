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
 * The post that a document is (design.md §3). Aliases are claimed before the post is written; who loses a claim goes
 * on with the winner's id. `own` is the living post at the document's path.
 */
export const identify = async (
  site: string,
  content: PostContent,
  own: Post | undefined,
  ports: IdentityPorts,
): Promise<Identity> => {
  const wanted = own?.id ?? (await named(site, content, ports));
  if (content.guid !== undefined) {
    const holder = await ports.aliases.claim(site, "guid", content.guid, wanted);
    if (holder !== wanted && own === undefined) return withSlug(site, content, holder, ports);
    if (holder !== wanted) return { conflict: await taken("guid", content.guid, site, holder, ports) };
  }
  return withSlug(site, content, wanted, ports);
};

/** The id follows from the site and the first-seen guid or slug: a laptop and a deployment agree. */
const derived = (site: string, kind: "guid" | "slug", value: string, hash: Hash): string =>
  hash(`${site}\n${kind}\n${value}`).slice(0, 26);

const named = async (site: string, content: PostContent, ports: IdentityPorts): Promise<string> => {
  const { guid, slug } = content;
  const fresh = guid === undefined ? derived(site, "slug", slug, ports.hash) : derived(site, "guid", guid, ports.hash);
  if (guid !== undefined) {
    const byGuid = await ports.aliases.read(site, "guid", guid);
    if (byGuid !== undefined) return byGuid;
  }
  const bySlug = await ports.aliases.read(site, "slug", slug);
  if (bySlug === undefined) return fresh;
  const holder = await ports.posts.read(site, bySlug);
  if (holder !== undefined && !holder.slugs.includes(slug)) return fresh;
  // Two documents with guids of their own are two posts, whatever slug they share (interleaving 8).
  const hasGuid = holder === undefined ? bySlug !== derived(site, "slug", slug, ports.hash) : holder.guid !== undefined;
  return guid !== undefined && hasGuid ? fresh : bySlug;
};

const withSlug = async (site: string, content: PostContent, id: string, ports: IdentityPorts): Promise<Identity> => {
  const holder = await ports.aliases.claim(site, "slug", content.slug, id);
  if (holder === id) return { id };
  // A claim whose post was never saved with the slug (it crashed, and was corrected since) gives way; a slug in use once does not (interleaving 7).
  const post = await ports.posts.read(site, holder);
  const unused = post !== undefined && !post.slugs.includes(content.slug);
  if (unused && (await ports.aliases.takeOver(site, "slug", content.slug, holder, id))) return { id };
  return { conflict: await taken("slug", content.slug, site, holder, ports) };
};

const taken = async (
  field: "slug" | "guid",
  value: string,
  site: string,
  holder: string,
  ports: IdentityPorts,
): Promise<Reason> =>
  aliasTaken(
    field,
    value,
    (await ports.posts.read(site, holder))?.path ?? "another document that is being read at the moment",
  );
