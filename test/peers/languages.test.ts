import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AMachine, aDocument, clear } from "../support/machine.ts";
import { installPrograms } from "./programs.ts";
import { aQuietMachine } from "./quiet-machine.ts";
import { feedparser } from "./readers/feedparser.ts";
import { startMiniflux } from "./readers/miniflux.ts";
import { newsboat } from "./readers/newsboat.ts";
import { type FormatName, files, type Reader, type Subscription } from "./readers/reader.ts";
import { rss2email } from "./readers/rss2email.ts";

const documents = {
  "hello.md": aDocument("Hello", "categories: [Greetings]\n"),
  "hello.de.md": aDocument("Hallo", "categories: [Greetings]\n"),
  "hello.ja.md": aDocument("Konnichiwa"),
  "bye.md": aDocument("Bye"),
};

const address = "https://blog.example.com";

/** Each feed with what a reader must show: its posts, each with the page in its own language. */
const feeds = [
  {
    folder: "",
    shown: [
      ["Bye", `${address}/bye/`],
      ["Hello", `${address}/hello/`],
    ],
  },
  { folder: "languages/de/", shown: [["Hallo", `${address}/de/hello/`]] },
  { folder: "languages/de/categories/greetings/", shown: [["Hallo", `${address}/de/hello/`]] },
  { folder: "languages/ja/", shown: [["Konnichiwa", `${address}/ja/hello/`]] },
];

const cases = feeds.flatMap(({ folder, shown }) =>
  ["newsboat", "miniflux", "rss2email", "feedparser"].flatMap((reader) =>
    (reader === "miniflux" ? (["RSS", "Atom", "JSON Feed"] as const) : (["RSS", "Atom"] as const)).map((format) => ({
      folder,
      shown,
      reader,
      format,
    })),
  ),
);

// Real readers are Debian packages: without apt-get they cannot be installed, and the reason is printed.
describe.skipIf(!installPrograms())("a reader that follows one language", () => {
  let machine: AMachine;
  let folder: string;
  let miniflux: Reader;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "crier-languages-"));
    machine = await aQuietMachine(documents);
    await machine.idle();
    miniflux = await startMiniflux();
  });

  afterAll(async () => {
    await miniflux?.stop();
    if (machine !== undefined) await clear(machine);
    await rm(folder, { recursive: true, force: true });
  });

  /** A reader of its own for each feed: newsboat and rss2email keep the feeds of one format together. */
  const subscribed = async (name: string, format: FormatName, path: string): Promise<Subscription> => {
    const root = () => mkdtemp(join(folder, "reader-"));
    const readers: Readonly<Record<string, () => Promise<Reader>>> = {
      newsboat: async () => newsboat(await root()),
      rss2email: async () => rss2email(await root()),
      feedparser: async () => feedparser(),
      miniflux: async () => miniflux,
    };
    const reader = await readers[name]?.();
    if (reader === undefined) throw new Error(`there is no reader ${name}`);
    return reader.subscribe(format, new URL(path + files[format], machine.url).href);
  };

  test.each(cases)("$reader shows /$folder as $format with the posts in its language, and their pages", async (one) => {
    const subscription = await subscribed(one.reader, one.format, one.folder);
    const entries = await subscription.entries();
    expect(entries.map(({ title, link }) => [title, link]).toSorted()).toEqual(one.shown);
  });
});
