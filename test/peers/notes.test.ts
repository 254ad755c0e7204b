import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mf2 } from "microformats-parser";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { type AMachine, clear } from "../support/machine.ts";
import { installed } from "./install.ts";
import { noteDocuments, noteSamples, untitled } from "./note-documents.ts";
import { installPrograms } from "./programs.ts";
import { aQuietMachine } from "./quiet-machine.ts";
import { feedparser } from "./readers/feedparser.ts";
import { startMiniflux } from "./readers/miniflux.ts";
import { newsboat } from "./readers/newsboat.ts";
import { type FormatName, files, type Reader, type ShownEntry } from "./readers/reader.ts";

let machine: AMachine;
beforeAll(async () => {
  machine = await aQuietMachine(noteDocuments);
  await machine.idle();
});
afterAll(async () => {
  if (machine !== undefined) await clear(machine);
});

const textOf = async (path: string): Promise<string> => (await machine.get(path)).text();

// The W3C validator is no package of Debian or npm: these are its rules for an entry without a title.
describe("where a post has no title, the rules of the W3C validator find", () => {
  test("an item of RSS with a description, and nothing to say about a title", async () => {
    const all = (await textOf("feed.xml")).split("<item>").slice(1);
    const without = all.filter((item) => !item.includes("<title"));
    expect(without).toHaveLength(untitled.length);
    // ContainsUndefined, MissingDescription: an item needs one of the two. NotBlank: an empty element is worse than none.
    for (const item of all) expect(item).not.toMatch(/<(?:title|description)(?:\/>|>\s*<\/)/);
    for (const item of without) expect(item).toMatch(/<description>[^<]/);
  });

  test("one empty title of each note in Atom, which is a warning, and no entry without one, which is an error", async () => {
    const all = (await textOf("atom.xml")).split("<entry").slice(1);
    const titles = all.map((entry) => entry.match(/<title[\s\S]*?(?:\/>|<\/title>)/g) ?? []);
    expect(titles.filter(({ length }) => length !== 1)).toEqual([]);
    const blank = titles.flat().filter((title) => /\/>$|>\s*<\//.test(title));
    expect(blank).toEqual(untitled.map(() => '<title type="text"></title>'));
    for (const entry of all) expect(entry).not.toMatch(/<(?:summary|content)[^<>]*(?:\/>|>\s*<\/)/);
  });
});

const items = z.object({ items: z.array(z.looseObject({ url: z.string(), title: z.string().optional() })) });

test("JSON Feed has no title of a note", async () => {
  const feed = items.parse(JSON.parse(await textOf("feed.json")));
  const without = feed.items.filter(({ title }) => title === undefined).map(({ url }) => url.split("/").at(-2));
  expect(without.toSorted()).toEqual([...untitled].toSorted());
});

const labels = [
  ["newsboat", "RSS"],
  ["newsboat", "Atom"],
  ["miniflux", "RSS"],
  ["miniflux", "Atom"],
  ["miniflux", "JSON Feed"],
  ["feedparser", "RSS"],
  ["feedparser", "Atom"],
] as const satisfies readonly (readonly [string, FormatName])[];

/** What a reader shows as the text of an entry. */
const plain = (html: string): string =>
  html
    .replaceAll(/<[^<>]*>/g, " ")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&")
    .replaceAll(/\s+/g, " ")
    .trim();

/** Readers differ in where they put a space. */
const letters = (text: string): string => text.replaceAll(/\s/g, "");

// Without apt-get the readers cannot be installed, and the reason is printed.
describe.skipIf(!installPrograms())("a real reader shows the text of a note once", () => {
  const shown = new Map<string, readonly ShownEntry[]>();
  let readers: readonly Reader[] = [];
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "crier-notes-"));
    readers = [newsboat(folder), feedparser(), await startMiniflux()];
    for (const reader of readers)
      for (const format of reader.formats) {
        const subscription = await reader.subscribe(format, new URL(files[format], machine.url).href);
        shown.set(`${reader.name} ${format}`, await subscription.entries());
      }
  });
  afterAll(async () => {
    for (const reader of readers) await reader.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test.each(labels)("%s, %s", (reader, format) => {
    const entries = shown.get(`${reader} ${format}`) ?? [];
    expect(entries).toHaveLength(Object.keys(noteSamples).length);
    for (const slug of untitled) {
      const { words = "" } = noteSamples[slug] ?? {};
      const entry = entries.find(({ link }) => link.endsWith(`/${slug}/`));
      const body = plain(entry?.body ?? "");
      expect([slug, body.split(words).length - 1]).toEqual([slug, 1]);
      // A reader that needs a title makes one of the text, or of the address: no other one is invented.
      const title = letters(plain(entry?.title ?? "missing").replace(/…$|\.\.\.$/u, ""));
      const isOwn = letters(body).startsWith(title) || title.toLowerCase() === slug || title.startsWith("http");
      expect([slug, isOwn ? "" : title]).toEqual([slug, ""]);
    }
  });
});

const aPage = z.object({ items: z.array(z.looseObject({ type: z.array(z.string()) })) });
const entryOf = z.looseObject({
  properties: z.looseObject({
    url: z.array(z.string()),
    content: z.array(z.unknown()).optional(),
    summary: z.array(z.unknown()).optional(),
  }),
});
type Discover = (page: { readonly items: readonly object[] }) => string;
const isDiscover = (value: unknown): value is Discover => typeof value === "function";

test("Post Type Discovery finds the kind of each post on the page for people", async () => {
  const discover: unknown = createRequire(join(await installed("kinds"), "package.json"))("post-type-discovery");
  if (!isDiscover(discover)) throw new Error("post-type-discovery is no function");
  const { items: roots } = aPage.parse(mf2(await textOf("index.html"), { baseUrl: "https://blog.example.com/" }));
  const all = roots.flatMap((root) => [
    root,
    ...("children" in root && Array.isArray(root.children) ? root.children : []),
  ]);
  const entries = all.flatMap((item) => (item.type.includes("h-entry") ? entryOf.parse(item) : []));
  const kinds = entries.map((entry) => {
    // Where there is no content the algorithm takes the summary: the package throws.
    const { content = entry.properties.summary, ...rest } = entry.properties;
    return [entry.properties.url[0]?.split("/").at(-2), discover({ items: [{ properties: { content, ...rest } }] })];
  });
  expect(Object.fromEntries(kinds)).toEqual(
    Object.fromEntries(Object.entries(noteSamples).map(([slug, { kind }]) => [slug, kind])),
  );
});
