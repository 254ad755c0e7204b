import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Encoding, encoders } from "../../objects/encodings.ts";
import { stampOf } from "../../objects/folder-objects.ts";

/** A file with its validators. */
export interface CachedFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Strong, of the bytes as they are in the file. */
  readonly etag: string;
  readonly modified: Date;
  /** Compressed at the first request for it, and kept with the file. */
  readonly encoded: (encoding: Encoding) => Promise<Uint8Array<ArrayBuffer>>;
}

export type ReadFile = (key: string) => Promise<CachedFile | undefined>;

export const strongTag = (bytes: Uint8Array): string => `"${createHash("sha256").update(bytes).digest("base64url")}"`;

/** `kept` is told how many bytes an encoding adds. */
export const withValidators = (
  bytes: Uint8Array<ArrayBuffer>,
  modified: Date,
  kept: (size: number) => void = () => {},
): CachedFile => {
  const encodings = new Map<Encoding, Promise<Uint8Array<ArrayBuffer>>>();
  const encode = async (encoding: Encoding): Promise<Uint8Array<ArrayBuffer>> => {
    const encoded = new Uint8Array(await encoders[encoding](bytes));
    kept(encoded.length);
    return encoded;
  };
  const encoded: CachedFile["encoded"] = (encoding) => {
    const running = encodings.get(encoding) ?? encode(encoding);
    encodings.set(encoding, running);
    return running;
  };
  return { bytes, etag: strongTag(bytes), modified, encoded };
};

interface Known {
  readonly stamp: string;
  readonly file: CachedFile;
  size: number;
}

/** In this thread, as the database is: that takes a tenth of the time that another thread would take to be asked. */
const statOf = (path: string) => {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    // As of a name that is too long.
    return undefined;
  }
};

/** In bytes: the feeds and pages that readers ask for all the time; an archive is read from the disk. */
const usualSize = 32 * 1024 * 1024;

/**
 * The files that were read last. An unchanged one is read, hashed and compressed only once; a changed one has another
 * inode, because the writer replaces files.
 */
export const fileCache = (root: string, maxSize = usualSize): ReadFile => {
  const files = new Map<string, Known>();
  let size = 0;

  const forget = (key: string): void => {
    size -= files.get(key)?.size ?? 0;
    files.delete(key);
  };
  const use = (key: string, known: Known): CachedFile => {
    forget(key);
    files.set(key, known);
    size += known.size;
    return known.file;
  };
  const grow = (key: string, known: Known, by: number): void => {
    known.size += by;
    if (files.get(key) === known) size += by;
    for (const oldest of files.keys()) {
      if (size <= maxSize) return;
      forget(oldest);
    }
  };

  const open = (key: string, stamp: string, modified: Date, bytes: Uint8Array<ArrayBuffer>): CachedFile => {
    const file = withValidators(bytes, modified, (size) => grow(key, known, size));
    const known: Known = { stamp, file, size: 0 };
    use(key, known);
    grow(key, known, bytes.length);
    return known.file;
  };

  return async (key) => {
    const path = join(root, key);
    const stats = statOf(path);
    if (stats === undefined || !stats.isFile()) return undefined;
    const stamp = stampOf(stats);
    const known = files.get(key);
    if (known?.stamp === stamp) return use(key, known);
    const bytes = new Uint8Array(await readFile(path).catch(() => new Uint8Array()));
    return open(key, stamp, new Date(Number(stats.mtimeMs)), bytes);
  };
};
