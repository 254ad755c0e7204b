import { expect, test } from "vitest";
import { withTitle } from "../../src/domain/snippet.ts";

test.each([
  ["A hundred feeds.", { text: "A Hundred Feeds" }],
  ["A HUNDRED FEEDS", { text: "A Hundred Feeds" }],
  ["A hundred feeds taught us about dates.", { text: "A hundred feeds taught us about dates." }],
  ["A hundred feedstuffs.", { text: "A Hundred Feeds", more: "A hundred feedstuffs." }],
  ["Dates are hard.", { text: "A Hundred Feeds", more: "Dates are hard." }],
])("a title that the summary repeats is said once: %s", (summary, wording) => {
  expect(withTitle({ text: undefined, title: "A Hundred Feeds", summary })).toEqual(wording);
});
