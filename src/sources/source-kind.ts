import type { Source } from "../ports/content.ts";
import type { Log } from "../ports/runtime.ts";

export interface Watcher {
  close(): Promise<void>;
}

export interface LocalSource extends Source {
  /** What a person edits: to change the document at `path`, or to add one to the site with this folder (`""`: the first). */
  location(path: string): string;
  /**
   * Calls `onChange` with the path of every document that is added, changed or removed from now on. An event may be lost
   * or come twice: it only says where to look. Absent: changes are found by the hourly listing.
   */
  readonly watch?: (onChange: (path: string) => void, log?: Pick<Log, "warn">) => Promise<Watcher>;
}

interface SourceKind {
  /** The source's name in the rows: it never changes. */
  readonly name: string;
}

/** A kind of source for one machine: `npm start -- --content PLACE`. */
export interface LocalSourceKind extends SourceKind {
  /** What PLACE is, for the usage. */
  readonly about: string;
  /** True where PLACE looks like a place of this kind. The first kind in the registry that accepts it opens it. */
  accepts(place: string): boolean;
  /** Throws where there is no such place; the message says what to do. */
  open(place: string): Promise<LocalSource>;
}

/** A kind of source for a deployment. */
export interface LambdaSourceKind extends SourceKind {
  /** The environment variable that holds its place. The stack sets it for the functions `ingest` and `web`. */
  readonly variable: string;
  open(place: string): Source;
}
