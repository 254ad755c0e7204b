import { describe, expect, test } from "vitest";
import type { SourceLocation } from "../../src/domain/site.ts";
import { aDocument, contentOf, theSite, warnings } from "./sample-documents.ts";

const folder = (location: string): SourceLocation => ({ kind: "folder", location, include: [], exclude: [] });
const imageOf = (reference: string, path = "deep/a.md", location = "content") =>
  contentOf(aDocument(`image: "${reference}"`), path, theSite({ sources: [folder(location)] })).image;

describe("a picture that the site builds", () => {
  test.each(["/src/assets/a.png", "../../src/assets/a.png", "~/assets/a.png", "@/assets/a.png", "@assets/a.png"])(
    "is identified by its file, where the front matter names it as %s",
    (reference) => {
      expect(imageOf(reference)).toEqual({ url: "https://blog.example.org/src/assets/a.png", isSource: true });
    },
  );

  test.each([
    ["../../../assets/a b.png", "../site/src/content/blog", "src/assets/a%20b.png"],
    ["./a.png", "src/content/blog/", "src/content/blog/deep/a.png"],
    ["../../../../../../src/assets/a.png", "src/content", "src/assets/a.png"],
  ])("is the file that %s leads to from a document of Astro in %s", (reference, location, file) => {
    expect(imageOf(reference, "deep/a.md", location)).toEqual({
      url: `https://blog.example.org/${file}`,
      isSource: true,
    });
  });

  test("says so in a warning, and keeps its alternative text and credit", () => {
    const text = aDocument("image: ~/assets/a.png\nimageAlt: A press\nimageCredit: Ada");
    expect(contentOf(text).image).toMatchObject({ isSource: true, alt: "A press", credit: "Ada" });
    expect(warnings(text)).toEqual(["image-built"]);
  });

  test("is a picture of a note, and not in its body", () => {
    const note = contentOf(aDocument("photo: [~/assets/a.png, /b.png]", "Two presses.", "date: 2026-01-02"));
    expect(note.images?.map(({ url, isSource }) => [url.split("/").at(-1), isSource])).toEqual([
      ["b.png", undefined],
      ["a.png", true],
    ]);
    expect(note.html).not.toContain("a.png");
  });
});

describe("a picture has the address of the page", () => {
  test.each([
    ["../assets/a.png", "_posts"],
    ["a.png", "src/posts"],
    ["/a.png", "src/content/blog"],
    ["https://elsewhere.example/a.png", "src/content/blog"],
    ["//elsewhere.example/a.png", "src/content/blog"],
  ])("where %s is in a document of %s", (reference, location) => {
    expect(imageOf(reference, "a.md", location)).not.toHaveProperty("isSource");
  });
});

test.each(["~/images/a.png", "$lib/a.png", "/src/lib/a.png"])("%s is left out, with a warning", (reference) => {
  expect(imageOf(reference)).toBeUndefined();
  expect(warnings(aDocument(`image: "${reference}"`))).toEqual(["image-dropped"]);
});
