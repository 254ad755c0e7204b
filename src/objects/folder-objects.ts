import { createHash } from "node:crypto";
import { type FileHandle, mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { codeOf } from "../domain/error-code.ts";
import { keyMutex } from "../domain/key-mutex.ts";
import type { Objects, StoredObject } from "../ports/feeds.ts";

/** Files are written here, on the same file system as the objects, and then renamed. */
const scratch = ".tmp";

const isMissing = (error: unknown): boolean => ["ENOENT", "ENOTDIR", "EISDIR"].includes(codeOf(error) ?? "");

const checkKey = (key: string): string => {
  const segments = key.split("/");
  const outside = segments.some((segment) => ["", ".", ".."].includes(segment) || /[\\\0]/.test(segment));
  if (outside || segments[0] === scratch || /^[a-z]:/i.test(key))
    throw new Error(`"${key}" is not an object key: use a path with "/" that stays in the folder`);
  return key;
};

const useAndClose = async (handle: FileHandle, use: (handle: FileHandle) => Promise<void>): Promise<void> => {
  try {
    await use(handle);
  } finally {
    await handle.close();
  }
};

/** A rename survives a power failure only after its folder is written to the disk. Windows cannot open folders and does not need this. */
const syncFolder = async (folder: string): Promise<void> => {
  if (process.platform === "win32") return;
  await useAndClose(await open(folder, "r"), (handle) => handle.sync());
};

/** Objects as files in a folder. The conditions hold for the writers of this process: only one process may use a folder. */
export const folderObjects = (root: string): Objects => {
  // No other write comes between the check of a condition and its write.
  const inTurn = keyMutex();

  let writes = 0;
  let scratchFolder: Promise<string> | undefined;
  /** Removes the unfinished files that a killed process left. */
  const emptyScratch = async (): Promise<string> => {
    const folder = join(root, scratch);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    return folder;
  };

  const read = async (key: string): Promise<StoredObject | undefined> => {
    const file = join(root, checkKey(key));
    try {
      const bytes = await readFile(file);
      return { bytes, etag: createHash("sha256").update(bytes).digest("hex") };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  };

  const write = async (key: string, bytes: Uint8Array): Promise<void> => {
    const file = join(root, key);
    scratchFolder ??= emptyScratch();
    // Numbered before anything is awaited: two writes at the same time have two numbers.
    writes += 1;
    const name = String(writes);
    const temporary = join(await scratchFolder, name);
    await writeFile(temporary, bytes, { flush: true });
    const created = await mkdir(dirname(file), { recursive: true });
    await rename(temporary, file);
    await syncFolder(dirname(file));
    if (created !== undefined) await syncFolder(dirname(created));
  };

  return {
    read,
    put: (key, bytes, { over }) =>
      inTurn(checkKey(key), async () => {
        if ((await read(key))?.etag !== over) return false;
        await write(key, bytes);
        return true;
      }),
  };
};
