import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makeFacets } from "../../src/networks/bluesky/bluesky-record.ts";
import { detectedByBluesky, detectedByCrier } from "../support/detected-facets.ts";
import { runs } from "../support/runs.ts";

const url = "https://blog.example.com/a(b)";
const covered = (text: string, isOwnText = true) =>
  makeFacets(text, { shown: url, url, handles: new Set(), isOwnText }).map(({ index, features }) => [
    Buffer.from(text).subarray(index.byteStart, index.byteEnd).toString(),
    features[0],
  ]);
const link = (uri: string, shown = uri) => [shown, { $type: "app.bsky.richtext.facet#link", uri }];
const tag = (name: string) => [`#${name}`, { $type: "app.bsky.richtext.facet#tag", tag: name }];

describe("facets", () => {
  test("cover the whole link of the post, and other links without the punctuation next to them", () => {
    expect(covered(`é ${url}. See (https://a.example/x), https://b.example/y_(z)!`)).toEqual([
      link(url),
      link("https://a.example/x"),
      link("https://b.example/y_(z)"),
    ]);
  });

  test("cover the whole of a longer link that begins with the post's", () => {
    expect(covered(`${url}/comments`)).toEqual([link(`${url}/comments`)]);
    expect(covered(`${url}?a=b`)).toEqual([link(`${url}?a=b`)]);
    expect(covered(`${url}) and`)).toEqual([link(url)]);
    expect(covered(`“${url}”`)).toEqual([link(url)]);
  });

  test("have the whole address of a link that is shown in short, but not within other addresses", () => {
    const shown = "a.example/b…";
    const facets = makeFacets(`${shown} me@${shown} https://${shown} x.${shown}`, {
      shown,
      url: "https://a.example/bcd/",
      handles: new Set(),
      isOwnText: false,
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
    expect(covered(`#${"x".repeat(65)}`)).toEqual([]);
  });

  test("are whole hashtags and addresses without a scheme, as in Bluesky's own app", () => {
    expect(covered("#C++ #node.js #open-source #🎉 (example.com), www.example.com/a?b#c.")).toEqual([
      tag("C++"),
      tag("node.js"),
      tag("open-source"),
      tag("🎉"),
      link("https://example.com", "example.com"),
      link("https://www.example.com/a?b#c", "www.example.com/a?b#c"),
    ]);
  });

  test("end before the bracket of a sentence, also if the address has brackets of its own", () => {
    expect(covered("(see https://b.example/y_(z))")).toEqual([link("https://b.example/y_(z)")]);
  });

  test("cover no address without a scheme and no share in a title or a summary", () => {
    expect(covered("README.md, $HOME and https://a.example/ #tag", false)).toEqual([
      link("https://a.example/"),
      tag("tag"),
    ]);
  });

  test("are empty for an empty text", () => {
    expect(covered("")).toEqual([]);
  });
});

const samples = [
  "#C++ #C# #F#. #node.js, #open-source! #🎉 #️⃣ #a\u200Bb #2026 #20x #'quoted' #“x” ##double #_a_ ＃全角 #日本語、 #a/b",
  "#tag\n#two\t#three (#four) \u00A0#five #١٢٣ #٢x #e\u0301 #ééé. #a.b.c... #!! #",
  'example.com www.example.com/a example.com. (example.com) example.com, "example.com" -example.com my-site.com',
  "README.md deploy.sh ASP.NET Node.js node.js socket.io Example.Com e.g. i.e. 3.14 a.b.c index.html v1.2.3 12.com",
  "me@mail.example.com john.me@example.com http://a.example HTTP://A.EXAMPLE https:// httpbin.org/get ftp://a.example.com",
  "https://a.example/x, https://a.example/x. https://a.example/x! https://a.example/?q=1; https://a.example/x: https://[",
  "(https://a.example/x) https://a.example/x_(y) (https://a.example/x_(y)) [https://a.example] <https://a.example>",
  "“https://a.example” 'https://a.example' 見てhttps://a.example/aを見て https://a.example/日本語 https://bücher.example/ß?q=ü",
  '$TSLA $A1, ($ABC) $5 $ABCDEF $PATH\'s $path "$X" US$5',
  "a\n\nexample.com\n#end",
  "＃(http://b.example\u05BE",
];

/** twitter-text has them as top-level domains, and the internet does not. Longer ones are not drawn at random. */
const ended = ["an", "bl", "bq", "eh", "mf", "tp", "um"];
const endedName = new RegExp(String.raw`\.(?:${ended.join("|")})(?![a-z\d])`, "i");

describe("an author's own text has the links and hashtags that @atproto/api finds", () => {
  test.each(samples)("%s", (text) => {
    expect(detectedByCrier(text)).toEqual(detectedByBluesky(text));
  });

  test("in texts of any signs, addresses and hashtags", () => {
    const parts = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.string({ unit: fc.constantFrom(..." \n#＃$.,:;!?()[]\"“”'-_/@&+0aZé語🎉\u200B\uFE0F") }),
      fc.constantFrom("https://a.example/", "http://b.example", "example.com", "README.md", "a.b", "#tag", "$ABC"),
    );
    fc.assert(
      fc.property(fc.array(parts), (all) => {
        const text = all.join("").toWellFormed();
        fc.pre(!endedName.test(text));
        expect(detectedByCrier(text)).toEqual(detectedByBluesky(text));
      }),
      { numRuns: runs(2000) },
    );
  });

  test("with the top-level domains that it knows, except four of which twitter-text has none, and those that ended", () => {
    const names = ["com", "org", "dev", "io", "app", "blog", "ai", "social", "xyz", "museum", "uk", "md", "sh", "js"];
    for (const name of names) expect(detectedByCrier(`a.${name}`)).toEqual(detectedByBluesky(`a.${name}`));
    const unknown = ["amazon", "kids", "music", "spa"];
    expect(unknown.filter((name) => detectedByBluesky(`a.${name}`).length !== 1)).toEqual([]);
    expect(unknown.flatMap((name) => detectedByCrier(`a.${name}`))).toEqual([]);
    expect(ended.flatMap((name) => detectedByBluesky(`a.${name}`))).toEqual([]);
    expect(ended.filter((name) => detectedByCrier(`a.${name}`).length !== 1)).toEqual([]);
  });
});
