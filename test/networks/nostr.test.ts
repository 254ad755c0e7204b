import { describe, expect, test } from "vitest";
import { draftEvent, nostr } from "../../src/networks/nostr.ts";
import { networkContract } from "../contract/network.ts";
import { aContent, start } from "../support/builders.ts";
import { aConfiguredAccount } from "../support/configured-account.ts";
import { aSnippet } from "../support/snippets.ts";

networkContract(nostr);
networkContract(nostr, { settings: { format: "article" } });

const url = "https://blog.example.com/a-hundred-feeds/";
const composed = (snippet: Parameters<typeof aSnippet>[0] = {}, settings = {}) =>
  nostr.compose(aSnippet(snippet), aConfiguredAccount({ network: "nostr", settings }));
const eventOf = (...given: Parameters<typeof composed>) => draftEvent.parse(composed(...given).request);
const social = { off: false, useSummary: false, texts: {} };

describe("a note", () => {
  test("has the text, the link and the hashtags, and names the page, its topics and its language", () => {
    expect(eventOf()).toEqual({
      kind: 1,
      created_at: Math.floor(start / 1000),
      content: `What a hundred feeds taught us about dates.\n\n${url}\n\n#Feeds #OpenWeb`,
      tags: [
        ["t", "feeds"],
        ["t", "openweb"],
        ["r", url],
        ["L", "ISO-639-1"],
        ["l", "en", "ISO-639-1"],
      ],
    });
  });

  test("names the page as it is, whatever the link in its text", () => {
    const utm = { source: "nostr" };
    expect(eventOf({}, { utm }).content).toContain(`${url}?utm_source=nostr`);
    expect(eventOf({}, { utm }).tags).toContainEqual(["r", url]);
    expect(eventOf({}, { link: "never" }).content).not.toContain(url);
  });

  test("has the topics of the hashtags in its text, each once", () => {
    const { tags } = eventOf({ text: "About #Dates and #dates, not C#4.", tags: ["#機械学習"] });
    expect(tags.filter(([name]) => name === "t")).toEqual([
      ["t", "dates"],
      ["t", "機械学習"],
    ]);
  });

  test.each([
    ["pt-BR", "pt"],
    ["de", "de"],
    ["yue", undefined],
  ])("in %s has the label %s", (language, label) => {
    const labels = eventOf({ language }).tags.filter(([name]) => name === "l");
    expect(labels).toEqual(label === undefined ? [] : [["l", label, "ISO-639-1"]]);
  });

  test("is hidden behind its warning, or behind none where it is only sensitive", () => {
    const warningOf = (given: object) =>
      eventOf({ content: aContent({ social: { ...social, ...given } }) }).tags.filter(
        ([name]) => name === "content-warning",
      );
    expect(warningOf({ contentWarning: "Spoilers", sensitive: true })).toEqual([["content-warning", "Spoilers"]]);
    expect(warningOf({ sensitive: true })).toEqual([["content-warning"]]);
    expect(warningOf({})).toEqual([]);
  });
});

describe("an article", () => {
  const settings = { format: "article", hashtags: 1 };

  test("is the whole post as Markdown without HTML, with its title, summary, date and picture", () => {
    const content = aContent({
      html: "<p>The <em>whole</em> body, x<sup>2</sup>.</p>",
      summary: "In short.",
      published: start - 60_000,
    });
    const image = { url: "https://blog.example.com/a.jpg", alt: "A" };
    expect(eventOf({ content, image }, settings)).toMatchObject({
      kind: 30023,
      content: "The *whole* body, x2.",
      tags: [
        ["title", "A Hundred Feeds"],
        ["summary", "In short."],
        ["published_at", String(start / 1000 - 60)],
        ["image", image.url],
        ["t", "feeds"],
        ["r", url],
        ["L", "ISO-639-1"],
        ["l", "en", "ISO-639-1"],
      ],
    });
  });

  test("is planned by its length; a note by that of its text", () => {
    const planned = (settings: object) =>
      nostr.compose(
        aSnippet({ content: aContent({ html: "<p>The body.</p>" }) }),
        aConfiguredAccount({ network: "nostr", settings: { ...settings } }),
      ).article;
    expect([planned(settings), planned({})]).toEqual(["The body.".length, undefined]);
  });

  test("that relays would not take is its summary and a link", () => {
    const content = aContent({ html: `<p>${"ä".repeat(25_000)}</p>`, summary: "In short." });
    expect(eventOf({ content }, settings).content).toBe(`In short.\n\n[${url}](${url})`);
  });
});

describe("the settings of an account", () => {
  test("name relays with encryption, or on this machine", () => {
    const isValid = (relay: string) => nostr.settings.safeParse({ relays: [relay] }).success;
    expect(["wss://relay.example", "ws://127.0.0.1:7777/a", "ws://localhost"].filter(isValid)).toHaveLength(3);
    expect(["ws://relay.example", "https://relay.example", "relay.example", ""].filter(isValid)).toEqual([]);
    expect(nostr.settings.safeParse({ relays: [] }).success).toBe(false);
  });

  test("have a secret key as nsec or in hexadecimal digits, with its checksum", () => {
    // NIP-19, "Bare keys and ids".
    const nsec = "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5";
    const digits = "67dea2ed018072d675f5415ecfaed7d2597555e202d85b3d65ea4e58d2d92ffa";
    const isValid = (secretKey: string) => nostr.credentials.safeParse({ secretKey }).success;
    expect([nsec, digits, nsec.toUpperCase()].filter(isValid)).toHaveLength(3);
    const npub = "npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg";
    const wrong = [nsec.replace("vl", "v2"), npub, "0".repeat(64), "f".repeat(64), digits.slice(1), ""];
    expect(wrong.filter(isValid)).toEqual([]);
  });

  test("say on which servers the account is", () => {
    const settings = { relays: ["wss://a.example/x", "wss://b.example"] };
    expect(nostr.server(aConfiguredAccount({ network: "nostr", settings }))).toBe("a.example b.example");
  });
});
