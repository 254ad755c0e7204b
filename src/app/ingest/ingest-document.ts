import type { Policies } from "../../domain/account.ts";
import { isTaken } from "../../domain/address.ts";
import { conflict, retryOnConflict } from "../../domain/concurrency.ts";
import type { SiteCommand } from "../../domain/delivery-commands.ts";
import {
  copyWaitsUntil,
  isCopyWaiting,
  isEntry,
  isMarkdown,
  type KnownDocument,
  recipeText,
} from "../../domain/document.ts";
import { checkExpected } from "../../domain/expected-post.ts";
import { isTooCostly, type Reason } from "../../domain/findings.ts";
import {
  abandonedPost,
  type Decision,
  decideIngest,
  deletionOfUnsaved,
  isUpToDate,
  type KnownState,
  knownState,
  postToDelete,
  type ReadResult,
} from "../../domain/ingest-decision.ts";
import { isUndated, type Origin, type PublishOptions } from "../../domain/merge-post.ts";
import type { Post } from "../../domain/post.ts";
import { hour, type Instant } from "../../domain/time.ts";
import type { Locate, Parse, Parsed, Source } from "../../ports/content.ts";
import type { Clock, Hash, Log } from "../../ports/runtime.ts";
import type { Aliases, Documents, Posts, RateWindows, Translations } from "../../ports/store.ts";
import type { Ingested } from "../results.ts";
import { savePost } from "../rows.ts";
import { claimTranslation, isKeyLost } from "./claim-translation.ts";
import { type Attempt, rowToCount, trackAttempt } from "./count-attempt.ts";
import { type DeletedDocument, reasonToKeep } from "./deletions.ts";
import { findMoved, forgetTraits, identify, shareTraits } from "./identify.ts";
import { isSectionIndex, parseWithReferences } from "./parse-references.ts";

export interface IngestTarget extends DeletedDocument {
  readonly path: string;
  /** The file that the document was sent from. */
  readonly file?: string | undefined;
  /** True where it is the index of a folder with other documents. Absent where that has to be read from the source. */
  readonly isSectionIndex?: boolean;
  /**
   * A person has saved it: it is parsed even if its bytes are known, and claims its aliases and its language again. So a
   * save heals each row of a document that cannot be read.
   */
  readonly isSaved?: boolean;
  /** Its text may end this process, and may have done so before: the attempt is counted in its row. */
  readonly countsAttempt?: boolean;
  /**
   * It is not known whether it has changed, or is only read otherwise by another release: with the title and the body of
   * its post it has not, and edits no copy.
   */
  readonly isReread?: boolean;
  /**
   * Resolves when the documents before this one are done: it is read and parsed in the meantime, and nothing is
   * decided.
   */
  readonly turn?: Promise<void>;
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
  readonly command: SiteCommand;
}

/**
 * Updates the post of a document to the document's current bytes. Safe to repeat and to run concurrently: the row is read
 * before the bytes and saved over that version, and the slower worker starts again.
 */
export const ingest = (target: IngestTarget, options: PublishOptions, ports: IngestPorts): Promise<Ingested> => {
  const attempt = trackAttempt(ports);
  const claimed = new Set<string>();
  const ingestOnce = async (): Promise<Ingested | typeof conflict> => {
    const found = await readKnown(target, ports);
    if (await deleteUnsaved(found, ports)) return conflict;
    const result = await readDocument({ target, known: found, options, attempt, claimed, ports });
    await target.turn;
    // A missing document was not parsed: its row is as it was read.
    const counted = result.kind === "missing" ? undefined : attempt.row();
    const known = { ...found, document: counted ?? found.document };
    checkBeforeChange(result, known, options, target.path);
    const { hash, command } = ports;
    const decision = decideIngest({ known, result, options, now: ports.clock(), hash, command });
    return apply(decision, known, target, ports);
  };
  return retryOnConflict(target.path, ingestOnce).catch(async (error: unknown) => {
    await attempt.forget();
    throw error;
  });
};

/**
 * The post that a decision would change, whose version its save is conditional on. `expected` is not about a post that is
 * as the document says already: the request may have been applied before (RFC 9110 §13.1.1).
 */
const checkBeforeChange = (
  result: ReadResult,
  { rowPost }: KnownState,
  options: PublishOptions,
  path: string,
): void => {
  if (result.kind === "content") checkExpected(options.expected, result.post, path);
  if (result.kind === "page") checkExpected(options.expected, rowPost, path);
};

const readKnown = async (
  { site, source, path, file, isListed }: IngestTarget,
  ports: IngestPorts,
): Promise<KnownState> => {
  const document = await ports.documents.read(site.id, source.name, path);
  const stored = document?.post === undefined ? undefined : await ports.posts.read(site.id, document.post);
  // The row of a damaged post may not say which document it has. This document's row says that it is this one.
  const rowPost = stored?.damage === undefined ? stored : { ...stored, source: source.name, path };
  const location = { site, source: source.name, path, file: file ?? document?.file };
  return knownState(location, document, rowPost, isListed, ports.clock());
};

/**
 * Deletes what a slow worker has saved since of the posts that the document's row names no longer. True if the row has to
 * be read again.
 */
const deleteUnsaved = async (known: KnownState, ports: IngestPorts): Promise<boolean> => {
  const { document, location } = known;
  if (document?.unsaved === undefined) return false;
  const left: string[] = [];
  for (const id of document.unsaved) {
    const post = await ports.posts.read(location.site.id, id);
    const deletion = post && deletionOfUnsaved(known, post, ports.clock());
    if (post === undefined) left.push(id);
    if (deletion !== undefined && (await savePost(deletion, ports.posts)) === undefined) return true;
  }
  if (left.length === document.unsaved.length) return false;
  const { unsaved: _, ...row } = document;
  await ports.documents.replace(left.length === 0 ? row : { ...row, unsaved: left }, document);
  return true;
};

/** One pass over a document: what is known of it, and what the steps need. */
interface Pass {
  readonly target: IngestTarget;
  readonly known: KnownState;
  readonly options: PublishOptions;
  readonly attempt: Attempt;
  /** The posts that addresses were claimed for. A pass that starts again may find another post for the document. */
  readonly claimed: Set<string>;
  readonly ports: IngestPorts;
}

/** The bytes of a document, and what identifies them and its settings. */
interface Content {
  readonly bytes: Uint8Array;
  readonly hash: string;
  readonly isSection: boolean;
  readonly recipe: string;
  /** The hash of bytes and recipe. */
  readonly reading: string;
}

/** Reads no further than the decision needs, and claims the aliases of the document. */
const readDocument = async (pass: Pass): Promise<ReadResult> => {
  const { source, path } = pass.target;
  const bytes = await source.read(path);
  if (bytes === undefined && (await isElsewhere(pass))) return { kind: "unreadable" };
  if (bytes === undefined) return { kind: "missing", keep: await reasonToKeepPost(pass) };
  if (bytes === "unreadable") return { kind: "unreadable" };
  const content = await identifyContent(bytes, pass);
  return (
    (await postOfContent(content, pass)) ??
    (await refusalOfContent(content, pass)) ??
    (await parseContent(content, pass))
  );
};

/** True where the document of a living post is missing only for now. */
const isElsewhere = async ({ target: { source, path }, known: { ownPost }, ports }: Pass): Promise<boolean> => {
  if (ownPost === undefined || ownPost.gone !== undefined) return false;
  const found = await source.findElsewhere?.(path);
  if (found?.isNews)
    ports.log.info(
      `${path} is missing, but not deleted: ${found.where}. Its post stays, and what is planned of it goes out.`,
    );
  return found !== undefined;
};

const identifyContent = async (bytes: Uint8Array, { target, ports }: Pass): Promise<Content> => {
  const { site, source, path } = target;
  const isSection = target.isSectionIndex ?? (await isSectionIndex(source, path));
  const recipe = recipeText(site, isSection);
  return { bytes, hash: ports.hash(bytes), isSection, recipe, reading: hashReading(bytes, recipe, ports.hash) };
};

/** The document's own post, where it was made of this content already. */
const currentPost = (origin: Origin, { target, known, options }: Pass): Post | undefined => {
  const { ownPost, document } = known;
  if (target.isSaved === true || ownPost === undefined || !isUpToDate(ownPost, origin, options)) return undefined;
  return document?.warnings?.some(isKeyLost) ? undefined : ownPost;
};

/** The post that was made of the same content, as far as that is known without parsing it. */
const postOfContent = async (content: Content, pass: Pass): Promise<ReadResult | undefined> => {
  const { known, target, ports } = pass;
  const { rowPost, document } = known;
  const current = currentPost({ hash: content.hash, recipe: ports.hash(content.recipe) }, pass);
  if (current !== undefined) return { kind: "same", post: current };
  const isCopy =
    rowPost !== undefined && document?.copy === content.reading && (await elsewhere(rowPost, target, ports)) === "copy";
  return isCopy ? { kind: "same", post: rowPost } : undefined;
};

const refused = ({ hash, reading }: Content, reasons: readonly Reason[], isConflict = false): ReadResult => ({
  kind: "refused",
  hash,
  reasons,
  conflict: isConflict,
  reading: reasons.some(isTooCostly) ? reading : undefined,
});

/** Refuses content that must not be parsed. Otherwise the attempt to parse it is counted. */
const refusalOfContent = async (
  content: Content,
  { target, known, attempt }: Pass,
): Promise<ReadResult | undefined> => {
  const { path, countsAttempt } = target;
  const { reading } = content;
  const refusal = known.document?.refusal;
  if (!isMarkdown(path) && !isEntry(path)) return refused(content, [notMarkdown(path)]);
  if (refusal?.reading === reading) return refused(content, refusal.reasons);
  const ended = countsAttempt && (await attempt.count(rowToCount(known), reading));
  return ended ? refused(content, [ended]) : undefined;
};

const parseContent = async (content: Content, pass: Pass): Promise<ReadResult> => {
  const { target, known, ports } = pass;
  const context = { firstRead: known.ownPost?.published ?? ports.clock(), isSectionIndex: content.isSection };
  const { parsed, links } = await parseWithReferences(content.bytes, target, context, ports);
  const recipe = ports.hash(content.recipe + (links.length === 0 ? "" : JSON.stringify(links)));
  const origin = { hash: content.hash, recipe };
  const current = currentPost(origin, pass);
  if (current !== undefined) return { kind: "same", post: current };
  if (parsed.kind === "page") return { kind: "page", reason: parsed.reason, keep: await reasonToKeepPost(pass) };
  if (parsed.kind === "refused") return refused(content, parsed.reasons);
  return claimPost(parsed, origin, content, pass);
};

/** Finds the post of a parsed document, and claims its address and its language among its translations. */
const claimPost = async (
  parsed: Extract<Parsed, { kind: "post" }>,
  origin: Origin,
  content: Content,
  { target, known, options, claimed, ports }: Pass,
): Promise<ReadResult> => {
  const { site, source, path, isListed } = target;
  const { location, document, ownPost } = known;
  const byHand = options.byHand === true;
  const newcomer = { location, document, isListed, byHand, content: parsed.content, hash: content.hash };
  const identity = await identify(location, parsed.content, ownPost, {
    ...ports,
    findMoved: async () => (ports.sources.has(source.name) ? findMoved(newcomer, { ...ports, source }) : undefined),
    isAbandoned: (id) => ownPost !== undefined && (claimed.has(id) || hasWaited(document, ports.clock())),
  });
  if ("conflict" in identity) return refused(content, [identity.conflict], true);
  const { id } = identity;
  claimed.add(id);
  const post = ownPost ?? (await ports.posts.read(site.id, id));
  const isChanging = ownPost === undefined && hasOtherBytes(await source.read(path), content.hash, ports);
  if (isChanging) return { kind: "changing" };
  const { translation, warnings } = await claimTranslation(site.id, path, parsed.content, id, ports);
  return {
    kind: "content",
    content: { ...parsed.content, translation },
    warnings: [...parsed.warnings, ...warnings],
    origin:
      target.isReread === true && hasSameText(ownPost, parsed.content) ? { ...origin, hash: ownPost.hash } : origin,
    reading: content.reading,
    id,
    post,
    elsewhere: await elsewhere(post, target, ports),
  };
};

const hasSameText = (post: Post | undefined, { title, html }: Pick<Post, "title" | "html">): post is Post =>
  post !== undefined && post.title === title && post.html === html;

/** Longer than any worker takes: a post that was not saved since has lost its worker. */
const longestWorker = hour;

const hasWaited = (document: KnownDocument | undefined, now: Instant): boolean =>
  document?.refusal?.reasons.some(isTaken) === true && now >= document.refusal.at + longestWorker;

const hasOtherBytes = (
  bytes: Uint8Array | "unreadable" | undefined,
  hashBefore: string,
  { hash }: Pick<IngestPorts, "hash">,
): boolean => bytes === undefined || hash(bytes) !== hashBefore;

/** The hash of everything that decides what a document becomes, except what it refers to. */
export const hashReading = (bytes: Uint8Array, recipe: string, hash: Hash): string => hash(hash(bytes) + recipe);

const notMarkdown = (path: string): Reason => ({
  code: "no-markdown",
  message: `${path} is not Markdown, so it does not become a post: name it .md, or keep it outside the documents`,
});

/** Whether the post belongs to another document, which still exists. */
const elsewhere = async (
  post: Post | undefined,
  { source, path }: IngestTarget,
  { sources }: IngestPorts,
): Promise<Extract<ReadResult, { kind: "content" }>["elsewhere"]> => {
  if (post === undefined || post.gone !== undefined || (post.source === source.name && post.path === path))
    return undefined;
  const postSource = post.source === source.name ? source : sources.get(post.source);
  if ((await postSource?.read(post.path)) === undefined) return undefined;
  return post.source !== source.name && sources.has(source.name) ? "copy" : "other";
};

const apply = async (
  decision: Decision,
  known: KnownState,
  target: IngestTarget,
  ports: IngestPorts,
): Promise<Ingested | typeof conflict> => {
  const abandoned = abandonedPost(known, decision);
  if (abandoned !== undefined && !(await ports.posts.save(abandoned))) return conflict;
  switch (decision.kind) {
    case "restart":
      return conflict;
    case "absent":
      return forgetDocument(decision, ports);
    case "unchanged":
    case "refuse":
      return saveDocument(decision, known, ports);
    case "page":
      return savePage(decision, known, ports);
    case "keep":
      return keepPost(decision, known, target, ports);
    case "delete":
      return deletePost(decision, ports);
    case "save":
      return saveDecided(decision, known, target, ports);
  }
};

type Decided<Kind extends Decision["kind"]> = Extract<Decision, { kind: Kind }>;

const forgetDocument = async (
  { forget }: Decided<"absent">,
  { documents }: IngestPorts,
): Promise<Ingested | typeof conflict> =>
  forget === undefined || (await documents.remove(forget))
    ? { result: "absent", warnings: [], ...(forget?.refusal !== undefined && { wasRefused: true }) }
    : conflict;

const saveDocument = async (
  decision: Decided<"unchanged"> | Decided<"refuse">,
  known: KnownState,
  { documents }: IngestPorts,
): Promise<Ingested | typeof conflict> => {
  if (decision.document !== undefined && !(await documents.replace(decision.document, known.document))) return conflict;
  const before =
    known.document?.refusal !== undefined && decision.document !== undefined && ({ wasRefused: true } as const);
  return decision.kind === "refuse"
    ? {
        result: "refused",
        reasons: decision.reasons,
        conflict: decision.conflict,
        post: known.ownPost,
        retryAt: decision.document.refusal && copyWaitsUntil(decision.document.refusal),
        ...before,
      }
    : { result: "unchanged", post: decision.post, warnings: decision.warnings, ...before };
};

const savePage = async (
  { document, post, reason }: Decided<"page">,
  known: KnownState,
  { documents, posts }: IngestPorts,
): Promise<Ingested | typeof conflict> => {
  // The row is written before the post, as in a save.
  if (!(await documents.replace(document, known.document))) return conflict;
  const saved = post && (await savePost(post, posts));
  return post !== undefined && saved === undefined ? conflict : { result: "page", reason, post: saved };
};

const keepPost = async (
  { document, post, reason }: Decided<"keep">,
  known: KnownState,
  { site, path }: IngestTarget,
  { documents, log }: IngestPorts,
): Promise<Ingested | typeof conflict> => {
  // The alarm is raised before the row is written: once the row says so, there is no further alarm.
  const message = `${path} is no longer a post and stays published: ${reason}`;
  log.alarm("deletion-waits", message, { site: site.id, path });
  if (!(await documents.replace(document, known.document))) return conflict;
  return { result: "unchanged", post, warnings: [] };
};

const deletePost = async ({ post }: Decided<"delete">, { posts }: IngestPorts): Promise<Ingested | typeof conflict> => {
  const saved = await savePost(post, posts);
  return saved === undefined ? conflict : { result: "deleted", post: saved, warnings: [] };
};

const saveDecided = async (
  { document, post, before, warnings }: Decided<"save">,
  known: KnownState,
  target: IngestTarget,
  ports: IngestPorts,
): Promise<Ingested | typeof conflict> => {
  const { undated = ports.clock(), ...dated } = document;
  const row = isUndated(post) ? { ...dated, undated } : dated;
  // The row is written before the post: without it the deletion of the document would not be noticed.
  if (!(await ports.documents.replace(row, known.document))) return conflict;
  await shareTraits(post, before, ports);
  const saved = await savePost(post, ports.posts);
  if (saved === undefined) return conflict;
  // Each of two workers that make different posts of the document finds the other one here, or in its row.
  if (before === undefined && (document.unsaved ?? !(await isNamedByRow(saved, ports)))) return conflict;
  await forgetTraits(saved, before, ports);
  // A worker that read the document in the meantime may have found the bytes that the post had before, or a deleted
  // document that had no post yet: it saved nothing, and so did not stop this save.
  const bytes = await target.source.read(target.path);
  if (bytes !== "unreadable" && target.isReread !== true && hasOtherBytes(bytes, saved.hash, ports)) return conflict;
  if (before === undefined)
    return { result: "created", post: saved, warnings, ...(known.document?.refusal && { wasRefused: true }) };
  const isMoved = before.source === saved.source && before.path !== saved.path;
  const isBack = before.gone?.by === "source" && saved.gone === undefined;
  return {
    result: "updated",
    post: saved,
    warnings,
    ...(isMoved && { movedFrom: before.path }),
    ...(isBack && { isBack }),
  };
};

const isNamedByRow = async ({ site, source, path, id }: Post, { documents }: IngestPorts): Promise<boolean> =>
  (await documents.read(site, source, path))?.post === id;

/** See `reasonToKeep`. Undefined also where there is no post to delete. */
const reasonToKeepPost = async ({ target, known, ports }: Pass): Promise<string | undefined> => {
  await target.turn;
  const { site, source, isListed } = target;
  const post = known.document?.missing === undefined ? postToDelete(known) : undefined;
  const ingestNew = (path: string) => ingest({ site, source, path, isListed }, {}, ports);
  return post && (await reasonToKeep(target, post, { ...ports, ingestNew }));
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
