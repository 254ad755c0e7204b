import { createContext, runInContext } from "node:vm";
import { beforeEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { viewerRequest } from "../../infra/viewer-request.ts";
import { hasNjs, missingNjs, needNjs, underNjs } from "../support/cloudfront/njs.ts";

const source = viewerRequest({
  redirects: { "/rss.xml": "/feed.xml", "/old": "/categories/$&/" },
  paths: { "/feed/": "/feed.xml", "/index.xml": "/sites/notes/atom.xml" },
});

if (!hasNjs && !process.env.CI) console.log(`skipped: ${missingNjs}`);

const context = createContext({});
runInContext(source, context);
const underNode = (expression: string): unknown => JSON.parse(runInContext(`JSON.stringify(${expression})`, context));

const Answer = z.union([
  z.object({ statusCode: z.literal(301), headers: z.object({ location: z.object({ value: z.string() }) }) }),
  z.object({ uri: z.string() }),
]);

describe.each([
  ["njs", (expression: string) => underNjs(source, expression)],
  ["Node", underNode],
])("the viewer function under %s", (engine, run) => {
  beforeEach(({ skip }) => {
    if (engine === "njs") needNjs(skip);
  });

  const handled = (uri: string, headers: Readonly<Record<string, string>>): unknown => {
    const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, { value }]));
    const event = { version: "1.0", request: { method: "GET", uri, querystring: {}, headers: given, cookies: {} } };
    return run(`handler(${JSON.stringify(event)})`);
  };

  /** The object that is requested, or the target of the redirect. */
  const answer = (uri: string, encodings?: string): string => {
    const read = Answer.parse(handled(uri, encodings === undefined ? {} : { "accept-encoding": encodings }));
    return "uri" in read ? read.uri : `301 ${read.headers.location.value}`;
  };

  test.each([
    ["/", "/index.html"],
    ["/categories/open-web/", "/categories/open-web/index.html"],
    ["/feed/", "/feed.xml"],
    ["/index.xml", "/sites/notes/atom.xml"],
    ["/feed.xml", "/feed.xml"],
    ["/archive/3.xml", "/archive/3.xml"],
    ["/.well-known/atproto-did.txt", "/.well-known/atproto-did.txt"],
    ["/constructor/", "/constructor/index.html"],
    ["/__proto__.xml", "/__proto__.xml"],
    ["/a%20b/%E6%97%A5%E6%9C%AC/", "/a%20b/%E6%97%A5%E6%9C%AC/index.html"],
    ["/../../feed.xml", "/../../feed.xml"],
    ["//", "//index.html"],
    ["", "index.html"],
    [`/${"a".repeat(8000)}/`, `/${"a".repeat(8000)}/index.html`],
  ])("%s is the object %s", (uri, object) => {
    expect(answer(uri)).toBe(object);
  });

  test.each([
    ["/rss.xml", "301 /feed.xml"],
    ["/old", "301 /categories/$&/"],
    ["/categories/open-web", "301 /categories/open-web/"],
    ["/日本", "301 /日本/"],
    ['/"quoted"', '301 /"quoted"/'],
    ["/constructor", "301 /constructor/"],
    ["/__proto__", "301 /__proto__/"],
    ["/hasOwnProperty", "301 /hasOwnProperty/"],
    // Clients cannot request a path without a slash. Names of the prototype are not redirects.
    ["constructor", "301 constructor/"],
    ["__proto__", "301 __proto__/"],
  ])("%s redirects to %s", (uri, place) => {
    expect(answer(uri, "br")).toBe(place);
  });

  test.each(["//elsewhere.example", "/\\elsewhere.example/x", "///elsewhere/x"])(
    "%s does not redirect to another host",
    (uri) => {
      const [, location = ""] = answer(uri).split("301 ");
      expect(new URL(location || "/", "https://feeds.example").host).toBe("feeds.example");
    },
  );

  test.each([
    ["gzip, deflate, br, zstd", "/feed.xml.br"],
    ["gzip", "/feed.xml.gz"],
    ["GZIP;q=0.5", "/feed.xml.gz"],
    ["br;q=0.5, gzip;q=0.8", "/feed.xml.gz"],
    ["br;q=0, gzip", "/feed.xml.gz"],
    ["*", "/feed.xml.br"],
    ["*;q=0", "/feed.xml"],
    ["gzip;q=0, *", "/feed.xml.br"],
    ["gzip;q=nonsense", "/feed.xml"],
    ["gzip;q=-1", "/feed.xml"],
    ["br;q=-1, gzip;q=0.1", "/feed.xml.gz"],
    ["gzip;level=9;q=0.1", "/feed.xml.gz"],
    ["identity", "/feed.xml"],
    ["", "/feed.xml"],
  ])("a client that accepts %j gets %s (RFC 9110 §12.5.3)", (encodings, object) => {
    expect(answer("/feed.xml", encodings)).toBe(object);
  });

  test.each(["/feed.json", "/atom.xml", "/feeds.opml", "/categories/a/", "/syndication/2026/a.json"])(
    "%s has compressed copies",
    (uri) => {
      expect(answer(uri, "br")).toMatch(/\.br$/);
    },
  );

  test("a picture or a compressed file has none", () => {
    expect(answer("/cards/a.png", "br")).toBe("/cards/a.png");
    expect(answer("/feed.xml.gz", "br")).toBe("/feed.xml.gz");
  });

  test("the conditions of a request are not changed", () => {
    const conditions = {
      "if-none-match": '"abc"',
      "if-modified-since": "Sun, 01 Mar 2026 08:00:00 GMT",
      range: "0-99",
    };
    expect(handled("/feed.xml", { ...conditions, "accept-encoding": "br" })).toMatchObject({
      uri: "/feed.xml.br",
      headers: Object.fromEntries(Object.entries(conditions).map(([name, value]) => [name, { value }])),
    });
  });
});

describe("the engine in these tests", () => {
  beforeEach(({ skip }) => needNjs(skip));

  test.each([
    "Object.hasOwn({}, 'a')",
    "Object.fromEntries([])",
    "'a'.replaceAll('a', 'b')",
    "[1].at(0)",
    "[[1]].flat()",
    "process.pid",
    "Buffer.from('a')",
    "new TextEncoder()",
    "setTimeout(handler, 1)",
  ])("has no %s, because CloudFront's runtime does not document it", (expression) => {
    expect(() => underNjs(source, expression)).toThrow();
  });

  test("has what the runtime documents", () => {
    expect(underNjs(source, "Object.assign({}, { a: 'x'.padStart(2).startsWith(' ') && [1].includes(1) })")).toEqual({
      a: true,
    });
  });
});

const letterCases = (name: string) => [name, name.toUpperCase(), `${name[0]?.toUpperCase()}${name.slice(1)}`];

describe("each path with each header, under njs", () => {
  beforeEach(({ skip }) => needNjs(skip));

  test("is the object that Node says, in one run", () => {
    const paths = [
      "/",
      "/feed.xml",
      "/atom.xml",
      "/feed.json",
      "/feeds.opml",
      "/a/",
      "/a",
      "/rss.xml",
      "/feed/",
      "/x.png",
    ];
    const encodings = [
      undefined,
      ...["br", "gzip", "identity", "*", "deflate"].flatMap(letterCases),
      "gzip, br",
      "br;q=0.1, gzip;q=0.2",
      "br;q=0, *;q=0.5",
      " br , gzip ",
      ";q=1",
      ",,",
    ];
    const events = paths.flatMap((uri) =>
      encodings.map((value) => ({
        request: {
          method: "GET",
          uri,
          querystring: {},
          cookies: {},
          headers: value === undefined ? {} : { "accept-encoding": { value } },
        },
      })),
    );
    const expression = `${JSON.stringify(events)}.map(handler)`;
    expect(underNjs(source, expression)).toEqual(underNode(expression));
  });
});
