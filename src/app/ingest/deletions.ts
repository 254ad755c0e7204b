import type { Policies } from "../../domain/account.ts";
import { conflict, type RateLimit, retryOnConflict } from "../../domain/concurrency.ts";
import type { SiteCommand } from "../../domain/delivery-commands.ts";
import { isEntry, isMarkdown, type KnownDocument } from "../../domain/document.ts";
import { checkExpected } from "../../domain/expected-post.ts";
import type { PublishOptions } from "../../domain/merge-post.ts";
import type { Post } from "../../domain/post.ts";
import type { Site } from "../../domain/site.ts";
import { hour, minute } from "../../domain/time.ts";
import type { Source } from "../../ports/content.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Documents, Posts, RateWindows } from "../../ports/store.ts";
import type { Removed } from "../results.ts";
import { countOnce, type LogActPorts, logPost, savePost } from "../rows.ts";
import { type FindPorts, findPost } from "../status/find-post.ts";

/** The source of a document that is missing from it, or became a page. */
export interface DeletedDocument {
  readonly site: Site;
  readonly source: Source;
  /** The source's first listing was complete before this began. A document that was there before it is history. */
  readonly isListed: boolean;
  /** Set where the source was listed and did not have this document. */
  readonly listing?: SourceListing;
}

/** The paths in a source when it was listed, and the rows of its documents. */
interface SourceListing {
  readonly paths: readonly string[];
  readonly documents: readonly KnownDocument[];
}

interface DeletionPorts {
  /** Ingests a document that was not known. */
  readonly ingestNew: (path: string) => Promise<unknown>;
  readonly posts: Posts;
  readonly documents: Documents;
  readonly rateWindows: RateWindows;
  readonly clock: Clock;
  readonly policies: Policies;
  readonly command: SiteCommand;
}

const burstReason = (burst: number, command: string): string =>
  `more than ${burst} documents were deleted or became pages within an hour; put them back, or remove each post with "${command}"`;

/**
 * Says why the post of a document that is missing or became a page stays until a person removes it. Undefined where it
 * may be deleted (docs/decisions/0004-a-missing-file-is-no-decision.md). A mass deletion does not list the source for each of
 * its events, and a move whose deletions come first is not a deletion.
 */
export const reasonToKeep = async (
  target: DeletedDocument,
  post: Post,
  ports: DeletionPorts,
): Promise<string | undefined> => {
  const { site, source, listing } = target;
  const command = ports.command("remove SLUG", site.id);
  const emptyReason = `${source.name} is suddenly empty; put its documents back, or remove each post with "${command}"`;
  const { burst } = ports.policies;
  if (listing !== undefined) {
    if (await isSuddenlyEmpty(listing.paths, listing.documents, post, ports)) return emptyReason;
    return (await isWithinLimit("deletions", { limit: burst, within: hour }, target, post, ports))
      ? undefined
      : burstReason(burst, command);
  }
  const mayList = await isWithinLimit("listings", { limit: burst, within: minute }, target, post, ports);
  const paths = mayList ? await source.list() : undefined;
  if (paths !== undefined && (await hasMoved(target, paths, post, ports))) return undefined;
  if (!(await isWithinLimit("deletions", { limit: burst, within: hour }, target, post, ports)))
    return burstReason(burst, command);
  const documents = ports.documents.all(site.id, source.name);
  return (await isSuddenlyEmpty(paths ?? (await source.list()), documents, post, ports)) ? emptyReason : undefined;
};

/** Ingests the documents that are not known, because this post's document may have moved to one of them. */
const hasMoved = async (
  { site, source, isListed }: DeletedDocument,
  paths: readonly string[],
  post: Post,
  { documents, posts, ingestNew }: DeletionPorts,
): Promise<boolean> => {
  if (!isListed) return false;
  const unknown = new Set(paths.filter(isMarkdown));
  for await (const { path } of documents.all(site.id, source.name)) unknown.delete(path);
  for (const path of unknown) await ingestNew(path);
  return unknown.size > 0 && (await posts.read(site.id, post.id))?.path !== post.path;
};

/** False for the last post of a source, which may be deleted with its document. */
const isSuddenlyEmpty = async (
  paths: readonly string[],
  documents: Iterable<KnownDocument> | AsyncIterable<KnownDocument>,
  post: Post,
  ports: DeletionPorts,
): Promise<boolean> => {
  if (paths.some((path) => isMarkdown(path) || isEntry(path))) return false;
  for await (const document of documents) {
    if (document.post === undefined || document.post === post.id) continue;
    const other = await ports.posts.read(post.site, document.post);
    if (other !== undefined && other.gone === undefined) return true;
  }
  return false;
};

/** False where the limit is reached. */
const isWithinLimit = (
  what: "deletions" | "listings",
  limit: RateLimit,
  { site, source }: DeletedDocument,
  post: Post,
  ports: DeletionPorts,
): Promise<boolean> => countOnce(`${what} of ${site.id} by ${source.name}`, post.id, limit, ports);

export interface RemovePorts extends FindPorts, LogActPorts {
  readonly clock: Clock;
}

/**
 * Deletes a post for a person: it is removed from the feeds and the networks now, without a grace period. Its file may
 * stay; the post does not come back until the file changes.
 */
export const removePost = async (
  site: Site,
  name: string,
  { expected, by }: Pick<PublishOptions, "expected"> & { readonly by?: string | undefined },
  ports: RemovePorts,
): Promise<Post | undefined> => {
  const post = await retryOnConflict(`the post ${name}`, async () => {
    const found = await findPost(site, name, ports);
    if (found === undefined || found.gone?.by === "person") return found;
    checkExpected(expected, found, name);
    const now = ports.clock();
    return (await savePost({ ...found, gone: { at: now, by: "person" }, due: now }, ports.posts)) ?? conflict;
  });
  if (post !== undefined) await logPost(post, { act: "removed", by }, ports);
  return post;
};

/** Deletes a post for a person, and says whether its document is still there. */
export const remove = async (
  site: Site,
  name: string,
  options: Parameters<typeof removePost>[2],
  ports: RemovePorts & { readonly sources: ReadonlyMap<string, Source> },
): Promise<Removed | undefined> => {
  const post = await removePost(site, name, options, ports);
  return post && { post, remaining: await remainingDocument(post, ports.sources) };
};

const remainingDocument = async (
  { source, path }: Post,
  sources: ReadonlyMap<string, Source>,
): Promise<string | undefined> => ((await sources.get(source)?.read(path)) instanceof Uint8Array ? path : undefined);
