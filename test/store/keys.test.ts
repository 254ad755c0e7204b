import fc from "fast-check";
import { expect, test } from "vitest";
import type { FeedKey } from "../../src/domain/feed-key.ts";
import type { Ref } from "../../src/ports/store.ts";
import { aliasKey, documentKey, dueShard, dueShards, entryKey, parseRef, refKey } from "../../src/store/keys.ts";
import { anyCharacter } from "../support/any-character.ts";

const text = fc.string({ unit: anyCharacter, maxLength: 12 });
const key: fc.Arbitrary<FeedKey> = fc.oneof(
  fc.constantFrom("main" as const, "featured" as const),
  fc.string({ unit: anyCharacter, minLength: 1, maxLength: 12 }).map((slug) => `categories/${slug}` as const),
  fc.integer({ min: 1, max: 1_000_000 }).map((page) => `archive/${page}` as const),
);
const ref: fc.Arbitrary<Ref> = fc.oneof(
  fc.record({ kind: fc.constant("post" as const), site: text, id: text }),
  fc.record({ kind: fc.constant("feed" as const), site: text, key }),
  fc.record({ kind: fc.constant("delivery" as const), site: text, post: text, account: text, generation: fc.nat() }),
  fc.record({ kind: fc.constant("ping" as const), site: text, key, hub: text }),
  fc.record({
    kind: fc.constant("notice" as const),
    site: text,
    to: fc.constantFrom("owner" as const, "site" as const),
    about: text,
  }),
);

test("every key is parsed back to its row, whatever its names contain", () => {
  fc.assert(
    fc.property(ref, (one) => {
      expect(parseRef(refKey(one))).toEqual(one);
    }),
  );
});

test("different rows have different keys, also in UTF-8", () => {
  const bytes = (one: Ref) => Buffer.from(JSON.stringify([refKey(one).pk, refKey(one).sk])).toString("hex");
  fc.assert(
    fc.property(ref, ref, (one, other) => {
      fc.pre(JSON.stringify(one) !== JSON.stringify(other));
      expect(bytes(one)).not.toBe(bytes(other));
    }),
  );
});

test("a lone surrogate, which UTF-8 cannot encode, differs from its escaped form", () => {
  const lone: Ref = { kind: "post", site: "\ud800", id: "%ud800\udfff#" };
  expect(parseRef(refKey(lone))).toEqual(lone);
  expect(refKey(lone).pk.isWellFormed()).toBe(true);
});

test.each([
  ["ALIAS#blog#address#s", "ALIAS"],
  ["SITE#blog", "FEED#main"],
  ["FEED#blog#main", "ENTRY#2026-03-01T08:00:00.000Z#id"],
  ["POST#blog#id", "DELIVERY#x"],
  ["FEED#blog#main", "PING"],
  ["FEED#blog#odd", "FEED"],
  ["FEED#blog#archive/0", "PING#hub"],
  ["nonsense", ""],
])("%s %s is not a row that can be due", (pk, sk) => {
  expect(parseRef({ pk, sk })).toBeUndefined();
});

test("a path or address of any length fits into a key, and long ones stay different", () => {
  const long = `${"日".repeat(2_000)}.md`;
  const keys = [
    documentKey("blog", "folder", long).sk,
    documentKey("blog", "folder", `x${long}`).sk,
    aliasKey("blog", "address", long).pk,
  ];
  expect(Math.max(...keys.map((key) => Buffer.byteLength(key)))).toBeLessThanOrEqual(1_024);
  expect(new Set(keys).size).toBe(3);
});

test("memberships sort by date, then by post", () => {
  const at = (published: number, id: string) => entryKey("blog", "main", published, id).sk;
  expect([at(2, "a"), at(1, "b"), at(1, "a")].toSorted()).toEqual([at(1, "a"), at(1, "b"), at(2, "a")]);
});

test("due rows are spread over all shards", () => {
  const used = new Set(Array.from({ length: 100 }, (_, index) => dueShard(`POST#blog#${index}`)));
  expect([...used].toSorted()).toEqual([...dueShards]);
});
