import { aliasTaken } from "./alias-taken.ts";
import type { KnownDocument } from "./document.ts";
import { feedGrace } from "./feed.ts";
import { mergePost, type Origin, type Place, type PublishOptions } from "./merge-post.ts";
import type { Post, PostContent } from "./post.ts";
import type { Reason, Warning } from "./refusal.ts";
import type { Instant } from "./time.ts";

/** What the table says of a document. It is read before the document's bytes (interleaving 1). */
export interface Known {
  readonly place: Place;
  readonly document: KnownDocument | undefined;
  /** The post that the document's row names. */
  readonly named: Post | undefined;
  /** The same, while it lives at this path. */
  readonly own: Post | undefined;
}

/** How far a document was read. Nothing is read further than its decision needs. */
export type Reading =
  /** The source has no such document. `keep`: why its post stays all the same. */
  | { readonly kind: "missing"; readonly keep: string | undefined }
  /** `post` was made of these bytes. */
  | { readonly kind: "same"; readonly post: Post }
  | { readonly kind: "changing" }
  /** `conflict`: another document has its slug or guid. */
  | { readonly kind: "refused"; readonly hash: string; readonly reasons: readonly Reason[]; readonly conflict: boolean }
  | {
      readonly kind: "content";
      readonly content: PostContent;
      readonly warnings: readonly Warning[];
      readonly origin: Origin;
      /** Of the post that the document is. */
      readonly id: string;
      readonly post: Post | undefined;
      /** That post is another document's, which is still there. */
      readonly isElsewhere: boolean;
    };

/** What becomes of a document; `document` is its row as it is to be written. */
export type Decision =
  /** It changed while it was read. */
  | { readonly kind: "restart" }
  | { readonly kind: "absent"; readonly forget: boolean }
  | {
      readonly kind: "unchanged";
      readonly post: Post;
      readonly warnings: readonly Warning[];
      readonly document?: KnownDocument | undefined;
    }
  | {
      readonly kind: "refuse";
      readonly reasons: readonly Reason[];
      readonly conflict: boolean;
      readonly document: KnownDocument;
    }
  /** It is missing, and its post stays until a person removes it. */
  | { readonly kind: "keep"; readonly post: Post; readonly reason: string; readonly document: KnownDocument }
  | { readonly kind: "delete"; readonly post: Post }
  | {
      readonly kind: "save";
      readonly post: Post;
      readonly isNew: boolean;
      readonly warnings: readonly Warning[];
      /** The post's old id is new to it: it keeps it only if no other post has it. */
      readonly claimsOldId: boolean;
      readonly document: KnownDocument;
    };

const isAt = (post: Post, { source, path }: Place): boolean => post.source === source && post.path === path;

/** A path names its post only while that lives; an editor's atomic save does not end a life (interleavings 11 and 12). */
const lives = ({ gone }: Post, now: Instant): boolean =>
  gone === undefined || (gone.by === "source" && now < gone.at + feedGrace);

export const knownOf = (
  place: Place,
  document: KnownDocument | undefined,
  named: Post | undefined,
  now: Instant,
): Known => ({
  place,
  document,
  named,
  own: named !== undefined && isAt(named, place) && lives(named, now) ? named : undefined,
});

/** The post that the document's absence would delete. */
export const deletable = ({ place, named }: Known): Post | undefined =>
  named !== undefined && isAt(named, place) && named.gone === undefined ? named : undefined;

/** True where the post was made of the same bytes, and nobody wants it announced again. */
export const isMadeOf = (post: Post, { hash, recipe }: Origin, { again }: PublishOptions): boolean =>
  post.gone === undefined && post.hash === hash && post.recipe === recipe && again !== true;

interface Facts {
  readonly known: Known;
  readonly reading: Reading;
  readonly options: PublishOptions;
  readonly now: Instant;
  readonly hash: (text: string) => string;
}

/** What becomes of a document by what was read (design.md §2, rule 1, and §3). Pure. */
export const decideIngest = (facts: Facts): Decision => {
  const { known, reading, now } = facts;
  switch (reading.kind) {
    case "missing":
      return missing(known, reading.keep, now);
    case "same":
      return unchanged(known, reading.post);
    case "changing":
      return { kind: "restart" };
    case "refused":
      return refuse(known, reading, now);
    case "content":
      return decideContent(facts, reading);
  }
};

const rowOf = ({ site, source, path }: Place, post: string | undefined): KnownDocument => ({
  site: site.id,
  source,
  path,
  post,
});

const missing = (known: Known, keep: string | undefined, now: Instant): Decision => {
  const { place, document, named } = known;
  const post = deletable(known);
  if (post === undefined) return { kind: "absent", forget: named?.gone === undefined || !lives(named, now) };
  if (document?.missing !== undefined) return { kind: "unchanged", post, warnings: [] };
  if (keep === undefined)
    return { kind: "delete", post: { ...post, gone: { at: now, by: "source" }, due: now + feedGrace } };
  const row = { ...rowOf(place, post.id), missing: { since: now, reason: keep } };
  return { kind: "keep", post, reason: keep, document: row };
};

const unchanged = ({ place, document }: Known, post: Post): Decision => {
  const isRight = document?.post === post.id && document.refusal === undefined && document.missing === undefined;
  return { kind: "unchanged", post, warnings: [], document: isRight ? undefined : rowOf(place, post.id) };
};

const refuse = (
  { place, own }: Known,
  { hash, reasons, conflict }: Pick<Extract<Reading, { kind: "refused" }>, "hash" | "reasons" | "conflict">,
  now: Instant,
): Decision => ({
  kind: "refuse",
  reasons,
  conflict,
  document: { ...rowOf(place, own?.id), refusal: { hash, reasons, at: now } },
});

const decideContent = (
  { known, options, now, hash }: Facts,
  { content, warnings, origin, id, post, isElsewhere }: Extract<Reading, { kind: "content" }>,
): Decision => {
  const { place } = known;
  if (post !== undefined && isElsewhere) {
    // One document in two places, such as a file that was also put, is no conflict; putting it again moves the post.
    const isCopy = post.source !== place.source && post.hash === origin.hash;
    if (!isCopy) {
      const reasons = [aliasTaken("slug", content.slug, post.path)];
      return refuse(known, { hash: origin.hash, reasons, conflict: true }, now);
    }
    if (options.again !== true) return { kind: "unchanged", post, warnings };
  }
  if (post !== undefined && isAt(post, place) && isMadeOf(post, origin, options)) return unchanged(known, post);
  // Deleted by a person: other bytes or a person's request bring it back, a touched file does not (interleaving 13).
  if (post?.gone?.by === "person" && post.hash === origin.hash && options.byHand !== true)
    return unchanged(known, post);
  const merged = mergePost({ place, options, content, origin, id, row: post, now, hash });
  return {
    kind: "save",
    post: merged,
    isNew: post === undefined,
    warnings,
    claimsOldId: merged.oldId !== undefined && merged.oldId !== post?.oldId,
    document: rowOf(place, id),
  };
};
