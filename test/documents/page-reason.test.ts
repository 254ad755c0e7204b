import { describe, expect, it } from "vitest";
import { parseDocument } from "../../src/documents/parse-document.ts";
import { aDocument, parse, theSite } from "./sample-documents.ts";

const reasonOf = (text: string, path?: string) => {
  const parsed = parse(text, path);
  return parsed.kind === "page" ? parsed.reason : undefined;
};
const undated = (lines: string) => aDocument(lines, "x", "title: A title");

describe("a page", () => {
  it.each([
    ["README.md", "Its name is README."],
    ["alpha/readme.ja.md", "Its name is readme."],
    ["404.md", "Its name is 404."],
    ["404.html.md", "Its name is 404."],
    ["posts/_index.md", "It is the index of a section (`_index`)."],
    ["_index.fr.md", "It is the index of a section (`_index`)."],
    ["index.md", "It is the index of the site."],
    ["ja/index.md", "It is the index of the site."],
  ])("is %s, whatever is in it", (path, reason) => {
    expect(reasonOf(aDocument(), path)).toBe(reason);
    expect(reasonOf("---\n}", path)).toBe(reason);
  });

  it("is the index of a folder that holds other documents", () => {
    expect(parse(aDocument(), "blog/index.md")).toMatchObject({ kind: "post", content: { slug: "blog" } });
    const text = new TextEncoder().encode(aDocument());
    expect(parseDocument(text, "blog/index.md", theSite(), { isSectionIndex: true })).toEqual({
      kind: "page",
      reason: "It is the index of the folder blog, which holds other documents.",
    });
  });

  it.each([
    ["type: page", "It is of the type page (`type: page`)."],
    ["layout: Page", "Its layout is for a page (`layout: Page`)."],
    ["layout: layouts/home.njk", "Its layout is for a page (`layout: layouts/home.njk`)."],
    ["eleventyExcludeFromCollections: true", "It is in no collection (`eleventyExcludeFromCollections: true`)."],
    ["draft: true\nlayout: page", "Its layout is for a page (`layout: page`)."],
  ])("says so: %s", (lines, reason) => {
    expect(reasonOf(aDocument(lines), "_posts/2026-03-01-a.md")).toBe(reason);
  });

  it.each(["template: latest.html", "layout: archive", "redirect_to: /releases/", "redirect: https://example.com/"])(
    "may say %s where it has neither a title nor a date",
    (lines) => {
      expect(reasonOf(`---\n${lines}\n---\n`, "releases/latest.md")).toBe(
        `It has neither a title nor a date, and \`${lines}\`.`,
      );
      expect(parse(`---\n${lines}\ntitle: A\n---\n`).kind).toBe("post");
      expect(parse(`---\n${lines}\ndate: 2026-03-01\n---\n`).kind).toBe("refused");
      expect(parse(`---\n${lines}\n---\n`, "_posts/a.md").kind).toBe("refused");
      expect(parse(`---\n${lines}\ndraft: true\n---\n`)).toMatchObject({
        kind: "post",
        content: { hold: expect.any(String) },
      });
    },
  );

  it.each(["layout: post", "layout: layouts/article.njk"])("is not an article whose title is missing: %s", (lines) => {
    expect(parse(`---\n${lines}\n---\nText.`)).toMatchObject({
      kind: "refused",
      reasons: [{ code: "title-missing" }],
    });
  });

  it("needs no title", () => {
    expect(reasonOf("---\nlayout: page\n---\nx")).toBe("Its layout is for a page (`layout: page`).");
  });

  it.each(["layout: default", "sitemap: false"])("may say %s where it has no date and is not in _posts", (lines) => {
    expect(reasonOf(undated(lines))).toBe(`It has no date, and \`${lines}\`.`);
    expect(reasonOf(undated(`${lines}\npublished: true`))).toBeDefined();
    expect(reasonOf(aDocument(lines))).toBeUndefined();
    expect(reasonOf(undated(lines), "2026-03-01-a.md")).toBeUndefined();
    expect(reasonOf(undated(`${lines}\npermalink: /2026/03/01/a/`))).toBeUndefined();
    expect(reasonOf(undated(lines), "_posts/a.md")).toBeUndefined();
    expect(reasonOf(undated(lines), "blog/_drafts/a.md")).toBeUndefined();
  });

  it.each([
    ["layout: post", "a.md"],
    ["type: blog", "a.md"],
    ["eleventyExcludeFromCollections: false", "a.md"],
    ["sitemap: { priority: 0.5 }", "a.md"],
    ["extra: { layout: page, type: page }", "a.md"],
    ["", "2026-03-01-readme.md"],
    ["", "readme-first.md"],
    ["", "404-errors.md"],
    ["", "alpha/index.md"],
  ])("is not a document with %j at %s", (lines, path) => {
    expect(parse(aDocument(lines), path).kind).toBe("post");
  });
});
