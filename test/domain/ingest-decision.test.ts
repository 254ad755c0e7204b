import { describe, expect, test } from "vitest";
import { siteCommands } from "../../src/domain/delivery-commands.ts";
import type { KnownDocument } from "../../src/domain/document.ts";
import { feedGrace } from "../../src/domain/feed.ts";
import { abandonedPost, decideIngest, knownState, type ReadResult } from "../../src/domain/ingest-decision.ts";
import { type PublishOptions, whyUndated } from "../../src/domain/merge-post.ts";
import type { Post } from "../../src/domain/post.ts";
import { hour } from "../../src/domain/time.ts";
import { aContent, aPost, aSite, start } from "../support/builders.ts";

const now = start + hour;
const location = { site: aSite(), source: "folder", path: "a.md" };
const origin = { hash: "bytes", recipe: "settings" };
const row: KnownDocument = { site: "blog", source: "folder", path: "a.md", post: "p1" };
const ownPost = aPost({ id: "p1", path: "a.md", ...origin });

const decide = (
  result: ReadResult,
  {
    document = row,
    rowPost = ownPost,
    options = {},
  }: { document?: KnownDocument; rowPost?: Post; options?: PublishOptions } = {},
) =>
  decideIngest({
    known: knownState(location, document, rowPost, true, now),
    result,
    options,
    now,
    hash: (text) => text,
    command: siteCommands([{ id: "blog" }]),
  });

const decideUnknown = (result: ReadResult) =>
  decideIngest({
    known: knownState(location, undefined, undefined, true, now),
    result,
    options: {},
    now,
    hash: (text) => text,
    command: siteCommands([{ id: "blog" }]),
  });

type Content = Extract<ReadResult, { kind: "content" }>;
const read = (more: Partial<Content> = {}): Content => ({
  kind: "content",
  content: aContent(),
  warnings: [],
  origin,
  reading: "r",
  id: "p1",
  post: undefined,
  elsewhere: undefined,
  ...more,
});

describe("a document that is missing", () => {
  const missing: ReadResult = { kind: "missing", keep: undefined };

  test("deletes its post, which stays in the feeds for the grace time", () => {
    expect(decide(missing)).toEqual({
      kind: "delete",
      post: { ...ownPost, gone: { at: now, by: "source" }, due: now + feedGrace },
    });
  });

  test("keeps its post where there is a reason, and stores the reason in its row", () => {
    expect(decide({ kind: "missing", keep: "too many" })).toEqual({
      kind: "keep",
      post: ownPost,
      reason: "too many",
      document: { ...row, missing: { since: now, reason: "too many" } },
    });
  });

  test("changes nothing while its post is kept", () => {
    const document = { ...row, missing: { since: start, reason: "too many" } };
    expect(decide(missing, { document })).toEqual({ kind: "unchanged", post: ownPost, warnings: [] });
  });

  test("is forgotten where its post has moved, and not where it was not known: another worker may have saved it since", () => {
    expect(decideUnknown(missing)).toEqual({ kind: "absent" });
    expect(decide(missing, { rowPost: { ...ownPost, path: "b.md" } })).toEqual({ kind: "absent", forget: row });
  });

  test("is forgotten when the grace time of its deletion is over", () => {
    const gone = (at: number) => ({ rowPost: { ...ownPost, gone: { at, by: "source" as const } } });
    expect(decide(missing, gone(now - feedGrace + 1))).toEqual({ kind: "absent" });
    expect(decide(missing, gone(now - feedGrace))).toEqual({ kind: "absent", forget: row });
  });
});

describe("the post of a row", () => {
  const moved = { ...ownPost, path: "b.md" };
  const abandoned = (result: ReadResult, rowPost: Post = moved) => {
    const known = knownState(location, row, rowPost, true, now);
    return abandonedPost(
      known,
      decideIngest({ known, result, options: {}, now, hash: (text) => text, command: siteCommands([]) }),
    );
  };

  test("is abandoned where the row is forgotten or names another post from now on", () => {
    expect(abandoned({ kind: "missing", keep: undefined })).toBe(moved);
    expect(abandoned({ kind: "refused", hash: "h", reasons: [], conflict: false })).toBe(moved);
    expect(abandoned(read({ id: "p2" }))).toBe(moved);
  });

  test("is not where the row stays or still names it", () => {
    expect(abandoned({ kind: "missing", keep: undefined }, ownPost)).toBeUndefined();
    expect(abandoned({ kind: "page", reason: "a page", keep: undefined })).toBeUndefined();
    expect(abandoned(read({ post: moved }))).toBeUndefined();
  });
});

describe("a document that was read before", () => {
  const same: ReadResult = { kind: "same", post: ownPost };

  test("changes nothing, and nothing is written", () => {
    expect(decide(same)).toEqual({ kind: "unchanged", post: ownPost, warnings: [], document: undefined });
  });

  test.each([
    ["refused", { ...row, refusal: { hash: "other", reasons: [], at: start } }],
    ["missing", { ...row, missing: { since: start, reason: "too many" } }],
    ["another post's", { ...row, post: "p2" }],
  ])("is noted as read where it was %s", (_, document) => {
    expect(decide(same, { document })).toMatchObject({ kind: "unchanged", document: row });
  });
});

test("a document that changes while it is read is read again", () => {
  expect(decide({ kind: "changing" })).toEqual({ kind: "restart" });
});

test("a document that is refused keeps the post of its path", () => {
  const reasons = [{ code: "title-missing", message: "It has no title." }];
  const refusal = { hash: "bytes", reasons, at: now };
  const refused: ReadResult = { kind: "refused", hash: "bytes", reasons, conflict: false };
  expect(decide(refused)).toEqual({ kind: "refuse", reasons, conflict: false, document: { ...row, refusal } });
  const { post: _, ...withoutPost } = row;
  expect(decideUnknown(refused)).toMatchObject({ document: { ...withoutPost, refusal } });
  expect(decideUnknown(refused)).not.toHaveProperty("document.post");
});

describe("a document with content", () => {
  test("becomes a post", () => {
    expect(decideUnknown(read())).toMatchObject({
      kind: "save",
      before: undefined,
      post: { id: "p1", ...origin },
      document: row,
    });
  });

  test("has what was left out in its row", () => {
    const warnings = [{ code: "key-unknown", field: "sumary", message: "`sumary` is not read." }];
    expect(decideUnknown(read({ warnings }))).toMatchObject({ document: { ...row, warnings } });
  });

  test("without a date is published by hand from the same bytes", () => {
    const content = aContent({ published: undefined });
    // The first site of the configuration may have been another one when it was saved.
    const held = { ...ownPost, hold: whyUndated("blog", siteCommands([{ id: "notes" }])) };
    const unchanged = read({ content, post: held });
    expect(decide(unchanged, { rowPost: held })).toMatchObject({ kind: "unchanged" });
    expect(decide(unchanged, { rowPost: held, options: { byHand: true } })).toMatchObject({
      kind: "save",
      post: { hold: undefined, published: now },
    });
  });

  test("changes its post", () => {
    const changed = read({ post: ownPost, origin: { ...origin, hash: "other bytes" } });
    expect(decide(changed)).toMatchObject({ kind: "save", before: ownPost, post: { hash: "other bytes" } });
  });

  test("writes its row where only that was lost", () => {
    expect(decideUnknown(read({ post: ownPost }))).toMatchObject({ kind: "unchanged", post: ownPost, document: row });
  });

  test("is refused where another document has its address, and the reason names that document", () => {
    expect(decideUnknown(read({ post: { ...ownPost, path: "first.md" }, elsewhere: "other" }))).toMatchObject({
      kind: "refuse",
      conflict: true,
      reasons: [
        {
          code: "address-taken",
          message: expect.stringContaining("https://blog.example.com/hello/ belongs to first.md"),
        },
      ],
    });
  });

  test("takes over the post where the other document no longer exists", () => {
    const moved = read({ post: { ...ownPost, path: "first.md" } });
    expect(decideUnknown(moved)).toMatchObject({ kind: "save", before: { path: "first.md" }, post: { path: "a.md" } });
  });

  test("changes nothing where a copy is the post's document, whatever its bytes, and its row names the post", () => {
    const post = { ...ownPost, source: "feed", hash: "other bytes" };
    expect(decideUnknown(read({ post, elsewhere: "copy" }))).toMatchObject({ kind: "unchanged", post, document: row });
  });

  test("restores a post that a person deleted only when its bytes change, or by hand", () => {
    const gone = { ...ownPost, gone: { at: start, by: "person" as const } };
    const saved = { kind: "save", post: { gone: undefined } };
    expect(decide(read({ post: gone }), { rowPost: gone })).toMatchObject({ kind: "unchanged" });
    expect(decide(read({ post: gone }), { rowPost: gone, options: { byHand: true } })).toMatchObject(saved);
    const changed = read({ post: gone, origin: { ...origin, hash: "other bytes" } });
    expect(decide(changed, { rowPost: gone })).toMatchObject(saved);
    expect(decideUnknown({ ...changed, post: { ...gone, source: "feed" } })).toMatchObject({ kind: "unchanged" });
  });
});
