import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AMachine, aDocument, clear } from "../support/machine.ts";
import { type CrawledFile, crawl } from "./crawl.ts";
import { hostileDocuments } from "./hostile.ts";
import { noteDocuments } from "./note-documents.ts";
import { installPrograms } from "./programs.ts";
import { aQuietMachine } from "./quiet-machine.ts";
import { faults, samples } from "./samples.ts";
import { findings } from "./validators.ts";

// The validators are Debian packages: without apt-get the suites below are skipped, and the reason is printed.
const hasPrograms = installPrograms();

const exampleDocuments = async (): Promise<Readonly<Record<string, string>>> => {
  const cwd = join(import.meta.dirname, "../../examples/posts");
  const names = await Array.fromAsync(glob("*.md", { cwd }));
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(cwd, name), "utf8")] as const)),
  );
};

const sites = [
  { site: "the example posts", documents: exampleDocuments },
  { site: "hostile posts", documents: async () => hostileDocuments },
  { site: "a site of notes", documents: async () => noteDocuments },
  { site: "a site without posts", documents: async () => ({}) },
  {
    site: "a site with every option",
    documents: async () => ({
      "hello.md": aDocument("Hello", "categories: [First]\nfeatured: true\ngeneratedBy: A model\n"),
      "hallo.md": aDocument("Hallo", "lang: de\n"),
      "old.md": '---\ntitle: Old\ndate: 2020-01-01\nguid: "https://old.example/?p=7"\n---\nWords.\n',
    }),
    options: {
      languages: ["de"],
      licence: { name: "CC BY 4.0", url: "https://creativecommons.org/licenses/by/4.0/" },
      hubs: ["https://hub.example/"],
      movedIn: { before: "2021-01-01", ids: "guid" },
      feeds: { content: { main: "summary", default: "full" }, paths: { rss: "/index.xml", json: "/feed/" } },
    },
  },
];

const mediaTypes = ["application/rss+xml", "application/atom+xml", "application/feed+json"] as const;

// Without apt-get, jing and xmllint cannot be installed, and the reason is printed.
describe.skipIf(!hasPrograms).each(sites)("the feeds of $site", ({ documents, options }) => {
  let machine: AMachine;
  let found: readonly CrawledFile[] = [];
  let written: Readonly<Record<string, string>> = {};

  beforeAll(async () => {
    written = await documents();
    machine = await aQuietMachine(written, options);
    await machine.idle();
    found = await crawl(machine.url);
  });
  afterAll(async () => {
    if (machine !== undefined) await clear(machine);
  });

  test("contain every document", async () => {
    const refused = await (await machine.api("GET", "/api/posts?refused=1")).json();
    expect(refused).toMatchObject({ refused: [] });
    const ids = found.flatMap(({ mediaType, text }) => {
      const feed: { items: { id: string }[] } =
        mediaType === "application/feed+json" ? JSON.parse(text) : { items: [] };
      return feed.items.map(({ id }) => id);
    });
    expect(new Set(ids).size).toBe(Object.keys(written).length);
  });

  test.each(mediaTypes)("are found as %s by following links", (mediaType) => {
    const folders = found.filter((one) => one.mediaType === "text/html").length;
    expect(found.filter((one) => one.mediaType === mediaType).length).toBeGreaterThanOrEqual(folders);
  });

  test("have a media type with a schema", () => {
    const others = found.filter(({ mediaType }) => mediaType !== "text/html" && !(mediaType in findings));
    expect(others.map(({ path, mediaType }) => `${path}: ${mediaType}`)).toEqual([]);
  });

  test.each(Object.entries(findings))("are valid where they are %s", async (mediaType, find) => {
    expect(await find(found.filter((one) => one.mediaType === mediaType))).toEqual([]);
  });
});

// The same programs judge the schemas themselves.
describe.skipIf(!hasPrograms).each(Object.entries(samples))("the schema of %s", (kind, sample) => {
  const ownFaults = Object.entries(faults).flatMap(([of, list]) => (of === kind ? list : []));
  let found: readonly string[] = [];

  beforeAll(async () => {
    const faulty = ownFaults.map(([path, part, replacement]) => ({ path, text: sample.replace(part, replacement) }));
    found = (await findings[kind]?.([{ path: "sample", text: sample }, ...faulty])) ?? [
      `there is no schema of ${kind}`,
    ];
  });

  test("accepts a valid document", () => {
    expect(found.filter((line) => line.startsWith("sample"))).toEqual([]);
  });

  test.each(ownFaults)("refuses %s", (path) => {
    expect(found.filter((line) => line.startsWith(path))).not.toEqual([]);
  });
});
