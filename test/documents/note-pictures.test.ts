import { describe, expect, test } from "vitest";
import { aDocument, contentOf } from "./sample-documents.ts";

const content = (lines: string, body: string) => contentOf(aDocument(lines, body, "date: 2026-01-02"));
const names = (images: ReturnType<typeof content>["images"] = []) =>
  images.map(({ url, alt }) => [url.split("/").at(-1), alt]);

describe("the pictures of a note", () => {
  test("are those of its body in their order, then those of its front matter", () => {
    const lines = "image: /c.png\nimageAlt: C\nphoto:\n  - url: /d.jpg\n    alt: D\n  - /e.jpg";
    const { images, html, image } = content(lines, "![A](/a.png) Two presses. ![](/b.png)");
    expect(names(images)).toEqual([
      ["a.png", "A"],
      ["b.png", undefined],
      ["c.png", "C"],
      ["d.jpg", "D"],
    ]);
    // Readers of feeds see all of them.
    expect(html).toMatch(/a\.png.*b\.png.*c\.png.*d\.jpg.*e\.jpg/s);
    expect(image).toEqual(images?.[0]);
  });

  test("keep the credit that the front matter gives one of them", () => {
    const { image } = content("image: /c.png\nimageCredit: Ada", "Two presses. ![C](/c.png)");
    expect(image).toMatchObject({ alt: "C", credit: "Ada" });
  });

  test("are at most four, each once, and no pixel that counts readers", () => {
    const body = "![A](/a.png) ![A](/a.png) ![B](/b.png) ![C](/c.png) ![D](/d.png) ![E](/e.png)";
    const pixel = '<img src="/pixel.gif" width="1" height="1">';
    expect(names(content("", `${pixel}\n\n${body}`).images)).toEqual([
      ["a.png", "A"],
      ["b.png", "B"],
      ["c.png", "C"],
      ["d.png", "D"],
    ]);
  });

  test("are one where two keys name it, and of keys for sizes of one picture the first is read", () => {
    expect(names(content("image: /a.png\nphoto: [/a.png, /b.png]", "Text.").images)).toEqual([
      ["a.png", undefined],
      ["b.png", undefined],
    ]);
    expect(names(content("image: /a.png\nthumbnail: /small.png", "Text.").images)).toEqual([["a.png", undefined]]);
  });

  test("are in its body once, whatever signs their addresses have", () => {
    const { html } = content("image: /a.png?b=1&c=2", "Text. ![](/a.png?b=1&c=2)");
    expect(html.match(/<img/g)).toHaveLength(1);
  });

  test("are those of its attachments, but no other file: it may be nothing else, and is called by the first", () => {
    const lines = "attachments:\n  - url: /talk.mp3\n  - url: /a.jpg\n    alt: A hand press\n  - url: /b.webp";
    const note = content(lines, "");
    expect(note).toMatchObject({ isNote: true, title: "A hand press", summary: "" });
    expect(names(note.images)).toEqual([
      ["a.jpg", "A hand press"],
      ["b.webp", undefined],
    ]);
  });

  test("are none of an article that names one, which may be its photo", () => {
    const article = content("title: Presses\nphoto: /a.jpg", "![B](/b.png)");
    expect(article.images).toBeUndefined();
    expect(article.image?.url).toMatch(/a\.jpg$/);
  });
});

describe("the pictures of an article", () => {
  test("are the list in its front matter, each with its alternative text, and four at most", () => {
    const list = "title: Presses\nimages:\n  - url: /a.png\n    alt: A\n  - url: /b.png\n    alt: B\n  - /c.png";
    expect(names(content(list, "![D](/d.png)").images)).toEqual([
      ["a.png", "A"],
      ["b.png", "B"],
      ["c.png", undefined],
    ]);
    const many = content("title: Presses\nimages: [/a.png, /b.png, /c.png, /d.png, /e.png]", "Words.");
    expect(names(many.images).map(([name]) => name)).toEqual(["a.png", "b.png", "c.png", "d.png"]);
  });

  test("begin with the picture that another key names", () => {
    const both = content("title: Presses\ncover: /c.png\nimages: [/a.png, /c.png, /b.png]", "Words.");
    expect(names(both.images).map(([name]) => name)).toEqual(["c.png", "a.png", "b.png"]);
    expect(both.image?.url).toMatch(/c\.png$/);
  });

  test("are one where two keys name it in two sizes", () => {
    expect(content("title: Presses\nimage: /a.png\nthumbnail: /small.png", "Words.").images).toBeUndefined();
  });
});
