import fc from "fast-check";
import { type DefaultTreeAdapterTypes, parseFragment } from "parse5";
import { describe, expect, it } from "vitest";
import { generatedDocument } from "./grammar.ts";
import { parse } from "./sample-documents.ts";

const activeElements = new Set(
  "script style iframe object embed form input button svg math link meta base template noscript frame video audio".split(
    " ",
  ),
);
const urlAttributes = new Set("href src poster".split(" "));

/** Returns the faults of a body. */
const faultsIn = (html: string, isMdx: boolean): readonly string[] => {
  const faults: string[] = [];
  const check = (node: DefaultTreeAdapterTypes.ChildNode, isCode: boolean) => {
    if (
      "value" in node &&
      !isCode &&
      (/\{\{|\{%|%\}|\}\}|<\/?Widget/.test(node.value) || (isMdx && node.value.includes("props.")))
    )
      faults.push(`raw: ${node.value}`);
    if (!("attrs" in node)) return;
    if (activeElements.has(node.tagName)) faults.push(`active: ${node.tagName}`);
    for (const { name, value } of node.attrs) {
      if (/^on|^style$/.test(name)) faults.push(`attribute: ${name}`);
      if (urlAttributes.has(name) && !/^(https?:\/\/[^/]|mailto:)/.test(value)) faults.push(`not absolute: ${value}`);
      if (/\{\{|\{%|%7B%7B|%7B%25/i.test(value)) faults.push(`raw in ${name}: ${value}`);
    }
    for (const child of node.childNodes) check(child, isCode || /^(code|pre)$/.test(node.tagName));
  };
  for (const node of parseFragment(html).childNodes) check(node, false);
  return faults;
};

describe("a generated document", () => {
  it("is a post or refused for a named reason, has no active content and no template, and is held where it is a draft", () => {
    fc.assert(
      fc.property(generatedDocument, ({ text, path, isHeld }) => {
        const parsed = parse(text, path);
        if (parsed.kind === "refused") {
          expect(parsed.reasons).not.toEqual([]);
          for (const { code, message } of parsed.reasons) {
            expect(code).not.toBe("body-unreadable");
            expect(message).toMatch(/\w/);
          }
          return;
        }
        if (parsed.kind === "page") return;
        const { html, hold, image, url } = parsed.content;
        expect(faultsIn(html, path.endsWith(".mdx"))).toEqual([]);
        expect(hold !== undefined, "held").toBe(isHeld);
        expect(url).toMatch(/^https?:/);
        if (image !== undefined) expect(image.url).toMatch(/^https?:/);
        expect(JSON.stringify(parsed.content)).not.toMatch(/[\u0000-\u0008\u007F-\u009F\uFFFE\uFFFF]/);
        expect(html).not.toContain("]]>");
      }),
      // A fixed seed, so that every run checks the same documents. `npm run test:properties` reads thousands of others.
      { seed: 20_261_116, numRuns: 100 },
    );
  }, 300_000);
});
