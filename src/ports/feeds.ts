import type { Feed } from "../domain/feed.ts";

export interface Rendered {
  /** `feed.xml`, `atom.xml`, `feed.json`, `index.html`. */
  readonly file: string;
  readonly contentType: string;
  readonly text: string;
}

/** A fault that the gate found; with `entry`, that entry alone is to blame. */
export interface Fault {
  readonly file: string;
  readonly problem: string;
  readonly entry?: string | undefined;
}

export interface Formats {
  /** Every format of one feed. */
  render(feed: Feed): readonly Rendered[];
  /** What is wrong with the rendered files, judged by the window they were made of. Empty: they may be published. */
  gate(rendered: readonly Rendered[], feed: Feed): readonly Fault[];
  /** The addresses that subscribers know the feed by: what a WebSub hub is told of. */
  topics(feed: Feed): readonly string[];
}

export interface StoredObject {
  readonly bytes: Uint8Array;
  /** Opaque; changes whenever the bytes do. */
  readonly etag: string;
}

export interface Encoded {
  /** Appended to the object's key: empty, `.br`, `.gz`. */
  readonly suffix: string;
  readonly encoding?: "br" | "gzip" | undefined;
  readonly bytes: Uint8Array;
}

/** The bytes of a file as they are and compressed, always the same for the same text. */
export type Encode = (text: string) => readonly Encoded[];

/** Where rendered files live. Keys are paths with `/`, no leading one. */
export interface Objects {
  read(key: string): Promise<StoredObject | undefined>;
  /** Writes only over exactly `over` (an etag, or undefined for "nothing there"); false when something else stands there by now. */
  put(
    key: string,
    bytes: Uint8Array,
    options: {
      readonly contentType: string;
      readonly encoding?: "br" | "gzip" | undefined;
      readonly over: string | undefined;
    },
  ): Promise<boolean>;
}
