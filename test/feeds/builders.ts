import { type Entry, entryId, type Feed } from "../../src/domain/feed.ts";
import type { Post } from "../../src/domain/post.ts";
import type { Site } from "../../src/domain/site.ts";
import { minute } from "../../src/domain/time.ts";
import { aSite as aPlainSite, undecided } from "../support/builders.ts";

const start = Date.UTC(2026, 2, 1, 8);

export const aSite = (more: Partial<Site> = {}): Site => ({
  ...aPlainSite(),
  title: "Ada's Notebook",
  url: "https://ada.example/",
  description: "On engines, numbers & what they might weave.",
  author: { name: "Ada Lovelace", url: "https://ada.example/about", email: "ada@ada.example" },
  timeZone: "Europe/London",
  authority: "ada.example,2026",
  feedsUrl: "https://feeds.ada.example/",
  feeds: { ...aPlainSite().feeds, entries: 50 },
  ...more,
});

export const aPost = (more: Partial<Post> = {}): Post => ({
  ...undecided,
  slug: "the-engine",
  url: "https://ada.example/the-engine/",
  title: "The Engine",
  published: start,
  updated: start,
  language: "en",
  summary: "What the engine does.",
  html: "<p>What the engine does.</p>",
  categories: [],
  authors: [],
  featured: false,
  trending: false,
  readingTime: 4,
  social: { off: false, useSummary: false, texts: {} },
  site: "blog",
  id: "p1",
  version: 1,
  revision: "r1",
  source: "folder",
  path: "the-engine.md",
  hash: "h1",
  recipe: "c1",
  changed: start,
  address: "the-engine",
  addresses: ["the-engine"],
  byHand: false,
  history: false,
  generation: 0,
  translations: [],
  syndication: [],
  listed: [],
  ...more,
});

export const anEntry = (post: Partial<Post> = {}, more: Partial<Entry> = {}): Entry => {
  const whole = aPost(post);
  return { id: entryId(aSite(), whole), post: whole, updated: whole.updated, ...more };
};

/** Entries of the given posts, a minute apart, the newest first. */
export const makeEntries = (posts: readonly Partial<Post>[]): readonly Entry[] =>
  posts.map((post, index) => {
    const at = start - index * minute;
    return anEntry({
      id: `p${index + 1}`,
      url: `https://ada.example/p${index + 1}/`,
      published: at,
      updated: at,
      ...post,
    });
  });

export const aFeed = (more: Partial<Feed> = {}): Feed => {
  const site = more.site ?? aSite();
  return {
    site,
    key: "main",
    title: site.title,
    homeUrl: site.url,
    baseUrl: site.feedsUrl,
    updated: start,
    author: site.author,
    language: site.language,
    content: site.feeds.content.default ?? "full",
    licence: site.licence,
    archive: undefined,
    hubs: site.hubs,
    entries: makeEntries([{}, { title: "Numbers" }, { title: "Looms" }]),
    siblings: [],
    ...more,
  };
};

const licence = { name: "CC BY-SA 4.0", url: "https://creativecommons.org/licenses/by-sa/4.0/" };
const hubs = ["https://hub.example/", "https://second.hub.example/publish?to=all&now=1"];

/** A feed with everything that a feed may have, for the golden files. */
export const aFullFeed = (): Feed =>
  aFeed({
    licence,
    hubs,
    archive: { isPage: false, previous: "archive/2", next: undefined, older: "archive/2" },
    entries: [
      anEntry(
        {
          id: "p4",
          slug: "llms-beyond-the-hype",
          url: "https://ada.example/llms-beyond-the-hype/?from=feed&x=1",
          title: 'LLMs: Beyond the Hype – <Transformers> & "Attention"',
          summary: "The internet is buzzing about LLMs. What makes them tick, if x < y && y > z?",
          html: "<p>What <em>truly</em> makes them tick? 🔑</p><pre><code>a[b[0]]&gt; c &amp; d</code></pre>",
          categories: [
            { name: "Llms" },
            { name: "Artificial Intelligence", type: "general" },
            { name: "C++" },
            { name: "R&D <lab>" },
          ],
          authors: [{ name: "Ada Lovelace", url: "https://ada.example/about" }, { name: "Charles Babbage" }],
          image: {
            url: "https://images.example/photo-1?q=85&w=1200&fm=webp",
            alt: "A loom, close up",
            credit: "Photo by Jona on Unsplash",
            creditHtml: 'Photo by <a href="https://unsplash.example/@jona">Jona</a> on Unsplash',
          },
          enclosure: {
            url: "https://images.example/photo-1?q=85&w=1200&fm=webp",
            mediaType: "image/webp",
            length: 48_213,
          },
          disclosure: "Gemini",
          translations: [
            { post: "p5", language: "ar", url: "https://ada.example/ar/llms/" },
            { post: "p6", language: "ja", url: "https://ada.example/ja/llms/" },
          ],
          readingTime: 5,
          featured: true,
          syndication: ["https://mastodon.example/@ada/1", "https://bsky.example/profile/ada/post/2"],
        },
        { updated: start + 90 * minute },
      ),
      anEntry({
        id: "p3",
        slug: "ja/engine",
        url: "https://ada.example/ja/engine/",
        title: "解析機関について",
        summary: "短い紹介です。",
        html: '<p><img src="https://ada.example/engine.jpg" alt="機関" />短い紹介です。</p>',
        language: "ja",
        published: start - 26 * 60 * minute,
        updated: start - 26 * 60 * minute,
        image: { url: "https://ada.example/engine.jpg", alt: "機関" },
        categories: [{ name: "日本" }],
      }),
      anEntry({
        id: "p2",
        slug: "ar/looms",
        url: "https://ada.example/ar/looms/",
        title: "عن الأنوال والأعداد",
        summary: "مقدمة قصيرة.",
        html: "<p>مقدمة قصيرة.</p>",
        language: "ar",
        oldId: "https://ada.example/?p=7",
        published: start - 50 * 60 * minute,
        updated: start - 50 * 60 * minute,
        image: { url: "https://ada.example/loom.png" },
      }),
      anEntry({
        id: "p1",
        summary: "",
        html: "<p>Only a body.</p>",
        published: Date.UTC(2025, 11, 31, 23, 30),
        updated: Date.UTC(2025, 11, 31, 23, 30),
      }),
    ],
    updated: start + 90 * minute,
    siblings: [
      { key: "main", title: "Ada's Notebook" },
      { key: "featured", title: "Featured" },
      { key: "categories/llms", title: "Llms" },
      { key: "categories/artificial-intelligence", title: "Artificial Intelligence" },
      { key: "categories/日本", title: "日本" },
      { key: "languages/ja", title: "日本語" },
      { key: "languages/ar", title: "العربية" },
    ],
  });

/** A page in the middle of the archive. */
export const anArchivePage = (more: Partial<Feed> = {}): Feed =>
  aFeed({
    key: "archive/2",
    title: "Archive, page 2",
    baseUrl: "https://feeds.ada.example/archive/",
    licence,
    hubs,
    archive: { isPage: true, previous: "archive/1", next: "archive/3" },
    entries: makeEntries([{ title: "Numbers" }, { title: "Looms" }]),
    siblings: [{ key: "main", title: "Ada's Notebook" }],
    ...more,
  });
