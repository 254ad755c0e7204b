import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** The pages for people: README, CONTRIBUTING, CHANGELOG and docs, by their paths in the repository. */
export const pages = async (): Promise<readonly string[]> =>
  (await Array.fromAsync(glob(["*.md", "docs/**/*.md"], { cwd: root }))).toSorted();

export const readFromRoot = (path: string): Promise<string> => readFile(join(root, path), "utf8");

/** A block of code, of a list item, too: then its lines are indented. */
const fence = /^( *)```(\w*)\n([\s\S]*?)^\1```$/gm;

/** The text of each block of code in a language. */
export const blocksOf = (page: string, language: string): readonly string[] =>
  [...page.matchAll(fence)]
    .filter(([, , named]) => named === language)
    .map(([, indent = "", , text = ""]) => text.replaceAll(new RegExp(`^${indent}`, "gm"), ""));

export const withoutBlocks = (page: string): string => page.replaceAll(fence, "");

/** The anchors of a page's headings, as GitHub makes them: the words in lower case, with dashes for spaces. */
export const anchorsOf = (page: string): readonly string[] => {
  const counts = new Map<string, number>();
  return [...withoutBlocks(page).matchAll(/^#{1,6} +(.+?)\s*$/gm)].map(([, heading = ""]) => {
    const slug = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, "")
      .replaceAll(" ", "-");
    const count = counts.get(slug) ?? 0;
    counts.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
};
