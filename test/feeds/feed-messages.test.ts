import { describe, expect, it } from "vitest";
import type { Feed } from "../../src/domain/feed.ts";
import { fill, messagesFor, translations } from "../../src/feeds/feed-messages.ts";
import { feeds, formats } from "../../src/feeds/index.ts";
import { aFeed, anArchivePage, anEntry, aSite } from "./builders.ts";

const placeholdersIn = (text: string): readonly string[] =>
  [...text.matchAll(/\{\w+\}/g)].map(([one]) => one).toSorted();

const textsOf = (language: string): Readonly<Record<string, string>> => {
  const { about, ...others } = messagesFor(language);
  return { ...others, ...Object.fromEntries(Object.entries(about).map(([id, text]) => [`about.${id}`, text])) };
};

const english = textsOf("en");

describe.each(Object.keys(translations))("the words in %s", (language) => {
  it("are those that the English page has, with the same placeholders", () => {
    const placeholders = (texts: Readonly<Record<string, string>>) =>
      Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, placeholdersIn(text)]));
    expect(placeholders(textsOf(language))).toEqual(placeholders(english));
    expect(messagesFor(language).picks).not.toBe(messagesFor(language).featured);
  });

  it("are not empty, and not English", () => {
    for (const [key, text] of Object.entries(textsOf(language))) {
      expect(text.trim()).not.toBe("");
      if (language !== "en" && /\s\w+\s/.test(text)) expect([key, text]).not.toEqual([key, english[key]]);
    }
  });
});

it("every format for feed readers is described in every language", () => {
  const ids = feeds.map(({ id }) => id).toSorted();
  for (const { about } of Object.values(translations)) expect(Object.keys(about).toSorted()).toEqual(ids);
});

it("there are words in thirteen languages, and the region does not matter but for the script", () => {
  const languages = ["ar", "de", "en", "es", "fr", "he", "it", "ja", "nl", "pl", "pt", "ru", "zh", "zh-hant"];
  expect(Object.keys(translations)).toEqual(languages);
  for (const tag of ["zh", "zh-CN", "zh-SG", "zh-Hans-TW"]) expect(messagesFor(tag)).toBe(translations.zh);
  for (const tag of ["zh-TW", "zh-HK", "zh-Hant", "zh-hant-CN"]) expect(messagesFor(tag)).toBe(translations["zh-hant"]);
  expect(messagesFor("de-Latn-AT")).toBe(translations.de);
  expect(messagesFor("sr-Latn")).toBe(translations.en);
  expect(messagesFor("pt-BR")).toBe(translations.pt);
  expect(messagesFor("fi")).toBe(translations.en);
  expect(messagesFor("constructor")).toBe(translations.en);
});

it("a text that looks like a placeholder is not replaced", () => {
  expect(fill("{feed}: {site}", { feed: "{site}", site: "A" })).toBe("{site}: A");
});

const file = (feed: Feed, name: string): string => formats.render(feed).find((one) => one.file === name)?.text ?? "";
const page = (more: Partial<Feed>): string => file(aFeed(more), "index.html");

describe("a page", () => {
  it("is in the language of its feed, and marks only text in another one", () => {
    const german = page({
      language: "de-AT",
      entries: [anEntry({ language: "de-AT" }), anEntry({ id: "p2", language: "en" })],
    });
    expect(german).toContain('<html lang="de-AT">');
    expect(german).toContain('<h2 id="newest">Neueste Beiträge</h2>');
    expect(german).toContain('<h1 class="p-name">');
    expect(german.match(/<h3(?: lang="[^"]*")?><a/g)).toEqual(["<h3><a", '<h3 lang="en"><a']);
  });

  it("is in English where it has no words in the language of its feed", () => {
    const finnish = page({ language: "fi", entries: [anEntry({ language: "fi" })] });
    expect(finnish).toContain('<html lang="en">');
    expect(finnish).toContain('<h1 class="p-name" lang="fi">');
    expect(finnish).toContain('<p class="p-summary" lang="fi">');
  });

  it("is written from right to left where its language is, and marks text that is not", () => {
    const arabic = page({
      language: "ar",
      entries: [anEntry({ language: "ar" }), anEntry({ id: "p2", language: "en" })],
    });
    expect(arabic).toContain('<html lang="ar" dir="rtl">');
    expect(page({ language: "he" })).toContain('<html lang="he" dir="rtl">');
    expect(arabic.match(/<h3(?: [^>]*)?><a/g)).toEqual(["<h3><a", '<h3 lang="en" dir="ltr"><a']);
    expect(arabic).toContain('<code class="address" dir="ltr">');
  });

  it("marks text from right to left where the page is not", () => {
    expect(page({ language: "en", entries: [anEntry({ language: "he" })] })).toContain('<h3 lang="he" dir="rtl"><a');
  });

  it("isolates names, whose direction may be another one", () => {
    const entry = anEntry({
      authors: [{ name: "Ada", url: "https://ada.example/about" }, { name: "עדה" }],
      disclosure: "Gemini",
      syndication: ["https://a.example/1", "https://b.example/2"],
    });
    const hebrew = page({ language: "he", entries: [entry] });
    expect(hebrew).toContain('<bdi><a class="p-author h-card" href="https://ada.example/about">Ada</a></bdi>');
    expect(hebrew).toContain('<bdi class="p-author h-card">עדה</bdi>');
    expect(hebrew).toContain("נכתב בעזרת <bdi>Gemini</bdi>");
    expect(hebrew.match(/<bdi><a class="u-syndication"/g)).toHaveLength(2);
  });

  it.each([
    ["en", "March 1, 2026", "4 min read"],
    ["de", "1. März 2026", "4 Min. Lesezeit"],
    ["ja", "2026年3月1日", "読了時間 4 分"],
    ["ar", "1 مارس 2026", "مدة القراءة: 4 د"],
    ["he", "1 במרץ 2026", "זמן קריאה: 4 דק׳"],
  ])("in %s writes dates and numbers as that language does", (language, date, time) => {
    const text = page({ language, entries: [anEntry()] });
    expect(text).toContain(`>${date}</time> · ${time}</p>`);
  });

  it("joins the links to copies as its language does", () => {
    const syndication = ["https://a.example/1", "https://b.example/2"];
    expect(page({ language: "ja", entries: [anEntry({ syndication })] }).replaceAll(/<[^>]*>/g, "")).toContain(
      "a.example、b.example にもあります",
    );
  });

  it("has no style that names the left or the right side", () => {
    expect(page({})).not.toMatch(/(?:margin|padding|border)-(?:left|right)|(?:text-align|float):\s*(?:left|right)/);
  });
});

describe("a feed in another language", () => {
  const german = (more: Partial<Feed>): Feed => aFeed({ language: "de", ...more });

  it("has its title and description in that language", () => {
    const featured = german({
      key: "languages/de/featured",
      baseUrl: "https://feeds.ada.example/languages/de/featured/",
    });
    expect(file(featured, "feed.xml")).toContain("<title>Empfohlene Beiträge – Ada's Notebook</title>");
    expect(file(featured, "feed.xml")).toContain(
      "<description>Empfohlene Beiträge: Beiträge von Ada's Notebook</description>",
    );
    const archive = anArchivePage({ key: "languages/de/archive/2", language: "de" });
    expect(file(archive, "2.xml")).toContain("<title>Archiv, Seite 2 – Ada's Notebook</title>");
  });

  it("says in that language what helped to write a post", () => {
    const entries = [anEntry({ language: "de", disclosure: "Gemini" })];
    expect(file(german({ entries }), "atom.xml")).toContain("Geschrieben mit Hilfe von Gemini");
  });

  it("has its own name where another feed has the same one", () => {
    const siblings: Feed["siblings"] = [
      { key: "featured", title: "Featured" },
      { key: "languages/de", title: "Deutsch" },
      { key: "languages/de/featured", title: "Featured" },
    ];
    const opml = file(aFeed({ siblings, site: aSite({ language: "en" }) }), "feeds.opml");
    expect([...opml.matchAll(/text="([^"]*)"/g)].map(([, text]) => text)).toEqual([
      "Ada's Notebook",
      "Featured",
      "Deutsch",
      "Empfohlene Beiträge (Deutsch)",
    ]);
  });
});
