import fc from "fast-check";
import { type DefaultTreeAdapterTypes, parseFragment } from "parse5";
import { describe, expect, it } from "vitest";
import { generatedDocument } from "./grammar.ts";
import { parse } from "./sample-documents.ts";

const alive = new Set(
  "script style iframe object embed form input button svg math link meta base template noscript frame video audio".split(
    " ",
  ),
);
const addressed = new Set("href src poster".split(" "));

/** What is wrong with a body, in words. */
const faultsIn = (html: string, isMdx: boolean): readonly string[] => {
  const faults: string[] = [];
  const see = (node: DefaultTreeAdapterTypes.ChildNode, isCode: boolean) => {
    if (
      "value" in node &&
      !isCode &&
      (/\{\{|\{%|%\}|\}\}|<\/?Widget/.test(node.value) || (isMdx && node.value.includes("props.")))
    )
      faults.push(`raw: ${node.value}`);
    if (!("attrs" in node)) return;
    if (alive.has(node.tagName)) faults.push(`alive: ${node.tagName}`);
    for (const { name, value } of node.attrs) {
      if (/^on|^style$/.test(name)) faults.push(`attribute: ${name}`);
      if (addressed.has(name) && !/^(https?:\/\/[^/]|mailto:)/.test(value)) faults.push(`not absolute: ${value}`);
      if (/\{\{|\{%|%7B%7B|%7B%25/i.test(value)) faults.push(`raw in ${name}: ${value}`);
    }
    for (const child of node.childNodes) see(child, isCode || /^(code|pre)$/.test(node.tagName));
  };
  for (const node of parseFragment(html).childNodes) see(node, false);
  return faults;
};

describe("whatever a document is made of", () => {
  it("it is a post or refused for a named reason, nothing in it is alive or raw, and no draft leaks", () => {
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
        const { html, hold, image, url } = parsed.content;
        expect(faultsIn(html, path.endsWith(".mdx"))).toEqual([]);
        expect(hold !== undefined, "held").toBe(isHeld);
        expect(url).toMatch(/^https?:/);
        if (image !== undefined) expect(image.url).toMatch(/^https?:/);
        expect(JSON.stringify(parsed.content)).not.toMatch(/[\u0000-\u0008\u007F-\u009F\uFFFE\uFFFF]/);
        expect(html).not.toContain("]]>");
      }),
      // The same ones on every machine; another seed looks further.
      { seed: 20_261_116, numRuns: 3_000 },
    );
  }, 60_000);
});
