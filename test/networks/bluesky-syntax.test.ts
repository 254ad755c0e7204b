import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { isDid, isHandle, isLanguageTag, tid, tidAfter } from "../../src/networks/bluesky/bluesky-record.ts";
import * as sandbox from "../../src/sandbox/bluesky-emulator.ts";

const linesOf = (file: string): readonly string[] =>
  readFileSync(new URL(`vectors/atproto-syntax/${file}.txt`, import.meta.url), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));

/** Each vector that is judged otherwise than it says. */
const misjudged = (kind: string, isValid: (text: string) => boolean): readonly string[] => [
  ...linesOf(`${kind}_syntax_valid`).filter((text) => !isValid(text)),
  ...linesOf(`${kind}_syntax_invalid`).filter(isValid),
];

describe("the syntax of the AT protocol, by its own vectors", () => {
  test.each([
    ["handle", isHandle, 71 + 48],
    ["did", isDid, 24 + 18],
    ["language", isLanguageTag, 18 + 7],
  ] as const)("%s: a post is composed by it", (kind, isValid, count) => {
    expect(linesOf(`${kind}_syntax_valid`).length + linesOf(`${kind}_syntax_invalid`).length).toBe(count);
    expect(misjudged(kind, isValid)).toEqual([]);
  });

  test.each([
    ["handle", sandbox.isHandle],
    ["tid", sandbox.isTid],
    ["recordkey", sandbox.isRecordKey],
    ["language", sandbox.isLanguage],
  ] as const)("%s: the sandbox judges by it what it is sent", (kind, isValid) => {
    expect(misjudged(kind, isValid)).toEqual([]);
  });

  test("each key of ours is a TID and a record key, up to the last post of a thread", () => {
    for (const seed of ["0".repeat(64), "f".repeat(64), "8000000000".padEnd(64, "1")])
      for (const posts of [0, 1, 25]) {
        const key = tidAfter(tid(seed), posts);
        expect([key, sandbox.isTid(key), sandbox.isRecordKey(key)]).toEqual([key, true, true]);
      }
  });
});
