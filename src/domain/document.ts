import type { Reason, Warning } from "./refusal.ts";
import type { Instant } from "./time.ts";

/** The name of the source of the documents that are sent to the API. */
export const apiSource = "api";

/** In bytes. Longer documents are refused. */
export const maxDocument = 1024 * 1024;

/** By its name: only Markdown becomes a post. */
export const isMarkdown = (path: string): boolean => /\.(md|mdx|mdoc|markdown)$/i.test(path);

/** The document of a feed's entry is named by the address of its page. */
export const isEntry = (path: string): boolean => /^https?:\/\//.test(path);

/** `2026-03-01-hello.md`, as Jekyll names files. */
export const isDatedByName = (path: string): boolean => /(?:^|\/)\d{4}-\d{1,2}-\d{1,2}[-_.]+[^/]/.test(path);

export const isHidden = (segment: string): boolean => segment.startsWith(".") || segment === "node_modules";

/** Pictures, hidden files and libraries are kept next to documents: they are not read. */
export const isDocument = (path: string): boolean =>
  isMarkdown(path) && path.split("/").every((segment) => !isHidden(segment));

/** A document that was found in a source: its post, or why it does not become one. */
export interface KnownDocument {
  readonly site: string;
  readonly source: string;
  readonly path: string;
  readonly post?: string;
  /** The file that it was sent from, as its person knows it. */
  readonly file?: string;
  readonly refusal?: {
    readonly hash: string;
    readonly reasons: readonly Reason[];
    readonly at: Instant;
    /** Of its bytes and settings, where it is too costly: it is not parsed again while they are the same. */
    readonly reading?: string;
  };
  /** Of its bytes and settings: it was to be parsed at that moment, and nothing is known of the result. */
  readonly attempt?: { readonly reading: string; readonly at: Instant };
  /** What was left out or guessed when its post was made. */
  readonly warnings?: readonly Warning[];
  /** Why it is a page of the site, not a post. */
  readonly page?: string;
  /** Of its bytes and settings, where its post is another source's document: a copy is not parsed again while it is the same. */
  readonly copy?: string;
  /** It was there before its source's first listing was complete. Once it has a post, the post says so. */
  readonly history?: true;
  /** It was deleted or became a page, and its post stays until a person confirms it. */
  readonly missing?: { readonly since: Instant; readonly reason: string };
  /** Another one with each save of the row, even of the same. */
  readonly save?: string;
}
