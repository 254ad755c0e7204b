import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { facetsOf } from "../../src/networks/bluesky-facets.ts";
import { instantOfTid, tid } from "../../src/networks/bluesky-tid.ts";
import { linksIn } from "../../src/networks/links-in-text.ts";
import { start } from "../support/builders.ts";

describe("a TID", () => {
  const seeds = fc.stringMatching(/^[0-9a-f]{64}$/);
  const moments = fc.integer({ min: 0, max: Date.UTC(2200, 0) });

  test("has the syntax of atproto.com/specs/tid, and tells its moment", () => {
    fc.assert(
      fc.property(seeds, moments, (seed, planned) => {
        const key = tid(seed, planned);
        expect(key).toMatch(/^[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}$/);
        expect(instantOfTid(key)).toBe(planned);
        expect(tid(seed, planned)).toBe(key);
      }),
    );
  });

  test("sorts as the moments do, and differs with the seed", () => {
    expect(tid("ff".repeat(16), start) < tid("00".repeat(16), start + 1)).toBe(true);
    expect(tid("0000000000010000", start)).not.toBe(tid("0000000000020000", start));
  });

  test("is not every key", () => {
    for (const key of ["self", "", "3jzfcijpj2z2aa", "kjzfcijpj2z2a", "3JZFCIJPJ2Z2A", "zzzzzzzzzzzzz"])
      expect(instantOfTid(key)).toBeUndefined();
  });
});

describe("facets", () => {
  const url = "https://blog.example.com/a(b)";
  const covered = (text: string) =>
    facetsOf(text, url).map(({ index, features }) => [
      Buffer.from(text).subarray(index.byteStart, index.byteEnd).toString(),
      features[0],
    ]);
  const link = (uri: string) => [uri, { $type: "app.bsky.richtext.facet#link", uri }];
  const tag = (name: string) => [`#${name}`, { $type: "app.bsky.richtext.facet#tag", tag: name }];

  test("cover the post's link to its very end, and other links without what only stands beside them", () => {
    expect(covered(`é ${url}. See (https://a.example/x), “https://b.example/y_(z)”!`)).toEqual([
      link(url),
      link("https://a.example/x"),
      link("https://b.example/y_(z)"),
    ]);
  });

  test("leave a longer link that begins with the post's as it is", () => {
    expect(covered(`${url}/comments`)).toEqual([link(`${url}/comments`)]);
    expect(covered(`${url}) and`)).toEqual([link(url)]);
  });

  test("cover hashtags, but no number, no part of a word and no fragment of a link", () => {
    expect(covered("#One two#three #2026 #機械学習 #web2, https://a.example/#frag")).toEqual([
      tag("One"),
      tag("機械学習"),
      tag("web2"),
      link("https://a.example/#frag"),
    ]);
    expect(covered(`#${"x".repeat(700)}`)).toEqual([]);
  });

  test("are none for an empty text", () => {
    expect(covered("")).toEqual([]);
  });
});

test("what only looks like a link is none", () => {
  expect(linksIn("https://... http://[ nothing")).toEqual([]);
});
