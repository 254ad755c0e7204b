import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { measureStructure, readEntries, readSources } from "../../bench/structure/source-files.ts";

const root = join(import.meta.dirname, "../..");
const { total, cycles } = measureStructure(readSources(root), readEntries(root));

/** A registry is the one importer of each of its networks or emulators: every new network brings two such files. */
const registered = new Set(
  ["src/networks", "src/sandbox"].flatMap((folder) =>
    [...readFileSync(join(root, folder, "index.ts"), "utf8").matchAll(/from "\.\/(.+)"/g)].map(
      ([, file]) => `${folder}/${file}`,
    ),
  ),
);

test("src is at most 310 files, and few of them have a single importer: a helper is in its caller's file", () => {
  expect(total.files).toBeLessThanOrEqual(310);
  const helpers = total.singleImporters.filter((path) => !registered.has(path));
  // The recipes of logins are a table of their own, as the networks are, which the command that connects reads.
  // OAuth's renewal is one for all networks with it, of which Threads is the first.
  expect(helpers.length, `merge one with its caller:\n${helpers.join("\n")}`).toBeLessThanOrEqual(44);
});

test("a file is a module: more than 100 lines in the median, and never more than 500", () => {
  expect(total.median).toBeGreaterThan(100);
  expect(total.largest.lines, total.largest.path).toBeLessThanOrEqual(500);
});

test("no files import each other in a circle, not even for their types", () => {
  expect(cycles).toEqual([]);
});
