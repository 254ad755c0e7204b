import type { Policies } from "../../domain/account.ts";
import { aliasTaken } from "../../domain/alias-taken.ts";
import { canonicalJson } from "../../domain/canonical-json.ts";
import { isMarkdown, type KnownDocument } from "../../domain/document.ts";
import { feedGrace, sameListing, wantedListings } from "../../domain/feed.ts";
import type { Post, PostContent } from "../../domain/post.ts";
import { recipeOf } from "../../domain/recipe.ts";
import type { Reason, Warning } from "../../domain/refusal.ts";
import type { Site } from "../../domain/site.ts";
import type { Parse, Source } from "../../ports/content.ts";
import type { Clock, Hash, Log } from "../../ports/runtime.ts";
import type { Aliases, Documents, Posts, RateWindows } from "../../ports/store.ts";
import { conflict, retryOnConflict } from "../retry-on-conflict.ts";
import type { Ingested, Word } from "../site-api.ts";
import { identify } from "./identify.ts";
import { decideOldId } from "./old-id.ts";
import { reasonToKeep } from "./sudden-deletions.ts";

export interface Target {
  readonly site: Site;
  readonly source: Source;
  readonly path: string;
  /** Of its source, where it was listed and this document was not there. */
  readonly listing?: Listing | undefined;
}

/** The documents of a source when it was listed, and what was known of them. */
export interface Listing {
  readonly paths: readonly string[];
  readonly documents: readonly KnownDocument[];
}

export interface IngestPorts {
  readonly posts: Posts;
  readonly aliases: Aliases;
  readonly documents: Documents;
  readonly rateWindows: RateWindows;
  /** The sources that can be read again, by name; a document that came by the API is in none. */
  readonly sources: ReadonlyMap<string, Source>;
  readonly parse: Parse;
  readonly hash: Hash;
  readonly clock: Clock;
  readonly log: Log;
  readonly policies: Policies;
}

/**
 * Brings one document's post to the document's current bytes (design.md §2, rule 1). Safe to repeat and to race: the
 * row is read before the bytes, and saved on that version; who loses begins again.
 */
export const ingest = (target: Target, word: Word, ports: IngestPorts): Promise<Ingested> =>
  retryOnConflict(target.path, () => once(target, word, ports));

const isHere = (post: Post, { source, path }: Target) => post.source === source.name && post.path === path;

/** A path names its post only while that lives; an editor's atomic save does not end a life (interleavings 11 and 12). */
const lives = (post: Post, now: number) =>
  post.gone === undefined || (post.gone.by === "source" && now < post.gone.at + feedGrace);

const once = async (target: Target, word: Word, ports: IngestPorts): Promise<Ingested | typeof conflict> => {
  const { site, source, path } = target;
  const known = await ports.documents.read(site.id, source.name, path);
  const named = known?.post === undefined ? undefined : await ports.posts.read(site.id, known.post);
  const own = named !== undefined && isHere(named, target) && lives(named, ports.clock()) ? named : undefined;
  const bytes = await source.read(path);
  if (bytes === undefined) return absent(target, named, known?.missing !== undefined, ports);

  const hash = ports.hash(bytes);
  const recipe = ports.hash(recipeOf(site));
  const unchanged = async (post: Post): Promise<Ingested> => {
    if (known?.post !== post.id || known.refusal !== undefined || known.missing !== undefined)
      await ports.documents.put({ site: site.id, source: source.name, path, post: post.id });
    return { result: "unchanged", post, warnings: [] };
  };
  const isSame = (post: Post) => post.gone === undefined && post.hash === hash && post.recipe === recipe && !word.again;
  if (own !== undefined && isSame(own)) return unchanged(own);

  const refuse = async (reasons: readonly Reason[], conflict: boolean): Promise<Ingested> => {
    await ports.documents.put({
      site: site.id,
      source: source.name,
      path,
      post: own?.id,
      refusal: { hash, reasons, at: ports.clock() },
    });
    return { result: "refused", reasons, conflict };
  };
  if (!isMarkdown(path)) return refuse([noMarkdown(path)], false);
  const parsed = ports.parse(bytes, path, site);
  if (parsed.kind === "refused") return refuse(parsed.reasons, false);

  const identity = await identify(site.id, parsed.content, own, ports);
  if ("conflict" in identity) return refuse([identity.conflict], true);
  const post = own ?? (await ports.posts.read(site.id, identity.id));
  if (own === undefined) {
    const again = await source.read(path);
    if (again === undefined || ports.hash(again) !== hash) return conflict;
  }
  if (post !== undefined && !isHere(post, target) && post.gone === undefined) {
    const first = post.source === source.name ? source : ports.sources.get(post.source);
    const bytesOfFirst = await first?.read(post.path);
    if (bytesOfFirst !== undefined && post.source !== source.name && post.hash === hash && !word.again)
      return { result: "unchanged", post, warnings: parsed.warnings };
    if (bytesOfFirst !== undefined && !(post.source !== source.name && post.hash === hash))
      return refuse([aliasTaken("slug", parsed.content.slug, post.path)], true);
  }
  if (post !== undefined && isHere(post, target) && isSame(post)) return unchanged(post);
  // Deleted by a person: other bytes or a person's word bring it back, a touched file does not (interleaving 13).
  if (post?.gone?.by === "person" && post.hash === hash && !word.byHand) return unchanged(post);

  const saved = await merge(target, word, parsed.content, { hash, recipe }, identity.id, post, ports);
  // Before the post: a document whose row is missing would never be missed.
  await ports.documents.put({ site: site.id, source: source.name, path, post: saved.id });
  if (!(await ports.posts.save(saved))) return conflict;
  const warnings: readonly Warning[] = parsed.warnings;
  return {
    result: post === undefined ? "created" : "updated",
    post: { ...saved, version: saved.version + 1 },
    warnings,
  };
};

const noMarkdown = (path: string): Reason => ({
  code: "no-markdown",
  message: `${path} is no Markdown, so it becomes no post: name it .md, or keep it in another place than the documents`,
});

const merge = async (
  { site, source, path }: Target,
  word: Word,
  content: PostContent,
  from: Pick<Post, "hash" | "recipe">,
  id: string,
  row: Post | undefined,
  ports: IngestPorts,
): Promise<Post> => {
  const now = ports.clock();
  const published = content.published ?? row?.published ?? now;
  const { social: _, ...visible } = content;
  const revision = ports.hash(canonicalJson({ ...visible, published }));
  const updated =
    content.updated ??
    (row === undefined || row.revision === revision ? (row?.updated ?? published) : Math.max(now, published));
  const again = word.again === true && row !== undefined;
  const wanted = content.hold === undefined ? wantedListings({ ...content, published }, site) : [];
  const before = row?.listed ?? [];
  const listed = [...before, ...wanted.filter((listing) => !before.some((other) => sameListing(other, listing)))];
  const touched = before.length > 0 || row?.audience !== undefined;
  return {
    ...content,
    ...from,
    site: site.id,
    id,
    version: row?.version ?? 0,
    published,
    updated,
    revision,
    ...(await decideOldId({ content, published, site, id }, row, ports.aliases)),
    syndication: row?.syndication ?? [],
    enclosure: row?.enclosure,
    firstSeen: row?.firstSeen ?? now,
    source: source.name,
    path,
    guid: content.guid ?? row?.guid,
    slugs: [...new Set([...(row?.slugs ?? []), content.slug])],
    byHand: (row?.byHand ?? false) || word.byHand === true,
    generation: (row?.generation ?? 1) + (again ? 1 : 0),
    gone: undefined,
    listed,
    audience: again ? undefined : row?.audience,
    due: touched || again ? now : content.hold === undefined ? Math.max(now, published) : undefined,
  };
};

const absent = async (
  target: Target,
  post: Post | undefined,
  waits: boolean,
  ports: IngestPorts,
): Promise<Ingested | typeof conflict> => {
  const { site, source, path } = target;
  const now = ports.clock();
  if (post === undefined || !isHere(post, target) || post.gone !== undefined) {
    if (post?.gone === undefined || !lives(post, now)) await ports.documents.remove(site.id, source.name, path);
    return { result: "absent", warnings: [] };
  }
  if (waits) return { result: "unchanged", post, warnings: [] };
  const reason = await reasonToKeep(target, post, ports);
  if (reason !== undefined) {
    await ports.documents.put({
      site: site.id,
      source: source.name,
      path,
      post: post.id,
      missing: { since: now, reason },
    });
    ports.log.alarm("deletion-waits", `${path} is missing and stays published: ${reason}`, { site: site.id, path });
    return { result: "unchanged", post, warnings: [] };
  }
  const gone: Post = { ...post, gone: { at: now, by: "source" }, due: now + feedGrace };
  return (await ports.posts.save(gone))
    ? { result: "deleted", post: { ...gone, version: gone.version + 1 }, warnings: [] }
    : conflict;
};
