import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";

import { folder as folderKind, gitWorkTree } from "../../src/sources/folder-source.ts";

const env = {
  ...process.env,
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@example.com",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@example.com",
};

afterEach(() => {
  vi.unstubAllEnvs();
});

/** A repository with a post on the branch main, and its folder of posts. */
const aRepository = async (name = "site") => {
  const top = join(await mkdtemp(join(tmpdir(), "crier-git-")), name);
  await mkdir(join(top, "content"), { recursive: true });
  const git = (...args: readonly string[]): string =>
    execFileSync("git", args, { cwd: top, env, stdio: "pipe" }).toString();
  const write = (path: string, text = path): Promise<void> => writeFile(join(top, "content", path), text);
  const commit = (message: string): void => {
    git("add", "-A");
    git("commit", "-qm", message);
  };
  git("init", "-q", "-b", "main");
  await write("first.md");
  commit("the first post");
  const { findElsewhere } = gitWorkTree(join(top, "content"));
  return { top, git, write, commit, find: async (path: string) => (await findElsewhere(path))?.where, findElsewhere };
};

const onMain = "it is on the branch main, and another one is checked out";

describe("a document that is missing in the work tree is not deleted", () => {
  test("where a branch without it is checked out, also several switches later", async () => {
    const { git, write, commit, find } = await aRepository();
    git("branch", "old");
    await write("new.md");
    commit("a new post");
    git("checkout", "-q", "old");
    expect(await find("new.md")).toBe(onMain);
    git("checkout", "-q", "-b", "another");
    git("checkout", "-q", "old");
    expect(await find("new.md")).toBe(onMain);
  });

  test("where an earlier commit is checked out, or the branch was set back to it, and upstream has it", async () => {
    const { top, git, write, commit } = await aRepository("upstream");
    const clone = `${top}-clone`;
    await write("new.md");
    commit("a new post");
    git("clone", "-q", top, clone);
    const inClone = (...args: readonly string[]) => execFileSync("git", args, { cwd: clone, env, stdio: "pipe" });
    const { findElsewhere } = gitWorkTree(join(clone, "content"));
    inClone("reset", "-q", "--hard", "HEAD~1");
    expect((await findElsewhere("new.md"))?.where).toBe(
      "it is on the branch origin/main, and another one is checked out",
    );
  });

  test.each([
    ["with files that git does not know", ["stash", "-q", "-u"]],
    ["with files that were added", ["stash", "-q"]],
  ])("where it was stashed %s", async (_, stash) => {
    const { git, write, find } = await aRepository();
    await write("new.md");
    if (!stash.includes("-u")) git("add", "-A");
    git(...stash);
    expect(await find("new.md")).toBe("it is in stash@{0}");
  });

  test("while git is changing the work tree", async () => {
    const { top, find } = await aRepository();
    await writeFile(join(top, ".git", "index.lock"), "");
    await rm(join(top, "content", "first.md"));
    expect(await find("first.md")).toBe("git is changing the work tree");
  });

  test("in a work tree of its own, and in a shallow clone", async () => {
    const { top, git, write, commit } = await aRepository();
    git("branch", "old");
    await write("new.md");
    commit("a new post");
    const [tree, shallow] = [`${top}-tree`, `${top}-shallow`];
    git("worktree", "add", "-q", tree, "-b", "topic");
    execFileSync("git", ["checkout", "-q", "old"], { cwd: tree, env });
    expect((await gitWorkTree(join(tree, "content")).findElsewhere("new.md"))?.where).toBe(
      "it is on the branch topic, and another one is checked out",
    );
    execFileSync("git", ["clone", "-q", "--depth", "1", "--no-single-branch", `file://${top}`, shallow], { env });
    execFileSync("git", ["checkout", "-q", "old"], { cwd: shallow, env });
    expect((await gitWorkTree(join(shallow, "content")).findElsewhere("new.md"))?.where).toBe(onMain);
  });

  test("where a rebase has stopped at a conflict before the commit with it", async () => {
    const { top, git, write, commit } = await aRepository("upstream");
    const clone = `${top}-clone`;
    git("clone", "-q", top, clone);
    const inClone = (...args: readonly string[]) => execFileSync("git", args, { cwd: clone, env, stdio: "pipe" });
    await write("first.md", "theirs");
    commit("their words");
    await writeFile(join(clone, "content", "first.md"), "ours");
    inClone("commit", "-qam", "our words");
    await writeFile(join(clone, "content", "new.md"), "new");
    inClone("add", "-A");
    inClone("commit", "-qm", "a new post");
    expect(() => inClone("pull", "-q", "--rebase")).toThrow();
    expect((await gitWorkTree(join(clone, "content")).findElsewhere("new.md"))?.where).toBe(onMain);
  });

  test("where a branch without history is begun, before and after its first commit", async () => {
    const { top, git, write, commit, find } = await aRepository();
    git("checkout", "-q", "--orphan", "empty");
    git("rm", "-rqf", ".");
    await mkdir(join(top, "content"), { recursive: true });
    expect(await find("first.md")).toBe(onMain);
    await write("other.md");
    commit("another beginning");
    expect(await find("first.md")).toBe(onMain);
  });

  test("where its branch was checked out many switches ago, and has no upstream branch", async () => {
    const { git, write, commit, find } = await aRepository();
    git("branch", "old");
    await write("new.md");
    commit("a new post");
    git("checkout", "-q", "old");
    for (const n of [1, 2, 3, 4, 5, 6, 7]) git("checkout", "-q", "-b", `topic-${n}`);
    expect(await find("new.md")).toBe(onMain);
  });

  test("which is news once", async () => {
    const { git, write, commit, findElsewhere } = await aRepository();
    git("branch", "old");
    await write("new.md");
    commit("a new post");
    git("checkout", "-q", "old");
    expect(await findElsewhere("new.md")).toEqual({ where: onMain, isNews: true });
    expect(await findElsewhere("new.md")).toEqual({ where: onMain, isNews: false });
  });
});

describe("a document is deleted", () => {
  test("where its file was deleted, and the commit that is checked out has it", async () => {
    const { top, find } = await aRepository();
    await rm(join(top, "content", "first.md"));
    expect(await find("first.md")).toBeUndefined();
  });

  test("where a commit of the branch deleted it, although a branch that was checked out before has it", async () => {
    const { git, commit, top, find } = await aRepository();
    git("checkout", "-q", "-b", "topic");
    git("checkout", "-q", "main");
    await rm(join(top, "content", "first.md"));
    commit("without the first post");
    expect(await find("first.md")).toBeUndefined();
  });

  test.each([
    ["also within a merge", ["--no-ff", "--no-commit"]],
    ["also by a merge that takes nothing of the other branch", ["-s", "ours", "--no-commit"]],
  ])("where a commit of the branch deleted it, %s", async (_, options) => {
    const { git, write, commit, find } = await aRepository();
    git("checkout", "-q", "-b", "feat");
    await write("new.md");
    commit("a new post");
    git("checkout", "-q", "main");
    await write("other.md");
    commit("another post");
    expect(await find("new.md")).toBe("it is on the branch feat, and another one is checked out");
    git("merge", "-q", ...options, "feat");
    git("rm", "-qf", "--ignore-unmatch", "content/new.md");
    commit("feat without its post");
    expect(await find("new.md")).toBeUndefined();
  });

  test("where the deletion is on one side of a merge, whose other side never had it", async () => {
    const { git, top, write, commit, find } = await aRepository();
    git("branch", "elder");
    await write("new.md");
    commit("a new post");
    git("branch", "topic");
    await rm(join(top, "content", "new.md"));
    commit("without it");
    git("checkout", "-q", "elder");
    await write("other.md");
    commit("another post");
    git("merge", "-q", "-m", "both", "main");
    expect(await find("new.md")).toBeUndefined();
  });

  test("where a pull has renamed it", async () => {
    const { top, git, find } = await aRepository();
    git("checkout", "-q", "-b", "topic");
    git("mv", "content/first.md", "content/renamed.md");
    git("commit", "-qm", "another name");
    git("checkout", "-q", "main");
    git("merge", "-q", "topic");
    expect(await find("first.md")).toBeUndefined();
    expect(top).toBeDefined();
  });

  test("where the folder is in no repository, or git has no commit yet", async () => {
    const folder = await mkdtemp(join(tmpdir(), "crier-git-"));
    expect(await gitWorkTree(folder).findElsewhere("first.md")).toBeUndefined();
    execFileSync("git", ["init", "-q"], { cwd: folder, env });
    expect(await gitWorkTree(folder).findElsewhere("first.md")).toBeUndefined();
  });

  test("where it is named like an option, or like a pattern of git", async () => {
    const { find } = await aRepository();
    expect(await find("--help.md")).toBeUndefined();
    expect(await find("*.md")).toBeUndefined();
  });
});

describe("a repository that git does not read", () => {
  const warned = async (folder: string): Promise<readonly string[]> => {
    const lines: string[] = [];
    const source = await folderKind.open(folder, "/");
    const watcher = await source.watch?.(() => {}, { warn: (message) => lines.push(message) });
    await watcher?.close();
    return lines;
  };

  test("because it belongs to somebody else is named at the start, with git's own advice", async () => {
    const { top } = await aRepository();
    expect(await warned(join(top, "content"))).toEqual([]);
    vi.stubEnv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1");
    const [line, ...others] = await warned(join(top, "content"));
    expect(line).toContain("counts as deleted: fatal: detected dubious ownership");
    expect(line).toContain(`git config --global --add safe.directory ${top}`);
    expect(others).toEqual([]);
  });

  test("because git is not installed is named, and a folder in no repository needs no git", async () => {
    const { top } = await aRepository();
    vi.stubEnv("PATH", "/nowhere");
    expect(await warned(join(top, "content"))).toEqual([expect.stringContaining("git is not installed")]);
    expect(await warned(await mkdtemp(join(tmpdir(), "crier-git-")))).toEqual([]);
  });
});
