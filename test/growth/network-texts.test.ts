import { describe, expect, it } from "vitest";
import { networks } from "../../src/networks/index.ts";
import { aConfiguredAccount } from "../support/configured-account.ts";
import { growthOf, mostGrowth } from "../support/growth.ts";
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
    expect(growthOf(compose)).toBeLessThan(mostGrowth);
  });
});
