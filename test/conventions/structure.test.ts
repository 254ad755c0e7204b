import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { measureStructure, readEntries, readSources } from "../../bench/structure/source-files.ts";

const root = join(import.meta.dirname, "../..");
const { total, cycles } = measureStructure(readSources(root), readEntries(root));

/**
 * A registry is the one importer of each of its networks, emulators or pages: every new network brings two such files, and
 * every page of the console one.
 */
const registered = new Set(
  ["src/networks/index.ts", "src/sandbox/index.ts", "src/console/console-app.ts"].flatMap((registry) =>
    [...readFileSync(join(root, registry), "utf8").matchAll(/from "\.\/(.+)"/g)].map(
      ([, file]) => `${dirname(registry)}/${file}`,
    ),
  ),
);

test("src is at most 343 files, and few of them have a single importer: a helper is in its caller's file", () => {
  expect(total.files).toBeLessThanOrEqual(343);
  const helpers = total.singleImporters.filter((path) => !registered.has(path));
  // The recipes of logins are a table of their own, as the networks are, which the command that connects reads.
  // OAuth's renewal is one for all networks with it, of which Threads is the first.
  // Two more than there were: the console starts in `npm start` only until it is a function, and a login by a click is one subject.
  // The week, the chart and the keys that only the console reads are apart from files of 500 lines, and from what other functions load.
  // Backups in buckets are a subject of their own, which the commands for exports call.
  expect(helpers.length, `merge one with its caller:\n${helpers.join("\n")}`).toBeLessThanOrEqual(51);
});

test("a file is a module: more than 100 lines in the median, and never more than 500", () => {
  expect(total.median).toBeGreaterThan(100);
  expect(total.largest.lines, total.largest.path).toBeLessThanOrEqual(500);
});

test("no files import each other in a circle, not even for their types", () => {
  expect(cycles).toEqual([]);
});
