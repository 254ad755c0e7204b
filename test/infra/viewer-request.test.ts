import { createContext, runInContext } from "node:vm";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { viewerRequest } from "../../infra/constructs/cdn.ts";

const source = viewerRequest({
  redirects: { "/rss.xml": "/feed.xml", "/old": "/categories/$&/" },
  paths: { "/feed/": "/feed.xml", "/index.xml": "/sites/notes/atom.xml" },
});
const context = createContext({});
runInContext(source, context);

const Answer = z.union([
  z.object({ statusCode: z.literal(301), headers: z.object({ location: z.object({ value: z.string() }) }) }),
  z.object({ uri: z.string() }),
]);

/** What becomes of a request: the object that is asked for, or where the reader is sent. */
const answer = (uri: string, encodings?: string): string => {
  const headers = encodings === undefined ? {} : { "accept-encoding": { value: encodings } };
  const event = JSON.stringify({ version: "1.0", request: { method: "GET", uri, querystring: {}, headers } });
  const read = Answer.parse(JSON.parse(runInContext(`JSON.stringify(handler(${event}))`, context)));
  return "uri" in read ? read.uri : `301 ${read.headers.location.value}`;
};

describe("the viewer function", () => {
  test("is small enough for CloudFront", () => {
    expect(Buffer.byteLength(source)).toBeLessThanOrEqual(10 * 1024);
  });

  test.each([
    ["/", "/index.html"],
    ["/categories/open-web/", "/categories/open-web/index.html"],
    ["/feed/", "/feed.xml"],
    ["/index.xml", "/sites/notes/atom.xml"],
    ["/feed.xml", "/feed.xml"],
    ["/archive/3.xml", "/archive/3.xml"],
  ])("%s is the object %s", (uri, object) => {
    expect(answer(uri)).toBe(object);
  });

  test.each([
    ["/rss.xml", "301 /feed.xml"],
    ["/old", "301 /categories/$&/"],
    ["/constructor", "301 /constructor/"],
  ])("%s, which may have moved, is %s", (uri, place) => {
    expect(answer(uri, "br")).toBe(place);
  });

  test("sends a folder without its slash to the one with it", () => {
    expect(answer("/categories/open-web", "br")).toBe("301 /categories/open-web/");
  });

  test.each(["//elsewhere.example", "/\\elsewhere.example/x", "///elsewhere/x"])("%s leads to no other host", (uri) => {
    const [, location = ""] = answer(uri).split("301 ");
    expect(new URL(location || "/", "https://feeds.example").host).toBe("feeds.example");
  });

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
  ])("to a reader that takes %j it gives %s (RFC 9110 §12.5.3)", (encodings, object) => {
    expect(answer("/feed.xml", encodings)).toBe(object);
  });

  test.each(["/feed.json", "/atom.xml", "/feeds.opml", "/categories/a/"])("%s has compressed copies", (uri) => {
    expect(answer(uri, "br")).toMatch(/\.br$/);
  });

  test("a picture has none, nor has what is compressed already", () => {
    expect(answer("/cards/a.png", "br")).toBe("/cards/a.png");
    expect(answer("/feed.xml.gz", "br")).toBe("/feed.xml.gz");
  });
});
