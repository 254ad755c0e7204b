import { describe, expect, it } from "vitest";
import { entryId, entryIri, hintStatus } from "../../src/domain/feed.ts";
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
  ])("is %s, unchanged in every format, where the old feeds had that id", (oldId) => {
    expect(idOf(oldId)).toBe(oldId);
    expect(entryIri(aSite(), oldId)).toBe(oldId);
  });

  it.each([
    ["5f3c2a1b9d8e7f6a5b4c3d2e", "5f3c2a1b9d8e7f6a5b4c3d2e"],
    ["/the-engine/", "%2Fthe-engine%2F"],
    ["the engine", "the%20engine"],
    ["https://ada.example/the engine", "https%3A%2F%2Fada.example%2Fthe%20engine"],
    ["https://ada.example/<b>", "https%3A%2F%2Fada.example%2F%3Cb%3E"],
    ["https://", "https%3A%2F%2F"],
    ["日本 語", "%E6%97%A5%E6%9C%AC%20%E8%AA%9E"],
  ])("is %j, unchanged, and a part of a tag URI in Atom, which takes nothing but an IRI", (oldId, encoded) => {
    expect(idOf(oldId)).toBe(oldId);
    expect(entryIri(aSite(), oldId)).toBe(`tag:ada.example,2026:blog/old/${encoded}`);
  });

  it("has no control characters, which no feed may have", () => {
    expect(idOf("a\u0085b\n\u202Ec ")).toBe("ab c");
    expect(entryIri(aSite(), "ab c")).toBe("tag:ada.example,2026:blog/old/ab%20c");
  });

  it("is a tag URI of the post where the old id is empty", () => {
    for (const empty of ["", " \u0085"]) expect(idOf(empty)).toBe("tag:ada.example,2026:blog/p1");
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
