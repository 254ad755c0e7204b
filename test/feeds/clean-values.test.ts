import * as fc from "fast-check";
import { expect, test } from "vitest";
import { cleanLine as cleanLineOfDomain } from "../../src/domain/text.ts";
import { cleanLine } from "../../src/feeds/clean-values.ts";

const pieces = [
  ..."aé字 \t\n\r\u00A0\u0000\u007F\u0085\u009F\u200E\u2028\u2029\u202A\u202E\u2066\u2069\uD800\uDC00\uFEFF\uFFFE\uFFFF",
  "  ",
  "😀",
];

const line = fc.array(fc.constantFrom(...pieces), { maxLength: 6 }).map((all) => all.join(""));

test("a line of a feed is clean exactly as the domain has it, whether it has anything to clean or not", () => {
  for (const text of fc.sample(line, 3_000))
    expect(cleanLine(text), JSON.stringify(text)).toBe(cleanLineOfDomain(text));
});
