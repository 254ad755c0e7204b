import { execFile } from "node:child_process";
import { cp, glob, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
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
    const src = await readdir(join(root, "src"), { withFileTypes: true });
    const covered = new Set(planted.map(({ file }) => file.split("/").slice(0, -1).join("/")));
    const loose = src.filter((entry) => entry.isFile()).map(({ name }) => `src/${name}`);
    const folders = src.filter((entry) => entry.isDirectory()).map(({ name }) => `src/${name}`);
    expect(folders.filter((name) => !covered.has(name))).toEqual([]);
    expect(loose.filter((name) => !planted.some(({ file }) => file === name))).toEqual([]);
  });

  test("are silenced nowhere", async () => {
    const silenced: string[] = [];
    for await (const file of glob("{src,functions,infra}/**/*.ts", { cwd: root })) {
      if (/biome-ignore|@ts-ignore|@ts-nocheck/.test(await readFile(join(root, file), "utf8"))) silenced.push(file);
    }
    expect(silenced).toEqual([]);
  });
});
