import fc from "fast-check";
import type { Feed } from "../../src/domain/feed.ts";
import { categorySlug } from "../../src/domain/feed-key.ts";
import type { Post } from "../../src/domain/post.ts";
import { aFeed, makeEntries } from "../feeds/builders.ts";
import { anyCharacter } from "../support/any-character.ts";

/**
 * Texts that have broken feeds before: ends of CDATA, markup, references, lone surrogates, control characters,
 * direction marks.
 */
const troublesomeTexts =
  "]]> ]] < > & &amp; &#0; &lt;b&gt; \" ' <![CDATA[ </item> </entry> </content:encoded><item> -- --> <!-- <? ?> a é 日本 🔑 👩‍👩‍👧 \u0301 \ufeff \u200b \u202e \u2066 \u2028 \ue000 \ue0000\ue000 \0 \x0b \x1b \x7f \x85 \ufffe \uffff \ud83d \udd11".split(
    " ",
  );

/** Any UTF-16, lone surrogates included. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: anyCharacter }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 }).map((units) => String.fromCharCode(...units)),
  fc
    .array(fc.constantFrom(...troublesomeTexts, " ", "\t", "\n", "\r", "\r\n", "\u00a0"), { maxLength: 8 })
    .map((parts) => parts.join("")),
);

const fragments = [
  ..."<p> </p> <div> </div> <b> </B> <br/> <img <a <script> </script> <svg> <math> <style> </style> <iframe <table> <td> <li> <template> <select> <noscript> <plaintext> <xmp> <!-- --> <![CDATA[ ]]> <?php <!DOCTYPE > /> ` ** [ ]( ) ![ ``` ~~~ > # - | $$ {{ {% \\ & &amp; &#x3c; &notit;".split(
    " ",
  ),
  ' href="javascript:alert(1)"',
  " href='data:text/html,x'",
  ' src="x" onerror=alert(1) ',
  ' srcset="a 1x, //b 2x"',
  ' style="x:expression(y)"',
  ' title="<img src=x onerror=alert(1)>"',
  ' alt="]]>"',
  "\n\n",
  "\n",
  " ",
  "word",
];

/** Any markup, closed or not, with any text between. */
export const anyHtml: fc.Arbitrary<string> = fc.oneof(
  fc.array(fc.constantFrom(...fragments), { maxLength: 12 }).map((parts) => parts.join("")),
  fc
    .tuple(anyText, fc.constantFrom(...fragments), anyText, fc.constantFrom(...fragments))
    .map((parts) => parts.join("")),
);

const addresses = [
  'https://ada.example/a?b=1&c=<d>&e="f"#g\'h',
  "HTTPS://ADA.example:443/a b/../c",
  "https://例え.テスト/日本?語",
  "https://ada.example/]]>",
  "https://ada.example/%zz%E3",
  "https://user:secret@ada.example/",
  "https://ada.example/\ue0000\ue000",
  "http://[::1]:8080/",
  "//ada.example/x",
  "/relative",
  "relative.jpg",
  "",
  "#",
  "https://",
  "https://[::1",
  "javascript:alert(1)",
  "java\nscript:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  "mailto:ada@ada.example",
  "tag:ada.example,2026:x",
];

export const anyUrl: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: fc.webUrl({ withQueryParameters: true, withFragments: true }), weight: 3 },
  { arbitrary: fc.constantFrom(...addresses), weight: 2 },
  { arbitrary: anyText.map((text) => `https://ada.example/${text}`), weight: 2 },
  { arbitrary: anyText, weight: 1 },
);

const day = 86_400_000;

export const anyMoment: fc.Arbitrary<number> = fc.oneof(
  { arbitrary: fc.integer({ min: Date.UTC(1990), max: Date.UTC(2040) }), weight: 4 },
  { arbitrary: fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }), weight: 2 },
  {
    arbitrary: fc.constantFrom(
      0,
      -1,
      0.5,
      -1500.5,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      -8.64e15,
      8.64e15,
      8.64e15 + 1,
    ),
    weight: 1,
  },
  { arbitrary: fc.double().map((days) => days * day), weight: 1 },
);

const anyPerson = fc.record({ name: anyText, url: anyUrl, email: anyText }, { requiredKeys: ["name"] });

const anyPost: fc.Arbitrary<Partial<Post>> = fc.record(
  {
    title: anyText,
    isNote: fc.boolean(),
    summary: fc.oneof(anyText, anyHtml),
    html: fc.oneof(anyHtml, anyText),
    url: anyUrl,
    published: anyMoment,
    updated: anyMoment,
    language: fc.oneof(fc.constantFrom("en", "ja", "ar", ""), anyText),
    categories: fc.array(fc.record({ name: anyText }), { maxLength: 3 }),
    authors: fc.array(anyPerson, { maxLength: 2 }),
    image: fc.record({ url: anyUrl, alt: anyText, credit: anyText }, { requiredKeys: ["url"] }),
    attachment: fc.record({
      url: anyUrl,
      mediaType: fc.constantFrom("audio/mpeg", "application/pdf", undefined),
      length: fc.option(fc.integer({ min: 1 }), { nil: undefined }),
    }),
    disclosure: anyText,
    syndication: fc.array(anyUrl, { maxLength: 2 }),
  },
  { requiredKeys: ["title", "html"] },
);

/** Feeds of one to five posts, with any value in every field that comes from a document or the configuration. */
export const anyFeed: fc.Arbitrary<Feed> = fc
  .record({
    // Most are small: a fault is in one post, or between two posts.
    posts: fc.oneof(
      { arbitrary: fc.array(anyPost, { minLength: 1, maxLength: 2 }), weight: 3 },
      { arbitrary: fc.array(anyPost, { minLength: 3, maxLength: 5 }), weight: 1 },
    ),
    title: anyText,
    description: anyText,
    homeUrl: anyUrl,
    author: anyPerson,
    language: anyText,
    updated: anyMoment,
    category: anyText,
    content: fc.constantFrom("full", "summary"),
    licence: fc.option(fc.record({ name: anyText, url: fc.webUrl() }), { nil: undefined }),
    hubs: fc.array(fc.webUrl(), { maxLength: 1 }),
  })
  .map(({ posts, category, ...more }) => {
    const slug = categorySlug(category);
    return aFeed({
      ...more,
      key: slug === "" ? "main" : `categories/${slug}`,
      siblings: [{ key: "main", title: more.title }],
      entries: makeEntries(posts),
    });
  });
