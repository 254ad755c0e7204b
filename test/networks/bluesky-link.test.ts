import fc from "fast-check";
import { expect, test } from "vitest";
import { displayedAddress } from "../../src/networks/bluesky/bluesky.ts";

test.each([
  ["https://a.example/post/", "a.example/post/"],
  ["https://a.example/", "a.example"],
  ["https://www.a.example/?p=12", "a.example/?p=12"],
  ["https://a.example/2026/11/20/own-your-words/", "a.example/2026/11/20/ow…"],
  ["https://blog.example.com/own-your-words/", "blog.example.com/own-your-…"],
  ["https://a.example/caf%C3%A9s-und-mehr/und/mehr", "a.example/caf%C3%A9s-un…"],
  ["https://abcd.example/abcdefghijk-%C3%A9s/", "abcd.example/abcdefghijk-…"],
  ["https://a-host-of-twenty-five.example/post/", "…-host-of-twenty-five.example"],
  ["https://a-host-of-twenty.example/post/", "a-host-of-twenty.example"],
])("%s is shown as %s", (url, shown) => {
  expect(displayedAddress(url)).toBe(shown.length > 27 ? `…${shown.slice(-26)}` : shown);
});

test("no address is shown in more than 27 characters, or with half an encoded one", () => {
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: true }), (url) => {
      const shown = displayedAddress(url);
      expect(shown.length).toBeLessThanOrEqual(27);
      expect(shown).not.toMatch(/%[\dA-F]?…$/i);
    }),
  );
});
