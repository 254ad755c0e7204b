import { describe, expect, it } from "vitest";
import { aDocument, contentOf, parse, theSite } from "./sample-documents.ts";

const read = (lines: string, site = theSite()) => {
  const parsed = parse(aDocument(lines), undefined, site);
  if (parsed.kind !== "post") throw new Error(parsed.kind);
  return { external: parsed.content.external, warnings: parsed.warnings.map(({ code, field }) => `${field}: ${code}`) };
};

describe("the page elsewhere that a post is about", () => {
  it.each([
    "external_url: https://other.example/a?b=c",
    "externalUrl: https://other.example/a?b=c",
    "External-URL: https://other.example/a?b=c",
    "linkUrl: https://other.example/a?b=c",
    "link: https://other.example/a?b=c",
    "bookmark_of: https://other.example/a?b=c",
    "bookmark-of: [https://other.example/a?b=c]",
    "bookmark_of: { url: https://other.example/a?b=c }",
    "extra: { link: https://other.example/a?b=c }",
    "link: /a-post/\nexternal_url: https://other.example/a?b=c",
    "link: https://former.example/blog/a-post/\nbookmark_of: https://other.example/a?b=c",
    "link: https://blog.example.org/another/\nbookmark_of: https://other.example/a?b=c",
    "external_url: { href: https://other.example/a?b=c }",
  ])("is read from %j", (lines) => {
    expect(read(lines)).toEqual({ external: "https://other.example/a?b=c", warnings: [] });
  });

  it("is not the address of the post", () => {
    expect(contentOf(aDocument("link: https://other.example/a")).url).toBe("https://blog.example.org/blog/a-post/");
  });

  it.each([
    "link: /somewhere/",
    "link: true",
    "link: home",
    "link: https://blog.example.org/another/",
    "link: https://www.blog.example.org/blog/a-post/",
    "link: https://former.example/blog/a-post/",
    "extra: { link: https://former.example/blog/a-post/ }",
    "extra: { link: /somewhere/ }",
    "external_url: https://blog.example.org/another/",
    "external_url: https://www.blog.example.org/another/",
    "canonical_url: https://elsewhere.example/a/\nexternal_url: https://blog.example.org/another/",
    "canonical_url: https://elsewhere.example/a/\nlink: https://elsewhere.example/b/",
  ])("is not %j, which is of the site itself", (lines) => {
    expect(read(lines)).toEqual({ external: undefined, warnings: [] });
  });

  it("may have the path of the post, where the key says that it is elsewhere", () => {
    expect(read("external_url: https://other.example/blog/a-post/").external).toBe(
      "https://other.example/blog/a-post/",
    );
  });

  it.each([
    ["external_url: /somewhere/", "external_url"],
    ["external_url: other.example", "external_url"],
    ["external_url: javascript:alert(1)", "external_url"],
    ["external_url: https://", "external_url"],
    ["link: http://127.0.0.1:4000/a", "link"],
    ["link: http://192.168.0.9/", "link"],
    ["bookmark_of: http://nas.local/", "bookmark_of"],
  ])("is left out with a warning where no reader can follow it: %s", (lines, key) => {
    expect(read(lines)).toEqual({ external: undefined, warnings: [`${key}: external-dropped`] });
  });

  it("does not make a post of a bookmark without a text", () => {
    expect(parse(aDocument("bookmark_of: https://other.example/", "", "date: 2026-03-01"))).toMatchObject({
      kind: "page",
    });
  });

  it("may belong to a note", () => {
    expect(contentOf(aDocument("bookmark_of: https://other.example/", "Worth it.", "date: 2026-03-01"))).toMatchObject({
      isNote: true,
      external: "https://other.example/",
    });
  });
});
