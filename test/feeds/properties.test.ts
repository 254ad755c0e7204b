import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { element, elements, parseXml, writeXml } from "../../src/feeds/tree.ts";
import { anyFeed } from "../properties/arbitraries.ts";
import { anyDocument, faultsOfDocument } from "../properties/documents.ts";
import { faultsOf } from "../properties/faults.ts";

// A small part of `npm run test:properties`, which runs 100,000 times.
describe("for all posts, sites and documents", () => {
  it("feeds are well-formed, and contain each post once, with its texts", () => {
    fc.assert(
      fc.property(anyFeed, (feed) => {
        expect(faultsOf(feed)).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  it("a document is refused for named reasons, or is a post without active content that can be in every feed", () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        expect(faultsOfDocument(document)).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });
});

describe("a tree", () => {
  it("is the same after it was written and parsed", () => {
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
