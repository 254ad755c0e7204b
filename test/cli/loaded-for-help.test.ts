import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");

/** Lists the modules of Crier that are loaded with this one, without those that are imported on demand. */
const loadedWith = async (file: string, known = new Set<string>()): Promise<ReadonlySet<string>> => {
  if (known.has(file)) return known;
  known.add(file);
  const text = await readFile(file, "utf8");
  for (const [, names = "", path = ""] of text.matchAll(/^(?:import|export) ([^;]*?)from "(\.[^"]+\.ts)";/gm))
    if (!/^type /.test(names)) await loadedWith(join(file, "..", path), known);
  return known;
};

test("help and usage errors load no use case, no network, no configuration and no client of AWS", async () => {
  // The entry point imports the program dynamically, once its compile cache is enabled.
  const entry = await readFile(join(root, "src/cli/crier.ts"), "utf8");
  expect(entry.match(/import\("[^"]+"\)/g)).toEqual(['import("./program.ts")']);
  const loaded = [...(await loadedWith(join(root, "src/cli/program.ts")))].map((file) => relative(root, file));
  expect(loaded).toContain("src/api/api-client.ts");
  expect(
    loaded.filter((file) => /^src\/(?:app|networks|store|feeds|config|aws-account)\b|operations/.test(file)),
  ).toEqual([]);
});
