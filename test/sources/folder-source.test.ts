import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, realpath, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { maxDocument } from "../../src/domain/document.ts";
import { folder, folderSource, watchFolder } from "../../src/sources/folder-source.ts";

let root: string;
let outside: string;

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "crier-folder-")));
  outside = await realpath(await mkdtemp(join(tmpdir(), "crier-outside-")));
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
  await rm(outside, { recursive: true, force: true });
});

const write = async (path: string, text = "text") => {
  const folders = path.split("/").slice(0, -1).join("/");
  await mkdir(join(root, folders), { recursive: true });
  await writeFile(join(root, path), text);
};

describe("a folder of documents", () => {
  it("is read from its newest document on, by front matter, name and file, when it is listed first", async () => {
    await write("a.md", "---\ntitle: A\ndate: 2024-01-01\n---\n");
    await write("b.md", '---\n{"title":"B","date":"2026-05-01T08:00:00Z"}\n---\n');
    await write("c.md", "+++\npublishDate = 2025-06-01\n+++\n");
    await write("2025-12-24-d.md", "---\ntitle: D\n---\n");
    await write("now.md", "Words.");
    const { newestFirst } = await folder.open(root, "/");
    const paths = ["2025-12-24-d.md", "a.md", "b.md", "c.md", "missing.md", "now.md"];
    expect(await newestFirst?.(paths)).toEqual(["now.md", "b.md", "2025-12-24-d.md", "c.md", "a.md", "missing.md"]);
  });

  it("lists Markdown below it, and nothing hidden", async () => {
    for (const path of ["b.md", "a/c.MDX", "a/d.markdown", "a/e.png", ".git/f.md", "a/.g.md", "node_modules/h.md"])
      await write(path);
    expect(await folderSource(root).list()).toEqual(["a/c.MDX", "a/d.markdown", "b.md"]);
  });

  it("follows links that stay within it, each once, and none that lead out of it", async () => {
    await write("a/b.md");
    await writeFile(join(outside, "secret.md"), "secret");
    await symlink(join(root, "a/b.md"), join(root, "link.md"));
    await symlink(join(root, "a"), join(root, "folder"));
    await symlink(root, join(root, "a/loop"));
    await symlink(outside, join(root, "out"));
    await symlink(join(outside, "secret.md"), join(root, "secret.md"));
    await symlink(join(root, "nothing"), join(root, "broken"));
    const source = folderSource(root);
    expect(await source.list()).toEqual(["a/b.md", "folder/b.md", "link.md"]);
    expect(await source.read("link.md")).toEqual(new TextEncoder().encode("text"));
    expect(await source.read("secret.md")).toBeUndefined();
    expect(await source.read("out/secret.md")).toBeUndefined();
  });

  it("reads the current bytes of a document", async () => {
    await write("a/b.md", "text");
    expect(folderSource(root).name).toBe("folder");
    expect(await folderSource(root).read("a/b.md")).toEqual(new TextEncoder().encode("text"));
  });

  it.each([
    "../x.md",
    "a/../b.md",
    "/b.md",
    ".b.md",
    "b.txt",
    "none.md",
    "b.md/c.md",
    "folder.md",
    "a\0.md",
    `${"x".repeat(300)}.md`,
  ])("has no document %j", async (path) => {
    await write("b.md");
    await write("b.txt");
    await mkdir(join(root, "folder.md"));
    expect(await folderSource(root).read(path)).toBeUndefined();
  });

  it("reads one byte more of a huge file than a document may have", async () => {
    await write("huge.md");
    await truncate(join(root, "huge.md"), 50 * 1024 * 1024);
    expect((await folderSource(root).read("huge.md"))?.length).toBe(maxDocument + 1);
  });

  it("fails to be listed and read when it is missing, instead of being empty", async () => {
    await rm(root, { recursive: true });
    await expect(folderSource(root).list()).rejects.toThrow(`Cannot list the folder ${root}: check that it exists`);
    await expect(folderSource(root).read("a.md")).rejects.toThrow(`Cannot read a.md in the folder ${root}`);
  });

  it("is named by a path, not by an address", () => {
    const places = ["posts", "/srv/posts", String.raw`C:\posts`, "https://blog.example.com/"];
    expect(places.map((place) => folder.accepts?.(place))).toEqual([true, true, true, false]);
  });

  it("is refused where it is a file", async () => {
    await write("b.md");
    await expect(folderSource(join(root, "b.md")).list()).rejects.toThrow("Cannot list the folder");
  });
});

// Windows has no named pipes among its files.
describe.skipIf(process.platform === "win32")("a named pipe with the name of a document", () => {
  it("is not a document, and reading it does not wait", async () => {
    execFileSync("mkfifo", [join(root, "pipe.md")]);
    const source = folderSource(root);
    expect(await source.list()).toEqual([]);
    expect(await source.read("pipe.md")).toBeUndefined();
  });
});

describe("a watched folder", () => {
  it("reports documents that are added, changed and removed, and nothing else", async () => {
    await write("old.md");
    const seen: string[] = [];
    let report = () => {};
    const next = async (path: string): Promise<void> => {
      while (!seen.includes(path)) await new Promise<void>((resolve) => (report = resolve));
      seen.length = 0;
    };
    const watcher = await watchFolder(root, (path) => {
      seen.push(path);
      report();
    });
    try {
      await write(".hidden/a.md");
      await write("a.png");
      await write("new/post.md");
      await next("new/post.md");
      await write("old.md", "another text");
      await next("old.md");
      await rm(join(root, "old.md"));
      await next("old.md");
    } finally {
      await watcher.close();
    }
  });

  it("reports the documents of a folder that comes, is moved or goes, and what changes in it then", async () => {
    await write("inbox/old/a.md");
    await mkdir(join(outside, "2026/may"), { recursive: true });
    await writeFile(join(outside, "2026/may/b.md"), "b");
    /** Each with whether it is gone. */
    const missing = new Set<string>();
    let report = () => {};
    const watcher = await watchFolder(root, (path, isGone) => {
      missing.delete(`${path} ${isGone ? "gone" : "there"}`);
      report();
    });
    const seen = async (act: Promise<void>, ...paths: string[]): Promise<void> => {
      for (const path of paths) missing.add(path);
      await act;
      while (missing.size > 0) await new Promise<void>((resolve) => (report = resolve));
    };
    try {
      await seen(rename(join(outside, "2026"), join(root, "2026")), "2026/may/b.md there");
      await seen(write("2026/may/c.md"), "2026/may/c.md there");
      await seen(rename(join(root, "inbox"), join(root, "done")), "inbox/old/a.md gone", "done/old/a.md there");
      await seen(write("done/old/a.md", "another text"), "done/old/a.md there");
      await seen(rm(join(root, "2026"), { recursive: true }), "2026/may/b.md gone", "2026/may/c.md gone");
      await seen(write("2026/may/c.md"), "2026/may/c.md there");
    } finally {
      await watcher.close();
    }
  });

  it("may be a link itself, and follows no link that leads to a parent or out of it", async () => {
    await symlink(root, join(outside, "posts"));
    await mkdir(join(outside, "elsewhere"));
    await symlink(root, join(root, "loop"));
    await symlink(join(outside, "elsewhere"), join(root, "out"));
    const seen: string[] = [];
    const warned: string[] = [];
    const lastSeen = Promise.withResolvers<void>();
    const watcher = await watchFolder(
      join(outside, "posts"),
      (path) => {
        seen.push(path);
        if (path === "last.md") lastSeen.resolve();
      },
      { warn: (message) => warned.push(message) },
    );
    try {
      await writeFile(join(outside, "elsewhere", "secret.md"), "secret");
      await write("last.md");
      await lastSeen.promise;
      expect(seen.filter((path) => path !== "last.md")).toEqual([]);
      expect(warned).toEqual([]);
    } finally {
      await watcher.close();
    }
  });
});
