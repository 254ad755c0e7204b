import { expect, test } from "vitest";
import { receiptFile } from "../../src/domain/receipt.ts";

const hash = (text: string) => `hash of ${text}`;

test.each(["hello", "2026/03/hello", "de/v1.2.3", "日本語", "a~b_c-d"])("the receipt of %s has its name", (address) => {
  expect(receiptFile(address, hash)).toBe(`${address}.json`);
});

test.each([
  "?p=12",
  "//other.example/a",
  "/elsewhere",
  "a/../../b",
  "..",
  ".hidden",
  "a.json/b",
  "a\\b",
  "a:b",
  "",
  "a".repeat(300),
])("the address %j is named by its hash", (address) => {
  expect(receiptFile(address, hash)).toBe(`hash of ${address}.json`);
});
