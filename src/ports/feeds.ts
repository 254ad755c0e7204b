import type { Feed } from "../domain/feed.ts";

export interface Rendered {
  /** `feed.xml`, `atom.xml`, `feed.json`, `index.html`. */
  readonly file: string;
  readonly contentType: string;
  readonly text: string;
}

/** A fault that the gate found. If `entry` is set, only that entry is at fault. */
export interface Fault {
  readonly file: string;
  readonly problem: string;
  readonly entry?: string;
}

export interface Formats {
  /** Renders every format of one feed. */
  render(feed: Feed): readonly Rendered[];
  /**
   * Compares the rendered files with the feed that they were made from. If it finds no fault, they may be published.
   */
  gate(rendered: readonly Rendered[], feed: Feed): readonly Fault[];
  /** Returns the URLs that subscribers use for the feed, which are the topics of a WebSub hub. */
  topics(feed: Feed): readonly string[];
}

export interface StoredObject {
  readonly bytes: Uint8Array;
  /** An opaque value that changes whenever the bytes do. */
  readonly etag: string;
}

export interface Encoded {
  /** The end of the object's key: empty, `.br`, `.gz`. */
  readonly suffix: string;
  readonly encoding?: "br" | "gzip";
  readonly bytes: Uint8Array;
}

/** Returns the bytes of a file, plain and compressed. The same text always gives the same bytes. */
export type Encode = (text: string) => readonly Encoded[];

/** The storage of rendered files. Keys are paths with `/`, without a leading one. */
export interface Objects {
  read(key: string): Promise<StoredObject | undefined>;
  /**
   * Replaces only the object with the etag `over`. If `over` is undefined, writes only if there is no object. Returns
   * false otherwise.
   */
  put(
    key: string,
    bytes: Uint8Array,
    options: {
      readonly contentType: string;
      readonly encoding?: "br" | "gzip";
      readonly over: string | undefined;
    },
  ): Promise<boolean>;
}
