import { join } from "node:path";
import { expect, test } from "vitest";
import { measureStructure, readEntries, readSources } from "../../bench/structure/source-files.ts";

const root = join(import.meta.dirname, "../..");
const { total, cycles } = measureStructure(readSources(root), readEntries(root));

test("src is at most 310 files, and at most 60 of them have a single importer: a helper is in its caller's file", () => {
  expect(total.files).toBeLessThanOrEqual(310);
  expect(total.singleImporters.length, total.singleImporters.join("\n")).toBeLessThanOrEqual(60);
});

test("a file is a module: more than 100 lines in the median, and never more than 500", () => {
  expect(total.median).toBeGreaterThan(100);
  expect(total.largest.lines, total.largest.path).toBeLessThanOrEqual(500);
});

test("no files import each other in a circle, not even for their types", () => {
  expect(cycles).toEqual([]);
});
