import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { codeOf } from "../domain/error-code.ts";
import type { Objects, StoredObject } from "../ports/feeds.ts";

/** Half-written files stand here, on the same file system as the objects, until they are renamed. */
const scratch = ".tmp";

const isMissing = (error: unknown): boolean => ["ENOENT", "ENOTDIR", "EISDIR"].includes(codeOf(error) ?? "");

const checked = (key: string): string => {
  const segments = key.split("/");
  const outside = segments.some((segment) => ["", ".", ".."].includes(segment) || /[\\\0]/.test(segment));
  if (outside || segments[0] === scratch || /^[a-z]:/i.test(key))
    throw new Error(`"${key}" is not an object key: keys are paths with "/" that stay in their folder`);
  return key;
};

const closing = async (handle: FileHandle, act: (handle: FileHandle) => Promise<void>): Promise<void> => {
  try {
    await act(handle);
  } finally {
    await handle.close();
  }
};

/** A rename outlives a power cut only once its folder is on the disk. Windows opens no folders, and needs none of it. */
const syncFolder = async (folder: string): Promise<void> => {
  if (process.platform === "win32") return;
  await closing(await open(folder, "r"), (handle) => handle.sync());
};

/** Objects as files of one folder. The conditions hold among the writers of this process, and only one process uses a folder. */
export const folderObjects = (root: string): Objects => {
  const turns = new Map<string, Promise<unknown>>();

  /** One writer per key at a time: between a condition's check and its write nobody else writes. */
  const inTurn = <T>(key: string, act: () => Promise<T>): Promise<T> => {
    const turn = (turns.get(key) ?? Promise.resolve()).then(act, act);
    turns.set(key, turn);
    const leave = () => {
      if (turns.get(key) === turn) turns.delete(key);
    };
    turn.then(leave, leave);
    return turn;
  };

  let scratchFolder: Promise<string> | undefined;
  /** Emptied once: what a killed process left half-written is nobody's. */
  const emptyScratch = async (): Promise<string> => {
    const folder = join(root, scratch);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    return folder;
  };

  const read = async (key: string): Promise<StoredObject | undefined> => {
    const file = join(root, checked(key));
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
    const temporary = join(await scratchFolder, randomUUID());
    await writeFile(temporary, bytes, { flush: true });
    const created = await mkdir(dirname(file), { recursive: true });
    await rename(temporary, file);
    await syncFolder(dirname(file));
    if (created !== undefined) await syncFolder(dirname(created));
  };

  return {
    read,
    put: (key, bytes, { over }) =>
      inTurn(checked(key), async () => {
        if ((await read(key))?.etag !== over) return false;
        await write(key, bytes);
        return true;
      }),
    remove: (key) => inTurn(checked(key), () => rm(join(root, key), { force: true })),
  };
};
