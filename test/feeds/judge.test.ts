import { describe, expect, it } from "vitest";
import type { Feed } from "../../src/domain/feed.ts";
import { formats } from "../../src/feeds/index.ts";
import { activeContentIn, activeContentInPage } from "../corpus/active-content.ts";
import { faultsIn, faultsOf } from "../properties/faults.ts";
import { aFeed, anEntry, makeEntries } from "./builders.ts";

const id = (n: number) => `tag:ada.example,2026:blog/p${n}`;
const feed = aFeed({ entries: makeEntries([{ categories: [{ name: "Looms" }] }, { title: "Numbers" }]) });

/** The faults that the judge finds after a replacement in one file of a feed. */
const faultsAfter = (file: string, from: string | RegExp, to: string, of: Feed = feed): readonly string[] => {
  const rendered = formats.render(of);
  const broken = rendered.map((one) => (one.file === file ? { ...one, text: one.text.replace(from, to) } : one));
  expect(broken).not.toEqual(rendered);
  return faultsIn(broken, of);
};

describe("the judge of the properties", () => {
  it("finds no fault in a valid feed", () => {
    expect(faultsOf(feed)).toEqual([]);
  });

  it.each(["feed.xml", "atom.xml", "index.html"])("finds that %s is not well-formed", (file) => {
    expect(faultsAfter(file, "Numbers", "Num&bers")).toEqual([expect.stringContaining(`${file} cannot be parsed`)]);
  });

  it.each([
    ["feed.xml", "</item>", "</item><item><title>forged</title></item>"],
    ["atom.xml", "</entry>", "</entry><entry><title>forged</title></entry>"],
    ["index.html", "</article>", "</article><article></article>"],
  ])("finds an entry that was forged into %s", (file, from, to) => {
    expect(faultsAfter(file, from, to)).toEqual([`${file} has 3 entries for 2 posts`]);
  });

  it("finds a repeated id, and the entry that it does not belong to", () => {
    expect(faultsAfter("feed.json", id(2), id(1))).toEqual([
      "feed.json has an id twice",
      `feed.json ${id(2)} has another id than its post`,
    ]);
  });

  it.each([
    ["title", "feed.xml", "Numbers", "numbers"],
    ["body", "atom.xml", "<p>What", "<p>what"],
    ["summary", "feed.json", '"summary": "What', '"summary": "what'],
    ["date", "index.html", 'datetime="2026-03-01T08', 'datetime="2026-03-01T09'],
    ["categories", "feed.json", '"Looms"', '"Looms", "More"'],
  ])("finds another %s than that of the post", (name, file, from, to) => {
    expect(faultsAfter(file, from, to)).toEqual([expect.stringMatching(`has another ${name} than its post$`)]);
  });

  it("finds that a file is missing", () => {
    expect(faultsIn(formats.render(feed).slice(1), feed)).toEqual(["feed.xml is missing"]);
  });

  it("expects the gate to name a post without an address, and no other", () => {
    expect(faultsOf(aFeed({ entries: [anEntry({ url: "/relative" }), anEntry({ id: "p2" })] }))).toEqual([]);
  });
});

describe("active content", () => {
  it.each([
    ["<p>text <a href='https://a.example/'>link</a> <img src='https://a.example/b.png' alt=''></p>", []],
    ["<script>x</script>", ["<script>"]],
    ["<img src='https://a.example/' onerror='x'>", ["<img onerror>"]],
    ["<a href='java&#10;script:x'>y</a>", ['<a href="java\nscript:x">']],
    ["<img src='data:text/html,x'>", ['<img src="data:text/html,x">']],
    ["<img src='/relative'>", ['<img src="/relative">']],
    ["<img srcset='https://a.example/ 1x, javascript:x 2x'>", ['<img srcset="javascript:x">']],
    ["<p style='color: red'>x</p>", ["<p style>"]],
    ["<!--[if IE]>x<![endif]-->", ["a comment"]],
    ["<svg><a xlink:href='javascript:x'>y</a></svg>", ["<svg>", "<a>", '<a xlink:href="javascript:x">']],
  ])("is found in %s", (html, found) => {
    expect(activeContentIn(html)).toEqual(found);
  });

  it("is found where only a second parse shows it", () => {
    expect(activeContentIn('<form><math><mtext></form><form><mglyph><style></math><img src onerror="x">')).toContain(
      "<img onerror>",
    );
  });

  it("is found in the page, except for its own head", () => {
    const [page = ""] = formats.render(feed).flatMap(({ file, text }) => (file === "index.html" ? [text] : []));
    expect(activeContentInPage(page)).toEqual([]);
    expect(activeContentInPage(page.replace("</head>", '<meta http-equiv="refresh" content="0;x"/></head>'))).toEqual([
      "<meta>",
    ]);
    expect(activeContentInPage(page.replace(' type="application/ld+json"', ""))).toEqual(["<script>"]);
    expect(activeContentInPage(page.replace("</h1>", "</h1><script></script>"))).toEqual(["<script>"]);
  });
});
