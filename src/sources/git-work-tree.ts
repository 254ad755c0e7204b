import { execFile } from "node:child_process";
import { access, realpath } from "node:fs/promises";
import { resolve } from "node:path";
import { promisify } from "node:util";
import type { Elsewhere } from "../ports/content.ts";

const run = promisify(execFile);

/** A command that reads a repository is done within milliseconds; a disk that hangs must not stop the deletion. */
const timeout = 5_000;

/** The branches that were checked out before, the newest first, and those that others have. */
const otherBranches = ["@{-1}", "@{-2}", "@{-3}", "@{-4}", "@{-5}", "@{upstream}", "origin/HEAD"];

const maxStashes = 10;

/**
 * Finds a document that is missing from the work tree of a git repository, because another branch is checked out, or
 * because it was stashed (docs/decisions/0004-a-missing-file-is-no-decision.md).
 */
export const gitWorkTree = (root: string) => {
  let folder: Promise<string> | undefined;
  const said = new Map<string, string>();

  /** Returns what git prints, without the last line break. Undefined if it fails or is not installed. */
  const git = async (...args: readonly string[]): Promise<string | undefined> => {
    folder ??= realpath(root);
    try {
      const { stdout } = await run("git", ["-C", await folder, "--no-optional-locks", ...args], { timeout });
      return stdout.trimEnd();
    } catch {
      return undefined;
    }
  };

  const has = async (commit: string, path: string): Promise<boolean> =>
    (await git("cat-file", "-e", `${commit}:./${path}`)) !== undefined;

  /** A command of git that changes the work tree holds this file: HEAD is moved at its end. */
  const isChanging = async (): Promise<boolean> => {
    const lock = await git("rev-parse", "--git-path", "index.lock");
    if (lock === undefined) return false;
    return access(resolve(await realpath(root), lock)).then(
      () => true,
      () => false,
    );
  };

  /** True where the branch has the document, and no commit of the one that is checked out has deleted it since. */
  const isOnlyAbsent = async (branch: string, path: string): Promise<boolean> => {
    const commit = await git("rev-parse", "--verify", "--quiet", `${branch}^{commit}`);
    if (commit === undefined || !(await has(commit, path))) return false;
    const deletion = await git(
      "log",
      "-1",
      "--format=%H",
      "--diff-filter=D",
      `${commit}..HEAD`,
      "--",
      `:(literal)${path}`,
    );
    return deletion === "";
  };

  const stashWith = async (path: string): Promise<string | undefined> => {
    const stashes = (await git("stash", "list", "--format=%gd"))?.split("\n").filter(Boolean) ?? [];
    // The third parent has the files that were not tracked.
    for (const stash of stashes.slice(0, maxStashes))
      if ((await has(stash, path)) || (await has(`${stash}^3`, path))) return stash;
    return undefined;
  };

  const find = async (path: string): Promise<string | undefined> => {
    if ((await git("rev-parse", "--is-inside-work-tree")) !== "true") return undefined;
    if (await isChanging()) return "git is changing the work tree";
    if (await has("HEAD", path)) return undefined;
    for (const branch of otherBranches)
      if (await isOnlyAbsent(branch, path))
        return `it is on the branch ${(await git("rev-parse", "--abbrev-ref", branch)) || branch}, and another one is checked out`;
    const stash = await stashWith(path);
    return stash && `it is in ${stash}`;
  };

  return {
    /**
     * Says where the document is. Undefined where it is nowhere, was deleted by a commit, or is only missing in the
     * folder: then a person has deleted it.
     */
    findElsewhere: async (path: string): Promise<Elsewhere | undefined> => {
      const where = await find(path);
      const isNews = said.get(path) !== where;
      if (where === undefined) said.delete(path);
      else said.set(path, where);
      return where === undefined ? undefined : { where, isNews };
    },
  };
};
