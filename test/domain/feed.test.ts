import { describe, expect, it } from "vitest";
import { entryId, hintStatus } from "../../src/domain/feed.ts";
import { minute } from "../../src/domain/time.ts";
import { aSite } from "../feeds/builders.ts";
import { aPost, start } from "../support/builders.ts";

const idOf = (oldId?: string): string => entryId(aSite(), { id: "p1", oldId });

describe("the id of a post in its feeds", () => {
  it("is a tag URI", () => {
    expect(idOf()).toBe("tag:ada.example,2026:blog/p1");
  });

  it.each([
    "https://ada.example/?p=123",
    "http://ADA.example",
    "urn:uuid:60a76c80-d399-11d9-b91C-0003939e0af6",
    "tag:blogger.com,1999:blog-1.post-2",
    "https://ada.example/日本/",
  ])("is %s, unchanged, where the old feeds had that id", (oldId) => {
    expect(idOf(oldId)).toBe(oldId);
  });

  it.each([
    "123",
    "",
    "/the-engine/",
    "the engine",
    "https://ada.example/the engine",
    "https://ada.example/<b>",
    " https://ada.example/",
    "https://",
    "https://ada.example/\u0085",
  ])("is a tag URI where the old id %j is not an absolute IRI, which Atom requires", (oldId) => {
    expect(idOf(oldId)).toBe("tag:ada.example,2026:blog/p1");
  });
});

describe("a membership or an archive mark", () => {
  const now = start + minute;
  const future = now + minute;
  it.each([
    ["live", "its post is", { published: start }],
    ["scheduled", "its post is", { published: future }],
    ["false", "its post has another date", { published: start - 1 }],
    ["false", "its post is held", { published: start, hold: "a draft" }],
    ["false", "its scheduled post is held", { published: future, hold: "a draft" }],
    ["false", "its post is deleted", { published: start, gone: { at: start, by: "person" } as const }],
  ])("is %s where %s", (status, _, post) => {
    const published = Math.max(post.published, start);
    expect(hintStatus({ published }, aPost(post), now)).toBe(status);
  });

  it("is false where there is no post", () => {
    expect(hintStatus({ published: start }, undefined, now)).toBe("false");
  });
});
