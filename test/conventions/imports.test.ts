import { execFile } from "node:child_process";
import { cp, glob, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { planted } from "./planted.ts";

const root = join(import.meta.dirname, "../..");
const rules = new Set(["lint/style/noRestrictedImports", "lint/style/noRestrictedGlobals", "plugin"]);
const report = z.object({
  diagnostics: z.array(
    z.object({
      category: z.string(),
      location: z.object({ path: z.string(), start: z.object({ line: z.number() }).optional() }),
    }),
  ),
});

/** Biome exits 1 where it finds something: the report on its standard output is the answer either way. */
const lint = (folder: string): Promise<string> =>
  new Promise((resolve) => {
    const biome = join(root, "node_modules/.bin/biome");
    const options = { cwd: folder, maxBuffer: 256 * 1024 * 1024 };
    execFile(biome, ["lint", "--reporter=json", "--max-diagnostics=none", "."], options, (_, stdout) =>
      resolve(stdout),
    );
  });

describe("the import rules of the folders", () => {
  let folder = "";
  let found: ReadonlyMap<string, ReadonlySet<number>> = new Map();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "crier-imports-"));
    await cp(join(root, "biome.json"), join(folder, "biome.json"));
    await cp(join(root, "biome"), join(folder, "biome"), { recursive: true });
    for (const { file, lines } of planted) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), `${lines.map(({ source }) => source).join("\n")}\n`);
    }
    const diagnostics = report.parse(JSON.parse(await lint(folder))).diagnostics;
    const caught = diagnostics.filter(({ category }) => rules.has(category));
    found = new Map(
      planted.map(({ file }) => [
        file,
        new Set(
          caught.filter(({ location }) => location.path === file).map(({ location }) => location.start?.line ?? 0),
        ),
      ]),
    );
  }, 60_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each(planted)("catch every planted violation in $file and nothing else", ({ file, lines }) => {
    const judged = lines.map(({ source }, index) => ({ source, caught: found.get(file)?.has(index + 1) ?? false }));
    expect(judged).toEqual(lines);
  });

  test("hold for every folder that stands in the tree", async () => {
    const files = await Array.fromAsync(glob("src/**/*.ts", { cwd: root }));
    // The use cases' folders share one rule, and so do those of networks.
    const folders = new Set(files.map((file) => dirname(file).replace(/^src\/(app|networks)\/.+/, "src/$1/planted")));
    const covered = new Set(planted.map(({ file }) => dirname(file)));
    expect([...folders].filter((folder) => folder !== "src" && !covered.has(folder))).toEqual([]);
    const loose = files.filter((file) => dirname(file) === "src");
    expect(loose.filter((name) => !planted.some(({ file }) => file === name))).toEqual([]);
  });

  test("are silenced nowhere", async () => {
    const silenced: string[] = [];
    for await (const file of glob("{src,action,functions,infra}/**/*.ts", { cwd: root })) {
      if (/biome-ignore|@ts-ignore|@ts-nocheck/.test(await readFile(join(root, file), "utf8"))) silenced.push(file);
    }
    expect(silenced).toEqual([]);
  });
});
