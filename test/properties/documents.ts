import fc from "fast-check";
import { parseDocument } from "../../src/documents/parse-document.ts";
import { entryId, type Feed } from "../../src/domain/feed.ts";
import type { PostContent } from "../../src/domain/post.ts";
import { formats } from "../../src/feeds/index.ts";
import type { Parsed } from "../../src/ports/content.ts";
import { activeContentIn, activeContentInPage } from "../corpus/active-content.ts";
import type { GeneratedDocument } from "../documents/grammar.ts";
import { aFeed, aPost, aSite } from "../feeds/builders.ts";
import { anyHtml, anyText, anyUrl } from "./arbitraries.ts";
import { expectedLine, isVisible } from "./cleaning.ts";
import { faultsOf } from "./faults.ts";

export interface AnyDocument {
  readonly path: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly body: string;
}

const keys =
  "updated lastmod summary description excerpt metaDescription category categories tags topics keywords image cover imageAlt imageCredit caption permalink url canonical author authors byline lang guid social socialShare snippet tweet generatedBy draft status featured trending readingTime".split(
    " ",
  );

const dates = [
  "2026-03-01",
  "2009-12-25 12:00:00 +0900",
  "2020/12/21",
  "2026-02-30",
  "1969-12-31T23:59:59.500Z",
  "12:30",
];

const scalar = fc.oneof(
  anyText,
  anyHtml,
  anyUrl,
  fc.constantFrom(...dates, "en", "de-AT", "published", "draft", "5 min read", "false", ""),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
);

/** A value of front matter: a scalar, a list, an object with known keys, or a list of objects. */
const value = fc.oneof(
  { arbitrary: scalar, weight: 5 },
  { arbitrary: fc.array(scalar, { maxLength: 3 }), weight: 2 },
  {
    arbitrary: fc.dictionary(fc.constantFrom("name", "url", "email", "alt", "credit", "type", "text", "x"), scalar, {
      maxKeys: 3,
    }),
    weight: 2,
  },
  {
    arbitrary: fc.array(fc.dictionary(fc.constantFrom("name", "label", "url"), scalar, { maxKeys: 2 }), {
      maxLength: 2,
    }),
    weight: 1,
  },
);

/** Documents whose title is text, with any other fields and any body. */
export const anyDocument: fc.Arbitrary<AnyDocument> = fc.record({
  path: fc.oneof(
    { arbitrary: fc.constantFrom("a-post.md", "ja/a-post.mdx", "2020-12-21-post.ja.md"), weight: 4 },
    { arbitrary: anyText.map((name) => `${name}.md`), weight: 1 },
  ),
  fields: fc
    .tuple(
      fc.oneof(
        anyText,
        anyText.map((text) => `A title ${text}`),
      ),
      fc.oneof({ arbitrary: fc.constantFrom(...dates), weight: 9 }, { arbitrary: scalar, weight: 1 }),
      fc.option(fc.oneof(fc.constantFrom("a-slug", "日本/語", "C++"), anyText), { nil: undefined, freq: 1 }),
      fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 5 }),
    )
    .map(([title, date, slug, others]) => ({ title, date, ...(slug === undefined ? {} : { slug }), ...others })),
  body: fc.array(anyHtml, { maxLength: 4 }).map((parts) => parts.join("\n")),
});

export const readDocument = ({ path, fields, body }: AnyDocument): Parsed =>
  parseDocument(new TextEncoder().encode(`---json\n${JSON.stringify(fields)}\n---\n${body}`), path, aSite());

const feedOfOne = (content: PostContent): Feed => {
  const published = content.published ?? Date.UTC(2026, 0, 1);
  const post = aPost({ ...content, published, updated: content.updated ?? published });
  return aFeed({ entries: [{ id: entryId(aSite(), post), post, updated: post.updated }] });
};

/** Text that looks like a wrong encoding is repaired, and marks of Markdown, HTML and shortcodes are read: it may differ from the document. */
const mayDiffer = (text: string): boolean => /[\u0080-\uffff&\\`*_~^=$:<[{]/.test(text);

const faultsOfContent = (content: PostContent): readonly string[] => {
  const feed = feedOfOne(content);
  const rendered = formats.render(feed);
  const faults = formats.gate(rendered, feed);
  const page = rendered.find(({ file }) => file === "index.html")?.text ?? "";
  return [
    ...(isVisible(content.title) ? [] : ["the title is not visible"]),
    ...faults.map(({ file, problem }) => `the gate refuses ${file}: ${problem}`),
    ...faultsOf(feed, rendered),
    ...activeContentIn(content.html).map((fault) => `the body has ${fault}`),
    ...activeContentInPage(page).map((fault) => `the page has ${fault}`),
  ];
};

const faultsOfTitle = ({ title, hold, isNote }: PostContent, { fields }: AnyDocument): readonly string[] => {
  const given = String(fields.title);
  if (isNote === true) return isVisible(expectedLine(given)) ? ["it has a title, and is a note"] : [];
  // A draft may still have no title.
  if (hold !== undefined && !isVisible(expectedLine(given))) return [];
  return mayDiffer(given) || title === expectedLine(given) ? [] : ["the title is not the document's"];
};

/** A document must be refused for named reasons, or be a post that can be in every feed. Returns the violations. */
export const faultsOfDocument = (document: AnyDocument | GeneratedDocument): readonly string[] => {
  const isText = "text" in document;
  const parsed = isText
    ? parseDocument(new TextEncoder().encode(document.text), document.path, aSite())
    : readDocument(document);
  if (parsed.kind === "post")
    return [...(isText ? [] : faultsOfTitle(parsed.content, document)), ...faultsOfContent(parsed.content)];
  if (parsed.kind === "page") return parsed.reason === "" ? ["it is a page without a reason"] : [];
  const isNamed =
    parsed.reasons.length > 0 && parsed.reasons.every(({ code, message }) => code !== "" && message !== "");
  return isNamed ? [] : ["it is refused without a reason"];
};
