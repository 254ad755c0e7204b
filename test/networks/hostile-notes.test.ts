import { describe, expect, test } from "vitest";
import { snippetFor } from "../../src/domain/snippet.ts";
import { formats } from "../../src/feeds/index.ts";
import { networks } from "../../src/networks/index.ts";
import { recordError } from "../../src/sandbox/bluesky-emulator.ts";
import { aDocument, contentOf, parse } from "../documents/sample-documents.ts";
import { aFeed, anEntry } from "../feeds/builders.ts";
import { start } from "../support/builders.ts";
import { aConfiguredAccount } from "../support/configured-account.ts";

const url = "https://blog.example.org/blog/a-post/";
const links = Array.from({ length: 300 }, (_, at) => `[${at}](https://h.example/${at})`).join(" ");

/** What people may write, and what a network must get of it. */
const notes: Readonly<Record<string, readonly [lines: string, body: string, shown: string]>> = {
  "one emoji": ["", "🛁", "🛁"],
  "one mention": ["", "@ada@social.example", "@ada"],
  "one address": ["", "https://h.example/a", "h.example/a"],
  "hashtags alone": ["", "#tea #coffee", "#tea #coffee"],
  "300 links": ["type: note", links, "0"],
  "a text from right to left": ["language: he", "שלום עולם, זה [קישור](https://h.example/).", "שלום עולם"],
  "its own address first": ["", `${url} is where this is.`, "is where this is"],
  "a title of white space": ['title: "  "', "Text.", "Text."],
  "a title of no width": ['title: "\u200b"', "Text.", "Text."],
  "no title in words": ["title: null", "Text.", "Text."],
  "code alone": ["", "```js\nconst a = 1;\n  b();\n```", "const a = 1;\n  b();"],
  "a picture without a description": ["", "![](https://h.example/a.png)", ""],
};

const noteOf = (name: string) => {
  const [lines = "", body = ""] = notes[name] ?? [];
  return contentOf(aDocument(lines, body, "date: 2026-03-01"));
};

describe.each(Object.keys(notes))("a note of %s", (name) => {
  test("is a note, and valid in every feed", () => {
    const content = noteOf(name);
    expect(content.isNote).toBe(true);
    const entry = anEntry({ ...content, published: start, updated: start });
    const feed = aFeed({ entries: [entry] });
    expect(formats.gate(formats.render(feed), feed)).toEqual([]);
  });

  test.each(networks.map((network) => [network.name, network] as const))("fits on %s", (networkName, network) => {
    const account = aConfiguredAccount({ name: "me", network: networkName });
    if (network.needsTitle?.(account) === true) return;
    const { text, length, limit, request } = network.compose(snippetFor(noteOf(name), account, start), account);
    expect(length).toBeLessThanOrEqual(limit);
    expect(text).toContain(notes[name]?.[2]);
    if (networkName === "bluesky") expect(recordError(request)).toBeUndefined();
  });
});

describe("what is no note", () => {
  test.each([
    ["a megabyte without a title", "", "Word ".repeat(200_000), "longer than a note"],
    ["a long word without a title", "", `a ${"{{<".repeat(20_000)}`, "longer than a note"],
    ["an article without its title", "title: null\ntype: article", "Text.", "It has no title"],
    ["a body of comments", "", "<!-- Later. -->\n{/* And more. */}", "neither a title nor a text nor a picture"],
    ["white space", "", "\u200b \n", "neither a title nor a text nor a picture"],
    ["a title under another name", "titel: Hello", "Text.", "did you mean `titel` as the title?"],
  ])("is refused with the reason: %s", (_, lines, body, reason) => {
    const parsed = parse(aDocument(lines, body, "date: 2026-03-01"));
    expect(parsed.kind === "refused" && parsed.reasons.map(({ message }) => message).join()).toContain(reason);
  });
});
