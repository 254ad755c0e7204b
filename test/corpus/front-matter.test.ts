import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import matter from "gray-matter";
import { describe, expect, test } from "vitest";
import { parseDocument as parseYaml } from "yaml";
import { splitDocument } from "../../src/documents/front-matter.ts";
import { isMarkdown } from "../../src/domain/document.ts";
import { findings } from "../../src/domain/findings.ts";
import { cleanText } from "../../src/domain/text.ts";
import { blogs, contentRoot } from "./blogs.ts";

/** Crier's values are text where another parser has a number or a date. */
const hasSameValues = (own: unknown, other: unknown): boolean => {
  if (typeof other === "number" || other instanceof Date) return typeof own === "string";
  if (typeof other !== "object" || other === null || typeof own !== "object" || own === null)
    return (own ?? null) === (other ?? null);
  const [owns, others] = [Object.entries(own), Object.entries(other)];
  return (
    owns.length === others.length &&
    others.every(([key, value], at) => owns[at]?.[0] === key && hasSameValues(owns[at][1], value))
  );
};

const attempt = (read: () => unknown): unknown => {
  try {
    return read() ?? {};
  } catch {
    return undefined;
  }
};

const byYamlLibrary = (text: string): unknown => {
  const document = parseYaml(text, { schema: "core", logLevel: "error" });
  if (document.errors.length > 0) throw document.errors[0];
  return document.toJS();
};

interface Sample {
  readonly path: string;
  readonly text: string;
}

const samplesOf = async (blog: string): Promise<readonly Sample[]> => {
  const root = await contentRoot(blog);
  const paths = (await readdir(root, { recursive: true })).filter(isMarkdown);
  const samples = await Promise.all(
    paths.map(async (path) => ({ path, text: cleanText(await readFile(join(root, path), "utf8")) })),
  );
  return samples.filter(({ text }) => /^---[ \t]*\n/.test(text));
};

describe.each(blogs)("the YAML of every document of %s", (blog) => {
  test("has the values that gray-matter reads, and is refused where gray-matter refuses it", async () => {
    const differing = (await samplesOf(blog)).filter(({ text }) => {
      const own = splitDocument(text, findings())?.fields;
      const other = attempt(() => matter(text, {}).data);
      return own === undefined || other === undefined ? own !== other : !hasSameValues(own, other);
    });
    expect(differing.map(({ path }) => path)).toEqual([]);
  });

  test("has the values of YAML 1.2 where a strict parser reads it", async () => {
    const differing = (await samplesOf(blog)).filter(({ text }) => {
      const [, block = ""] = /^---[ \t]*\n(.*?\n)---[ \t]*$/ms.exec(text) ?? [];
      const other = attempt(() => byYamlLibrary(block));
      return other !== undefined && !hasSameValues(splitDocument(text, findings())?.fields, other);
    });
    expect(differing.map(({ path }) => path)).toEqual([]);
  });
});

test("there is a corpus", () => {
  expect(blogs, "set CORPUS to a folder with one folder per blog").not.toEqual([]);
});
