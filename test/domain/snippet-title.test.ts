import fc from "fast-check";
import { expect, test } from "vitest";
import { withTitle } from "../../src/domain/snippet.ts";
import { runs } from "../support/runs.ts";

test.each([
  ["A hundred feeds.", { text: "A Hundred Feeds" }],
  ["A HUNDRED FEEDS", { text: "A Hundred Feeds" }],
  ["A hundred feeds taught us about dates.", { text: "A hundred feeds taught us about dates." }],
  ["A hundred feedstuffs.", { text: "A Hundred Feeds", more: "A hundred feedstuffs." }],
  ["Dates are hard.", { text: "A Hundred Feeds", more: "Dates are hard." }],
])("a title that the summary repeats is said once: %s", (summary, wording) => {
  expect(withTitle({ text: undefined, title: "A Hundred Feeds", summary })).toEqual(wording);
});

test.each([
  ["prototype", "!prototype"],
  ["Comments", "Comments?"],
  ["Electron 37.0.0", "Electron 37.0.0 released"],
  ["Lang Team Design Meetings", "The Lang Team Design Meetings: May"],
  ["言語チームの会議", "言語チームの会議です"],
])("a summary that has the whole title and a sign or a word more takes the title's place: %s", (title, summary) => {
  expect(withTitle({ text: undefined, title, summary })).toEqual({ text: summary });
});

test.each([
  ["Rust Compiler August Steering Cycle", "The compiler team's August steering cycle"],
  ["February Lang Team Design Meetings", "Lang Team Design Meetings scheduled for February"],
  ["Jacob Hoffman-Andrews joins the Rustdoc team", "new rustdoc team member"],
  ["言語チームの会議", "会議の言語チーム"],
])("a summary that says the same as the title is left out: %s", (title, summary) => {
  expect(withTitle({ text: undefined, title, summary })).toEqual({ text: title });
});

test.each([
  ["Electron 37.0.0", "Electron 37.0.0 has been released! It includes upgrades to Chromium 138 and V8 13.8."],
  ["What Firefox 9 changes", "Firefox 10"],
  ["Hugo vs Astro", "Is it Hugo or is it Astro? It is a tie."],
  ["Launching the 2022 State of Rust Survey", "Hearing from you about the seventh year of Rust"],
  ["Taking Rust everywhere with rustup", "The rustup toolchain manager makes cross-compilation in Rust a breeze"],
  ["Rust", "Rust is Rust: a language in which Rust compilers are written, by Rust people, for Rust people."],
])("a summary that says more stays: %s", (title, summary) => {
  expect(JSON.stringify(withTitle({ text: undefined, title, summary }))).toContain(summary);
});

test("a summary that has the whole title is posted whole, but for its full stop", () => {
  const parts = fc.constantFrom(..."prototype Rust is a 2.0 ! ? . … “ # 言語 の C++".split(" "));
  const phrases = fc
    .tuple(fc.array(parts, { maxLength: 4 }), fc.constantFrom("", " "))
    .map(([phrase, space]) => phrase.join(space));
  const titles = phrases.filter((title) => title !== "");
  fc.assert(
    fc.property(titles, phrases, phrases, fc.constantFrom("", " "), (title, before, after, space) => {
      const summary = [before, title, after].join(space).trim();
      const { text, more = "" } = withTitle({ text: undefined, title, summary });
      const shown = [text, more];
      expect(shown.some((part) => part.includes(title))).toBe(true);
      expect(shown.some((part) => part.includes(summary.replace(/[.。]$/u, "")))).toBe(true);
    }),
    { numRuns: runs(2000) },
  );
});
