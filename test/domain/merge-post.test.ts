import { describe, expect, test } from "vitest";
import { siteCommands } from "../../src/domain/delivery-commands.ts";
import { announcedAgain, type MergeInput, mergePost } from "../../src/domain/merge-post.ts";
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
    isHistory: false,
    row: undefined,
    now,
    hash: (text) => text,
    command: siteCommands([{ id: "blog" }]),
    ...more,
  });

const undated = aContent({ published: undefined });

/** Makes the row that was saved for the same document an hour ago. */
const aRow = (more = {}) => ({ ...merged({ now: start }), version: 3, ...more });

describe("a post that is new", () => {
  test("has the content of its document, and is due at its publication", () => {
    expect(merged({ content: aContent({ published: now + day }) })).toMatchObject({
      site: "blog",
      id: "p1",
      version: 0,
      source: "folder",
      path: "a.md",
      hash: "bytes",
      recipe: "settings",
      generation: 1,
      address: "hello",
      addresses: ["hello"],
      due: now + day,
    });
  });

  test("is held, where its document has no date and no person publishes it", () => {
    const post = merged({ content: undated });
    expect(post).toMatchObject({ hold: expect.stringContaining("add a date"), listed: [] });
    expect(post.due).toBeUndefined();
    expect(merged({ content: undated, options: { byHand: true } })).toMatchObject({
      hold: undefined,
      published: now,
      due: now,
    });
  });

  test("is not due while its document holds it", () => {
    const post = merged({ content: aContent({ hold: "a draft" }) });
    expect(post.due).toBeUndefined();
    expect(post.listed).toEqual([]);
  });
});

describe("a post that was saved before", () => {
  test("keeps what is not in its document", () => {
    const row = aRow({ guid: "g", addresses: ["first"], syndication: ["https://social.example/1"], byHand: true });
    expect(merged({ row })).toMatchObject({
      version: 3,
      guid: "g",
      addresses: ["first", "hello"],
      syndication: ["https://social.example/1"],
      byHand: true,
      generation: 1,
    });
  });

  test("keeps the date with which it was published, where its document has none", () => {
    const byHand = merged({ content: undated, options: { byHand: true }, now: start });
    expect(merged({ content: undated, row: byHand })).toMatchObject({ published: start, hold: undefined });
    expect(merged({ content: undated, row: aRow() })).toMatchObject({ published: aRow().published, hold: undefined });
    const draftAgain = aRow({ hold: "a draft", audience: { accounts: [], note: undefined } });
    expect(merged({ content: undated, row: draftAgain })).toMatchObject({ published: aRow().published });
  });

  test("that was held without a date is published at the moment when a person publishes it", () => {
    const row = merged({ content: undated, now: start });
    expect(merged({ content: undated, row })).toMatchObject({ hold: expect.stringContaining("add a date") });
    expect(merged({ content: undated, row, options: { byHand: true } })).toMatchObject({
      hold: undefined,
      published: now,
    });
    expect(merged({ row })).toMatchObject({ hold: undefined, published: aContent().published });
  });

  test("gets its old id when it has a date, not while it is held for want of one", () => {
    const site = aSite({ movedIn: { before: now, ids: "url" } });
    const location = { site, source: "folder", path: "a.md" };
    const row = merged({ location, content: undated, now: start });
    expect(row.oldIdDecided).toBe(false);
    expect(merged({ location, row }).oldId).toBe(aContent().url);
  });

  test("keeps the id of its entry, where it was read from a feed, and else the address as readers know it", () => {
    const location = { site: aSite(), source: "feed:https://blog.example.com/feed.xml", path: "a" };
    const row = merged({ location, content: aContent({ guid: "5f3c2a1b" }) });
    expect(row).toMatchObject({ oldId: "5f3c2a1b", oldIdDecided: true });
    expect(merged({ location, content: aContent({ guid: "another" }), row }).oldId).toBe("5f3c2a1b");
    expect(merged({ location, content: aContent({ guid: undefined }) }).oldId).toBe(aContent().url);
  });

  test("is updated only when subscribers see a change", () => {
    expect(merged({ row: aRow() }).updated).toBe(aRow().updated);
    expect(merged({ row: aRow(), content: aContent({ title: "Another" }) }).updated).toBe(now);
    const share = aContent({ social: { off: false, useSummary: true, share: "For the networks only", texts: {} } });
    expect(merged({ row: aRow(), content: share }).updated).toBe(aRow().updated);
    expect(merged({ row: aRow(), content: aContent({ title: "Another", updated: start + 1 }) }).updated).toBe(
      start + 1,
    );
  });

  test("is due now where it may be public, even if its date is moved into the future", () => {
    const content = aContent({ published: now + day });
    expect(merged({ content, row: aRow({ listed: [{ feed: "main", published: start }] }) }).due).toBe(now);
    expect(merged({ content, row: aRow({ listed: [], audience: { accounts: [] } }) }).due).toBe(now);
    expect(merged({ content, row: aRow({ listed: [] }) }).due).toBe(now + day);
  });

  test("lists the feeds that it was in before and those that it is in now", () => {
    const content = aContent({ categories: [{ name: "New" }] });
    const feeds = merged({ content, row: aRow({ listed: [{ feed: "categories/old", published: start }] }) }).listed;
    expect(feeds.map(({ feed }) => feed)).toEqual(["categories/old", "main", "articles", "categories/new"]);
  });

  test("keeps how often it was announced, and by whom", () => {
    expect(merged({ row: aRow({ generation: 2, audience: { accounts: ["one"] } }) })).toMatchObject({
      generation: 2,
      audience: { accounts: ["one"] },
    });
    expect(merged({}).generation).toBe(1);
  });

  test("is announced once more by all accounts that announce it, or by some", () => {
    const row = aRow({ generation: 2, audience: { accounts: ["one"] } });
    expect(announcedAgain(row, {}, now)).toMatchObject({ generation: 3, audience: undefined, due: now });
    expect(announcedAgain(row, { accounts: ["two", "three"] }, now)).toMatchObject({
      generation: 3,
      audience: { accounts: ["two", "three"] },
      due: now,
    });
  });

  test("is no longer deleted", () => {
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

  test("is decided by the first save that publishes the post", () => {
    expect(merged({ location, content: old })).toMatchObject({ oldId: "?p=7", oldIdDecided: true });
    expect(merged({ location, content: { ...old, published: start } })).toMatchObject({ oldIdDecided: true });
    expect(merged({ location, content: { ...old, published: start } }).oldId).toBeUndefined();
    expect(merged({ location, content: { ...old, hold: "a draft" } }).oldIdDecided).toBe(false);
  });

  test("never changes afterwards", () => {
    const row = merged({ location, content: old });
    expect(merged({ location, content: { ...old, guid: "?p=8" }, row }).oldId).toBe("?p=7");
  });
});
