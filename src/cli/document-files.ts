import { execFile } from "node:child_process";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { promisify } from "node:util";
import { CommandError } from "../api/api-client.ts";
import { isLanguage } from "../documents/page-path.ts";
import { isDocument, isIndex } from "../domain/document.ts";
import { errorMessage } from "../domain/errors.ts";

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
 * The attributes of a file that are sent to the API. `file` is its whole path, by which the API recognises a document of a
 * source. `name` is the end of the path with all that matters for any document: the language (`ja/post.md`), or the folder
 * of an index (`alpha/index.md`).
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

/** The sorted paths of the documents below a folder, relative to it and with `/`. */
export const documentsIn = async (folder: string): Promise<readonly string[]> =>
  (await entriesIn(folder))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter(isDocument)
    .toSorted();

/** A document that a range of commits changes. `path` is its path in the repository. */
export interface RangeDocument {
  readonly path: string;
  /** The path before the range, if the range moves the document. */
  readonly movedFrom?: string;
  /** The absolute path of its file. Absent if the range deletes it. */
  readonly file?: string;
}

interface Range {
  readonly changed: readonly RangeDocument[];
  /** Every document at the end of the range. */
  readonly paths: readonly string[];
  readonly read: (path: string) => Promise<Uint8Array>;
}

/** Matches `main..HEAD` and `origin/main...`, and no path. */
const range = /^(?!-)\S*[^\s./\\](\.{2,3})(?![./\\])(\S*)$/;

export const isRange = (place: string): boolean => range.test(place);

const run = promisify(execFile);

/** The first line that git prints about its error. */
const firstLine = (error: unknown): string =>
  (error instanceof Error && "stderr" in error ? String(error.stderr) : errorMessage(error)).split("\n")[0] ?? "";

const git = async (cwd: string, ...args: readonly string[]): Promise<Buffer> => {
  try {
    return (await run("git", args, { cwd, encoding: "buffer", maxBuffer: 256 * 1024 * 1024 })).stdout;
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT")
      throw new CommandError("a range of commits needs git, which is not installed here", { cause });
    throw new CommandError(`git cannot read the range: ${firstLine(cause)}`, { cause });
  }
};

const names = (output: Buffer): readonly string[] => output.toString("utf8").split("\0").filter(Boolean);

/** Parses `git diff --name-status -z`: each status is followed by a path, or by two if the document was moved. */
export const changesIn = (fields: readonly string[], top: string): readonly RangeDocument[] => {
  const changes: RangeDocument[] = [];
  const left = fields.values();
  for (const status of left) {
    const from = left.next().value ?? "";
    if (status.startsWith("R")) {
      const path = left.next().value ?? "";
      changes.push({ path, file: resolve(top, path), movedFrom: from });
    } else changes.push({ path: from, ...(status !== "D" && { file: resolve(top, from) }) });
  }
  return changes;
};

/**
 * The documents below a folder that a range of commits adds, changes, moves or deletes. They are read as of its end.
 */
export const readRange = async (place: string, folder: string): Promise<Range> => {
  const end = range.exec(place)?.[2] || "HEAD";
  const top = (await git(folder, "rev-parse", "--show-toplevel")).toString("utf8").trimEnd();
  const changes = await git(
    folder,
    "diff",
    "--name-status",
    "--find-renames",
    "-z",
    "--end-of-options",
    place,
    "--",
    ".",
  );
  const all = await git(folder, "ls-tree", "-r", "--full-tree", "--name-only", "-z", "--end-of-options", end);
  return {
    changed: changesIn(names(changes), top).filter(({ path }) => isDocument(path)),
    paths: names(all).filter(isDocument),
    read: (path) => git(folder, "show", "--end-of-options", `${end}:${path}`),
  };
};
