import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { CommandError } from "../api/api-client.ts";
import { isLanguage } from "../documents/page-path.ts";
import { isDocument, isIndex } from "../domain/document.ts";

export const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

export const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

export const readDocument = async (file: string): Promise<Uint8Array> => {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new CommandError(`cannot read ${file}: check the path`, { cause });
  }
};

/**
 * What the API is told of a file: its whole path, by which a document of a source is known, and as much of its end as says
 * something of any document: its language (`ja/post.md`), or the name of an index (`alpha/index.md`).
 */
export const sentFile = (file: string): { readonly file: string; readonly name: string } => {
  const segments = resolve(file).split(sep).filter(Boolean);
  const name = segments.slice(isIndex(file) ? -2 : -1);
  const folder = segments.at(-name.length - 1);
  return {
    file: segments.join("/"),
    name: [...(folder !== undefined && isLanguage(folder) ? [folder] : []), ...name].join("/"),
  };
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
