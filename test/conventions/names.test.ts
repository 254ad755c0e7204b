import { glob, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const code = "{src,functions,infra,test,bench,scripts}/**/*.{ts,cjs}";

/** Names that say nothing, whatever the file holds. */
const empty = /^(utils?|helpers?|misc|common|manager|service|types)$|-(utils?|helpers?|manager|service)$/;

/** The modules of the generators that `npm run bench` installs are excluded. */
const files = await Array.fromAsync(glob(code, { cwd: root, exclude: ["bench/node_modules"] }));
/** Every folder and file of a path, without endings such as `.test.ts`. */
const partsOf = (path: string) => path.split("/").map((part) => part.replace(/(\.[a-z]+)+$/, ""));

describe("the names of files", () => {
  test("are kebab-case", () => {
    expect(files.length).toBeGreaterThan(20);
    expect(files.filter((path) => !partsOf(path).every((part) => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(part)))).toEqual([]);
  });

  test("say what a file is about", () => {
    expect(files.filter((path) => partsOf(path).some((part) => part !== "fixtures" && empty.test(part)))).toEqual([]);
  });
});

test("a stack trace names one file: no two sources share a name, registries excepted", async () => {
  const sources = await Array.fromAsync(glob("{src,functions,infra}/**/*.ts", { cwd: root }));
  const names = sources.map((path) => basename(path)).filter((name) => name !== "index.ts");
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

describe("the decision records", () => {
  test("are numbered without a gap", async () => {
    const names = (await Array.fromAsync(glob("*.md", { cwd: join(root, "docs/decisions") }))).toSorted();
    expect(names.map((name) => Number(name.slice(0, 4)))).toEqual(names.map((_, index) => index + 1));
  });

  test("give a context, a choice and its cost", async () => {
    for await (const name of glob("*.md", { cwd: join(root, "docs/decisions") })) {
      const headings = (await readFile(join(root, "docs/decisions", name), "utf8")).match(/^## .+$/gm);
      expect(headings, name).toEqual(["## Context", "## Choice", "## What it costs"]);
    }
  });
});
