import { addressTaken } from "./address.ts";
import type { SiteCommand } from "./delivery-commands.ts";
import { apiSource, isCopyWaiting, type KnownDocument } from "./document.ts";
import { feedGrace } from "./feed.ts";
import type { Reason, Warning } from "./findings.ts";
import {
  announcesBaseline,
  type DocumentLocation,
  mergePost,
  type Origin,
  type PublishOptions,
  publishesUndated,
} from "./merge-post.ts";
import type { Post, PostContent } from "./post.ts";
import type { Instant } from "./time.ts";

/**
 * The rows about a document. They are read before its bytes, so that a change of the document after the read is
 * noticed.
 */
export interface KnownState {
  readonly location: DocumentLocation;
  readonly document: KnownDocument | undefined;
  /** The post that the document's row names. */
  readonly rowPost: Post | undefined;
  /** The same post while its path is this one and it is not deleted. */
  readonly ownPost: Post | undefined;
  /** The document existed before its source's first listing was complete. */
  readonly isHistory: boolean;
}

/** The result of reading a document, which is read no further than the decision needs. */
export type ReadResult =
  /** The source has no such document. `keep`: the reason why its post stays nevertheless. */
  | { readonly kind: "missing"; readonly keep: string | undefined }
  /** It exists, but its bytes cannot be read now: an entry that is too old to be in its feed. */
  | { readonly kind: "unreadable" }
  /** `post` was made from the same bytes. */
  | { readonly kind: "same"; readonly post: Post }
  | { readonly kind: "changing" }
  /** The document became a page. `keep`: the reason why the post that it was before stays nevertheless. */
  | { readonly kind: "page"; readonly reason: string; readonly keep: string | undefined }
  /**
   * `conflict`: another document has its address or guid. `reading`: hash of its bytes and settings if it is too
   * costly.
   */
  | {
      readonly kind: "refused";
      readonly hash: string;
      readonly reasons: readonly Reason[];
      readonly conflict: boolean;
      readonly reading?: string | undefined;
    }
  | {
      readonly kind: "content";
      readonly content: PostContent;
      readonly warnings: readonly Warning[];
      readonly origin: Origin;
      /** Hash of the document's bytes and settings, without the documents that it refers to. */
      readonly reading: string;
      /** The id of the document's post. */
      readonly id: string;
      readonly post: Post | undefined;
      /**
       * The post belongs to another document, which still exists: `copy` if that is in another source. Two sources that
       * can be listed (a folder and the site's feed) may both have a post, and the document of the first one counts.
       */
      readonly elsewhere: "copy" | "other" | undefined;
    };

/** The change that ingest makes. `document` is the row to be written. */
export type Decision =
  /** The document changed while it was read. */
  | { readonly kind: "restart" }
  /** `forget`: the row of a deleted document, which is removed. */
  | { readonly kind: "absent"; readonly forget?: KnownDocument }
  | {
      readonly kind: "unchanged";
      readonly post: Post;
      readonly warnings: readonly Warning[];
      readonly document: KnownDocument | undefined;
    }
  | {
      readonly kind: "refuse";
      readonly reasons: readonly Reason[];
      readonly conflict: boolean;
      readonly document: KnownDocument;
    }
  /** The document is a page. `post`: the post that it was before, which is now deleted. */
  | {
      readonly kind: "page";
      readonly reason: string;
      readonly post: Post | undefined;
      readonly document: KnownDocument;
    }
  /** The document is missing or became a page, and its post stays until a person removes it. */
  | { readonly kind: "keep"; readonly post: Post; readonly reason: string; readonly document: KnownDocument }
  | { readonly kind: "delete"; readonly post: Post }
  | {
      readonly kind: "save";
      readonly post: Post;
      /** The post as it was last saved. */
      readonly before: Post | undefined;
      readonly warnings: readonly Warning[];
      readonly document: KnownDocument;
    };

const isAt = (post: Post, { source, path }: DocumentLocation): boolean => post.source === source && post.path === path;

/** False once the deletion is final. An editor's atomic save deletes a file for a moment, and must not end its post. */
const isAlive = ({ gone }: Post, now: Instant): boolean =>
  gone === undefined || (gone.by === "source" && now < gone.at + feedGrace);

/** `isListed`: the first listing of the source was complete before the row was read. */
export const knownState = (
  location: DocumentLocation,
  document: KnownDocument | undefined,
  rowPost: Post | undefined,
  isListed: boolean,
  now: Instant,
): KnownState => ({
  location,
  document,
  rowPost,
  isHistory: !isListed || (document?.history === true && rowPost === undefined),
  ownPost: rowPost !== undefined && isAt(rowPost, location) && isAlive(rowPost, now) ? rowPost : undefined,
});

/** Returns the post that is deleted because its document is missing or became a page. */
export const postToDelete = ({ location, rowPost }: KnownState): Post | undefined =>
  rowPost !== undefined && isAt(rowPost, location) && rowPost.gone === undefined ? rowPost : undefined;

/** True if the post was made from the same bytes and nobody wants it announced now. */
export const isUpToDate = (post: Post, { hash, recipe }: Origin, options: PublishOptions): boolean =>
  post.gone === undefined &&
  post.damage === undefined &&
  post.hash === hash &&
  post.recipe === recipe &&
  !announcesBaseline(post, options) &&
  !publishesUndated(post, options);

interface IngestInput {
  readonly known: KnownState;
  readonly result: ReadResult;
  readonly options: PublishOptions;
  readonly now: Instant;
  readonly hash: (text: string) => string;
  readonly command: SiteCommand;
}

/** Decides what to do with a document, from the rows and bytes that were read and nothing else. Pure. */
export const decideIngest = (input: IngestInput): Decision => keepUnsaved(input.known, decide(input));

const decide = (input: IngestInput): Decision => {
  const { known, result, now } = input;
  switch (result.kind) {
    case "missing":
      return decideMissing(known, result.keep, now);
    case "unreadable":
      return { kind: "absent" };
    case "same":
      return decideUnchanged(known, result.post);
    case "changing":
      return { kind: "restart" };
    case "page":
      return decidePage(known, result, now);
    case "refused":
      return decideRefused(known, result, now);
    case "content":
      return decideContent(input, result);
  }
};

/**
 * Returns the post that the document's row will no longer name. It is saved unchanged before the row, so that a worker
 * that is about to restore it, or to move it to this document, starts again. Without a row that names the post, the
 * deletion of its document would not be noticed.
 */
export const abandonedPost = ({ document, rowPost }: KnownState, decision: Decision): Post | undefined => {
  const row = "document" in decision ? decision.document : undefined;
  const isForgotten = decision.kind === "absent" && decision.forget !== undefined;
  return isForgotten || (row !== undefined && row.post !== document?.post) ? rowPost : undefined;
};

/** The row remembers a post that it names no longer, and that another worker may be about to save. */
const keepUnsaved = ({ document, rowPost }: KnownState, decision: Decision): Decision => {
  if (decision.kind === "absent" || !("document" in decision) || decision.document === undefined) return decision;
  const { unsaved: _, ...row } = decision.document;
  const named = document?.post === undefined || rowPost !== undefined ? [] : [document.post];
  const unsaved = [...new Set([...(document?.unsaved ?? []), ...named])].filter((id) => id !== row.post);
  return { ...decision, document: unsaved.length === 0 ? row : { ...row, unsaved } };
};

/** The deletion of a post that the document's row names no longer. Undefined where there is nothing to delete. */
export const deletionOfUnsaved = ({ location }: KnownState, post: Post, now: Instant): Post | undefined =>
  isAt(post, location) && post.gone === undefined ? deletedBySource(post, now) : undefined;

const documentRow = ({ site, source, path, file }: DocumentLocation, post: string | undefined): KnownDocument => ({
  site: site.id,
  source,
  path,
  ...(post === undefined ? {} : { post }),
  ...(file === undefined ? {} : { file }),
});

const deletedBySource = (post: Post, now: Instant): Post => ({
  ...post,
  gone: { at: now, by: "source" },
  due: now + feedGrace,
});

const decideMissing = (known: KnownState, keep: string | undefined, now: Instant): Decision => {
  const { location, document, rowPost } = known;
  const post = postToDelete(known);
  // Another worker may be saving the document's first post. Without the row, the next listing would not notice that the
  // document is missing.
  const isBeingSaved = document?.unsaved !== undefined || (document?.post !== undefined && rowPost === undefined);
  const isOver = rowPost?.gone === undefined || !isAlive(rowPost, now);
  const forget = isOver && !isBeingSaved ? document : undefined;
  if (post === undefined) return { kind: "absent", ...(forget && { forget }) };
  if (document?.missing !== undefined) return { kind: "unchanged", post, warnings: [], document: undefined };
  if (keep === undefined) return { kind: "delete", post: deletedBySource(post, now) };
  const row = { ...documentRow(location, post.id), missing: { since: now, reason: keep } };
  return { kind: "keep", post, reason: keep, document: row };
};

const decidePage = (
  known: KnownState,
  { reason, keep }: Extract<ReadResult, { kind: "page" }>,
  now: Instant,
): Decision => {
  const { location, document } = known;
  const row = { ...documentRow(location, document?.post), page: reason };
  const post = postToDelete(known);
  if (post === undefined) return { kind: "page", reason, post: undefined, document: row };
  if (document?.missing !== undefined) return { kind: "unchanged", post, warnings: [], document: undefined };
  if (keep === undefined) return { kind: "page", reason, post: deletedBySource(post, now), document: row };
  return { kind: "keep", post, reason: keep, document: { ...row, missing: { since: now, reason: keep } } };
};

/** `copy` is stored in the row, see `KnownDocument`. */
const decideUnchanged = ({ location, document }: KnownState, post: Post, copy = document?.copy): Decision => {
  const isCurrent =
    document?.post === post.id &&
    document.refusal === undefined &&
    document.attempt === undefined &&
    document.page === undefined &&
    document.missing === undefined;
  const row = { ...(isCurrent && document), ...documentRow(location, post.id), ...(copy !== undefined && { copy }) };
  const isKnown = isCurrent && document.file === location.file && document.copy === copy;
  return { kind: "unchanged", post, warnings: [], document: isKnown ? undefined : row };
};

const decideRefused = (
  { location, document, rowPost, ownPost, isHistory }: KnownState,
  { hash, reasons, conflict, reading }: Omit<Extract<ReadResult, { kind: "refused" }>, "kind">,
  now: Instant,
): Decision => {
  const joinCodes = (given: readonly Reason[]): string => given.map(({ code }) => code).join();
  const before = document?.refusal;
  // A copy that waits was told until when. An edit does not make it wait longer.
  const isKnown =
    before !== undefined &&
    (before.hash === hash || reasons.every(isCopyWaiting)) &&
    joinCodes(before.reasons) === joinCodes(reasons);
  // Another worker may be about to save the first post of the document.
  const post = rowPost === undefined ? document?.post : ownPost?.id;
  return {
    kind: "refuse",
    reasons,
    conflict,
    document: {
      ...documentRow(location, post),
      ...(isHistory && ownPost === undefined ? { history: true } : {}),
      refusal: { hash, reasons, at: isKnown ? before.at : now, ...(reading !== undefined && { reading }) },
    },
  };
};

const decideContent = (
  { known, options, now, hash, command }: IngestInput,
  { content, warnings, origin, reading, id, post, elsewhere }: Extract<ReadResult, { kind: "content" }>,
): Decision => {
  const { location } = known;
  if (post !== undefined && elsewhere === "copy") return decideUnchanged(known, post, reading);
  if (post !== undefined && elsewhere === "other") {
    const reasons = [addressTaken(content.url, post.path)];
    return decideRefused(known, { hash: origin.hash, reasons, conflict: true }, now);
  }
  const hasItsKey = content.translation?.key === post?.translation?.key;
  if (post !== undefined && isAt(post, location) && isUpToDate(post, origin, options) && hasItsKey)
    return decideUnchanged(known, post);
  // A post that a person deleted is restored by changed bytes or by a person, not by a touched file or a copy of it.
  const isRemoved = post?.gone?.by === "person" && options.byHand !== true && !restores(known, origin, post);
  if (isRemoved && (isAt(post, location) || post.source !== location.source)) return decideUnchanged(known, post);
  const { isHistory } = known;
  const merged = mergePost({ location, options, content, origin, id, isHistory, row: post, now, hash, command });
  return {
    kind: "save",
    post: isRemoved ? { ...merged, gone: post.gone, due: post.due } : merged,
    before: post,
    warnings,
    document: {
      ...documentRow(location, id),
      ...(warnings.length > 0 && { warnings }),
      ...(merged.history && post === undefined ? { history: true } : {}),
    },
  };
};

const restores = ({ location }: KnownState, { hash }: Origin, post: Post): boolean =>
  post.hash !== hash && [location.source, apiSource].includes(post.source);
