import { describe, expect, it } from "vitest";
import type { Site } from "../../src/domain/site.ts";
import { aDocument, contentOf, parse, refusals, theSite, warnings } from "./sample-documents.ts";

describe("keys", () => {
  it("are compared without case, underscores and dashes, and the first with a value is used", () => {
    const text = aDocument("TITLE: ''\nLink-Title: ' '\nmeta_title: Meta\nOG_Title: Og", "x", "date: 2026-01-02");
    expect(contentOf(text).title).toBe("Meta");
    const parsed = parse(text);
    expect(parsed.kind === "post" && parsed.warnings).toEqual([
      { code: "key-chosen", field: "meta_title", message: expect.stringContaining("OG_Title") },
    ]);
  });

  it.each([
    ["extra", "+++\ntitle = 'A'\ndate = 2026-01-02\n[extra]\ndescription = 'D'\nid = 'x'\nstatus = 'beta'\n+++\nx"],
    ["params", "---\ntitle: A\ndate: 2026-01-02\nparams: { description: D, id: x, status: beta }\n---\nx"],
  ])("are read in the place for a theme's keys, %s, too, but for the identity and the status", (_, text) => {
    expect(contentOf(text)).toMatchObject({ summary: "D", guid: undefined, hold: undefined, slug: "a-post" });
  });

  it.each([
    ["header: { teaser: /a.png, overlay_image: /b.png }", { image: { url: "https://blog.example.org/b.png" } }],
    ["hero: { src: /a.png, alt: Alt }", { image: { url: "https://blog.example.org/a.png", alt: "Alt" } }],
    ["seo: { description: D, image: /a.png }", { summary: "D", image: { url: "https://blog.example.org/a.png" } }],
    ["tag: one\ntopic: two", { categories: [{ name: "one" }, { name: "two" }] }],
  ])("may be inside other keys: %s", (lines, expected) => {
    expect(contentOf(aDocument(lines))).toMatchObject(expected);
  });

  it.each(["preview", "spoiler", "teaser", "lead", "deck", "abstract", "subtitle"])(
    "%s is the author's summary, unless it is a picture",
    (key) => {
      expect(contentOf(aDocument(`${key}: The point.`, "Body."))).toMatchObject({
        summary: "The point.",
        social: { useSummary: true },
      });
      expect(contentOf(aDocument(`${key}: ./images/a.png`, "Body.")).summary).toBe("Body.");
    },
  );
});

describe("the site's own keys", () => {
  const read = (fields: Site["fields"], lines: string) => contentOf(aDocument(lines), undefined, theSite({ fields }));

  it("come before the usual ones, which are read where a document has none of them", () => {
    const fields = { summary: "blurb", image: "media.hero.src" } as const;
    const lines = "description: Usual\nblurb: Own\nmedia: { hero: { src: /own.png } }\ncover: /usual.png";
    expect(read(fields, lines)).toMatchObject({ summary: "Own", image: { url: "https://blog.example.org/own.png" } });
    expect(read(fields, "description: Usual\nblurb: ''\ncover: /usual.png")).toMatchObject({
      summary: "Usual",
      image: { url: "https://blog.example.org/usual.png" },
    });
  });

  it("may give any field, also whether it is a draft", () => {
    expect(read({ draft: "wip" }, "wip: true").hold).toBe("It is a draft (`wip: true`).");
    expect(read({ categories: "labels" }, "labels: [a]\ntags: [b]").categories).toEqual([{ name: "a" }, { name: "b" }]);
  });
});

describe("dates", () => {
  const published = (value: string, path?: string) =>
    contentOf(aDocument(`date: ${value}`, "x", "title: A"), path).published;

  it.each([
    ["2026-03-01", "2026-02-28T23:00:00Z"],
    ["2026/7/1", "2026-06-30T22:00:00Z"],
    ["'2009-12-25 12:00:00 +0900'", "2009-12-25T03:00:00Z"],
    ["2009-12-25T12:00:00.533Z", "2009-12-25T12:00:00.533Z"],
    ["2009-12-25 12:30", "2009-12-25T11:30:00Z"],
    ["2026-01-02T03:04:05-05", "2026-01-02T08:04:05Z"],
    ["2026-01-02 03:04:05 UTC", "2026-01-02T03:04:05Z"],
    ["'Tue, 03 Mar 2020 10:00:00 +0000'", "2020-03-03T10:00:00Z"],
    ["'March 3, 2020'", "2020-03-02T23:00:00Z"],
    ["3 Mar 2020", "2020-03-02T23:00:00Z"],
  ])("reads %s", (value, expected) => {
    expect(published(value)).toBe(Date.parse(expected));
  });

  it.each([
    "2026-02-30",
    "2026-13-01",
    "2026-01-02T25:00:00",
    "2026-01-02T03:04:05+15:00",
    "0000-00-00",
    "0026-01-01",
    "tomorrow",
    "2026",
    "[2026-01-01]",
    "12:30",
  ])("refuses %s", (value) => {
    expect(refusals(aDocument(`pubDate: ${value}`, "x", "title: A"))).toEqual(["pubDate: date-impossible"]);
  });

  it("refuses an invalid date of change", () => {
    expect(refusals(aDocument("lastmod: 2026-02-30"))).toEqual(["lastmod: date-impossible"]);
    expect(contentOf(aDocument("last_modified_at: 2026-03-02T00:00:00Z")).updated).toBe(Date.UTC(2026, 2, 2));
  });

  it.each([
    "2020-10-07-title.md",
    "2020/10/07/title.md",
    "2020-10-07-title/index.md",
    "_posts/2020-10-07-title.markdown",
  ])("are found in the path %s", (path) => {
    expect(contentOf("---\ntitle: A\n---\nx", path)).toMatchObject({
      published: Date.parse("2020-10-06T22:00:00Z"),
      slug: "title",
    });
  });

  it("are found in a dated permalink", () => {
    expect(contentOf('+++\npath = "2020/10/07/Title"\ntitle = "A"\n+++\nx').published).toBe(
      Date.parse("2020-10-06T22:00:00Z"),
    );
  });

  it("are refused in a path where there is no such day", () => {
    expect(refusals("---\ntitle: A\n---\nx", "2020-02-30-title.md")).toEqual(["path: date-impossible"]);
  });

  it("are absent, with a warning, where neither has one", () => {
    expect(contentOf("---\ntitle: A\n---\nx").published).toBeUndefined();
    expect(warnings("---\ntitle: A\n---\nx")).toEqual(["date-missing"]);
  });
});

describe("the status", () => {
  const hold = (lines: string, path?: string) => contentOf(aDocument(lines), path).hold;

  it.each([
    "",
    "draft: false",
    "private: false",
    "visibility: Public",
    "published: true",
    "status: new",
    "status: Published",
    "status: ''",
  ])("publishes with %j", (lines) => {
    expect(hold(lines)).toBeUndefined();
  });

  it.each([
    ["draft: true", "draft"],
    ["draft: maybe", "draft"],
    ["draft: [x]", "draft"],
    ["published: false", "It is not published (`published: false`)."],
    ["publish: no", "It is not published (`publish: no`)."],
    ["listed: false", "It is not published (`listed: false`)."],
    ["unlisted: true", "It is not public (`unlisted: true`)."],
    ["hidden: maybe", "It is not public"],
    ["private: yes", "It is not public"],
    ["visibility: members", "It is not public (`visibility: members`)."],
    ["post_status: pending", '"pending" (`post_status`) is unknown'],
    ['"draft ": true', "draft"],
    ["dr\u200Baft: true", "draft"],
    ["ＤＲＡＦＴ: true", "draft"],
    ["draft: false\nDraft: true", "draft"],
    ["status: draft", "Its status is draft"],
    ["status: archived", "archived"],
    ["status: in review", '"in review" (`status`) is unknown; these publish: new,'],
    ["status: [new]", "unknown"],
  ])("holds a document with %s, and says why", (lines, reason) => {
    expect(hold(lines)).toContain(reason);
  });

  it("holds a document in a folder of drafts", () => {
    expect(hold("", "_drafts/a.md")).toContain("folder of drafts");
  });

  it("holds a draft without a title, too, under the name of its file", () => {
    expect(contentOf(`---\ndraft: true\n---\n${"x ".repeat(600)}`, "ideas/one.md")).toMatchObject({
      title: "ideas/one.md",
      hold: "It is a draft (`draft: true`).",
    });
    expect(contentOf("---\ndate: 2026-01-02\n---\nx").title).toBe("x");
  });

  it("publishes the values that the site configures", () => {
    expect(contentOf(aDocument("status: ready"), "a.md", theSite({ publishStatuses: ["ready"] })).hold).toBeUndefined();
  });
});

describe("categories", () => {
  const names = (lines: string) => contentOf(aDocument(lines)).categories;

  it("come after the primary one, each once regardless of case, with their types", () => {
    expect(
      names(
        'tags: one, Two\ncategories: [{"type":"exact","name":"Llms"},{"label":"C#"}, [deep, llms]]\ncategory: llms\ntopics: [two, three]',
      ),
    ).toEqual([
      { name: "llms", type: "exact" },
      { name: "C#" },
      { name: "deep" },
      { name: "one" },
      { name: "Two" },
      { name: "three" },
    ]);
  });

  it("are the keywords only where there are no others", () => {
    expect(names("keywords: [a]\ntags: []")).toEqual([{ name: "a" }]);
    expect(names("keywords: [a]\ntags: [b]")).toEqual([{ name: "b" }]);
  });

  it("do not include internal tags, with a warning", () => {
    expect(names("tags: ['#internal', b]")).toEqual([{ name: "b" }]);
    expect(warnings(aDocument("tags: ['#internal']"))).toEqual(["tag-internal"]);
  });
});

describe("authors", () => {
  it.each([
    ["author: Jane", [{ name: "Jane" }]],
    ["author: King, Jr.", [{ name: "King, Jr." }]],
    ["author: Jane Roe, John Doe and Ann Lee", [{ name: "Jane Roe" }, { name: "John Doe" }, { name: "Ann Lee" }]],
    ["author: Jane <jane@example.org>", [{ name: "Jane", email: "jane@example.org" }]],
    ["author: Jane <nothing>", [{ name: "Jane" }]],
    ["byline: '[Jane](/about)'", [{ name: "Jane", url: "https://blog.example.org/about" }]],
    [
      "authors: [a, { name: B, url: 'javascript:x', email: b@example.org }, { x: 1 }, { title: C, link: https://c.example }]",
      [{ name: "a" }, { name: "B", email: "b@example.org" }, { name: "C", url: "https://c.example/" }],
    ],
    ["authors: [Jane, jane]", [{ name: "jane" }]],
    ["", []],
  ])("are read from %s", (lines, people) => {
    expect(contentOf(aDocument(lines)).authors).toEqual(people);
  });
});

describe("the image", () => {
  it("keeps its alt text and its credit, with the credit's link", () => {
    expect(
      contentOf(
        aDocument(
          "image: /a.png\nimageAlt: Alt\nimageCredit: Photo by [Jo](https://example.org/@jo) <script>x</script>",
        ),
      ).image,
    ).toEqual({
      url: "https://blog.example.org/a.png",
      alt: "Alt",
      creditHtml: 'Photo by <a href="https://example.org/@jo">Jo</a>',
      credit: "Photo by Jo",
    });
  });

  it.each(["cover: { image: b.png, alt: Alt, caption: Cap }", "images: [{ src: b.png, alt: Alt, credit: Cap }]"])(
    "may be an object: %s",
    (lines) => {
      expect(contentOf(aDocument(lines)).image).toEqual({
        url: "https://blog.example.org/blog/a-post/b.png",
        alt: "Alt",
        creditHtml: "Cap",
        credit: "Cap",
      });
    },
  );

  it.each([
    ["image: /a.png\nimageCredit: { name: Jo, url: /jo }", '<a href="https://blog.example.org/jo">Jo</a>'],
    ["image: /a.png\nimageCredit: [Jo, { title: Ann }]", "Jo, Ann"],
    ["cover: { image: /a.png, credit: { text: Jo } }", "Jo"],
  ])("has the credit of %s", (lines, creditHtml) => {
    expect(contentOf(aDocument(lines)).image).toMatchObject({ creditHtml });
    expect(warnings(aDocument(lines))).toEqual([]);
  });

  it.each([
    ["imageCredit: true", "credit-dropped"],
    ["imageCredit: { by: { x: 1 } }", "credit-dropped"],
    [`imageCredit: '${"*a".repeat(30_000)}'`, "credit-dropped"],
    [`imageCredit: '${"*a ".repeat(120)}${"a* ".repeat(120)}'`, "text-dropped"],
    ["imageAlt: { en: Alt }", "value-unknown"],
    ["readingTime: long", "value-unknown"],
    ["generatedBy: [a]", "value-unknown"],
  ])("and the post are published with a warning where another field holds the unknown: %s", (line, code) => {
    const text = aDocument(`image: /a.png\n${line}`);
    expect(contentOf(text).image).toEqual({ url: "https://blog.example.org/a.png" });
    expect(warnings(text)).toEqual([code]);
  });

  it("is left out, with a warning, where it has no http(s) URL", () => {
    const text = aDocument(
      "image: 'data:image/png;base64,AAAA'\ncover: { x: 1 }\nbanner: https://example.org/b.png\nimageCredit: '<b></b>'",
    );
    expect(contentOf(text).image).toEqual({ url: "https://example.org/b.png" });
    expect(warnings(text)).toEqual(["image-dropped", "image-dropped"]);
    expect(contentOf(aDocument("image: 'ftp://example.org/a.png'")).image).toBeUndefined();
  });
});

describe("flags and numbers", () => {
  it("are kept", () => {
    expect(
      contentOf(aDocument("featured: 'yes'\ntrending: true\nreadingTime: 5 min read\ngeneratedBy: A model")),
    ).toMatchObject({
      featured: true,
      trending: true,
      readingTime: 5,
      disclosure: "A model",
    });
  });

  it("include the reading time, counted where none is given", () => {
    expect(contentOf(aDocument("readingTime: some", "word ".repeat(441))).readingTime).toBe(3);
    expect(contentOf(aDocument("", "語".repeat(1000))).readingTime).toBe(2);
    expect(contentOf(aDocument("readingTime: 0", "x"))).toMatchObject({
      readingTime: 1,
      featured: false,
      trending: false,
    });
  });
});
