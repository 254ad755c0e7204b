import { describe, expect, it } from "vitest";
import { matching, oneDocument } from "../../src/sources/site-sources.ts";
import type { LocalSource } from "../../src/sources/source-kind.ts";

const paths = ["a.md", "b.mdx", "posts/c.md", "posts/drafts/d.md", "drafts/e.md", "_x/f.md"];

const source: LocalSource = {
  name: "folder",
  editable: true,
  location: (path) => path,
  list: async () => paths,
  read: async (path) => new TextEncoder().encode(path),
  watch: async (onChange) => {
    for (const path of paths) onChange(path, false);
    return { close: async () => {} };
  },
};

describe("the globs of a folder", () => {
  it.each([
    [{}, paths],
    [{ include: ["**/*.md"] }, ["a.md", "posts/c.md", "posts/drafts/d.md", "drafts/e.md", "_x/f.md"]],
    [{ include: ["*.md"] }, ["a.md"]],
    [{ include: ["posts/**", "b.*"] }, ["b.mdx", "posts/c.md", "posts/drafts/d.md"]],
    [{ exclude: ["drafts"] }, ["a.md", "b.mdx", "posts/c.md", "posts/drafts/d.md", "_x/f.md"]],
    [{ exclude: ["**/drafts", "_*"] }, ["a.md", "b.mdx", "posts/c.md"]],
    [{ include: ["posts/**"], exclude: ["posts/drafts/**"] }, ["posts/c.md"]],
    [{ exclude: ["posts"], include: ["posts/c.md"] }, []],
  ])("select its documents: %j", async (globs, expected) => {
    expect(await matching(source, { include: [], exclude: [], ...globs }).list()).toEqual(expected);
  });

  it("hide the other documents from every reader, and from the watcher", async () => {
    const seen: string[] = [];
    const posts = matching(source, { include: ["posts/*"], exclude: [] });
    await posts.watch?.((path) => seen.push(path));
    expect(seen).toEqual(["posts/c.md"]);
    expect(await posts.read("a.md")).toBeUndefined();
    expect(await posts.read("posts/c.md")).toBeDefined();
  });
});

it("lists and reads its one document", async () => {
  const source = oneDocument("a.md", Uint8Array.of(1));
  expect([source.name, await source.list(), await source.read("a.md"), await source.read("b.md")]).toEqual([
    "api",
    ["a.md"],
    Uint8Array.of(1),
    undefined,
  ]);
});
