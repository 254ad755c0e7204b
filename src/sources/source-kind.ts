import type { Source } from "../ports/content.ts";
import type { Log } from "../ports/runtime.ts";

export interface Watcher {
  close(): Promise<void>;
}

/**
 * `isGone`: no document was at the path. It may have been moved, or an editor may write it again, so the callback
 * should check a moment later.
 */
export type OnChange = (path: string, isGone: boolean) => void;

export interface LocalSource extends Source {
  /**
   * The path or URL that a person opens to see the document at `path`, or all documents at `""` or in a site's folder.
   */
  location(path: string): string;
  /** The folder that has the documents, as an absolute path. Absent for documents that are not on this machine. */
  readonly folder?: string;
  /** True if a location is a file of this machine, which a person edits. */
  readonly editable: boolean;
  /**
   * Calls `onChange` with the path of every document that is added, changed or removed from now on. An event may be
   * lost or come twice: it only says which path to check. Absent: changes are found by the hourly listing.
   */
  readonly watch?: (onChange: OnChange, log?: Pick<Log, "warn">) => Promise<Watcher>;
}

interface SourceKind {
  /** The key of its location in `sites[].sources`, and its name in the rows if all sites share it. It never changes. */
  readonly name: string;
}

/** A kind of source for one machine: `npm start -- --content PLACE`, and `sites[].sources`. */
export interface LocalSourceKind extends SourceKind {
  /** Describes PLACE for the usage. Absent: `--content` does not accept this kind. */
  readonly about?: string;
  /** True if PLACE looks like a location of this kind. The first kind in the registry that accepts it opens it. */
  accepts?(place: string): boolean;
  /**
   * `base` is the folder that a relative path begins at. Throws if the location does not exist; the message says what
   * to do.
   */
  open(place: string, base: string): Promise<LocalSource>;
}

/** A kind of source for a deployment. */
export interface LambdaSourceKind extends SourceKind {
  /**
   * The environment variable that holds the location that all sites share. The stack sets it for the functions `ingest`
   * and `web`. Absent: the locations are those in `sites[].sources`.
   */
  readonly variable?: string;
  open(place: string): Source;
}
