import { expect, test } from "vitest";
import { isRecord } from "../../src/domain/json-value.ts";

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
