import type { Policies } from "../../domain/account.ts";
import { isTaken } from "../../domain/address.ts";
import { conflict, type RateLimit, retryOnConflict } from "../../domain/concurrency.ts";
import type { CommandOfSite } from "../../domain/delivery-commands.ts";
import { isCopyWaiting, isEntry, isMarkdown, type KnownDocument, recipeOf } from "../../domain/document.ts";
import { isTooCostly, type Reason } from "../../domain/findings.ts";
import {
  abandonedPost,
  type Decision,
  decideIngest,
  isUpToDate,
  type KnownState,
  knownState,
  postToDelete,
  type ReadResult,
} from "../../domain/ingest-decision.ts";
import type { Origin, PublishOptions } from "../../domain/merge-post.ts";
import type { Post } from "../../domain/post.ts";
import type { Site } from "../../domain/site.ts";
import { hour, minute } from "../../domain/time.ts";
import type { Locate, Parse, Source } from "../../ports/content.ts";
import type { Clock, Hash, Log } from "../../ports/runtime.ts";
import type { Aliases, Documents, Posts, RateWindows, Translations } from "../../ports/store.ts";
import { countOnce, savePost } from "../rows.ts";
import type { Ingested } from "../site-api.ts";
import { claimTranslation, isKeyLost } from "./claim-translation.ts";
import { type Attempt, attemptAt, rowToCount } from "./count-attempt.ts";
import { findMoved, forgetTraits, identify, shareTraits } from "./identify.ts";
import { isSectionIndex, parseWithReferences } from "./parse-references.ts";

export interface Target {
  readonly site: Site;
  readonly source: Source;
  readonly path: string;
  /** The file that the document was sent from. */
  readonly file?: string | undefined;
  /** The source's first listing was complete before this began. A document that was there before it is history. */
  readonly isListed: boolean;
  /** True where it is the index of a folder with other documents. Absent where that has to be read from the source. */
  readonly isSectionIndex?: boolean;
  /** Its text may end this process, and may have done so before: the attempt is counted in its row. */
  readonly countsAttempt?: boolean;
  /**
   * Resolves when the documents before this one are done: it is read and parsed in the meantime, and nothing is
   * decided.
   */
  readonly turn?: Promise<void>;
  /** Set where the source was listed and did not have this document. */
  readonly listing?: SourceListing;
}

/** The paths in a source when it was listed, and the rows of its documents. */
export interface SourceListing {
  readonly paths: readonly string[];
  readonly documents: readonly KnownDocument[];
}

export interface IngestPorts {
  readonly posts: Posts;
  readonly aliases: Aliases;
  readonly translations: Translations;
  readonly documents: Documents;
  readonly rateWindows: RateWindows;
  /** The sources that can be read again, by name. A document from the API is in none of them. */
  readonly sources: ReadonlyMap<string, Source>;
  readonly parse: Parse;
  readonly locate: Locate;
  readonly hash: Hash;
  readonly clock: Clock;
  readonly log: Log;
  readonly policies: Policies;
  readonly command: CommandOfSite;
}

/**
 * Updates the post of a document to the document's current bytes. Safe to repeat and to run concurrently: the row is
 * read before the bytes and saved over that version, and the slower worker starts again.
 */
export const ingest = (target: Target, options: PublishOptions, ports: IngestPorts): Promise<Ingested> => {
  const isOnceMore = onceMore(options.again);
  const optionsFor = (post: Post | undefined): PublishOptions => ({ ...options, again: isOnceMore(post) });
  const attempt = attemptAt(ports);
  const ingestOnce = async (): Promise<Ingested | typeof conflict> => {
    const found = await readKnown(target, ports);
    const result = await readDocument(target, optionsFor, found, attempt, ports);
    await target.turn;
    const wanted = result.kind === "content" ? optionsFor(result.post) : options;
    // A missing document was not parsed: its row is as it was read.
    const counted = result.kind === "missing" ? undefined : attempt.row();
    const known = { ...found, document: counted ?? found.document };
    const decision = decideIngest({ known, result, options: wanted, now: ports.clock(), hash: ports.hash });
    const abandoned = abandonedPost(known, decision);
    if (abandoned !== undefined && !(await ports.posts.save(abandoned))) return conflict;
    const ingested = await apply(target, decision, ports);
    const wasSaved = result.kind === "same" || wanted.again === false;
    return ingested !== conflict && ingested.result === "unchanged" && options.again === true && wasSaved
      ? { ...ingested, result: "updated" }
      : ingested;
  };
  return retryOnConflict(target.path, ingestOnce).catch(async (error: unknown) => {
    await attempt.forget();
    throw error;
  });
};

const readKnown = async ({ site, source, path, file, isListed }: Target, ports: IngestPorts): Promise<KnownState> => {
  const document = await ports.documents.read(site.id, source.name, path);
  const rowPost = document?.post === undefined ? undefined : await ports.posts.read(site.id, document.post);
  const location = { site, source: source.name, path, file: file ?? document?.file };
  return knownState(location, document, rowPost, isListed, ports.clock());
};

/** Reads no further than the decision needs, and claims the aliases of the document. */
const readDocument = async (
  target: Target,
  optionsFor: (post: Post) => PublishOptions,
  known: KnownState,
  attempt: Attempt,
  ports: IngestPorts,
): Promise<ReadResult> => {
  const { site, source, path } = target;
  const { ownPost } = known;
  const bytes = await source.read(path);
  const reasonToKeepPost = async (): Promise<string | undefined> => {
    await target.turn;
    const post = known.document?.missing === undefined ? postToDelete(known) : undefined;
    const ingestNew = (newPath: string) =>
      ingest({ site, source, path: newPath, isListed: target.isListed }, {}, ports);
    return post && (await reasonToKeep(target, post, { ...ports, ingestNew }));
  };
  if (bytes === undefined) return { kind: "missing", keep: await reasonToKeepPost() };
  if (bytes === "kept") return { kind: "kept" };
  const isSection = target.isSectionIndex ?? (await isSectionIndex(source, path));
  const hash = ports.hash(bytes);
  const recipe = recipeOf(site, isSection);
  const isDone = (origin: Origin): boolean =>
    ownPost !== undefined &&
    isUpToDate(ownPost, origin, optionsFor(ownPost)) &&
    !known.document?.warnings?.some(isKeyLost);
  if (ownPost !== undefined && isDone({ hash, recipe: ports.hash(recipe) })) return { kind: "same", post: ownPost };
  const { rowPost, document } = known;
  const reading = readingOf(bytes, recipe, ports.hash);
  if (rowPost !== undefined && document?.copy === reading && (await elsewhere(rowPost, target, ports)) === "copy")
    return { kind: "same", post: rowPost };
  const refused = (reasons: readonly Reason[], isConflict: boolean): ReadResult => ({
    kind: "refused",
    hash,
    reasons,
    conflict: isConflict,
    reading: reasons.some(isTooCostly) ? reading : undefined,
  });
  if (!isMarkdown(path) && !isEntry(path)) return refused([notMarkdown(path)], false);
  if (document?.refusal?.reading === reading) return refused(document.refusal.reasons, false);
  const ended = target.countsAttempt && (await attempt.count(rowToCount(known), reading));
  if (ended) return refused([ended], false);
  const firstRead = ownPost?.published ?? ports.clock();
  const context = { firstRead, isSectionIndex: isSection };
  const { parsed, links } = await parseWithReferences(bytes, target, context, ports);
  const origin = { hash, recipe: ports.hash(recipe + (links.length === 0 ? "" : JSON.stringify(links))) };
  if (ownPost !== undefined && isDone(origin)) return { kind: "same", post: ownPost };
  if (parsed.kind === "page") return { kind: "page", reason: parsed.reason, keep: await reasonToKeepPost() };
  if (parsed.kind === "refused") return refused(parsed.reasons, false);
  const { location } = known;
  const newcomer = { location, document, isListed: target.isListed, content: parsed.content, hash };
  const identity = await identify(location, parsed.content, ownPost, {
    ...ports,
    findMoved: async () => (ports.sources.has(source.name) ? findMoved(newcomer, { ...ports, source }) : undefined),
  });
  if ("conflict" in identity) return refused([identity.conflict], true);
  const post = ownPost ?? (await ports.posts.read(site.id, identity.id));
  if (ownPost === undefined) {
    const bytesNow = await source.read(path);
    if (bytesNow === undefined || ports.hash(bytesNow) !== origin.hash) return { kind: "changing" };
  }
  const { id } = identity;
  const { translation, warnings: others } = await claimTranslation(site.id, path, parsed.content, id, ports);
  const content = { ...parsed.content, translation };
  const warnings = [...parsed.warnings, ...others];
  const place = await elsewhere(post, target, ports);
  return { kind: "content", content, warnings, origin, reading, id, post, elsewhere: place };
};

/** The hash of everything that decides what a document becomes, except what it refers to. */
export const readingOf = (bytes: Uint8Array, recipe: string, hash: Hash): string => hash(hash(bytes) + recipe);

const notMarkdown = (path: string): Reason => ({
  code: "no-markdown",
  message: `${path} is not Markdown, so it does not become a post: name it .md, or keep it outside the documents`,
});

/** Whether the post belongs to another document, which still exists. */
const elsewhere = async (
  post: Post | undefined,
  { source, path }: Target,
  { sources }: IngestPorts,
): Promise<Extract<ReadResult, { kind: "content" }>["elsewhere"]> => {
  if (post === undefined || post.gone !== undefined || (post.source === source.name && post.path === path))
    return undefined;
  const postSource = post.source === source.name ? source : sources.get(post.source);
  if ((await postSource?.read(post.path)) === undefined) return undefined;
  return post.source !== source.name && sources.has(source.name) ? "copy" : "other";
};

/** Whether the document has other bytes than its post by now. */
const hasChanged = async ({ hash: saved }: Post, { source, path }: Target, { hash }: IngestPorts): Promise<boolean> => {
  const bytes = await source.read(path);
  return bytes !== "kept" && (bytes === undefined || hash(bytes) !== saved);
};

const apply = async (target: Target, decision: Decision, ports: IngestPorts): Promise<Ingested | typeof conflict> => {
  const { site, path } = target;
  switch (decision.kind) {
    case "restart":
      return conflict;
    case "absent":
      if (decision.forget !== undefined && !(await ports.documents.remove(decision.forget))) return conflict;
      return { result: "absent", warnings: [] };
    case "unchanged":
      if (decision.document !== undefined) await ports.documents.put(decision.document);
      return { result: "unchanged", post: decision.post, warnings: decision.warnings };
    case "page": {
      // The row is written before the post, as in a save.
      await ports.documents.put(decision.document);
      const post = decision.post && (await savePost(decision.post, ports.posts));
      if (decision.post !== undefined && post === undefined) return conflict;
      return { result: "page", reason: decision.reason, post };
    }
    case "refuse":
      await ports.documents.put(decision.document);
      return { result: "refused", reasons: decision.reasons, conflict: decision.conflict };
    case "keep": {
      const { post, reason } = decision;
      // The alarm is raised before the row is written: once the row says so, there is no further alarm.
      ports.log.alarm("deletion-waits", `${path} is no longer a post and stays published: ${reason}`, {
        site: site.id,
        path,
      });
      await ports.documents.put(decision.document);
      return { result: "unchanged", post, warnings: [] };
    }
    case "delete": {
      const post = await savePost(decision.post, ports.posts);
      return post === undefined ? conflict : { result: "deleted", post, warnings: [] };
    }
    case "save": {
      const { before, warnings } = decision;
      // The row is written before the post: without it the deletion of the document would not be noticed.
      await ports.documents.put(decision.document);
      await shareTraits(decision.post, before, ports);
      const post = await savePost(decision.post, ports.posts);
      if (post === undefined) return conflict;
      await forgetTraits(post, before, ports);
      // A worker that read the document in the meantime may have found the bytes that the post had before: it saved
      // nothing, and so did not stop this save.
      if (before !== undefined && (await hasChanged(post, target, ports))) return conflict;
      return { result: before === undefined ? "created" : "updated", post, warnings };
    }
  }
};

interface DeletionPorts {
  /** Ingests a document that was not known. */
  readonly ingestNew: (path: string) => Promise<unknown>;
  readonly posts: Posts;
  readonly documents: Documents;
  readonly rateWindows: RateWindows;
  readonly clock: Clock;
  readonly policies: Policies;
  readonly command: CommandOfSite;
}

const burstReason = (burst: number, command: string): string =>
  `more than ${burst} documents were deleted or became pages within an hour; put them back, or remove each post with "${command}"`;

/**
 * Says why the post of a document that is missing or became a page stays until a person removes it. Undefined where it
 * may be deleted (docs/decisions/0004-an-empty-folder-waits.md). A mass deletion does not list the source for each of
 * its events, and a move whose deletions come first is not a deletion.
 */
const reasonToKeep = async (target: Target, post: Post, ports: DeletionPorts): Promise<string | undefined> => {
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
  { site, source, isListed }: Target,
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
  { site, source }: Target,
  post: Post,
  ports: DeletionPorts,
): Promise<boolean> => countOnce(`${what} of ${site.id} by ${source.name}`, post.id, limit, ports);

/**
 * Says whether an attempt still has to raise the post's generation. The first attempt sets the target, because a save
 * can be applied although its answer was lost, and what another worker saves over it has that generation, too. Two
 * requests of the same moment get one announcement.
 */
export const onceMore = (again = false): ((row: Post | undefined) => boolean) => {
  let target: number | undefined;
  return (row) => {
    target ??= (row?.generation ?? 0) + 1;
    return again && (row?.generation ?? 0) < target;
  };
};

interface EventPorts {
  readonly documents: Pick<Documents, "all">;
  /** The names of the site's sources. */
  readonly sources: Iterable<string>;
  readonly ingest: (source: string, path: string) => Promise<Ingested>;
}

/**
 * Ingests the document of an event. A deletion, or a post that became a page, may free an address: documents that were
 * refused for it, and copies of the document in other sources, are tried again at once.
 */
export const ingestEvent = async (
  site: string,
  source: string,
  path: string,
  { documents, sources, ingest }: EventPorts,
): Promise<Ingested> => {
  const result = await ingest(source, path);
  if ((result.result !== "deleted" && result.result !== "page") || result.post === undefined) return result;
  for (const name of sources)
    for await (const other of documents.all(site, name)) {
      const isCopy = other.post === result.post.id && !(name === source && other.path === path);
      if (isCopy || other.refusal?.reasons.some((reason) => isTaken(reason) || isCopyWaiting(reason)))
        await ingest(name, other.path);
    }
  return result;
};
