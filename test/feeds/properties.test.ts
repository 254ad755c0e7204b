import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { element, elements, parseXml, writeXml } from "../../src/feeds/tree.ts";
import { anyFeed } from "../properties/arbitraries.ts";
import { anyDocument, faultsOfDocument } from "../properties/documents.ts";
import { faultsOf } from "../properties/faults.ts";

// A small share of what `npm run test:properties` does a hundred thousand times.
describe("whatever posts, sites and documents say", () => {
  it("feeds are well-formed, and hold each post once, with its own words", () => {
    fc.assert(
      fc.property(anyFeed, (feed) => {
        expect(faultsOf(feed)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it("a document is a post that every feed can carry and nothing in it is alive, or refused for named reasons", () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        expect(faultsOfDocument(document)).toEqual([]);
      }),
      { numRuns: 300 },
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
