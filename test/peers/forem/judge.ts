import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { sanitiseBody } from "../../../src/markdown/sanitise.ts";
import { output } from "../run-program.ts";
import { articleTree, type Difference, differences } from "./compare-articles.ts";

const script = join(import.meta.dirname, "render-articles.rb");

const rendered = z.array(z.union([z.object({ html: z.string() }), z.object({ error: z.string() })]));
type Rendered = z.output<typeof rendered>[number];

/** Articles that one process renders: it has 30 seconds. */
const atOnce = 50;

/** Renders articles as Forem does. */
export const renderAsForem = async (articles: readonly string[]): Promise<readonly Rendered[]> => {
  const folder = await mkdtemp(join(tmpdir(), "crier-forem-"));
  try {
    const all: Rendered[] = [];
    for (let at = 0; at < articles.length; at += atOnce) {
      const file = join(folder, `${at}.json`);
      await writeFile(file, JSON.stringify(articles.slice(at, at + atOnce)));
      // Debian's Ruby, which has the packages: another one may come first on the PATH.
      all.push(...rendered.parse(JSON.parse(await output("/usr/bin/ruby", [script, file]))));
    }
    return all;
  } finally {
    await rm(folder, { recursive: true });
  }
};

/** A post's body, sanitised. */
export interface Body {
  readonly path: string;
  readonly html: string;
}

/** Returns the differences between bodies and the articles that Forem shows for them. */
export const judge = async (
  bodies: readonly Body[],
  write: (html: string) => string,
): Promise<readonly (Difference & { readonly path: string })[]> => {
  const shown = await renderAsForem(bodies.map(({ html }) => write(html)));
  return bodies.flatMap(({ path, html }, at) => {
    const one = shown[at];
    if (one === undefined || "error" in one)
      return [{ path, kind: `refused: ${one?.error}`, expected: html.slice(0, 200), actual: "" }];
    const tree = articleTree(sanitiseBody(one.html, "https://blog.example.com/"));
    return differences(articleTree(html), tree).map((difference) => ({ path, ...difference }));
  });
};
