import { constants } from "node:fs";
import { open, readdir, realpath } from "node:fs/promises";
import { isAbsolute, join, resolve, sep } from "node:path";
import { isDocument, isHidden, maxDocument } from "../domain/document.ts";
import { codeOf } from "../domain/errors.ts";
import type { LocalSourceKind } from "./source-kind.ts";
import { watchFolder } from "./watch-folder.ts";

const isMissing = (error: unknown): boolean =>
  ["ENOENT", "ENOTDIR", "EISDIR", "ELOOP", "ENAMETOOLONG"].includes(codeOf(error) ?? "");

/** The path with all links resolved; undefined where nothing is there or a link leads out of `root`. */
const realPathWithin = async (root: string, path: string): Promise<string | undefined> => {
  try {
    const real = await realpath(path);
    return real === root || real.startsWith(root.endsWith(sep) ? root : root + sep) ? real : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
};

/** Every document below `folder`. `above` holds the real paths of its parents, so that a link to a parent is not followed forever. */
const walk = async (root: string, folder: string, above: readonly string[]): Promise<readonly string[]> => {
  const real = await realPathWithin(root, join(root, folder));
  if (real === undefined || above.includes(real)) return [];
  const found: string[] = [];
  for (const entry of await readdir(real, { withFileTypes: true })) {
    if (isHidden(entry.name)) continue;
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    const isFolder = entry.isDirectory() || (entry.isSymbolicLink() && !isDocument(path));
    if (isFolder) {
      const target = await realPathWithin(root, join(root, path));
      if (entry.isDirectory() || (target !== undefined && (await isDirectory(target))))
        found.push(...(await walk(root, path, [...above, real])));
    } else if (
      isDocument(path) &&
      (entry.isFile() || (entry.isSymbolicLink() && (await realPathWithin(root, join(root, path))) !== undefined))
    )
      found.push(path);
  }
  return found;
};

/** Without O_NONBLOCK, opening a named pipe waits until another process writes to it, and Crier could not stop (open(2)). */
const nonBlocking = constants.O_RDONLY | constants.O_NONBLOCK;

const isDirectory = async (path: string): Promise<boolean> => {
  const file = await open(path, nonBlocking);
  try {
    return (await file.stat()).isDirectory();
  } finally {
    await file.close();
  }
};

/** At most one byte more than a document may have, so that a video that is named `.md` does not fill the memory. */
const readWithinLimit = async (path: string): Promise<Uint8Array | undefined> => {
  const file = await open(path, nonBlocking);
  try {
    const stat = await file.stat();
    if (!stat.isFile()) return undefined;
    const bytes = new Uint8Array(Math.min(stat.size, maxDocument + 1));
    let length = 0;
    while (length < bytes.length) {
      const { bytesRead } = await file.read(bytes, length, bytes.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return bytes.subarray(0, length);
  } finally {
    await file.close();
  }
};

/** Documents in a folder of this machine. */
export const folderSource = (root: string) => ({
  name: folder.name,
  async list(): Promise<readonly string[]> {
    try {
      const real = await realpath(root);
      if (!(await isDirectory(real))) throw new Error("it is not a folder");
      return (await walk(real, "", [])).toSorted();
    } catch (cause) {
      // A folder that is not mounted is not empty: none of its documents is deleted.
      throw new Error(`Cannot list the folder ${root}: check that it exists, is mounted and may be read.`, { cause });
    }
  },
  async read(path: string): Promise<Uint8Array | undefined> {
    if (
      path.split("/").some((segment) => segment === "" || segment === "..") ||
      path.includes("\0") ||
      !isDocument(path)
    )
      return undefined;
    try {
      const base = await realpath(root);
      const real = await realPathWithin(base, join(base, path));
      return real === undefined ? undefined : await readWithinLimit(real);
    } catch (cause) {
      if (isMissing(cause) && (await folderExists(root))) return undefined;
      throw new Error(`Cannot read ${path} in the folder ${root}: check that it is mounted and may be read.`, {
        cause,
      });
    }
  },
});

const folderExists = async (root: string): Promise<boolean> => {
  try {
    return await isDirectory(root);
  } catch {
    return false;
  }
};

export const folder: LocalSourceKind = {
  name: "folder",
  about: "the folder of Markdown documents to watch",
  accepts: (place) => !place.includes("://"),
  open: async (place, base) => {
    const root = resolve(base, place);
    if (!(await folderExists(root))) throw new Error(`${root} is not a folder: create one there, or name another`);
    return {
      ...folderSource(root),
      location: (path) => join(isAbsolute(place) ? place : join(base, place), path),
      editable: true,
      watch: (onChange, log) => watchFolder(root, onChange, log),
    };
  },
};
