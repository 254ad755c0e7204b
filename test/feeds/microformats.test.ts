import { mf2 } from "microformats-parser";
import { describe, expect, it } from "vitest";
import type { Feed } from "../../src/domain/feed.ts";
import { formats } from "../../src/feeds/index.ts";
import { aFeed, aFullFeed, anEntry } from "./builders.ts";

/** Returns the items that a parser of microformats finds in the page of a feed. */
const itemsOf = (feed: Feed) => {
  const html = formats.render(feed).find(({ file }) => file === "index.html")?.text ?? "";
  return mf2(html, { baseUrl: "https://feeds.ada.example/" }).items;
};

const entriesOf = (feed: Feed) => itemsOf(feed)[0]?.children ?? [];

const site = { type: ["h-card"], properties: { name: ["Ada Lovelace"], url: ["https://ada.example/about"] } };

describe("the microformats of a page", () => {
  it("are one h-feed with its name, summary, address and author", () => {
    const items = itemsOf(aFullFeed());
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({
      type: ["h-feed"],
      properties: {
        name: ["Ada's Notebook"],
        summary: ["On engines, numbers & what they might weave."],
        url: ["https://feeds.ada.example/"],
        author: [site],
      },
    });
  });

  it("have an h-entry for each post, in the order of the feed", () => {
    const entries = entriesOf(aFullFeed());
    expect(entries.map(({ type }) => type)).toEqual(aFullFeed().entries.map(() => ["h-entry"]));
    expect(entries.map(({ properties }) => properties.uid)).toEqual(aFullFeed().entries.map(({ id }) => [id]));
  });

  it("say of a post its name, address, dates, summary, authors, categories and copies", () => {
    expect(entriesOf(aFullFeed())[0]?.properties).toMatchObject({
      name: ['LLMs: Beyond the Hype – <Transformers> & "Attention"'],
      url: ["https://ada.example/llms-beyond-the-hype/?from=feed&x=1"],
      published: ["2026-03-01T08:00:00.000Z"],
      summary: ["The internet is buzzing about LLMs. What makes them tick, if x < y && y > z?"],
      author: [site, { type: ["h-card"], properties: { name: ["Charles Babbage"] } }],
      category: ["Llms", "Artificial Intelligence", "C++", "R&D <lab>"],
      syndication: ["https://mastodon.example/@ada/1", "https://bsky.example/profile/ada/post/2"],
    });
  });

  it("name the author of the site where the post names none", () => {
    expect(entriesOf(aFeed({ entries: [anEntry()] }))[0]?.properties.author).toEqual([expect.objectContaining(site)]);
  });

  it("have the pictures of a note as its photos, and that of an article not", () => {
    const image = { url: "https://ada.example/a.png", alt: "A loom" };
    const photo = { value: image.url, alt: "A loom" };
    const note = anEntry({ isNote: true, summary: "At sea.", image, images: [image] });
    const [first, second] = entriesOf(aFeed({ entries: [note, anEntry({ id: "p2", image })] }));
    expect(first?.properties).toMatchObject({ photo: [photo] });
    expect(second?.properties).toMatchObject({ featured: [photo] });
    expect(second?.properties).not.toHaveProperty("photo");
  });

  it("are the same in every language", () => {
    const names = (language: string) =>
      entriesOf({ ...aFullFeed(), language }).map(({ properties }) => [properties.name, properties.published]);
    for (const language of ["ar", "ja", "fi"]) expect(names(language)).toEqual(names("en"));
  });
});
