import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fit, type Rules } from "../../src/domain/snippet.ts";
import { runs } from "../support/runs.ts";

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
const graphemes = (text: string) => [...segmenter.segment(text)].map(({ segment }) => segment);
const rules = (limit: number, maxTags = 3): Rules => ({ limit, maxTags, measure: (text) => graphemes(text).length });
const url = "https://blog.example.com/post/";
const fitted = (text: string, limit: number, tags: readonly string[] = [], maxTags = 3) =>
  fit({ text, url, tags }, rules(limit, maxTags));

describe("fitting a text", () => {
  test("a short text is whole, then come the link and the tags", () => {
    expect(fitted("Hello.", 300, ["#A", "#B"])).toEqual({
      text: `Hello.\n\n${url}\n\n#A #B`,
      length: 6 + 2 + url.length + 2 + 5,
      limit: 300,
      isCut: false,
      wanted: 6 + 2 + url.length + 2 + 5,
      wording: "Hello.",
    });
  });

  test("a second paragraph is below the first, whole or cut at a word", () => {
    const below = (more: string, limit: number) => fit({ text: "A Title", more, url, tags: [] }, rules(limit)).text;
    expect(below("A summary.", 300)).toBe(`A Title\n\nA summary.\n\n${url}`);
    expect(below("", 300)).toBe(`A Title\n\n${url}`);
    expect(below("one two three four five six seven", 64)).toBe(`A Title\n\none two three four…\n\n${url}`);
  });

  test("a second paragraph is left out where only a few words of it fit", () => {
    const title = "A title of twenty letters ".repeat(9).trim();
    const below = (limit: number) => fit({ text: title, more: "word ".repeat(50), url, tags: [] }, rules(limit)).text;
    expect(below(310)).toBe(`${title}\n\nword word word word word word word word…\n\n${url}`);
    expect(below(300)).toBe(`${title}\n\n${url}`);
    expect(below(100)).toMatch(/^A title of twenty .*…\n\nhttps/);
  });

  test("a link or a tag in the second paragraph is not repeated", () => {
    expect(fit({ text: "A Title", more: `See ${url} for #feeds.`, url, tags: ["#Feeds"] }, rules(300)).text).toBe(
      `A Title\n\nSee ${url} for #feeds.`,
    );
  });

  test("a long text is cut at a word, with an ellipsis", () => {
    expect(fitted("one two three four five six seven", 50).text).toBe(`one two three…\n\n${url}`);
  });

  test("a bracket that would stay open is left out, unless half of the text is in it", () => {
    const text = (long: string) => fit({ text: long, url: "", tags: [] }, rules(40)).text;
    expect(text("They offer their own ideas of it (see the long survey of last year, which has them all)")).toBe(
      "They offer their own ideas of it…",
    );
    expect(text("Ideas (see the long survey of last year, which has them all)")).toBe(
      "Ideas (see the long survey of last year…",
    );
  });

  test("punctuation before the ellipsis is removed; a percent sign is kept", () => {
    expect(fitted("one two, – three four five six seven", 43).text).toBe(`one two…\n\n${url}`);
    expect(fitted("it grew by 50% within a single year", 50).text).toBe(`it grew by 50%…\n\n${url}`);
  });

  test("a long text is cut behind a sentence, where that is not much less than what fits", () => {
    expect(fitted("It ends here. The rest is long and boring", 50).text).toBe(`It ends here.\n\n${url}`);
    expect(fitted("Why? Because the rest is long and boring", 62).text).toBe(
      `Why? Because the rest is long…\n\n${url}`,
    );
    expect(fitted("“終わりだ。” そして次の文はとても長いのです", 42).text).toBe(`“終わりだ。”\n\n${url}`);
  });

  test("an abbreviation, a version or an address is no end of a sentence", () => {
    expect(fitted("We met in the U.S. before all of the teams", 58).text).toBe(`We met in the U.S. before…\n\n${url}`);
    expect(fitted("Thanks to Dr. Miller and all of the teams", 48).text).toBe(`Thanks to Dr…\n\n${url}`);
    expect(fitted("It is Node.js v1.2 with many new things", 52).text).toBe(`It is Node.js v1.2…\n\n${url}`);
  });

  test("one short word of the next sentence is left out", () => {
    const text = "No. Then it goes on with many words here. All is long and boring";
    expect(fitted(`Abc ${"x".repeat(40)} U.S. The rest`, 88).text).toContain("x U.S. …");
    expect(fitted(text, 80).text).toBe(`No. Then it goes on with many words here.\n\n${url}`);
  });

  test("Thai and Japanese, which have no spaces, are cut between words", () => {
    expect(fitted("ภาษาไทยเขียนติดกันไม่มีช่องว่าง", 52).text).toBe(`ภาษาไทยเขียนติดกันไม่มี…\n\n${url}`);
    expect(fitted("東京の図書館で毎日新聞を読みます", 42).text).toBe(`東京の図書館で毎日…\n\n${url}`);
  });

  test("says whether all of the text is in it", () => {
    expect(fitted("Hello.", 300).isCut).toBe(false);
    expect(fitted(`See ${url} now`, 300).isCut).toBe(false);
    expect(fitted("one two three four five six seven", 50).isCut).toBe(true);
    expect(fitted("A sentence. And one more sentence.", 50).isCut).toBe(true);
  });

  test("without a URL there is no link, and tags follow the text", () => {
    expect(fit({ text: "Hello", url: "", tags: ["#A"] }, rules(300)).text).toBe("Hello\n\n#A");
  });

  test("a very long word is cut, not dropped", () => {
    expect(fitted("x".repeat(100), 42).text).toBe(`${"x".repeat(9)}…\n\n${url}`);
    expect(fitted(`ab ${"x".repeat(100)}`, 52).text).toBe(`ab ${"x".repeat(16)}…\n\n${url}`);
  });

  test("no cut falls inside a family, a flag or an accent", () => {
    for (const one of ["👩‍👩‍👧‍👦", "🇨🇭", "👍🏽", "e\u0301\u0302", "각", "क्षि", "1️⃣"]) {
      const composed = one.normalize("NFC");
      for (const limit of [34, 35, 36, 37, 40]) {
        const [body = ""] = fitted(one.repeat(50), limit).text.split("\n\n");
        expect(body).toBe(`${composed.repeat(limit - 33)}…`);
      }
    }
  });

  test("a link inside the text is kept whole or left out whole", () => {
    const other = "https://other.example/a/long/path/to/a/page";
    for (let limit = 33; limit < 140; limit += 1) {
      const { text } = fitted(`Read ${other} and then come back to us, please`, limit);
      expect(text.includes(other) || !text.includes("https://other")).toBe(true);
    }
  });

  test.each([
    ["an address without a scheme", "blog.example.org/2026/03/a-post"],
    ["an address in brackets", "(blog.example.org/2026/03/a-post/?a=b#c)"],
    ["a mail address", "first.last@mail.example.org"],
    ["a name on a server", "@first_name@social.example.org"],
    ["an id of a network", "did:plc:z72i7hdynmk6r22z27h6tvur"],
    ["an id in hexadecimal digits", "550e8400-e29b-41d4-a716-446655440000"],
    ["an id of letters and digits", "npub180cvv07tjdrrgpa0j7j7tmnyl2yr6yr7l8j4s3evf6u64th6gkwsyjh6w6"],
    ["the number of a document", "doi:10.1000/182.4-x"],
    ["a path", "~/projects/a-site/src/main.ts"],
    ["a package", "@scope/some-package@1.2.3-beta.4"],
    ["an address before Japanese", "example.org/a/bを見てください"],
    ["a formula", "x²\u00A0+\u00A0y²\u00A0=\u00A0z²"],
  ])("%s is kept whole or left out whole", (_, part) => {
    const whole = part.replace(/を.*/u, "");
    const text = `These are a few words before ${part} and as many words behind it, more of them`;
    for (let limit = url.length + 12; limit < text.length + url.length; limit += 1) {
      const { text: shown } = fitted(text, limit);
      const [start = ""] = shown.split("\n\n");
      if (start.length > 30) expect(shown.includes(whole) || !/before \S/.test(start), shown).toBe(true);
    }
  });

  test("an address at the end of the part of a text that is read is left out, because it may be longer", () => {
    const long = `${"word ".repeat(1020)}see https://a.example/${"b".repeat(400)}`;
    // X counts any address with one length.
    const measure = (text: string) => text.replaceAll(/https?:\/\/\S+/g, "x").replaceAll("word ", "").length;
    const { text } = fit({ text: long, url, tags: [] }, { limit: 300, maxTags: 0, measure });
    expect([text.includes("word see…"), text.includes("a.example")]).toEqual([true, false]);
  });

  test("the link is never cut, even where it is longer than the limit", () => {
    expect(fitted("Hello", 10, ["#A"])).toEqual({
      text: url,
      length: url.length,
      limit: 10,
      isCut: true,
      wanted: `Hello\n\n${url}`.length,
      wording: "",
    });
    expect(fitted("Hello", 0).text).toBe(url);
    expect(fitted("", 300).text).toBe(url);
  });

  test("a text that contains the link keeps it in its place, and it is not added again", () => {
    expect(fitted(`See ${url} now`, 300, ["#A"]).text).toBe(`See ${url} now\n\n#A`);
    expect(fitted(`See (${url}), now`, 300).text).toBe(`See (${url}), now`);
  });

  test("a text that contains the link and must be cut has it at the end", () => {
    const { text } = fitted(`${"word ".repeat(20)}${url}`, 60);
    expect(text).toMatch(/^word word .*…\n\n/);
    expect(text.split(url)).toHaveLength(2);
    expect(text.endsWith(url)).toBe(true);
  });

  test("a longer link that begins with the post's is another link", () => {
    expect(fitted(`See ${url}comments`, 300).text).toBe(`See ${url}comments\n\n${url}`);
    const cut = fitted(`See ${url}comments and ${url} ${"word ".repeat(30)}`, 120).text;
    expect(cut.startsWith(`See ${url}comments and word`)).toBe(true);
    expect(cut.endsWith(`…\n\n${url}`)).toBe(true);
  });

  test("a tag that the text contains is not repeated; one that is only its start is added", () => {
    expect(fitted("All about #feeds today", 300, ["#Feeds", "#Fee"]).text).toBe(
      `All about #feeds today\n\n${url}\n\n#Fee`,
    );
  });

  test("tags end at the network's maximum, and at half of the limit", () => {
    expect(fitted("Hello", 300, ["#A", "#B", "#C", "#D"], 2).text).toContain("\n\n#A #B");
    expect(fitted("Hello", 300, ["#A"], 0).text).not.toContain("#");
    expect(fitted("Hello", 80, ["#Abcdefghijk", "#B", "#C"]).text).toBe(`Hello\n\n${url}\n\n#B #C`);
  });

  test("any text fits any limit that the link fits, is well-formed Unicode, and contains the link", () => {
    const texts = fc.array(
      fc.oneof(
        fc.string({ unit: "grapheme" }),
        fc.constantFrom(url, " ", "\n", "👩‍👩‍👧‍👦", "https://a.example/b", "#Feeds", "。"),
      ),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(
        texts,
        fc.integer({ min: url.length, max: 300 }),
        fc.array(fc.constantFrom("#Feeds", "#Web", "#機械"), { maxLength: 3 }),
        (parts, limit, tags) => {
          const { text, length } = fitted(parts.join(""), limit, [...new Set(tags)]);
          expect(length).toBeLessThanOrEqual(limit);
          expect(length).toBe(graphemes(text).length);
          expect(text).toContain(url);
          expect(text.isWellFormed()).toBe(true);
        },
      ),
      { numRuns: runs(500) },
    );
  });

  test("a cut text is made of whole graphemes of the original", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", minLength: 1, maxLength: 200 }),
        fc.integer({ min: 40, max: 120 }),
        (raw, limit) => {
          const original = raw.normalize("NFC").trim();
          const { text } = fitted(raw, limit);
          const body = text.slice(0, -url.length).replace(/\s?…?\n\n$/u, "");
          fc.pre(!original.includes("…"));
          const boundaries = new Set([
            0,
            ...[...segmenter.segment(original)].map(({ index, segment }) => index + segment.length),
          ]);
          expect(original.startsWith(body)).toBe(true);
          expect(boundaries.has(body.length)).toBe(true);
        },
      ),
      { numRuns: runs(500) },
    );
  });
});
