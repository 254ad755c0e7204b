import { describe, expect, it } from "vitest";
import { plainText } from "../../src/documents/plain-text.ts";
import { findings } from "../../src/domain/findings.ts";
import { repairText } from "../../src/domain/text-repair.ts";
import { readFeed } from "../../src/feed-reader/read-feed.ts";
import { renderBody } from "../../src/markdown/markdown.ts";
import { foremArticle } from "../../src/networks/forem-article.ts";
import { htmlToMarkdown } from "../../src/networks/html-to-markdown.ts";
import { aDocument, parse } from "../documents/sample-documents.ts";
import { rssItem } from "../feed-reader/reading.ts";
import { long, measureCpu, measureGrowth, mostGrowth } from "../support/growth.ts";

const repeated = (unit: string, length: number): string => unit.repeat(length / unit.length);

describe("is read in a time that does not grow with the square of its length:", () => {
  it.each([
    "[a]: b\n",
    "*[a]: b\n",
    "{a: b}: c\n",
    "Social Snippet: ",
    "\n",
    " \n",
    "#\n",
    "x: |\n\n",
    "x: '\n'\n",
    'x: "\n"\n',
    '"\\',
  ])("front matter of many %j", (unit) => {
    expect(measureGrowth((length) => parse(aDocument(repeated(unit, length * 0.7))))).toBeLessThan(mostGrowth);
  });

  it("front matter of so many keys that some are left out", () => {
    const keys = (length: number) => Array.from({ length: length / 16 }, (_, at) => `k${at}: value ${at}`).join("\n");
    expect(keys(2 * long).length).toBeGreaterThan(2 * 64 * 1024);
    expect(measureGrowth((length) => parse(aDocument(keys(2 * length))))).toBeLessThan(mostGrowth);
  });

  it.each(["РџСЂРёРІРµС‚ ", "“", "„", "`", "```\n", "<a", '"', "http://"])(
    "a text in the wrong encoding of many %j",
    (unit) => {
      expect(measureGrowth((length) => repairText(`РџСЂРёРІРµС‚ ${repeated(unit, length)}`))).toBeLessThan(mostGrowth);
    },
  );

  it("correct text in Cyrillic or Polish, which takes no longer to be found correct than Japanese does", () => {
    const time = (sentence: string) =>
      Math.min(...[1, 2, 3].map(() => measureCpu(() => repairText(repeated(sentence, 10 * long)))));
    const japanese = Math.max(5, time("日本語のテキストです。これは長い文章です。\n"));
    expect(time("Привет, мир! Это обычный текст — «на русском языке».\n") / japanese).toBeLessThan(mostGrowth);
    expect(time("Zażółć gęślą jaźń, świeży tekst jest napisany dobrze.\n") / japanese).toBeLessThan(mostGrowth);
  });

  it("the tags that are left out, which take hardly longer than those that are used", () => {
    const tags = (count: number) => aDocument(`tags: [${Array.from({ length: count }, (_, at) => `"*t${at}*"`)}]`);
    const time = (text: string) => Math.min(...[1, 2, 3].map(() => measureCpu(() => parse(text))));
    expect(time(tags(5_000)) / Math.max(10, time(tags(50)))).toBeLessThan(mostGrowth);
  });

  it.each(["a ", "[a](", "ab", "&#1"])("a summary and a body of many %j", (unit) => {
    const text = (length: number) => repeated(unit, length / 2);
    expect(measureGrowth((length) => parse(aDocument(`summary: "${text(length)}"`, text(length))))).toBeLessThan(
      mostGrowth,
    );
  });

  it.each(["<a>", "</a>", "<b ", "*a ", "__a__ ", "`"])("a text of the front matter of many %j", (unit) => {
    const read = (length: number) => plainText(`a ${repeated(unit, length)} b`, "title", findings());
    expect(measureGrowth(read)).toBeLessThan(mostGrowth);
  });

  it.each(["a", "a,", ",", "a ,", " ", "1x ", "a 1x,", "(", "a,,,,"])("a srcset of many %j", (unit) => {
    for (const end of ["", " b"]) {
      const read = (length: number) =>
        renderBody(`<img src="a" srcset="${repeated(unit, length)}${end}">`, "https://x.example/p/", {}, findings());
      expect(measureGrowth(read)).toBeLessThan(mostGrowth);
    }
  });

  it.each([
    ["<a {\n", "}>\n"],
    ["<a-b x={\n", "}>\n"],
    ["<a x={", "} >"],
    ["a {{ '", "' }}"],
  ])("a body of many %j and as many %j", (opening, closing) => {
    for (const isMdx of [false, true]) {
      const read = (length: number) => {
        const many = length / (opening.length + closing.length);
        renderBody(opening.repeat(many) + closing.repeat(many), "https://x.example/p/", { isMdx }, findings());
      };
      expect(measureGrowth(read)).toBeLessThan(mostGrowth);
    }
  });

  it.each([
    ["<Terminal>\n", "```\n</Terminal>\n"],
    ["<Shell>\n", "```\n</Shell>\n"],
    ["<Terminal>\n<Shell>\n", "```\n</Terminal>\n</Shell>\n"],
    ["\\[`\n", "\\]\n"],
    ["\\[\n", "`\\]\n"],
  ])("a body of many %j before %j", (opening, closing) => {
    const read = (length: number) =>
      renderBody(repeated(opening, length) + closing, "https://x.example/p/", { isMdx: true }, findings());
    expect(measureGrowth(read)).toBeLessThan(mostGrowth);
  });

  it("a body of many braces before a tag", () => {
    const read = (length: number) =>
      renderBody(`a ${"{".repeat(length)} {{ b }}`, "https://x.example/p/", {}, findings());
    expect(measureGrowth(read)).toBeLessThan(mostGrowth);
  });

  it("a feed of many entries", () => {
    const items = (length: number): string =>
      rssItem("<link>https://a.example/b/</link></item><item><title>A</title>".repeat(length / 20));
    const read = (length: number) =>
      readFeed({ url: "https://a.example/", contentType: undefined, body: new TextEncoder().encode(items(length)) });
    expect(measureGrowth(read)).toBeLessThan(mostGrowth);
  });
});

it.each([
  "<p>a</p>",
  "<em>a ",
  "a &lt; ",
  "<li>a</li>",
  "<b>`</b>",
  "|",
  "{{",
  "<ul><li>a</li></ul>",
  "<b>a</b>",
  "<blockquote>",
])("HTML of %j many times becomes Markdown in a time that does not grow with the square of its length", (unit) => {
  const many = (length: number) =>
    unit.repeat(unit === "<blockquote>" || unit === "<em>a " ? 90 : length / unit.length);
  for (const write of [htmlToMarkdown, foremArticle])
    expect(measureGrowth((length) => write(many(length)))).toBeLessThan(mostGrowth);
});
