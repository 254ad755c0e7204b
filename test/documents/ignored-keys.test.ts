import { describe, expect, it } from "vitest";
import { aDocument, contentOf, parse, theSite } from "./sample-documents.ts";

const messages = (lines: string, site = theSite()) => {
  const parsed = parse(aDocument(lines), undefined, site);
  return parsed.kind === "post" ? parsed.warnings.map(({ field, message }) => `${field}: ${message}`) : [parsed.kind];
};

describe("a key that is not read", () => {
  it.each([
    ["sumary: Short.", "sumary: `sumary` is not read: did you mean `summary`?"],
    ["imgae: /a.png", "imgae: `imgae` is not read: did you mean `image`?"],
    ["Cateogries: [a]", "Cateogries: `Cateogries` is not read: did you mean `categories`?"],
    ["header: { teasr: /a.png }", "header.teasr: `header.teasr` is not read: did you mean `header.teaser`?"],
    ["extra: { descripton: D }", "extra.descripton: `extra.descripton` is not read: did you mean `description`?"],
  ])("and looks like one of ours is named with that one: %s", (lines, message) => {
    expect(messages(lines)).toEqual([message]);
  });

  it.each([
    ["hero_shot: images/a.jpg", "hero_shot", "image"],
    ["media: { main: { file: https://example.org/a.webp } }", "media.main.file", "image"],
    ["short_description: What it is about.", "short_description", "summary"],
    ["texts: { intro: What it is about. }", "texts.intro", "summary"],
  ])("and is probably the site's own for a field is named with the line of configuration: %s", (lines, key, field) => {
    expect(messages(lines)).toEqual([
      `${key}: \`${key}\` is not read. If it is the ${field}, say so in the site's configuration: fields: { ${field}: "${key}" }`,
    ]);
    expect(messages(lines, theSite({ fields: { [field]: key } }))).toEqual([]);
  });

  it.each([
    "hero_shot: a.jpg\ncover: /b.jpg",
    "short_description: A.\nsummary: B.",
    "math: true\ndata: x\nfeatures: [a]\nteam: b\nhead: c\ntoc_max_heading_level: 2\nweight: 3\naliases: [/x/]",
    "image: { src: /a.png, blurhash: x }\nauthors: [{ name: A, image_url: /a.png }]",
    "sumary: ''\nimgae: []",
  ])("is not named where nothing is lost, or it is another word: %j", (lines) => {
    expect(messages(lines)).toEqual([]);
  });

  it("is named in the refusal of a document without a title", () => {
    const parsed = parse(aDocument("titel: One", "x", "date: 2026-03-01"));
    expect(parsed).toMatchObject({
      reasons: [{ message: "It has no title: did you mean `titel` as the title? Write `title`." }],
    });
  });

  const refusal = (lines: string): string => {
    const parsed = parse(aDocument(lines, "x", "date: 2026-03-01"));
    return parsed.kind === "refused" ? parsed.reasons.map(({ message }) => message).join() : parsed.kind;
  };

  it.each(["posttitle: One", "page: { heading: One }", "Überschriftstitel: One", "título: Uno"])(
    "is proposed as the title where its name ends with that word: %s",
    (lines) => {
      expect(refusal(lines)).toMatch(/^It has no title: if `[^`]+` is the title, say so in the site's configuration/);
    },
  );

  it.each([
    "title_image: /a.png",
    "title-image: a b.png",
    "titleColor: red",
    "show_title: yes",
    "titel: /a.png",
    "headline: https://a.example/b",
    "posttitle: hero.jpg",
    "header_title: ''",
    "title_size: 12",
  ])("is not proposed as the title where it only contains that word, or has no text: %s", (lines) => {
    expect(contentOf(aDocument(lines, "Text.", "date: 2026-01-02")).isNote).toBe(true);
  });
});

describe("a value that is not read", () => {
  it.each([
    ["description: [a, b]", "description: `description` is not text: it was left out."],
    ["hero: dark", "hero: `hero` is not a URL, and has no `url`, `src` or `path`: it was left out."],
    ["canonical: { url: /a }", "canonical: `canonical` is not text: it was left out."],
    ["image: { blurhash: x }", "image: `image` is not a URL, and has no `url`, `src` or `path`: it was left out."],
  ])("is named: %s", (lines, message) => {
    expect(messages(lines)).toEqual([message]);
  });

  it("is a flag where it is true or false", () => {
    expect(messages("preview: true\nlead: false\nimage: false")).toEqual([]);
  });
});

describe("a text for a network", () => {
  it("is named where there is no such account and no such network", () => {
    const site = theSite({ socialKeys: ["main", "x", "bluesky", "mastodon"] });
    expect(messages("social: { mastdon: A, Bluesky: B, main: C, threads: D }", site)).toEqual([
      'social.mastdon: `social.mastdon` is for no account and no network: did you mean "mastodon"?',
      "social.threads: `social.threads` is for no account and no network: use main, x, bluesky, mastodon",
    ]);
  });
});

it("a document for which the site writes no page is held", () => {
  expect(contentOf(aDocument("permalink: false")).hold).toBe("It has no page (`permalink: false`).");
});
