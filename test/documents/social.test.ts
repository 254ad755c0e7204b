import { describe, expect, it } from "vitest";
import { aDocument, contentOf } from "./sample-documents.ts";

const social = (lines: string, body?: string) => contentOf(aDocument(lines, body)).social;
const summary = (lines: string, body?: string) => contentOf(aDocument(lines, body)).summary;

describe("what a document says for the networks", () => {
  it("is nothing where it says nothing", () => {
    expect(social("")).toEqual({ off: false, texts: {} });
  });

  it.each(["socialShare: false", "social: false", "socialShare: 'no'", "syndicate: off"])(
    "is that it goes to none: %s",
    (lines) => {
      expect(social(lines).off).toBe(true);
    },
  );

  it("may be a text for each network or account", () => {
    expect(social("social: { Mastodon: 'For M', x: { text: 'For X' }, y: [3], z: ' ' }").texts).toEqual({
      mastodon: "For M",
      x: "For X",
    });
  });

  it("names no account where a key is one of every object's own", () => {
    const { texts } = social("social: { __proto__: a, Constructor: b, x: c }");
    expect(Object.entries(texts)).toEqual([["x", "c"]]);
  });

  it("may be one text for all", () => {
    expect(social("socialShare: 'Read this'")).toMatchObject({ off: false, share: "Read this" });
    expect(social("social: 'Read this'").share).toBe("Read this");
    expect(social("socialShare: true")).toEqual({ off: false, texts: {} });
  });

  it("is the longest copy of its snippet that is not cut off, without label and quotes", () => {
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
  it("does not stand in the body", () => {
    const content = contentOf(aDocument("", '**Social Snippet:**  "A snippet"\n\nThe text.'));
    expect(content).toMatchObject({ html: "<p>The text.</p>", summary: "The text." });
  });
});

describe("the summary", () => {
  it("is the document's own", () => {
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

  it("is what stands before the fold", () => {
    expect(summary("", "One.\n\n- Two\n- Three\n\n<!-- more -->\n\nFour.")).toBe("One. Two Three");
    expect(summary("", "One.\n\n{/* truncate */}\n\nFour.")).toBe("One.");
  });

  it("is the first paragraph of text, cut at a sentence", () => {
    const body = `![Picture](a.png)\n*Credit*\n\n![Picture](a.png)\n\nFirst *sentence*. ${"Word ".repeat(50)}end. ${"More ".repeat(50)}end.`;
    expect(summary("", body)).toBe(`First sentence. ${"Word ".repeat(50)}end.`);
  });

  it("is what stands first in a body without a paragraph", () => {
    expect(summary("", "- One\n- Two")).toBe("One Two");
  });

  it("is at most a thousand characters long", () => {
    expect(summary(`description: ${"word ".repeat(400)}`).length).toBeLessThanOrEqual(1000);
  });
});
