import { describe, expect, it } from "vitest";
import { networks } from "../../src/networks/index.ts";
import { linksIn } from "../../src/networks/network-text.ts";
import { aConfiguredAccount } from "../support/configured-account.ts";
import { aSnippet } from "../support/snippets.ts";

describe.each(networks)("$name", (network) => {
  const compose = (text: string) =>
    network.compose(aSnippet({ text }), aConfiguredAccount({ name: "one", network: network.name }));

  it("cuts a text of 60 KB, of which it reads only the beginning, behind a sentence, and adds the link where no card has it", () => {
    const { text, length, limit } = compose("One sentence of many words. ".repeat(2_200));
    expect(text).toMatch(/^One sentence of many words\. One .* words\.(?:\n\n(?:https:|blog)|$)/s);
    expect(length).toBeLessThanOrEqual(limit);
    expect(length).toBeGreaterThan(limit * 0.8);
  });
});

it.each([")", ".", "!", ").", "。"])("a link with 60,000 times %j behind it ends before them", (unit) => {
  const text = `https://a.example/b${unit.repeat(60_000)}`;
  expect(linksIn(text)).toEqual([{ start: 0, end: 19, url: "https://a.example/b" }]);
});
