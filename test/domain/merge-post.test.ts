import { describe, expect, test } from "vitest";
import { type MergeInput, mergePost } from "../../src/domain/merge-post.ts";
import { day, hour } from "../../src/domain/time.ts";
import { aContent, aPost, aSite, start } from "../support/builders.ts";

const now = start + hour;

const merged = (more: Partial<MergeInput> = {}) =>
  mergePost({
    location: { site: aSite(), source: "folder", path: "a.md" },
    options: {},
    content: aContent(),
    origin: { hash: "bytes", recipe: "settings" },
    id: "p1",
    row: undefined,
    now,
    hash: (text) => text,
    ...more,
  });

/** What was saved of the same document an hour ago. */
const aRow = (more = {}) => ({ ...merged({ now: start }), version: 3, ...more });

describe("a post that is new", () => {
  test("is made of its document, and due at its publication", () => {
    expect(merged({ content: aContent({ published: now + day }) })).toMatchObject({
      site: "blog",
      id: "p1",
      version: 0,
      source: "folder",
      path: "a.md",
      hash: "bytes",
      recipe: "settings",
      generation: 1,
      slugs: ["hello"],
      due: now + day,
    });
  });

  test("is published when it was first seen, where its document names no date", () => {
    expect(merged({ content: aContent({ published: undefined }) })).toMatchObject({ published: now, due: now });
  });

  test("is due for nothing while its document holds it", () => {
    const post = merged({ content: aContent({ hold: "a draft" }) });
    expect(post.due).toBeUndefined();
    expect(post.listed).toEqual([]);
  });
});

describe("a post that was saved before", () => {
  test("keeps what its document does not say", () => {
    const row = aRow({ guid: "g", slugs: ["first"], syndication: ["https://social.example/1"], byHand: true });
    expect(merged({ row })).toMatchObject({
      version: 3,
      guid: "g",
      slugs: ["first", "hello"],
      syndication: ["https://social.example/1"],
      byHand: true,
      generation: 1,
    });
  });

  test("keeps the date that it was first published with", () => {
    const content = aContent({ published: undefined });
    expect(merged({ content, row: merged({ content, now: start }) }).published).toBe(start);
  });

  test("counts as updated when subscribers see a change, and only then", () => {
    expect(merged({ row: aRow() }).updated).toBe(aRow().updated);
    expect(merged({ row: aRow(), content: aContent({ title: "Another" }) }).updated).toBe(now);
    const share = aContent({ social: { off: false, useSummary: true, share: "For the networks only", texts: {} } });
    expect(merged({ row: aRow(), content: share }).updated).toBe(aRow().updated);
    expect(merged({ row: aRow(), content: aContent({ title: "Another", updated: start + 1 }) }).updated).toBe(
      start + 1,
    );
  });

  test("is due now where it may be public, though it was moved into the future", () => {
    const content = aContent({ published: now + day });
    expect(merged({ content, row: aRow({ listed: [{ feed: "main", published: start }] }) }).due).toBe(now);
    expect(merged({ content, row: aRow({ listed: [], audience: { accounts: [] } }) }).due).toBe(now);
    expect(merged({ content, row: aRow({ listed: [] }) }).due).toBe(now + day);
  });

  test("may stand in the feeds that it was listed in before and in those that it wants now", () => {
    const content = aContent({ categories: [{ name: "New" }] });
    const feeds = merged({ content, row: aRow({ listed: [{ feed: "categories/old", published: start }] }) }).listed;
    expect(feeds.map(({ feed }) => feed)).toEqual(["categories/old", "main", "categories/new"]);
  });

  test("is announced once more, to an audience that is decided anew, only where that is asked for", () => {
    const row = aRow({ audience: { accounts: ["one"] } });
    expect(merged({ row, options: { again: true } })).toMatchObject({ generation: 2, audience: undefined, due: now });
    expect(merged({ row })).toMatchObject({ generation: 1, audience: { accounts: ["one"] } });
    expect(merged({ options: { again: true } }).generation).toBe(1);
  });

  test("lives again", () => {
    expect(merged({ row: aPost({ gone: { at: start, by: "source" } }) }).gone).toBeUndefined();
  });
});

describe("the old id of a post", () => {
  const location = {
    site: aSite({ movedIn: { before: start, ids: "guid" } }),
    source: "folder",
    path: "a.md",
  };
  const old = aContent({ guid: "?p=7", published: start - day });

  test("is decided by the first save for readers", () => {
    expect(merged({ location, content: old })).toMatchObject({ oldId: "?p=7", oldIdDecided: true });
    expect(merged({ location, content: { ...old, published: start } })).toMatchObject({ oldIdDecided: true });
    expect(merged({ location, content: { ...old, published: start } }).oldId).toBeUndefined();
    expect(merged({ location, content: { ...old, hold: "a draft" } }).oldIdDecided).toBe(false);
  });

  test("never changes after that", () => {
    const row = merged({ location, content: old });
    expect(merged({ location, content: { ...old, guid: "?p=8" }, row }).oldId).toBe("?p=7");
  });
});
