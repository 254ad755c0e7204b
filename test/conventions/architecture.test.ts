import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const architecture = await readFile(join(root, "docs/architecture.md"), "utf8");

/** A link to a source file, and the functions named right after it. */
const stops = [
  ...architecture.matchAll(/\]\(\.\.\/((?:src|functions|infra)\/[^)]+\.ts)\)(?:: ((?:`\w+`(?:, | and )?)+))?/g),
].map(([, path = "", names = ""]) => ({ path, names: [...names.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name) }));

test("the architecture names only functions that the file beside them exports", async () => {
  expect(stops.length).toBeGreaterThan(40);
  const wrong: string[] = [];
  for (const { path, names } of stops) {
    const code = await readFile(join(root, path), "utf8");
    wrong.push(
      ...names
        .filter((name) => !new RegExp(`^export const ${name}\\b`, "m").test(code))
        .map((name) => `${path}: ${name}`),
    );
  }
  expect(wrong).toEqual([]);
});

test("the walks name each function once", () => {
  const names = stops.flatMap((stop) => stop.names);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test("the use cases take only types from contract/: they are free of libraries when they run", async () => {
  const wrong: string[] = [];
  for await (const file of glob("src/app/**/*.ts", { cwd: root }))
    for (const [line] of (await readFile(join(root, file), "utf8")).matchAll(/^(?:import|export) [^;]*;/gm))
      if (line.includes("/contract/") && !line.startsWith("import type ")) wrong.push(`${file}: ${line}`);
  expect(wrong).toEqual([]);
});
