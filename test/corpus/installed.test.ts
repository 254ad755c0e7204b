import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { parseDocument } from "../../src/documents/parse-document.ts";
import { escapeHtml } from "../../src/markdown/sanitise.ts";
import { theSite } from "../documents/sample-documents.ts";
import { drawnSeed } from "../support/drawn-seed.ts";
import { leftoversIn, leftoversInTexts } from "./leftovers.ts";
import { lostTextIn } from "./lost-text.ts";

/** A commit has its own sample. `SEED=…` takes another one, and `DOCUMENTS=all` reads every document. */
const { DOCUMENTS = "200" } = process.env;

const root = new URL("../../node_modules/", import.meta.url).pathname;

/** READMEs, changelogs and other documents of npm's packages. Every machine has the same ones. */
const ofPackages = globSync("**/*.{md,mdx,markdown}", { cwd: root }).filter((path) => !path.startsWith("."));

/** Those of Debian's packages, which differ from machine to machine: no sample has one. */
const ofDebian = () =>
  globSync("**/*.{md,mdx,markdown,md.gz,mdx.gz,markdown.gz}", { cwd: "/usr/share/doc" }).map(
    (path) => `/usr/share/doc/${path}`,
  );

/** Of the path below the root: each clone has the same sample. */
const hash = (path: string): number => {
  let state = drawnSeed;
  for (const char of path) state = Math.imul(state ^ char.charCodeAt(0), 0x01000193) >>> 0;
  return state;
};

const chosen =
  DOCUMENTS === "all"
    ? ofPackages
    : ofPackages.toSorted((a, b) => hash(a) - hash(b) || (a < b ? -1 : 1)).slice(0, Number(DOCUMENTS));
const sample = [...chosen.map((path) => root + path), ...(DOCUMENTS === "all" ? ofDebian() : [])];

const read = (path: string): string => {
  const bytes = readFileSync(path);
  return new TextDecoder().decode(path.endsWith(".gz") ? gunzipSync(bytes) : bytes);
};

/** Returns the faults of a document, or undefined if it is refused. */
const faultsOf = (path: string): readonly string[] | undefined => {
  const text = read(path);
  const document = text.startsWith("---\n") ? text : `---\ntitle: A title\ndate: 2026-01-02\n---\n${text}`;
  // A README of a site is a page.
  const name = `a-${basename(path.replace(/\.gz$/, ""))}`;
  const parsed = parseDocument(new TextEncoder().encode(document), name, theSite());
  if (parsed.kind !== "post") return undefined;
  const { content } = parsed;
  // The heading with which a document without a title begins is the title, and not in the body.
  const shown = `<h1>${escapeHtml(content.title)}</h1>${content.html}`;
  return [...leftoversIn(content), ...leftoversInTexts(content), ...lostTextIn(document, shown)];
};

it(`no document that packages bring shows syntax or loses text (SEED=${drawnSeed} DOCUMENTS=${DOCUMENTS} of ${ofPackages.length})`, () => {
  expect(ofPackages.length).toBeGreaterThan(100);
  const read = sample.map((path) => ({ path, faults: faultsOf(path) }));
  const posts = read.filter(({ faults }) => faults !== undefined);
  console.log(`${read.length} documents, ${posts.length} of them posts`);
  expect(posts.length).toBeGreaterThan(0.9 * read.length);
  expect(posts.flatMap(({ path, faults = [] }) => faults.map((fault) => `${path}: ${fault}`))).toEqual([]);
});

it.each([
  ["<p>{% a %}</p>", "Text."],
  ["<p>a</p>", "{{ b }}"],
  ["<p>&lt;a href</p>", "Text."],
  ["<p>:::note</p>", "Text."],
  ["<p>![](a)</p>", "Text."],
  ["<p>{: .a}</p>", "Text."],
  ["<p><b>a<div>c</div></b></p>", "Text."],
])("would be found in %s with the summary %s", (html, summary) => {
  const parsed = parseDocument(new TextEncoder().encode("---\ntitle: A\ndate: 2026-01-02\n---\nb"), "a.md", theSite());
  if (parsed.kind !== "post") throw new Error("It is not a post.");
  expect(leftoversIn(parsed.content)).toEqual([]);
  expect(leftoversIn({ ...parsed.content, html, summary })).not.toEqual([]);
  expect(leftoversIn({ ...parsed.content, html: "<p><code>{% a %} {{ b }}</code></p>" })).toEqual([]);
});

it.each([
  "The text of a paragraph with six words.",
  "```js\na = b; // Code is text, too, and all of it\n```",
  "- the items\n- of a list\n- are text",
  "A mark {{ alone in a paragraph with `{% code %}` and more",
  "![The alternative text of a picture](/a.png)",
])("would find that %j is lost", (text) => {
  const document = `---\ntitle: A title with many words in it\n---\n<!-- a comment with many words -->\n\n${text}\n`;
  const parsed = parseDocument(
    new TextEncoder().encode(document.replace("---\n", "---\ndate: 2026-01-02\n")),
    "a.md",
    theSite(),
  );
  if (parsed.kind !== "post") throw new Error("It is not a post.");
  expect(lostTextIn(document, parsed.content.html)).toEqual([]);
  expect(lostTextIn(document, "<p>Another</p>")).not.toEqual([]);
});
