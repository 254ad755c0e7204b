import { expect, test } from "vitest";
import { secondsFor } from "../../src/parsing/parser-table.ts";
import { inProcess, TooSlow, withinTime } from "../../src/parsing/parsers-in-process.ts";

const endless = () => {
  for (;;);
};

test("a call that ends has its result, and one that throws its error", () => {
  expect(withinTime(1000, () => undefined)).toBeUndefined();
  expect(withinTime(1000, () => "read")).toBe("read");
  expect(() =>
    withinTime(1000, () => {
      throw new RangeError("too deep");
    }),
  ).toThrow(RangeError);
});

test.each([
  ["a loop", endless],
  ["a regular expression that backtracks", () => /^(a+)+$/.test(`${"a".repeat(40)}b`)],
  [
    "a loop that catches what ends it",
    () => {
      for (;;)
        try {
          endless();
        } catch {}
    },
  ],
])("%s ends with its time, and the next call has its result", (_, call) => {
  expect(() => withinTime(20, call)).toThrow(TooSlow);
  expect(withinTime(1000, () => 1)).toBe(1);
});

test("a document has as much time again for each MiB", () => {
  const lengths = [0, 1_000_000, 1_100_000, 5 * 1024 * 1024];
  expect(lengths.map((length) => secondsFor([new Uint8Array(length)], 2))).toEqual([2, 2, 4, 12]);
  expect(secondsFor([{ entry: {} }], 2)).toBe(2);
});

test("what is too deep for the stack, or throws, is refused with the error", async () => {
  const deep = (): number => 1 + deep();
  const [tooDeep, thrown] = [
    await inProcess<[], unknown>(deep, (cost) => cost)(),
    await inProcess<[], unknown>(
      () => {
        throw new Error("no such token");
      },
      (cost) => cost,
    )(),
  ];
  expect(tooDeep).toEqual({ kind: "error", message: "Maximum call stack size exceeded" });
  expect(thrown).toEqual({ kind: "error", message: "no such token" });
});
