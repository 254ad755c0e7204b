import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { CommandError } from "../api/api-client.ts";
import { isDocument } from "../domain/document.ts";

export const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

export const readDocument = async (file: string): Promise<Uint8Array> => {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new CommandError(`cannot read ${file}: check the path`, { cause });
  }
};

const entriesIn = async (folder: string) => {
  try {
    return await readdir(folder, { recursive: true, withFileTypes: true });
  } catch (cause) {
    throw new CommandError(`${folder} is not a folder that can be read: name one that contains Markdown files`, {
      cause,
    });
  }
};

/** The documents below a folder, as paths relative to it with `/`, in order. */
export const documentsIn = async (folder: string): Promise<readonly string[]> =>
  (await entriesIn(folder))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter(isDocument)
    .toSorted();
