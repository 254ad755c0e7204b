import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { parseDocument } from "../../src/documents/parse-document.ts";
import { openChildParsers, type Parsers } from "../../src/parsing/parsers-in-child.ts";
import { systemRuntime } from "../../src/runtimes/system-runtime.ts";
import { aSite } from "../support/builders.ts";
import { aDocument } from "../support/world.ts";

const site = aSite();
const encode = (text: string) => new TextEncoder().encode(text);

let parsers: Parsers;
beforeAll(() => {
  parsers = openChildParsers(systemRuntime.setTimer);
});
afterAll(() => parsers.close());

// Texts that are too costly are tested in test/local/parsers-in-child.test.ts.
describe("a child process", () => {
  test("reads a document as this process would", async () => {
    const bytes = encode(aDocument({ category: "A", slug: "a" }, "See [another](./other.md) and *more*."));
    const { parsed, references } = await parsers.documentParsers.parse(bytes, "a.md", site, { firstRead: 1 });
    expect(parsed).toEqual(parseDocument(bytes, "a.md", site, { firstRead: 1, resolve: () => undefined }));
    expect(references).toEqual([{ kind: "file", path: "./other.md" }]);
    const links = new Map([[JSON.stringify(references[0]), "https://blog.example.com/other/"]]);
    const { parsed: linked } = await parsers.documentParsers.parse(bytes, "a.md", site, { links });
    expect(linked).toMatchObject({
      content: { html: expect.stringContaining('href="https://blog.example.com/other/"') },
    });
    expect(await parsers.documentParsers.locate(bytes, "a.md", site, false)).toBe("https://blog.example.com/a/");
  });

  test("reads feeds and their entries", async () => {
    const body = encode('<rss version="2.0"><channel><title>T</title><item><title>E</title></item></channel></rss>');
    const url = "https://blog.example.com/feed.xml";
    const result = await parsers.feedParsers.readFeed({ url, contentType: undefined, body });
    if (result.kind !== "feed") throw new Error(result.problem);
    const [entry] = result.feed.entries;
    if (entry === undefined) throw new Error("it has no entry");
    expect(await parsers.feedParsers.parseEntry({ entry, known: undefined, seen: 1 }, site)).toMatchObject({
      kind: "refused",
      reasons: [{ code: "address-missing" }],
    });
  });

  test("knows each of the sites by its own settings", async () => {
    const other = aSite({ url: "https://notes.example.com/" });
    const urlOf = async (of: typeof site) => {
      const { parsed } = await parsers.documentParsers.parse(encode(aDocument({ slug: "a" })), "a.md", of);
      return parsed.kind === "post" && parsed.content.url;
    };
    expect([await urlOf(other), await urlOf(site)]).toEqual([
      "https://notes.example.com/a/",
      "https://blog.example.com/a/",
    ]);
  });

  test("that cannot be started refuses no document: the call fails with the reason", async () => {
    const absent = openChildParsers(systemRuntime.setTimer, join(import.meta.dirname, "nothing.ts"));
    onTestFinished(absent.close);
    await expect(absent.documentParsers.parse(encode("text"), "a.md", site)).rejects.toThrow(
      /the process that reads documents cannot be started: .*nothing\.ts/s,
    );
    await absent.close();
    await expect(absent.documentParsers.parse(encode("text"), "a.md", site)).rejects.toThrow("Crier is stopping");
  });
});
