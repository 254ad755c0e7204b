import { addressOf, addressTaken, guidTaken, isMadeOfSlug } from "../../domain/address.ts";
import type { Reason } from "../../domain/findings.ts";
import type { DocumentLocation } from "../../domain/merge-post.ts";
import type { Post, PostContent } from "../../domain/post.ts";
import type { Site } from "../../domain/site.ts";
import type { Hash } from "../../ports/runtime.ts";
import type { Aliases, Posts } from "../../ports/store.ts";

type Moved = { readonly moved: Post } | { readonly waits: Reason };

interface IdentityPorts {
  /** Asked where neither guid nor address is known: the post whose document has moved here, or why that is not known yet. */
  readonly findMoved: () => Promise<Moved | undefined>;
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
  { site, source }: Pick<DocumentLocation, "site" | "source">,
  content: PostContent,
  ownPost: Post | undefined,
  ports: IdentityPorts,
): Promise<Identity> => {
  const knownId = ownPost?.id ?? (await findId(site, source, content, ports));
  const moved = knownId === undefined ? await ports.findMoved() : undefined;
  if (moved !== undefined && "waits" in moved) return { conflict: moved.waits };
  const ownId = knownId ?? moved?.moved.id ?? newId(site, content, ports.hash);
  if (content.guid !== undefined) {
    const holder = await ports.aliases.claim(site.id, "guid", content.guid, ownId);
    if (holder !== ownId && ownPost === undefined) return claimAddress(site, content, holder, ports);
    if (holder !== ownId) return { conflict: guidTaken(content.guid, await pathOfHolder(site, holder, ports)) };
  }
  return claimAddress(site, content, ownId, ports);
};

/**
 * An id depends only on the site and the first guid, or the first address: a laptop and a deployment derive the same one.
 * Of an address that is made of the slug alone only the slug counts, so that another permalink changes no id.
 */
const idOfAddress = (site: Site, content: PostContent, hash: Hash): string =>
  isMadeOfSlug(content, site)
    ? deriveId(site, "slug", content.slug, hash)
    : deriveId(site, "address", addressOf(content.url, site), hash);

const deriveId = (site: Site, kind: "guid" | "slug" | "address", value: string, hash: Hash): string =>
  hash(`${site.id}\n${kind}\n${value}`).slice(0, 26);

const newId = (site: Site, content: PostContent, hash: Hash): string =>
  content.guid === undefined ? idOfAddress(site, content, hash) : deriveId(site, "guid", content.guid, hash);

/** Undefined where the document has a post of its own, or has moved. */
const findId = async (
  site: Site,
  source: string,
  content: PostContent,
  { aliases, posts, hash }: IdentityPorts,
): Promise<string | undefined> => {
  const { guid } = content;
  const address = addressOf(content.url, site);
  if (guid !== undefined) {
    const byGuid = await aliases.read(site.id, "guid", guid);
    if (byGuid !== undefined) return byGuid;
  }
  const byAddress = await aliases.read(site.id, "address", address);
  if (byAddress === undefined) return undefined;
  const holder = await posts.read(site.id, byAddress);
  if (holder !== undefined && !holder.addresses.includes(address)) return undefined;
  // Two documents of a source with different guids are two posts, even with the same address (interleaving 8). Two sources may give a post two guids.
  const hasGuid =
    holder === undefined
      ? byAddress !== idOfAddress(site, content, hash)
      : holder.guid !== undefined && holder.source === source;
  return guid !== undefined && hasGuid ? undefined : byAddress;
};

const claimAddress = async (site: Site, content: PostContent, id: string, ports: IdentityPorts): Promise<Identity> => {
  const { aliases, posts } = ports;
  const address = addressOf(content.url, site);
  const holder = await aliases.claim(site.id, "address", address, id);
  if (holder === id) return { id };
  // A post that was never saved with the address (a crash came between, and a correction) loses it. An address that was used once does not move (interleaving 7).
  const post = await posts.read(site.id, holder);
  const isUnused = post !== undefined && !post.addresses.includes(address);
  if (isUnused && (await aliases.takeOver(site.id, "address", address, holder, id))) return { id };
  return { conflict: addressTaken(content.url, await pathOfHolder(site, holder, ports)) };
};

const pathOfHolder = async (site: Site, holder: string, { posts }: IdentityPorts): Promise<string> =>
  (await posts.read(site.id, holder))?.path ?? "another document that is being read now";
