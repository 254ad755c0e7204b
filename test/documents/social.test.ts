import { describe, expect, it } from "vitest";
import { aDocument, contentOf } from "./sample-documents.ts";

const social = (lines: string, body?: string) => contentOf(aDocument(lines, body)).social;
const summary = (lines: string, body?: string) => contentOf(aDocument(lines, body)).summary;

describe("the texts for the networks", () => {
  it("are absent where the document has none", () => {
    expect(social("")).toEqual({ off: false, useSummary: false, texts: {} });
  });

  it.each(["socialShare: false", "social: false", "socialShare: 'no'", "syndicate: off"])(
    "are switched off by %s",
    (lines) => {
      expect(social(lines).off).toBe(true);
    },
  );

  it("may be one for each network or account", () => {
    expect(social("social: { Mastodon: 'For M', x: { text: 'For X' }, y: [3], z: ' ' }").texts).toEqual({
      mastodon: "For M",
      x: "For X",
    });
  });

  it("do not include keys that every object has", () => {
    const { texts } = social("social: { __proto__: a, Constructor: b, x: c }");
    expect(Object.entries(texts)).toEqual([["x", "c"]]);
  });

  it("may be one for all", () => {
    expect(social("socialShare: 'Read this'")).toMatchObject({ off: false, share: "Read this" });
    expect(social("social: 'Read this'").share).toBe("Read this");
    expect(social("socialShare: true")).toEqual({ off: false, useSummary: false, texts: {} });
  });

  it("include the longest snippet that is not cut off, without label and quotes", () => {
    const lines = `excerpt: 'Social Snippet:  "Short one"'\nmetaDescription: 'Social Snippet: "The longest of all the copies is cut off..."'\ntweet: A tweet`;
    expect(social(lines, '**Social Snippet:** "The *whole* snippet – & more"\n\nText.').snippet).toBe(
      "The whole snippet – & more",
    );
    expect(social(lines).snippet).toBe("Short one");
    expect(social("snippet: [“Quoted”]").snippet).toBe("Quoted");
    expect(social("snippet: cut…").snippet).toBeUndefined();
  });
});

describe("the body's own snippet", () => {
  it("is not in the post", () => {
    const content = contentOf(aDocument("", '**Social Snippet:**  "A snippet"\n\nThe text.'));
    expect(content).toMatchObject({ html: "<p>The text.</p>", summary: "The text." });
  });
});

describe("the summary", () => {
  it("is the one of the front matter", () => {
    expect(summary("description: D\nmetaDescription: M")).toBe("M");
    expect(summary("excerpt: '<p>An <b>excerpt</b> &amp; more</p>'")).toBe("An excerpt & more");
  });

  it("is never a snippet for the networks", () => {
    expect(summary(`metaDescription: 'Social Snippet: "S"'\nsubtitle: Sub`)).toBe("Sub");
  });

  it("is the whole text where another copy of it is cut off", () => {
    expect(summary("metaDescription: 'A long te...'\ndescription: A long text")).toBe("A long text");
    expect(summary("metaDescription: 'A long te...'\ndescription: Another text")).toBe("A long te...");
    expect(summary("metaDescription: 'The first par…'", "The first paragraph.")).toBe("The first paragraph.");
  });

  it("is the text before the fold", () => {
    expect(summary("", "One.\n\n- Two\n- Three\n\n<!-- more -->\n\nFour.")).toBe("One. Two Three");
    expect(summary("", "One.\n\n{/* truncate */}\n\nFour.")).toBe("One.");
  });

  it("is the first paragraph of text, cut at a sentence", () => {
    const body = `![Picture](a.png)\n*Credit*\n\n![Picture](a.png)\n\nFirst *sentence*. ${"Word ".repeat(50)}end. ${"More ".repeat(50)}end.`;
    expect(summary("", body)).toBe(`First sentence. ${"Word ".repeat(50)}end.`);
  });

  it("is the first text of a body without a paragraph", () => {
    expect(summary("", "- One\n- Two")).toBe("One Two");
  });

  it("is at most a thousand characters long", () => {
    expect(summary(`description: ${"word ".repeat(400)}`).length).toBeLessThanOrEqual(1000);
  });
});

describe("the summary announces the post", () => {
  const announces = (lines: string, body?: string) => contentOf(aDocument(lines, body)).social.useSummary;

  it("where the author wrote one, whatever it says", () => {
    expect(announces("description: Hi all,", "- A\n- list")).toBe(true);
    expect(announces("subtitle: Sub")).toBe(true);
  });

  it.each([
    "We released a new version today.",
    "“Is it faster now?” That is what everybody asked us (and rightly so).",
    "It is the tenth release of Crier, and the fastest one yet! 🎉",
    "我们今天发布了新的版本。",
    "यह हमारा दसवाँ संस्करण है।",
    "The new `useThing` hook is **here** for you.",
    `${"A first sentence that says it all. "}${"And a second one that is long, ".repeat(20)}without an end`,
  ])("where it was taken from the body and is whole sentences: %s", (body) => {
    expect(announces("", body)).toBe(true);
  });

  it.each([
    ["a greeting", "Hi all,"],
    ["a greeting with more behind it", "Hello everyone! This blog post will be a bit different."],
    ["a greeting in another language", "¡Hola a todos! Os cuento los cambios de hoy."],
    ["the beginning of a list", "I wrote a bit of JSX in my editor:\n\n- one"],
    ["the beginning of a letter", "To upgrade, change the following line in your file,"],
    ["a heading", "Lang team October update"],
    ["a comparison of versions", "[v7.0.0...v7.1.0](https://example.com/compare)"],
    ["a label", "refs: GitHub Release Note: v8.0.0."],
    ["a few words", "Enjoy it!"],
    ["a sentence that was cut", `${"word ".repeat(100)}at the end.`],
    ["a sentence that trails off", "And then we found out what was really going on..."],
    ["a list", "- We released a new version today.\n- And another one."],
    ["code", "    We released a new version today, as code."],
    ["a heading before the fold", "## News\n\nWe released a new version today.\n\n<!--more-->\n\nMore."],
    ["a list before the fold", "We released:\n\n- A thing.\n- And another thing of ours.\n\n<!--more-->\n\nMore."],
    ["nothing", ""],
  ])("not where that is %s", (_, body) => {
    expect(announces("", body)).toBe(false);
  });

  it("where the part before the fold is whole sentences", () => {
    expect(announces("", "We released a new version.\n\nIt is very fast.\n\n<!--more-->\n\n- Four")).toBe(true);
  });
});
