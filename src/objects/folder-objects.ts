import {
  type BigIntStats,
  closeSync,
  fsync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { keyMutex } from "../domain/concurrency.ts";
import { errorCode } from "../domain/errors.ts";
import type { Objects, StoredObject } from "../ports/feeds.ts";

/** Files are written in this folder, on the same file system as the objects, and then renamed. */
const scratch = ".tmp";

const isMissing = (error: unknown): boolean => ["ENOENT", "ENOTDIR", "EISDIR"].includes(errorCode(error) ?? "");

const checkKey = (key: string): string => {
  const segments = key.split("/");
  const outside = segments.some((segment) => ["", ".", ".."].includes(segment) || /[\\\0]/.test(segment));
  if (outside || segments[0] === scratch || /^[a-z]:/i.test(key))
    throw new Error(`"${key}" is not an object key: use a path with "/" that stays in the folder`);
  return key;
};

const sync = promisify(fsync);

/**
 * Reads and writes run in this thread, like those of the database, because a call to another thread takes several times
 * as long. Calls that wait for the disk run in another one. A rename is one of them, because it may wait for the
 * journal.
 */
const writeAndSync = async (file: string, flags: "r" | "w", bytes?: Uint8Array): Promise<void> => {
  const descriptor = openSync(file, flags);
  try {
    if (bytes !== undefined) writeFileSync(descriptor, bytes);
    await sync(descriptor);
  } finally {
    closeSync(descriptor);
  }
};

/**
 * A rename survives a power failure only after its folder is written to the disk. Windows cannot open folders and does
 * not need this.
 */
const syncFolder = async (folder: string): Promise<void> => {
  if (process.platform !== "win32") await writeAndSync(folder, "r");
};

/** Identifies a version of a file. A later version has another inode, because files are replaced. */
export const fileStamp = ({ ino, mtimeNs, size }: BigIntStats): string => `${ino} ${mtimeNs} ${size}`;

/**
 * Stores objects as files in a folder. The conditions hold for the writers of this process only, so only one process
 * may use a folder.
 */
export const folderObjects = (root: string): Objects => {
  // No other write of the key happens between the check of a condition and its write.
  const withMutex = keyMutex();

  let writes = 0;
  let scratchFolder: Promise<string> | undefined;
  /** Removes the unfinished files of a killed process. */
  const emptyScratch = async (): Promise<string> => {
    const folder = join(root, scratch);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    return folder;
  };

  /** Returns undefined if there is no file. */
  const readEtag = (file: string): string | undefined => {
    try {
      const stats = statSync(file, { bigint: true });
      return stats.isFile() ? fileStamp(stats) : undefined;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  };

  const read = async (key: string): Promise<StoredObject | undefined> => {
    const file = join(root, checkKey(key));
    const etag = readEtag(file);
    return etag === undefined ? undefined : { bytes: readFileSync(file), etag };
  };

  const write = async (key: string, bytes: Uint8Array): Promise<void> => {
    const file = join(root, key);
    scratchFolder ??= emptyScratch();
    // The number is taken before anything is awaited, so that two writes at the same time have two numbers.
    writes += 1;
    const name = String(writes);
    const temporary = join(await scratchFolder, name);
    await writeAndSync(temporary, "w", bytes);
    const created = mkdirSync(dirname(file), { recursive: true });
    await rename(temporary, file);
    await syncFolder(dirname(file));
    if (created !== undefined) await syncFolder(dirname(created));
  };

  return {
    read,
    put: (key, bytes, { over }) =>
      withMutex(checkKey(key), async () => {
        if (readEtag(join(root, key)) !== over) return false;
        await write(key, bytes);
        return true;
      }),
  };
};
