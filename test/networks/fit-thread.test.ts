import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bluesky, displayedAddress } from "../../src/networks/bluesky/bluesky.ts";
import { mastodon } from "../../src/networks/mastodon.ts";
import { countedLinks, linksIn } from "../../src/networks/network-text.ts";
import { postsIn } from "../../src/networks/thread.ts";
import { x } from "../../src/networks/x.ts";
import { emulators } from "../../src/sandbox/index.ts";
import { aConfiguredAccount } from "../support/configured-account.ts";
import { runs } from "../support/runs.ts";
import { aSnippet, snippets } from "../support/snippets.ts";

const url = "https://blog.example.com/a-hundred-feeds/";
const networks = [x, bluesky, mastodon];

const partsOf = (network: typeof x, snippet = {}, settings = {}) => {
  const account = aConfiguredAccount({ network: network.name, settings: { thread: true, ...settings } });
  const composed = network.compose(aSnippet({ tags: [], ...snippet }), account);
  const { text, length, replies = [] } = composed;
  return { ...composed, parts: [{ text, length }, ...replies] };
};
const textsOf = (...given: Parameters<typeof partsOf>) => partsOf(...given).parts.map(({ text }) => text);

const sentence = (words: number, name: string) => `${`${name} word `.repeat(words / 2).trim()}.`;

describe("a text for an account with threads", () => {
  test.each(networks)("that fits into one post on $name is one post", (network) => {
    const { request, parts } = partsOf(network, { text: "Short." });
    expect(parts).toHaveLength(1);
    expect(request).toEqual(
      network.compose(aSnippet({ text: "Short.", tags: [] }), aConfiguredAccount({ network: network.name })).request,
    );
  });

  test("is cut where the account has no threads", () => {
    expect(partsOf(x, { text: sentence(100, "a") }, { thread: false })).toMatchObject({ isCut: true, parts: [{}] });
  });

  test.each(networks)(
    "goes on in replies on $name, sentence by sentence, with link and hashtags in the first",
    (network) => {
      const [one, two, three] = ["One", "Two", "Three"].map((name) => sentence(network === mastodon ? 64 : 36, name));
      const { parts, isCut, request } = partsOf(network, { text: `${one} ${two}\n\n${three}`, tags: ["#Feeds"] });
      const link = network === bluesky ? displayedAddress(url) : url;
      expect(parts.map(({ text }) => text)).toEqual([`${one}\n\n${link}\n\n#Feeds`, two, three]);
      expect(isCut).toBe(false);
      expect(postsIn(request)).toHaveLength(3);
      expect(postsIn(request).map((post) => JSON.stringify(post).includes(url))).toEqual([true, false, false]);
    },
  );

  test("has its link below the first part, wherever the author wrote it, and last where the account sends it in a reply", () => {
    const text = `${sentence(60, "a")} See ${url} now. ${sentence(60, "b")}`;
    const always = textsOf(x, { text });
    expect(always.map((part) => part.split(url).length - 1)).toEqual([1, ...always.slice(1).map(() => 0)]);
    expect(textsOf(x, { text }, { link: "reply" }).at(-1)).toBe(url);
    expect(textsOf(x, { text: sentence(200, "a") }, { link: "never" }).join()).not.toContain("example.com");
  });

  test("costs on X what its posts cost", () => {
    const { cost, parts } = partsOf(x, { text: sentence(160, "a") });
    expect(cost).toBeCloseTo(0.2 + (parts.length - 1) * 0.015);
  });

  test("of which the author wrote none is title and summary, by the account's template", () => {
    const summary = sentence(120, "a");
    const texts = textsOf(x, { text: undefined, summary }, { template: "New: {title}\n{summary}\n{link}" });
    expect(texts[0]).toMatch(/^New: A Hundred Feeds\na word/);
    expect(texts.length).toBeGreaterThan(1);
  });

  test("is divided within a sentence only where that does not fit into a post, and at words", () => {
    const [short, long] = [sentence(20, "a"), sentence(120, "long")];
    const texts = textsOf(x, { text: `${short} ${long}` });
    expect(texts[0]).toMatch(/^a word .* long(?: word)?\n\nhttps/);
    expect(texts.every((text) => /(?:word|long|\.|\/)$/.test(text))).toBe(true);
    const whole = textsOf(x, { text: `${short} ${sentence(48, "Fits")}` });
    expect(whole).toEqual([`${short}\n\n${url}`, sentence(48, "Fits")]);
  });

  test("knows no sentence behind an abbreviation, and the words of scripts without spaces", () => {
    expect(textsOf(x, { text: `${sentence(30, "a")} ${"b".repeat(20)} e.g. ${sentence(50, "c")}` })[0]).not.toMatch(
      /e\.g\.\n/,
    );
    const japanese = "これは長い文章です。".repeat(40);
    for (const part of textsOf(x, { text: japanese }).slice(1)) expect(part).toMatch(/。$/);
    const thai = "ภาษาไทยไม่มีช่องว่างระหว่างคำ".repeat(20);
    const words = [...new Intl.Segmenter("th", { granularity: "word" }).segment(thai)];
    const ends = new Set(words.map(({ index, segment }) => index + segment.length));
    let at = 0;
    for (const part of textsOf(x, { text: thai })) {
      at += part.replace(`\n\n${url}`, "").length;
      expect(ends.has(at)).toBe(true);
    }
  });

  test("has 25 posts at most: the last one ends with an ellipsis, and the author is warned", () => {
    const { parts, isCut } = partsOf(x, { text: sentence(4000, "a") });
    expect(parts).toHaveLength(25);
    expect(isCut).toBe(true);
    expect(parts.at(-1)?.text).toMatch(/ (?:a|word)…$/);
  });

  test("that cannot be divided is cut as in one post", () => {
    const { parts, isCut } = partsOf(bluesky, { text: `#${"a".repeat(800)} b` });
    expect(parts).toHaveLength(1);
    expect(isCut).toBe(true);
  });
});

describe.each(networks)("for any text, link and tags, a thread on $name", (network) => {
  const threads = snippets.map((snippet) => {
    const text = `${snippet.text ?? snippet.title} ${snippet.url} `;
    return { ...snippet, text: text.repeat(Math.ceil(1200 / text.length)) };
  });
  const emulator = emulators.find((one) => one.network === network.name);
  const letters = (text: string) => text.normalize("NFC").replaceAll(/[\s\p{C}]/gu, "");

  test("has parts that fit as the network counts, and the whole link in the first", () => {
    fc.assert(
      fc.property(threads, (snippet) => {
        const { parts, request, limit } = partsOf(network, snippet);
        for (const { text, length } of parts) {
          expect(length).toBe(network.length(text));
          expect(length).toBeLessThanOrEqual(limit);
          expect(emulator?.length(text)).toBeLessThanOrEqual(limit);
        }
        expect(JSON.stringify(postsIn(request)[0])).toContain(JSON.stringify(snippet.url).slice(1, -1));
        expect(partsOf(network, snippet).request).toEqual(request);
      }),
      { numRuns: runs(40) },
    );
  });

  test("keeps all of the text, in its order", () => {
    fc.assert(
      fc.property(threads, ({ text, ...snippet }) => {
        const { parts, isCut } = partsOf(network, { ...snippet, text, tags: [] });
        if (isCut) return;
        const shown = network === bluesky ? displayedAddress(snippet.url) : snippet.url;
        const all = parts
          .map((part) => part.text)
          .join(" ")
          .replaceAll(shown, "");
        expect(letters(all)).toBe(letters(text.replaceAll(snippet.url, "")));
      }),
      { numRuns: runs(40) },
    );
  });

  test("is divided in no link, mention, hashtag or grapheme", () => {
    const pieces = fc.constantFrom(
      "👩‍👩‍👧‍👦",
      "https://other.example.com/a(b)?c=d",
      "README.md",
      "@user@server.example",
      "#OpenWeb",
      "e\u0301",
      "日本語の文章。",
      "word",
      "A sentence.",
    );
    fc.assert(
      fc.property(fc.array(pieces, { minLength: 60, maxLength: 300 }), (texts) => {
        const whole = new Set(
          texts.flatMap((text) => (/^[@#]|\.md|https|👩|\u0301/.test(text) ? [text.normalize("NFC")] : [])),
        );
        const { parts } = partsOf(network, { text: texts.join(" ") });
        const count = (text: string, piece: string) => text.split(piece).length - 1;
        for (const piece of whole) {
          const sent = parts.reduce((sum, part) => sum + count(part.text, piece), 0);
          expect(sent).toBeLessThanOrEqual(texts.filter((text) => text.normalize("NFC") === piece).length);
        }
        const links = parts.flatMap(({ text }) =>
          [...linksIn(text), ...countedLinks(text, true)].map((link) => link.url),
        );
        const known = ["https://other.example.com/a(b)?c=d", "README.md", "server.example", url, displayedAddress(url)];
        expect(links.filter((link) => !known.some((one) => one.startsWith(link)))).toEqual([]);
      }),
      { numRuns: runs(40) },
    );
  });
});
