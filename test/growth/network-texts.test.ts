import { describe, expect, it } from "vitest";
import { hashtags } from "../../src/domain/snippet.ts";
import { networks } from "../../src/networks/index.ts";
import { withoutMention } from "../../src/networks/network-text.ts";
import { aConfiguredAccount } from "../support/configured-account.ts";
import { measureGrowth, mostGrowth } from "../support/growth.ts";
import { aSnippet } from "../support/snippets.ts";

const units = [
  "a.",
  "é",
  "日",
  "👩‍👩‍👧‍👦",
  "a.com/(",
  "\u0301",
  "a-",
  "! ",
  "http://a.example/(",
  "https://a.example/)",
  "#a",
  "@a@b.example ",
];

describe.each(networks)("$name", (network) => {
  it.each(units)("composes a text of %j in a time that does not grow with the square of its length", (unit) => {
    const account = aConfiguredAccount({ name: "one", network: network.name });
    const compose = (length: number) => network.compose(aSnippet({ text: unit.repeat(length / unit.length) }), account);
    expect(measureGrowth(compose)).toBeLessThan(mostGrowth);
  });
});

it.each([":a:", "日 ", "1 ", "C#", "l'a "])("makes a hashtag of a category of %j in such a time, too", (unit) => {
  const make = (length: number) => hashtags({ categories: [{ name: unit.repeat(length / unit.length) }] });
  expect(measureGrowth(make)).toBeLessThan(mostGrowth);
});

it.each(["@ab see c.co ", "@ab ", "https://a.example/@b "])(
  "keeps the mentions of %j from notifying in such a time",
  (unit) => {
    const change = (length: number) => withoutMention(unit.repeat((4 * length) / unit.length));
    expect(measureGrowth(change)).toBeLessThan(mostGrowth);
  },
);
