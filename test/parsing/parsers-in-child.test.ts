import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { parseDocument } from "../../src/documents/parse-document.ts";
import { openChildParsers, type Parsers } from "../../src/parsing/parsers-in-child.ts";
import type { SetTimer } from "../../src/ports/runtime.ts";
import { systemRuntime } from "../../src/runtimes/system-runtime.ts";
import { aSite } from "../support/builders.ts";
import { aDocument } from "../support/world.ts";

const costly = join(import.meta.dirname, "../support/costly-process.ts");
const site = aSite();
const encode = (text: string) => new TextEncoder().encode(text);

let parsers: Parsers;
beforeAll(() => {
  parsers = openChildParsers(systemRuntime.setTimer, costly);
});
afterAll(() => parsers.close());

const read = async (body: string, from = parsers) =>
  (await from.documentParsers.parse(encode(aDocument({ slug: "a" }, body)), "a.md", site)).parsed;

const reasonOf = async (body: string, from = parsers): Promise<string> => {
  const parsed = await read(body, from);
  return parsed.kind === "refused" ? parsed.reasons.map(({ code, message }) => `${code}: ${message}`).join() : "";
};

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
    expect(await parsers.documentParsers.locate(bytes, "a.md", site, false)).toEqual({
      url: "https://blog.example.com/a/",
    });
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

  test.each([
    ["never ends", "ENDLESS", "too-costly: Reading it takes longer than "],
    ["exhausts the heap", "HUGE", "too-costly: Reading it needs more than 256 MB of memory."],
    ["ends the process", "DEADLY", "too-costly: The process that read it ended."],
    ["lets the parser throw", "WRONG", "too-costly: Crier's parser failed (no such token)."],
  ])("is stopped where a document %s; those beside it are read", async (_, word, reason) => {
    const bodies = ["before", word, "after 1", "after 2", "after 3"];
    const [before, refused, ...after] = await Promise.all(
      bodies.map(async (body) => [await read(body), body] as const),
    );
    expect(refused?.[0]).toMatchObject({ kind: "refused", reasons: [{ message: expect.anything() }] });
    expect(await reasonOf(word)).toContain(reason);
    for (const one of [before, ...after])
      expect(one?.[0]).toMatchObject({ kind: "post", content: { html: expect.stringContaining(one?.[1] ?? "") } });
  });

  test("is not asked again for a document that was too costly", async () => {
    await read("HUGE");
    const ended = Promise.race([
      Promise.all([reasonOf("HUGE"), reasonOf("HUGE")]),
      // It would have to end twice first.
      read("another").then(() => "too late"),
    ]);
    expect(await ended).not.toBe("too late");
  });

  test("that is stuck where nothing can stop it is killed, and the document refused at its second attempt", async () => {
    let watched = 0;
    const timers: SetTimer = (_, act) => {
      watched += 1;
      act();
      return () => {};
    };
    const stuck = openChildParsers(timers, costly);
    onTestFinished(stuck.close);
    expect(await reasonOf("STUCK", stuck)).toContain("Reading it takes longer than 10 seconds.");
    expect(watched).toBe(2);
  });

  test("that cannot be started refuses no document: the call fails with the reason", async () => {
    const absent = openChildParsers(systemRuntime.setTimer, join(import.meta.dirname, "nothing.ts"));
    onTestFinished(absent.close);
    await expect(read("text", absent)).rejects.toThrow(
      /the process that reads documents cannot be started: .*nothing\.ts/s,
    );
    await absent.close();
    await expect(read("text", absent)).rejects.toThrow("Crier is stopping");
  });
});
