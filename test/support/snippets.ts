import fc from "fast-check";
import type { Picture } from "../../src/domain/picture.ts";
import type { Image } from "../../src/domain/post.ts";
import type { Snippet } from "../../src/domain/snippet.ts";
import { aContent, start } from "./builders.ts";

/** `image` and `picture` stand for lists of one: the picture of an article. */
export interface SnippetFields extends Partial<Snippet> {
  readonly image?: Image | undefined;
  readonly picture?: Picture | undefined;
}

export const aSnippet = ({ image, picture, ...overrides }: SnippetFields = {}): Snippet => ({
  text: "What a hundred feeds taught us about dates.",
  title: "A Hundred Feeds",
  summary: "Dates are the first thing that goes wrong.",
  url: "https://blog.example.com/a-hundred-feeds/",
  tags: ["#Feeds", "#OpenWeb"],
  images: [image ?? []].flat(),
  isGallery: overrides.isNote === true || (overrides.images ?? []).length > 1,
  pictures: picture === undefined ? [] : [{ ...picture, image: image ?? { url: "https://blog.example.com/a.png" } }],
  language: "en",
  disclosure: undefined,
  createdAt: start,
  content: aContent(),
  ...overrides,
});

/** Longer than a post of most networks, and cut between its characters of three code points, which are one word. */
const wordWithMarks = "q\u0323\u0307".repeat(700);

/**
 * Snippets with characters that are hard to count or to cut: emoji, mentions, links, bare domains, CJK, combining
 * marks, Thai.
 */
export const snippets = fc.record({
  text: fc
    .array(
      fc.oneof(
        fc.string({ unit: "grapheme" }),
        fc.constantFrom(
          " ",
          "\n",
          "👩‍👩‍👧‍👦",
          " @user@server.example ",
          " https://other.example.com/a(b) ",
          " #Tag ",
          " README.md ",
          "日本語。",
          "ภาษาไทย",
          "한국어",
          "🇩🇪🇫🇷",
          "👍🏽",
          "e\u0301a\u0323\u0307",
          " @ada.example ",
          " https://bücher.example/straße ",
          " https://other.example.com/日本語 ",
        ),
      ),
      { maxLength: 60 },
    )
    .map((parts) => parts.join(""))
    .chain((text) => fc.constantFrom(text, text + wordWithMarks, undefined)),
  title: fc.string({ unit: "grapheme", minLength: 1, maxLength: 500 }),
  summary: fc.string({ unit: "grapheme", maxLength: 400 }),
  tags: fc.uniqueArray(fc.constantFrom("#Feeds", "#機械学習", "#OpenWeb", "#नमस्ते", "#Ünïcode"), { maxLength: 5 }),
  url: fc.constantFrom(
    "https://blog.example.com/post/",
    "https://blog.example.com/a(b)?c=d&e=f#g",
    `https://blog.example.com/${"long-".repeat(30)}`,
  ),
});
