import type { Feed } from "../domain/feed.ts";

export interface Rendered {
  /** `feed.xml`, `atom.xml`, `feed.json`, `index.html`. */
  readonly file: string;
  readonly contentType: string;
  readonly text: string;
}

/** A fault that the gate found. With `entry`, only that entry is at fault. */
export interface Fault {
  readonly file: string;
  readonly problem: string;
  readonly entry?: string;
}

export interface Formats {
  /** Every format of one feed. */
  render(feed: Feed): readonly Rendered[];
  /** What is wrong with the rendered files, compared with the feed that they were made of. Empty: they may be published. */
  gate(rendered: readonly Rendered[], feed: Feed): readonly Fault[];
  /** The URLs that subscribers use for the feed: the topics of a WebSub hub. */
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
  readonly encoding?: "br" | "gzip";
  readonly bytes: Uint8Array;
}

/** The bytes of a file, plain and compressed. The same text always gives the same bytes. */
export type Encode = (text: string) => readonly Encoded[];

/** Where rendered files are stored. Keys are paths with `/`, without a leading one. */
export interface Objects {
  read(key: string): Promise<StoredObject | undefined>;
  /** Writes only over the object with the etag `over`, or where there is none if it is undefined. False otherwise. */
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
