import type { Policies } from "../../domain/account.ts";
import { addressTaken, guidTaken, isMadeOfSlug, pageAddress, withoutFragment } from "../../domain/address.ts";
import {
  apiSource,
  copyWaits,
  copyWaitsUntil,
  isDatedByName,
  isMarkdown,
  type KnownDocument,
  mayBeCopy,
  moveGrace,
  sharedText,
  similarEnough,
  similarity,
} from "../../domain/document.ts";
import type { Reason } from "../../domain/findings.ts";
import type { DocumentLocation } from "../../domain/merge-post.ts";
import type { Post, PostContent } from "../../domain/post.ts";
import type { Site } from "../../domain/site.ts";
import { clockText, type Instant } from "../../domain/time.ts";
import type { Parse, Source } from "../../ports/content.ts";
import type { Clock, Hash } from "../../ports/runtime.ts";
import type { Aliases, Documents, Posts, Shared, SharedKind } from "../../ports/store.ts";
import { postsNamed } from "../status/find-post.ts";

type Moved = { readonly moved: Post } | { readonly waits: Reason };

interface IdentityPorts {
  /**
   * Called where neither guid nor address is known. Returns the post whose document has moved here, or why that is not
   * known yet.
   */
  readonly findMoved: () => Promise<Moved | undefined>;
  /** True where no worker is going to save the post `id`, which was not saved when the address was claimed for it. */
  readonly isAbandoned: (id: string) => boolean;
  readonly aliases: Aliases;
  readonly posts: Posts;
  readonly hash: Hash;
}

export type Identity = { readonly id: string } | { readonly conflict: Reason };

/**
 * Finds the post of a document (docs/decisions/0012-identity-by-address.md). Aliases are claimed before the post is
 * written: where another document claimed one first, its post's id is used. `ownPost` is the post that is at the
 * document's path now.
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
 * An id depends only on the site and the first guid, or the first address: a laptop and a deployment derive the same
 * one. If the address is made from the slug only, the id depends on the slug, so that another permalink changes no id.
 */
const idOfAddress = (site: Site, content: PostContent, hash: Hash): string =>
  isMadeOfSlug(content, site)
    ? deriveId(site, "slug", content.slug, hash)
    : deriveId(site, "address", pageAddress(content.url, site), hash);

const deriveId = (site: Site, kind: "guid" | "slug" | "address", value: string, hash: Hash): string =>
  hash(`${site.id}\n${kind}\n${value}`).slice(0, 26);

const newId = (site: Site, content: PostContent, hash: Hash): string =>
  content.guid === undefined ? idOfAddress(site, content, hash) : deriveId(site, "guid", content.guid, hash);

/** Finds the id by guid or address. Undefined where the document becomes a post of its own, or has moved. */
const findId = async (
  site: Site,
  source: string,
  content: PostContent,
  { aliases, posts, hash }: IdentityPorts,
): Promise<string | undefined> => {
  const { guid } = content;
  const address = pageAddress(content.url, site);
  if (guid !== undefined) {
    const byGuid = await aliases.read(site.id, "guid", guid);
    if (byGuid !== undefined) return byGuid;
  }
  const byAddress = await aliases.read(site.id, "address", address);
  if (byAddress === undefined) return undefined;
  const holder = await posts.read(site.id, byAddress);
  if (holder !== undefined && !holder.addresses.includes(address)) return undefined;
  // Two documents of a source with different guids are two posts, even with the same address. Two sources may give one
  // post two guids.
  const hasGuid =
    holder === undefined
      ? byAddress !== idOfAddress(site, content, hash)
      : holder.guid !== undefined && holder.source === source;
  return guid !== undefined && hasGuid ? undefined : byAddress;
};

const claimAddress = async (site: Site, content: PostContent, id: string, ports: IdentityPorts): Promise<Identity> => {
  const { aliases, posts } = ports;
  const address = pageAddress(content.url, site);
  const holder = await aliases.claim(site.id, "address", address, id);
  if (holder === id) return { id };
  // A post that was never saved with the address, because of a crash and a later correction, loses it. An address that
  // was used once does not move.
  const post = await posts.read(site.id, holder);
  const isUnused = post === undefined ? ports.isAbandoned(holder) : !post.addresses.includes(address);
  if (isUnused && (await aliases.takeOver(site.id, "address", address, holder, id))) return { id };
  return { conflict: addressTaken(content.url, await pathOfHolder(site, holder, ports)) };
};

const pathOfHolder = async (site: Site, holder: string, { posts }: IdentityPorts): Promise<string> =>
  (await posts.read(site.id, holder))?.path ?? "another document that is being read now";

interface MovePorts {
  readonly policies: Policies;
  readonly aliases: Pick<Aliases, "sharing">;
  readonly posts: Pick<Posts, "read">;
  readonly source: Pick<Source, "read">;
  readonly clock: Clock;
}

/** A document that has no post yet, as it was read. */
interface Newcomer {
  readonly location: DocumentLocation;
  readonly document: KnownDocument | undefined;
  /** The first listing of its source is complete: until then, two equal documents are two posts. */
  readonly isListed: boolean;
  /** A person publishes it now: a copy does not wait. */
  readonly byHand: boolean;
  readonly content: PostContent;
  readonly hash: string;
}

/** Thousands of posts may have one date. Those with equal bytes are compared first. */
const maxCandidates = 20;

/**
 * Finds the post whose document has moved here: its own file is gone, and this one has the same bytes, or the same date
 * and nine tenths of its text. While the file is still there, a copy waits, because a file may be moved by copying it
 * first and deleting it then.
 */
export const findMoved = async (
  newcomer: Newcomer,
  ports: MovePorts,
): Promise<{ readonly moved: Post } | { readonly waits: Reason } | undefined> => {
  const { location, document, isListed, byHand } = newcomer;
  const now = ports.clock();
  const candidates = await findAlike(newcomer, now, ports);
  const present: Post[] = [];
  for (const { post, share } of candidates) {
    const isThere = post.path !== location.path && (await ports.source.read(post.path)) !== undefined;
    if (!isThere) return { moved: post };
    if (mayBeCopy(newcomer.content, share)) present.push(post);
  }
  // A copy in another language does not wait: it is going to be translated.
  const original = present.find(
    ({ audience, gone, language }) =>
      isListed && !byHand && audience !== undefined && gone === undefined && language === newcomer.content.language,
  );
  const until = (document?.refusal && copyWaitsUntil(document.refusal)) ?? now + moveGrace;
  return original === undefined || now >= until
    ? undefined
    : { waits: copyWaits(original.path, clockText(until, now, location.site.timeZone)) };
};

/** Returns the posts that are similar enough, the most similar first. */
const findAlike = async (
  { location: { site, source, path }, content, hash }: Newcomer,
  now: Instant,
  { aliases, posts, policies }: MovePorts,
): Promise<readonly { readonly post: Post; readonly share: number }[]> => {
  const { published } = content;
  // Documents with equal bytes have the same date, unless the date is not in the bytes.
  const isDated = published !== undefined && !isDatedByName(path);
  const ofDate = async (equal?: string) =>
    published === undefined ? [] : aliases.sharing(site.id, "published", { value: String(published), hash: equal });
  const ids = [
    ...(isDated ? [] : await aliases.sharing(site.id, "hash", { value: hash })),
    ...(await ofDate(hash)),
    ...(await ofDate()),
  ];
  const found = await Promise.all([...new Set(ids)].slice(0, maxCandidates).map((id) => posts.read(site.id, id)));
  return found
    .filter((post) => post !== undefined)
    .filter((post) => post.source === source && !isOver(post, now, policies))
    .filter((post) => isSameGuid(guidApartFromAddress(content, site), guidApartFromAddress(post, site)))
    .map((post) => ({ post, share: similarity(post, content, hash) }))
    .filter(({ share }) => share >= similarEnough)
    .toSorted((a, b) => b.share - a.share || (a.post.path < b.post.path ? -1 : 1));
};

/** Undefined where the guid is the address of the page, as in most feeds: it changes with the address. */
const guidApartFromAddress = ({ guid, url }: Pick<PostContent, "guid" | "url">, site: Site): string | undefined =>
  guid !== undefined && URL.parse(guid) !== null && withoutFragment(pageAddress(guid, site)) === pageAddress(url, site)
    ? undefined
    : guid;

const isSameGuid = (guid: string | undefined, other: string | undefined): boolean =>
  guid === undefined || other === undefined || guid === other;

/**
 * True once its copies on the networks are deleted. A post that a person removed stays removed wherever its file is.
 */
const isOver = ({ gone }: Post, now: Instant, { removeCopiesAfter }: Policies): boolean =>
  gone?.by === "source" && now >= gone.at + removeCopiesAfter;

interface TraitPorts {
  readonly aliases: Pick<Aliases, "share" | "unshare">;
}

/**
 * The traits by which a post is found again: a slug that is not its address, and its content when its document has
 * moved. The hash is only needed where equal bytes may have different dates: the date is in the file's name, or a
 * person published a document without one.
 */
const postTraits = ({
  slug,
  address,
  hash,
  published,
  source,
  path,
  byHand,
}: Post): ReadonlyMap<SharedKind, Shared> => {
  const canMove = source !== apiSource;
  return new Map<SharedKind, Shared>([
    ...(address === slug ? [] : [["slug", { value: slug }] as const]),
    ...(canMove ? [["published", { value: String(published), hash }] as const] : []),
    ...(canMove && (isDatedByName(path) || byHand) ? [["hash", { value: hash }] as const] : []),
  ]);
};

/** Returns the traits of `post` that `other` does not have. */
const newTraits = (post: Post, other: Post | undefined): readonly (readonly [SharedKind, Shared])[] => {
  const others = other === undefined ? undefined : postTraits(other);
  return [...postTraits(post)].filter(([kind, { value, hash }]) => {
    const same = others?.get(kind);
    return same?.value !== value || same.hash !== hash;
  });
};

/** Called before the post is saved. */
export const shareTraits = async (post: Post, before: Post | undefined, { aliases }: TraitPorts): Promise<void> => {
  for (const [kind, shared] of newTraits(post, before)) await aliases.share(post.site, kind, shared, post.id);
};

/** Called after the post is saved. A former slug still names the post. */
export const forgetTraits = async (post: Post, before: Post | undefined, { aliases }: TraitPorts): Promise<void> => {
  if (before === undefined) return;
  for (const [kind, shared] of newTraits(before, post))
    if (kind !== "slug") await aliases.unshare(post.site, kind, shared, post.id);
};

interface SentBeforePorts {
  readonly aliases: Aliases;
  readonly posts: Posts;
  readonly documents: Pick<Documents, "read">;
}

/**
 * Finds the post as which the same file was sent before, with the same slug and nine tenths of the text. Its address
 * differs where that contains the date, and the date was changed.
 */
export const sentBefore = async (
  site: Site,
  file: string | undefined,
  { slug, html }: Pick<PostContent, "slug" | "html">,
  ports: SentBeforePorts,
): Promise<Post | undefined> => {
  if (file === undefined) return undefined;
  for (const post of await postsNamed(site, slug, ports)) {
    if (post.source !== apiSource || post.gone !== undefined || sharedText(html, post.html) < similarEnough) continue;
    if ((await ports.documents.read(site.id, apiSource, post.path))?.file === file) return post;
  }
  return undefined;
};

/** A document in a source that can be read again. */
export interface SourceDocument {
  readonly source: Source;
  readonly path: string;
  /** The document there has the bytes that were sent. */
  readonly hasBytes: boolean;
}

interface FindDocumentPorts {
  readonly documents: Pick<Documents, "read">;
  readonly posts: Pick<Posts, "read">;
  /** The site's sources. */
  readonly sources: ReadonlyMap<string, Source>;
  readonly parse: Parse;
  readonly hash: Hash;
  readonly clock: Clock;
}

/** The possible paths in a source, the longest first: `a/b/c.md`, `b/c.md`, `c.md`. */
const pathEnds = (file: string): readonly string[] => {
  const segments = file.split("/").filter((segment) => segment !== "");
  return segments.map((_, index) => segments.slice(index).join("/"));
};

export const hasBytes = async (
  { source, path }: Pick<SourceDocument, "source" | "path">,
  sent: Uint8Array,
  hash: Hash,
) => {
  const bytes = await source.read(path);
  return bytes !== undefined && hash(bytes) === hash(sent);
};

/**
 * Finds the document of a source that is the same file as one on some machine. Crier does not know where that machine
 * has the source's folder. So the file's path has to end with the document's path, and either the bytes are the same or
 * the file has the address of the document's post.
 */
export const findDocument = async (
  site: Site,
  file: string,
  bytes: Uint8Array,
  ports: FindDocumentPorts,
): Promise<SourceDocument | undefined> => {
  if (!isMarkdown(file)) return undefined;
  const possible = [...ports.sources.values()].flatMap((source) => pathEnds(file).map((path) => ({ source, path })));
  for (const one of possible) if (await hasBytes(one, bytes, ports.hash)) return { ...one, hasBytes: true };
  for (const one of possible) if (await isEdited(site, one, bytes, ports)) return { ...one, hasBytes: false };
  return undefined;
};

const isEdited = async (
  site: Site,
  { source, path }: Pick<SourceDocument, "source" | "path">,
  bytes: Uint8Array,
  { documents, posts, parse, clock }: FindDocumentPorts,
): Promise<boolean> => {
  const id = (await documents.read(site.id, source.name, path))?.post;
  const post = id === undefined ? undefined : await posts.read(site.id, id);
  if (post === undefined || post.source !== source.name || post.path !== path) return false;
  const { parsed } = await parse(bytes, path, site, { firstRead: clock() });
  return parsed.kind === "post" && pageAddress(parsed.content.url, site) === post.address;
};
