import { execFileSync, spawnSync } from "node:child_process";
import { createContext, runInContext } from "node:vm";
import { beforeEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { viewerRequest } from "../../infra/constructs/cdn.ts";

const source = viewerRequest({
  redirects: { "/rss.xml": "/feed.xml", "/old": "/categories/$&/" },
  paths: { "/feed/": "/feed.xml", "/index.xml": "/sites/notes/atom.xml" },
});

/** The engine of CloudFront Functions: a feature that it lacks would be a 503 for every reader. */
const hasNjs = spawnSync("njs", ["-v"]).error === undefined;
const missing = "njs is not installed, and only it can judge what CloudFront runs: apt-get install njs";
if (!hasNjs && !process.env.CI) console.log(`skipped: ${missing}`);

/** Evaluates an expression after the source of the function. */
const underNjs = (expression: string): unknown =>
  JSON.parse(
    execFileSync("njs", ["-s", "-c", `${source}\nconsole.log(JSON.stringify(${expression}));`], {
      encoding: "utf8",
      stdio: "pipe",
    }),
  );

const context = createContext({});
runInContext(source, context);
const underNode = (expression: string): unknown => JSON.parse(runInContext(`JSON.stringify(${expression})`, context));

const Answer = z.union([
  z.object({ statusCode: z.literal(301), headers: z.object({ location: z.object({ value: z.string() }) }) }),
  z.object({ uri: z.string() }),
]);

test("the viewer function is small enough for CloudFront", () => {
  expect(Buffer.byteLength(source)).toBeLessThanOrEqual(10 * 1024);
});

describe.each([
  ["njs", underNjs],
  ["Node", underNode],
])("the viewer function under %s", (engine, run) => {
  beforeEach(({ skip }) => {
    if (engine !== "njs" || hasNjs) return;
    if (process.env.CI) throw new Error(missing);
    skip(missing);
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

  test("calls only methods that the engine has", () => {
    const code = viewerRequest({ redirects: {}, paths: {} }).replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
    const called = [...new Set([...code.matchAll(/\.(\w+)\(/g)].map(([, name]) => name))];
    const owners =
      "[Object, Object.prototype, Function.prototype, Array.prototype, String.prototype, RegExp.prototype]";
    expect(called).toContain("toLowerCase");
    expect(
      run(
        `${JSON.stringify(called)}.filter(function (name) { return !${owners}.some(function (owner) { return typeof owner[name] === "function"; }); })`,
      ),
    ).toEqual([]);
  });

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
