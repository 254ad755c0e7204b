import { expect, test } from "vitest";
import { canonicalJson, isRecord } from "../../src/domain/json-value.ts";

test("the order of keys does not matter, at any depth", () => {
  expect(canonicalJson({ b: [{ d: 1, c: null }], a: "x" })).toBe('{"a":"x","b":[{"c":null,"d":1}]}');
  expect(canonicalJson({ a: "x", b: [{ c: null, d: 1 }] })).toBe(canonicalJson({ b: [{ d: 1, c: null }], a: "x" }));
});

test("the order of a list matters", () => {
  expect(canonicalJson([2, 1])).not.toBe(canonicalJson([1, 2]));
});

test("a field that is undefined is left out", () => {
  expect(canonicalJson({ a: 1, b: undefined })).toBe(canonicalJson({ a: 1 }));
});

test("an object with named fields is a record; null, a list and a text are not", () => {
  expect([{}, { a: 1 }, null, undefined, [], "text", 1].map(isRecord)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
});
