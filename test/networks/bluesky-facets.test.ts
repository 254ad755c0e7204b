import { describe, expect, test } from "vitest";
import { makeFacets } from "../../src/networks/bluesky/bluesky-record.ts";

describe("facets", () => {
  const url = "https://blog.example.com/a(b)";
  const covered = (text: string) =>
    makeFacets(text, { shown: url, url, handles: new Set() }).map(({ index, features }) => [
      Buffer.from(text).subarray(index.byteStart, index.byteEnd).toString(),
      features[0],
    ]);
  const link = (uri: string) => [uri, { $type: "app.bsky.richtext.facet#link", uri }];
  const tag = (name: string) => [`#${name}`, { $type: "app.bsky.richtext.facet#tag", tag: name }];

  test("cover the whole link of the post, and other links without the punctuation next to them", () => {
    expect(covered(`é ${url}. See (https://a.example/x), “https://b.example/y_(z)”!`)).toEqual([
      link(url),
      link("https://a.example/x"),
      link("https://b.example/y_(z)"),
    ]);
  });

  test("cover the whole of a longer link that begins with the post's", () => {
    expect(covered(`${url}/comments`)).toEqual([link(`${url}/comments`)]);
    expect(covered(`${url}) and`)).toEqual([link(url)]);
  });

  test("have the whole address of a link that is shown in short, but not within other addresses", () => {
    const shown = "a.example/b…";
    const facets = makeFacets(`${shown} me@${shown} https://${shown} x.${shown}`, {
      shown,
      url: "https://a.example/bcd/",
      handles: new Set(),
    });
    expect(facets.map(({ features: [feature] }) => feature)).toMatchObject([
      { uri: "https://a.example/bcd/" },
      { uri: "https://a.example/b" },
    ]);
    expect(facets[0]?.index).toEqual({ byteStart: 0, byteEnd: Buffer.byteLength(shown) });
  });

  test("cover hashtags, but not numbers, parts of words or fragments of links", () => {
    expect(covered("#One two#three #2026 #機械学習 #web2, https://a.example/#frag")).toEqual([
      tag("One"),
      tag("機械学習"),
      tag("web2"),
      link("https://a.example/#frag"),
    ]);
    expect(covered(`#${"x".repeat(700)}`)).toEqual([]);
  });

  test("are empty for an empty text", () => {
    expect(covered("")).toEqual([]);
  });
});
