import { execFile } from "node:child_process";
import { constants, lstatSync, readdirSync, watch } from "node:fs";
import { access, open, readdir, realpath } from "node:fs/promises";
import { dirname, isAbsolute, join, resolve, sep } from "node:path";
import { promisify } from "node:util";
import { isDocument, isHidden, maxDocument } from "../domain/document.ts";
import { errorCode, errorMessage } from "../domain/errors.ts";
import type { Elsewhere } from "../ports/content.ts";
import type { Log } from "../ports/runtime.ts";
import type { LocalSourceKind, OnChange, Watcher } from "./source-kind.ts";

const isMissing = (error: unknown): boolean =>
  ["ENOENT", "ENOTDIR", "EISDIR", "ELOOP", "ENAMETOOLONG"].includes(errorCode(error) ?? "");

/** Returns the path with all links resolved, or undefined if no file is there or a link leads out of `root`. */
const realPathWithin = async (root: string, path: string): Promise<string | undefined> => {
  try {
    const real = await realpath(path);
    return real === root || real.startsWith(root.endsWith(sep) ? root : root + sep) ? real : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
};

/**
 * Returns every document below `folder`. `above` holds the real paths of its parents, so that a link to a parent is not
 * followed forever.
 */
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

/**
 * Reads at most one byte more than a document may have, so that a video that is named `.md` does not fill the memory.
 */
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

/** Front matter begins the file, and its date is near its beginning. */
const dateBytes = 2_048;

/** A line of YAML or TOML, or a member of JSON. */
const datePattern =
  /(?:^|[,{])[ \t]{0,4}"?(?:date|published(?:At)?|publish_?date|pub_?date|created(?:_?at)?)"?[ \t]{0,4}[:=][ \t]{0,4}["']?(\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d)?)/im;

const dateInName = /(?:^|\/)(\d{4}-\d\d-\d\d)/;

/** The date in the front matter, else in the name, else that of the file; as a text that sorts. */
const findDate = async (root: string, path: string): Promise<string> => {
  try {
    const file = await open(join(root, path), nonBlocking);
    try {
      const { buffer, bytesRead } = await file.read(new Uint8Array(dateBytes), 0, dateBytes, 0);
      const [, written] = datePattern.exec(new TextDecoder().decode(buffer.subarray(0, bytesRead))) ?? [];
      return written ?? dateInName.exec(path)?.[1] ?? (await file.stat()).mtime.toISOString();
    } finally {
      await file.close();
    }
  } catch {
    // A document that cannot be read is named when it is ingested.
    return "";
  }
};

const filesAtOnce = 16;

const sortNewestFirst = async (root: string, paths: readonly string[]): Promise<readonly string[]> => {
  const dates = new Map<string, string>();
  for (let from = 0; from < paths.length; from += filesAtOnce)
    await Promise.all(
      paths.slice(from, from + filesAtOnce).map(async (path) => dates.set(path, await findDate(root, path))),
    );
  const dateOf = (path: string): string => dates.get(path) ?? "";
  return paths.toSorted((a, b) => (dateOf(a) < dateOf(b) ? 1 : dateOf(a) > dateOf(b) ? -1 : 0));
};

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
    const { findElsewhere, warnIfUnreadable } = gitWorkTree(root);
    return {
      ...folderSource(root),
      location: (path) => join(isAbsolute(place) ? place : join(base, place), path),
      folder: root,
      editable: true,
      newestFirst: (paths) => sortNewestFirst(root, paths),
      findElsewhere,
      watch: async (onChange, log) => {
        await warnIfUnreadable(log);
        return watchFolder(root, onChange, log);
      },
    };
  },
};

/** A folder that is watched, with the names of its documents. */
interface Watched {
  readonly names: Set<string>;
  readonly close: () => void;
}

const isGone = (error: unknown): boolean => ["ENOENT", "ENOTDIR"].includes(errorCode(error) ?? "");

/** A link may lead to a parent folder or to the whole disk. A file inside the folder is watched at its own path. */
const kindOf = (path: string): "folder" | "other" | "nothing" => {
  try {
    return lstatSync(path).isDirectory() ? "folder" : "other";
  } catch {
    return "nothing";
  }
};

const pathIn = (folder: string, name: string): string => (folder === "" ? name : `${folder}/${name}`);

/** One warning is enough: the hourly listing finds every change that is missed. A folder that is gone needs none. */
const warnOnce = (root: string, log?: Pick<Log, "warn">) => {
  let hasWarned = false;
  return (error: unknown): void => {
    if (hasWarned || isGone(error)) return;
    hasWarned = true;
    log?.warn(
      `The folder ${root} cannot be watched completely: changes that are missed are found by the hourly listing.`,
      { error: String(error) },
    );
  };
};

interface WatchedFolders {
  /** The path of the watched folder, with its links resolved. */
  readonly root: string;
  /** The keys are paths below the root, whose own path is "". */
  readonly folders: Map<string, Watched>;
  readonly onChange: OnChange;
  readonly warn: (error: unknown) => void;
}

/** Ends the watches of a folder and of all below it. Their documents are reported as removed. */
const leaveFolder = (top: string, { folders, onChange }: WatchedFolders): void => {
  for (const [folder, { names, close }] of [...folders]) {
    if (folder !== top && !folder.startsWith(`${top}/`)) continue;
    close();
    folders.delete(folder);
    for (const name of names) onChange(pathIn(folder, name), true);
  }
};

/** Watches a folder and all below it. `found` is called for each document that is there. */
const enterFolder = (folder: string, all: WatchedFolders, found: (path: string) => void): void => {
  const { root, folders, warn } = all;
  const names = new Set<string>();
  try {
    const watcher = watch(join(root, folder), (event, name) => noteChange(folder, event, name, all));
    // On Windows this event also says that the folder is gone.
    watcher.on("error", (error) => {
      if (kindOf(join(root, folder)) === "folder") warn(error);
    });
    folders.set(folder, { names, close: () => watcher.close() });
    // The folder is listed after the watch has begun: a file that is created from now on has its own event.
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      if (isHidden(entry.name)) continue;
      const path = pathIn(folder, entry.name);
      if (entry.isDirectory()) enterFolder(path, all, found);
      else if (isDocument(path)) {
        names.add(entry.name);
        found(path);
      }
    }
  } catch (error) {
    warn(error);
  }
};

const noteChange = (folder: string, event: string, name: string | null, all: WatchedFolders): void => {
  const { root, folders, onChange } = all;
  if (name === null) return;
  // The watch of a folder that was removed may still report events.
  const watched = folders.get(folder);
  if (watched === undefined || isHidden(name)) return;
  const path = pathIn(folder, name);
  const kind = kindOf(join(root, path));
  const isNewFolder = kind === "folder" && (event === "rename" || !folders.has(path));
  if (kind !== "folder" || isNewFolder) leaveFolder(path, all);
  if (isNewFolder) enterFolder(path, all, (found) => onChange(found, false));
  if (kind === "folder" || !isDocument(path)) return;
  if (kind === "nothing") watched.names.delete(name);
  else watched.names.add(name);
  onChange(path, kind === "nothing");
};

/**
 * Implements `LocalSource.watch`. Resolves when changes are reported. The system watches folders, not files: ten
 * thousand documents in a folder cost one watch, and the start does not wait for them. It calls `onChange` for each
 * document of a folder that was added, removed or replaced, whether the document changed or not.
 */
export const watchFolder = async (root: string, onChange: OnChange, log?: Pick<Log, "warn">): Promise<Watcher> => {
  const folders = new Map<string, Watched>();
  enterFolder("", { root: await realpath(root), folders, onChange, warn: warnOnce(root, log) }, () => {});
  return {
    close: async () => {
      for (const { close } of folders.values()) close();
      folders.clear();
    },
  };
};

const run = promisify(execFile);

/** A command that reads a repository is done within milliseconds; a disk that hangs must not stop the deletion. */
const timeout = 5_000;

/** The names that git has for earlier checkouts, the newest first: each is a branch, or a commit that is on none. */
const lastCheckouts = ["@{-1}", "@{-2}", "@{-3}", "@{-4}", "@{-5}"];

const [maxBranches, maxStashes] = [50, 10];

/** True if the folder or one above it looks like the work tree of a git repository. */
const isInRepository = (folder: string): boolean =>
  kindOf(join(folder, ".git")) !== "nothing" || (dirname(folder) !== folder && isInRepository(dirname(folder)));

/** Runs git in a folder. */
const openRepository = (root: string) => {
  let folder: Promise<string> | undefined;

  /** Returns what git prints, without the last line break. Throws if it fails or is not installed. */
  const runGit = async (...args: readonly string[]): Promise<string> => {
    folder ??= realpath(root);
    const { stdout } = await run("git", ["-C", await folder, "--no-optional-locks", ...args], { timeout });
    return stdout.trimEnd();
  };

  const git = (...args: readonly string[]): Promise<string | undefined> => runGit(...args).catch(() => undefined);

  const has = async (commit: string, path: string): Promise<boolean> =>
    (await git("cat-file", "-e", `${commit}:./${path}`)) !== undefined;

  return { root, runGit, git, has };
};

type Repository = ReturnType<typeof openRepository>;

/** A command of git that changes the work tree holds this file: HEAD is moved at its end. */
const isChanging = async ({ root, git }: Repository): Promise<boolean> => {
  const lock = await git("rev-parse", "--git-path", "index.lock");
  if (lock === undefined) return false;
  return access(resolve(await realpath(root), lock)).then(
    () => true,
    () => false,
  );
};

/**
 * The other branches: those of this repository with their upstream branches, the newest first, and the default one of
 * the remote. HEAD may be on none of them: in a rebase that has stopped, or on a branch without a commit.
 */
const otherBranches = async ({ git }: Repository): Promise<readonly string[]> => {
  const format = "--format=%(refname:short)%0a%(upstream:short)";
  const listed = await git("for-each-ref", format, "--sort=-committerdate", `--count=${maxBranches}`, "refs/heads");
  return [...new Set([...lastCheckouts, ...(listed?.split("\n").filter(Boolean) ?? []), "origin/HEAD"])];
};

/**
 * True where the branch has the document, and no commit of the one that is checked out has deleted it since. A merge
 * has deleted what one of its parents has; the commits of all its parents are looked at.
 */
const isOnlyAbsent = async (branch: string, path: string, { git, has }: Repository): Promise<boolean> => {
  if (!(await has(branch, path))) return false;
  if ((await git("rev-parse", "--verify", "--quiet", "HEAD")) === undefined) return true;
  const commits = [`${branch}..HEAD`, "--", `:(literal)${path}`];
  const deletion = await git("log", "-1", "--format=%H", "--diff-filter=D", "-m", "--full-history", ...commits);
  return deletion === "";
};

const stashWith = async (path: string, { git, has }: Repository): Promise<string | undefined> => {
  const stashes = (await git("stash", "list", "--format=%gd"))?.split("\n").filter(Boolean) ?? [];
  // The third parent has the files that were not tracked.
  for (const stash of stashes.slice(0, maxStashes))
    if ((await has(stash, path)) || (await has(`${stash}^3`, path))) return stash;
  return undefined;
};

const findInRepository = async (path: string, repository: Repository): Promise<string | undefined> => {
  const { git, has } = repository;
  if ((await git("rev-parse", "--is-inside-work-tree")) !== "true") return undefined;
  if (await isChanging(repository)) return "git is changing the work tree";
  if (await has("HEAD", path)) return undefined;
  for (const branch of await otherBranches(repository))
    if (await isOnlyAbsent(branch, path, repository))
      return `it is on the branch ${(await git("rev-parse", "--abbrev-ref", branch)) || branch}, and another one is checked out`;
  const stash = await stashWith(path, repository);
  return stash && `it is in ${stash}`;
};

/**
 * Finds a document that is missing from the work tree of a git repository, because another branch is checked out, or
 * because it was stashed (docs/decisions/0004-a-missing-file-is-no-decision.md).
 */
export const gitWorkTree = (root: string) => {
  const repository = openRepository(root);
  const said = new Map<string, string>();

  return {
    /**
     * Says where the document is. Undefined where it is nowhere, was deleted by a commit, or is only missing in the
     * folder: then a person has deleted it.
     */
    findElsewhere: async (path: string): Promise<Elsewhere | undefined> => {
      const where = await findInRepository(path, repository);
      const isNews = said.get(path) !== where;
      if (where === undefined) said.delete(path);
      else said.set(path, where);
      return where === undefined ? undefined : { where, isNews };
    },
    /** Warns if the folder is in a repository that cannot be read: then each missing document counts as deleted. */
    warnIfUnreadable: async (log: Pick<Log, "warn"> | undefined): Promise<void> => {
      try {
        await repository.runGit("rev-parse", "--is-inside-work-tree");
      } catch (error) {
        if (log === undefined || !isInRepository(await realpath(root))) return;
        const reason =
          errorCode(error) === "ENOENT"
            ? "git is not installed"
            : errorMessage(error).replace(/^Command failed.*\n/, "");
        log.warn(
          `The git repository of ${root} cannot be read, so a document that is missing because of another branch or a stash counts as deleted: ${reason.trim()}`,
        );
      }
    },
  };
};
