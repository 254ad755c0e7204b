import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Account } from "../../src/domain/account.ts";
import { networks } from "../../src/networks/index.ts";
import { recordError } from "../../src/sandbox/bluesky-record.ts";
import { byteCount, graphemeCount } from "../../src/sandbox/counting.ts";
import { mastodonLength } from "../../src/sandbox/mastodon-emulator.ts";
import { xLength } from "../../src/sandbox/x-emulator.ts";
import { aConfiguredAccount } from "../support/configured-account.ts";
import { aSnippet } from "../support/snippets.ts";

const composed = (name: string, snippet: Parameters<typeof aSnippet>[0], settings: Account["settings"] = {}) => {
  const network = networks.find((one) => one.name === name);
  if (network === undefined) throw new Error(name);
  return network.compose(aSnippet(snippet), aConfiguredAccount({ network: name, settings }));
};

describe("a post composed for", () => {
  test("X says so when a machine helped to write it, and takes two hashtags", () => {
    expect(composed("x", { tags: ["#A", "#B", "#C"] }).request).toEqual({ text: expect.stringMatching(/#A #B$/) });
    expect(composed("x", { disclosure: "Claude" }).request).toMatchObject({ made_with_ai: true });
    expect(composed("x", { text: "a\uFEFFb" }).text).toMatch(/^ab\n/);
  });

  test("Mastodon says its language and who may see it", () => {
    expect(composed("mastodon", { language: "de-CH" }).request).toMatchObject({ language: "de", visibility: "public" });
    expect(composed("mastodon", { language: "" }).request).not.toHaveProperty("language");
    expect(composed("mastodon", {}, { visibility: "unlisted", limit: 5000 })).toMatchObject({
      limit: 5000,
      request: { visibility: "unlisted" },
    });
  });

  test("Bluesky brings its own card, and marks link and hashtags by UTF-8 bytes", () => {
    const { text, request } = composed("bluesky", { text: "日本語 👩‍👩‍👧‍👦", tags: ["#機械学習"] });
    const bytes = Buffer.from(text);
    const facets = request.facets;
    expect(
      Array.isArray(facets) ? facets.map(({ index }) => bytes.subarray(index.byteStart, index.byteEnd).toString()) : [],
    ).toEqual(["https://blog.example.com/a-hundred-feeds/", "#機械学習"]);
    expect(request).toMatchObject({
      createdAt: "2026-03-01T08:00:00.000Z",
      embed: { external: { uri: "https://blog.example.com/a-hundred-feeds/", title: "A Hundred Feeds" } },
    });
  });

  test.each(networks.map(({ name }) => name))("%s names the title where the author wrote no text", (name) => {
    const { text, request } = composed(name, { text: undefined });
    expect(JSON.stringify(request)).toContain("A Hundred Feeds");
    expect(text).toContain("Dates are the first thing that goes wrong.");
  });

  test.each(["x", "mastodon"])("%s has title and summary in the text", (name) => {
    expect(composed(name, { text: undefined }).text).toBe(
      "A Hundred Feeds\n\nDates are the first thing that goes wrong.\n\nhttps://blog.example.com/a-hundred-feeds/\n\n#Feeds #OpenWeb",
    );
  });

  test("Bluesky says nothing twice: the card has the title, and what the text says is not in the card", () => {
    const cardOf = (snippet: Parameters<typeof aSnippet>[0]) => composed("bluesky", snippet).request.embed;
    const summary = "Dates are the first thing that goes wrong.";
    expect(composed("bluesky", { text: undefined }).text).toMatch(/^Dates are the first thing that goes wrong\.\n/);
    expect(cardOf({ text: undefined })).toMatchObject({ external: { title: "A Hundred Feeds", description: "" } });
    expect(cardOf({ text: "My own words." })).toMatchObject({ external: { description: summary } });
    expect(cardOf({ text: `My own words. ${summary}` })).toMatchObject({ external: { description: "" } });
    expect(cardOf({ text: "Dates are the first thing" })).toMatchObject({ external: { description: "" } });
    expect(composed("bluesky", { text: undefined, summary: "" }).text).toMatch(/^A Hundred Feeds\n/);
  });

  const snippets = fc.record({
    text: fc
      .array(
        fc.oneof(
          fc.string({ unit: "grapheme" }),
          fc.constantFrom(
            " ",
            "\n",
            "👩‍👩‍👧‍👦",
            " @user@server.example ",
            " https://other.example.com/a(b) ",
            " #Tag ",
            " README.md ",
            "日本語。",
          ),
        ),
        { maxLength: 60 },
      )
      .map((parts) => parts.join(""))
      .chain((text) => fc.constantFrom(text, undefined)),
    title: fc.string({ unit: "grapheme", minLength: 1, maxLength: 500 }),
    summary: fc.string({ unit: "grapheme", maxLength: 400 }),
    tags: fc.uniqueArray(fc.constantFrom("#Feeds", "#機械学習", "#OpenWeb", "#नमस्ते", "#Ünïcode"), { maxLength: 5 }),
    url: fc.constantFrom(
      "https://blog.example.com/post/",
      "https://blog.example.com/a(b)?c=d&e=f#g",
      `https://blog.example.com/${"long-".repeat(30)}`,
    ),
  });

  test.each([
    ["x", xLength, 280],
    ["bluesky", graphemeCount, 300],
    ["bluesky", byteCount, 3000],
    ["mastodon", mastodonLength, 500],
  ] as const)("%s is within its limit by an independent count, with its link whole (%o, %i)", (name, count, limit) => {
    fc.assert(
      fc.property(snippets, (snippet) => {
        const { text, length, request } = composed(name, snippet);
        expect(count(text)).toBeLessThanOrEqual(limit);
        expect(length).toBeGreaterThanOrEqual(name === "x" ? xLength(text) : 0);
        expect(text).toContain(snippet.url);
        if (name === "bluesky") expect(recordError(request)).toBeUndefined();
      }),
      { numRuns: 400 },
    );
  });

  test.each(networks.map((network) => [network.name, network] as const))("%s is the same every time", (name) => {
    expect(composed(name, {})).toEqual(composed(name, {}));
  });
});
