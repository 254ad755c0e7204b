import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cleanLine, hasInk } from "../../src/domain/text.ts";
import { formats, registry } from "../../src/feeds/index.ts";
import { child, element, elements, parseXml, textOf, writeXml } from "../../src/feeds/tree.ts";
import { viewOf } from "../../src/feeds/view.ts";
import { aFeed, entriesOf } from "./builders.ts";

/** Any UTF-16, halves of pairs included, spiced with what breaks feeds. */
const anything = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 }).map((units) => String.fromCharCode(...units)),
  fc
    .array(
      fc.constantFrom(
        "]]>",
        "<",
        "&",
        "&amp;",
        '"',
        "'",
        "<![CDATA[",
        "</item>",
        "\ue0000\ue000",
        "\0",
        "\r\n",
        "\u202e",
        "a",
        " ",
        "\ud83d",
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join("")),
);

const aPost = fc.record({
  title: anything,
  summary: anything,
  html: anything,
  categories: fc.array(
    anything.map((name) => ({ name })),
    { maxLength: 3 },
  ),
  authors: fc.array(
    anything.map((name) => ({ name })),
    { maxLength: 2 },
  ),
  disclosure: fc.option(anything, { nil: undefined }),
  image: fc.option(fc.record({ url: fc.webUrl(), alt: anything, credit: anything }), { nil: undefined }),
});

describe("whatever posts say", () => {
  it("every format passes the gate, with every entry and title in it", () => {
    fc.assert(
      fc.property(fc.array(aPost, { maxLength: 3 }), anything, (posts, title) => {
        const feed = aFeed({ title, entries: entriesOf(posts) });
        const rendered = formats.render(feed);
        expect(formats.gate(rendered, feed)).toEqual([]);
        for (const [index, format] of registry.entries()) {
          const reading = format.read(rendered[index]?.text ?? "", viewOf(feed));
          expect(reading.entries.map(({ id }) => id)).toEqual(feed.entries.map(({ id }) => id));
          const titles = feed.entries.map(({ post }) =>
            hasInk(cleanLine(post.title)) ? cleanLine(post.title) : post.url,
          );
          expect(reading.entries.map(({ title }) => title)).toEqual(titles);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("bodies come through RSS and Atom unchanged", () => {
    fc.assert(
      fc.property(aPost, (post) => {
        const feed = aFeed({ entries: entriesOf([post]) });
        const [rss, atom] = formats
          .render(feed)
          .map(({ text, file }) => (file.endsWith(".xml") ? parseXml(text) : undefined));
        const html = viewOf(feed).entries[0]?.html ?? "";
        const shown = html.trim() === "" ? undefined : html;
        expect(textOf(child(child(child(rss, "channel"), "item"), "content:encoded")) || undefined).toBe(shown);
        expect(textOf(child(child(atom, "entry"), "content")) || undefined).toBe(shown);
      }),
      { numRuns: 200 },
    );
  });
});

describe("a tree", () => {
  it("comes back from its text as it was", () => {
    const text = fc
      .string({ unit: "grapheme", minLength: 1 })
      .filter((value) => value.trim() !== "" && !/[\0-\x1f\x7f-\x9f]/.test(value));
    fc.assert(
      fc.property(text, text, fc.boolean(), (inner, value, inCdata) => {
        const tree = element("a", { b: value }, [element("c", { "xml:lang": `\t${value}\n` }, [inner]), element("d")]);
        expect(parseXml(writeXml(tree, new Set(inCdata ? ["c"] : [])))).toEqual(tree);
        expect(elements(tree)).toHaveLength(2);
      }),
      { numRuns: 200 },
    );
  });
});
