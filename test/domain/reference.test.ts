import { describe, expect, it } from "vitest";
import {
  isNamedBy,
  type Reference,
  referenceFragment,
  referenceName,
  referencePaths,
} from "../../src/domain/reference.ts";

const file = (path: string): Reference => ({ kind: "file", path });
const post = (name: string): Reference => ({ kind: "post", name });
const ref = (target: string): Reference => ({ kind: "ref", target });

describe("the document of a reference", () => {
  it.each([
    [file("./b.md"), "x/a.md", ["x/b.md"]],
    [file("../b%20c.md"), "x/y/a.md", ["x/b c.md"]],
    [file("../../b.md"), "x/a.md", []],
    [file("/docs/x/b.md"), "a.md", ["docs/x/b.md", "x/b.md", "b.md"]],
    [file("@/b.md"), "x/a.md", ["b.md"]],
    [file("@site/blog/b.md"), "a.md", ["blog/b.md", "b.md"]],
    [post("2026-01-01-b.md"), "_posts/a.md", ["_posts/2026-01-01-b.md", "2026-01-01-b.md"]],
    [ref("b.md#part"), "x/a.md", ["x/b.md", "b.md"]],
    [ref("/posts/b.md"), "x/a.md", ["posts/b.md", "b.md"]],
  ])("%j in %s is at one of these paths", (reference, from, paths) => {
    expect(referencePaths(reference, from)).toEqual(paths);
  });

  it.each([post("b"), ref("b"), ref("/posts/b/")])("%j may have any extension, or be a folder", (reference) => {
    expect(referencePaths(reference, "posts/a.md")).toEqual(
      expect.arrayContaining(["posts/b.md", "posts/b.mdx", "posts/b/index.md", "b.md"]),
    );
  });

  it("is recognised by its name", () => {
    expect(referenceName(post("sub/2026-01-01-b"))).toBe("b");
    expect(referenceName(ref("/posts/b.md#part"))).toBe("b");
    expect(referenceFragment(ref("/posts/b.md#part"))).toBe("#part");
    expect(isNamedBy("old/2026-01-01-b.md", ref("b"))).toBe(true);
    expect(isNamedBy("old/c.md", ref("b"))).toBe(false);
  });
});
