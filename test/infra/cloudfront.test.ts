import { beforeEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { encode } from "../../src/objects/encodings.ts";
import { type Behave, behavioursOf, type ErrorPage, errorPagesOf } from "../support/cloudfront/distribution.ts";
import { anEdge } from "../support/cloudfront/edge.ts";
import { aReply, type Headers, type Origin } from "../support/cloudfront/http.ts";
import { needNjs } from "../support/cloudfront/njs.ts";
import { type StoredObject, s3Origin } from "../support/cloudfront/s3-origin.ts";
import { type Resource, synthesised } from "./synthesised.ts";

const stack = synthesised({ site: { feeds: { paths: { rss: "/feed/", atom: "/consolefeed.xml" } } } });
const { resources } = stack;
beforeEach(({ skip }) => needNjs(skip));

/** Texts of the files of a deployment, each long enough to be compressed. */
const texts: Readonly<Record<string, readonly [type: string, text: string]>> = {
  "feed.xml": ["application/rss+xml; charset=utf-8", `<rss>${"a".repeat(2_000)}</rss>`],
  "atom.xml": ["application/atom+xml; charset=utf-8", `<feed>${"b".repeat(2_000)}</feed>`],
  "feed.json": ["application/feed+json; charset=utf-8", `{"a":"${"c".repeat(2_000)}"}`],
  "index.html": ["text/html; charset=utf-8", `<p>${"d".repeat(2_000)}</p>`],
  "404.html": ["text/html; charset=utf-8", "<h1>There is no page here</h1>"],
  "categories/open-web/index.html": ["text/html; charset=utf-8", "<p>open web</p>"],
  "apis.xml": ["application/rss+xml; charset=utf-8", "<rss>apis</rss>"],
  "healthz.xml": ["application/rss+xml; charset=utf-8", "<rss>healthz</rss>"],
};

/** Files as the render function stores them, with their compressed copies. */
const stored = (): Map<string, StoredObject> =>
  new Map(
    Object.entries(texts).flatMap(([key, [contentType, text]]) =>
      encode(text).map(({ suffix, bytes, encoding }) => [`${key}${suffix}`, { bytes, contentType, encoding }] as const),
    ),
  );

const ofBucket = (type: string, all: readonly Resource[]) =>
  all.find((one) => one.type === type && one.id.startsWith("Feeds"))?.properties;
const bucketOf = (all: readonly Resource[]) => ofBucket("AWS::S3::Bucket", all);
const policyOf = (all: readonly Resource[]) => ofBucket("AWS::S3::BucketPolicy", all);

/** The HTTP API: it accepts its own host name only, and shows what came. */
const api: Origin = async ({ method, url, headers, body }) =>
  headers.host === "api"
    ? aReply(
        200,
        { "content-type": "application/json", vary: "Origin" },
        JSON.stringify({ method, url, headers, body }),
      )
    : aReply(403, {}, '{"message":"Forbidden"}');

const inFront = (
  behaviours: readonly Behave[] = behavioursOf(resources),
  all = resources,
  errorPages: readonly ErrorPage[] = errorPagesOf(resources),
) => {
  const time = { now: 0 };
  const files = stored();
  const read: string[] = [];
  const sentToBucket: Headers[] = [];
  const s3 = s3Origin({
    bucket: bucketOf(all),
    policy: policyOf(all),
    read: async (key) => {
      read.push(key);
      return files.get(key);
    },
  });
  const bucket: Origin = async (request) => {
    sentToBucket.push(request.headers);
    return s3(request);
  };
  const edge = anEdge({ behaviours, errorPages, origins: { bucket, api }, clock: () => time.now });
  const ask = async (
    url: string,
    headers: Headers = {},
    method = "GET",
    more: { body?: string; scheme?: "http" } = {},
  ) => {
    const reply = await edge({ method, url, headers: { host: "feeds.example.com", ...headers }, ...more });
    return { ...reply, text: new TextDecoder().decode(reply.body) };
  };
  return { ask, files, read, sentToBucket, time };
};

describe("a reader gets through CloudFront", () => {
  test.each([
    ["/feed.xml", "gzip", "application/rss+xml; charset=utf-8", "gzip"],
    ["/atom.xml", "gzip, deflate, br", "application/atom+xml; charset=utf-8", "br"],
    ["/feed.json", "br", "application/feed+json; charset=utf-8", "br"],
    ["/feed.xml", undefined, "application/rss+xml; charset=utf-8", undefined],
    ["/", "br", "text/html; charset=utf-8", "br"],
    ["/categories/open-web/", undefined, "text/html; charset=utf-8", undefined],
    ["/feed/", undefined, "application/rss+xml; charset=utf-8", undefined],
    ["/feed.xml?utm_source=x", undefined, "application/rss+xml; charset=utf-8", undefined],
  ])("%s, accepting %s, as %s with the encoding %s", async (url, encodings, type, encoding) => {
    const { ask } = inFront();
    const reply = await ask(url, encodings === undefined ? {} : { "accept-encoding": encodings });
    expect(reply).toMatchObject({ status: 200, headers: { "content-type": type } });
    expect(reply.headers["content-encoding"]).toBe(encoding);
    // Caches between must not hand one encoding to a client that asked for another.
    expect(reply.headers.vary).toBe("Accept-Encoding");
  });

  test("a strong ETag, and with it 304 without a body; another encoding has another ETag", async () => {
    const { ask } = inFront();
    const { headers } = await ask("/feed.xml", { "accept-encoding": "br" });
    const etag = headers.etag ?? "";
    expect(etag).toMatch(/^"[0-9a-f]{32}"$/);
    const again = await ask("/feed.xml", { "accept-encoding": "br", "if-none-match": `"other", ${etag}` });
    expect([again.status, again.text, again.headers.etag]).toEqual([304, "", etag]);
    expect((await ask("/feed.xml", { "if-none-match": etag })).status).toBe(200);
  });

  test("the headers without the body for HEAD", async () => {
    const { ask } = inFront();
    const reply = await ask("/feed.xml", {}, "HEAD");
    expect([reply.status, reply.text, reply.headers["content-type"]]).toEqual([
      200,
      "",
      "application/rss+xml; charset=utf-8",
    ]);
  });

  test("a change a minute later, and until then one request to the bucket for all readers", async () => {
    const { ask, files, read, time } = inFront();
    await ask("/feed.xml");
    files.set("feed.xml", {
      bytes: new TextEncoder().encode("<rss>new</rss>"),
      contentType: "application/rss+xml",
      encoding: undefined,
    });
    time.now = 59_000;
    expect((await ask("/feed.xml", { origin: "https://reader.example" })).text).not.toContain("new");
    expect(read).toEqual(["feed.xml"]);
    time.now = 60_000;
    expect((await ask("/feed.xml")).text).toContain("new");
  });

  test("a page of ours with 404 for what is not there, and 403 for what may not be sent", async () => {
    const { ask } = inFront();
    for (const url of ["/nothing.xml", "/nothing/", "/nothing/?a=b", "/404.xml"])
      for (const encodings of ["br", "gzip", "identity"])
        expect(await ask(url, { "accept-encoding": encodings })).toMatchObject({
          status: 404,
          text: "<h1>There is no page here</h1>",
          headers: { "content-type": "text/html; charset=utf-8", vary: "Accept-Encoding" },
        });
    const head = await ask("/nothing.xml", {}, "HEAD");
    expect([head.status, head.text]).toEqual([404, ""]);
    expect((await ask("/feed.xml", {}, "PUT")).status).toBe(403);
  });

  test("ten seconds later what was not there, and is now", async () => {
    const { ask, files, time } = inFront();
    expect((await ask("/categories/new/feed.xml")).status).toBe(404);
    const bytes = new TextEncoder().encode("<rss>new</rss>");
    files.set("categories/new/feed.xml", { bytes, contentType: "application/rss+xml", encoding: undefined });
    time.now = 10_000;
    expect(await ask("/categories/new/feed.xml")).toMatchObject({ status: 200, text: "<rss>new</rss>" });
  });

  test("S3's own refusal as long as the page itself is not rendered", async () => {
    const { ask, files } = inFront();
    files.clear();
    expect((await ask("/nothing.xml")).status).toBe(403);
  });

  test("a redirect to the folder, and to https", async () => {
    const { ask } = inFront();
    const folder = await ask("/categories/open-web");
    expect([folder.status, folder.headers.location]).toEqual([301, "/categories/open-web/"]);
    const secure = await ask("/feed.xml", {}, "GET", { scheme: "http" });
    expect([secure.status, secure.headers.location]).toEqual([301, "https://feeds.example.com/feed.xml"]);
  });

  test("the security headers with everything", async () => {
    const { ask } = inFront();
    for (const url of ["/feed.xml", "/nothing.xml", "/categories/open-web", "/api/posts"])
      expect((await ask(url)).headers).toMatchObject({
        "x-content-type-options": "nosniff",
        "strict-transport-security": "max-age=31536000",
        "x-frame-options": "DENY",
      });
  });
});

describe("a reader in a browser, on another origin,", () => {
  const origin = "https://reader.example";

  test("may read every file, its ETag too, whoever asked before", async () => {
    const { ask } = inFront();
    await ask("/feed.xml");
    for (const url of ["/feed.xml", "/atom.xml", "/feed.json"])
      expect((await ask(url, { origin })).headers).toMatchObject({
        "access-control-allow-origin": "*",
        "access-control-expose-headers": "ETag, Last-Modified",
        vary: "Accept-Encoding",
      });
  });

  test("may ask with If-None-Match: the preflight is allowed", async () => {
    const { ask } = inFront();
    const preflight = await ask(
      "/feed.xml",
      { origin, "access-control-request-method": "GET", "access-control-request-headers": "if-none-match" },
      "OPTIONS",
    );
    expect(preflight).toMatchObject({
      status: 200,
      headers: {
        "access-control-allow-origin": "*",
        "access-control-allow-methods": "GET, HEAD",
        "access-control-allow-headers": "if-none-match",
        "access-control-max-age": "86400",
      },
    });
  });
});

const Echo = z.object({
  method: z.string(),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string().optional(),
});

describe("the owner reaches the API", () => {
  test("with method, query, body and token, uncached", async () => {
    const { ask } = inFront();
    const reply = await ask("/api/posts/a?site=blog", { authorization: "Bearer t" }, "PUT", { body: "# Hello" });
    expect(Echo.parse(JSON.parse(reply.text))).toMatchObject({
      method: "PUT",
      url: "/api/posts/a?site=blog",
      headers: { authorization: "Bearer t" },
      body: "# Hello",
    });
    for (const url of ["/api/posts", "/api/posts"]) expect((await ask(url)).headers["x-cache"]).toMatch(/^Miss/);
    expect((await ask("/healthz")).status).toBe(200);
  });

  test("never unencrypted, also not by a redirect that comes after the token", async () => {
    const { ask } = inFront();
    expect((await ask("/api/posts", { authorization: "Bearer t" }, "GET", { scheme: "http" })).status).toBe(403);
  });
});

describe("an editor reaches the console", () => {
  const cookie = "__Host-crier=session";

  test.each(["/console", "/console/", "/console/posts/a?site=blog"])(
    "at %s, uncached, with the cookie",
    async (url) => {
      const { ask } = inFront();
      const form = { cookie, origin: "https://feeds.example.com", "sec-fetch-site": "same-origin" };
      const reply = await ask(url, { ...form, "x-crier-cdn": "of a stranger" }, "POST", { body: "form=a" });
      const headers = { ...form, "x-crier-cdn": "1" };
      expect(Echo.parse(JSON.parse(reply.text))).toMatchObject({ method: "POST", url, headers, body: "form=a" });
      for (const _ of ["first", "again"]) expect((await ask(url)).headers["x-cache"]).toMatch(/^Miss/);
    },
  );

  test("and no file is requested with a cookie", async () => {
    const { ask, sentToBucket } = inFront();
    for (const url of ["/", "/feed.xml", "/consolefeed.xml", "/nothing"]) await ask(url, { cookie });
    expect(sentToBucket.length).toBeGreaterThan(0);
    expect(sentToBucket.filter((headers) => "cookie" in headers)).toEqual([]);
  });
});

/** Returns the paths of files that do not come from the bucket, or not as they should. */
const wrongFiles = async (behaviours: readonly Behave[]): Promise<readonly string[]> => {
  const { ask } = inFront(behaviours);
  const paths = [
    ...Object.keys(texts).map((key) => `/${key.replace(/index\.html$/, "")}`),
    "/feed/",
    "/consolefeed.xml",
  ];
  const replies = await Promise.all(paths.map(async (path) => ({ path, ...(await ask(path)) })));
  return replies
    .filter(
      ({ path, status, headers }) =>
        status !== 200 ||
        !headers["content-type"]?.match(/(?<!\/feed)\/$|\.html$/.test(path) ? "html" : /rss|atom|feed/),
    )
    .map(({ path }) => path);
};

describe("the check of the behaviours finds", () => {
  const behaviours = behavioursOf(resources);
  const changed = (change: (behaviour: Behave) => Partial<Behave>) =>
    behaviours.map((behaviour) => ({ ...behaviour, ...change(behaviour) }));

  test("nothing in the stack", async () => {
    expect(await wrongFiles(behaviours)).toEqual([]);
  });

  test.each([
    ["/api/*", "/api*", "/apis.xml"],
    ["/healthz", "/healthz*", "/healthz.xml"],
    ["/healthz", "/console*", "/consolefeed.xml"],
    ["/healthz", "*.xml", "/feed.xml"],
  ])("that %s as %s also catches %s", async (path, wider, file) => {
    const wrong = changed(({ PathPattern }) => (PathPattern === path ? { PathPattern: wider } : {}));
    expect(await wrongFiles(wrong)).toContain(file);
  });

  test("a lost viewer function, and one that the engine does not run", async () => {
    expect(await wrongFiles(changed(() => ({ code: undefined })))).toContain("/");
    const broken =
      "function handler(event) { return Object.hasOwn(event, 'request') ? event.request : event.request; }";
    expect(await wrongFiles(changed(({ code }) => (code === undefined ? {} : { code: broken })))).toContain(
      "/feed.xml",
    );
  });

  /** The template with a text of the bucket's policy replaced. */
  const withPolicy = (from: string, to: string): Resource[] => {
    const replaced = (resource: Resource): Resource => ({
      ...resource,
      properties: JSON.parse(JSON.stringify(resource.properties).replace(from, to)),
    });
    return resources.map((one) => (one.properties === policyOf(resources) ? replaced(one) : one));
  };

  test("a policy of the bucket that lets no file be read, the page for what is missing included", async () => {
    const { ask } = inFront(undefined, withPolicy("s3:GetObject", "s3:GetObjectTagging"));
    expect((await ask("/feed.xml")).status).toBe(403);
  });

  test("a policy of the bucket that allows to list it: a missing file is S3's XML", async () => {
    const list =
      '"Statement":[{"Action":"s3:ListBucket","Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Resource":{"Fn::GetAtt":["FeedsBucket","Arn"]}},';
    const { ask } = inFront(undefined, withPolicy('"Statement":[', list));
    expect((await ask("/nothing/")).text).toBe("<Error><Code>NoSuchKey</Code></Error>");
  });

  test("a distribution without a page for 403: a missing file is S3's XML", async () => {
    const { ask } = inFront(undefined, resources, []);
    expect(await ask("/nothing/")).toMatchObject({ status: 403, text: "<Error><Code>AccessDenied</Code></Error>" });
  });

  test("an answer of 403 of the API, for which a program would get the page", async () => {
    const named = behaviours.map((one) => ({ ...one, origin: { ...one.origin, headers: { host: "another" } } }));
    expect((await inFront(named).ask("/api/posts")).text).toContain("There is no page here");
  });

  test("that compression by CloudFront makes ETags weak, and leaves Atom as it is", async () => {
    const { ask } = inFront(
      changed(({ caching }) => ({ code: undefined, Compress: true, caching: { ...caching, gzip: true } })),
    );
    const headers = { "accept-encoding": "gzip" };
    expect((await ask("/feed.xml", headers)).headers).toMatchObject({
      "content-encoding": "gzip",
      etag: expect.stringMatching(/^W\//),
    });
    expect((await ask("/atom.xml", headers)).headers["content-encoding"]).toBeUndefined();
  });

  test("a header that CloudFront does not let a policy add", () => {
    const Override = true;
    const headers = {
      Name: "",
      CustomHeadersConfig: { Items: [{ Header: "access-control-allow-origin", Value: "*", Override }] },
    };
    expect(() => inFront(changed(() => ({ headers: { ...headers, SecurityHeadersConfig: {} } })))).toThrow(
      "Invalid custom header: access-control-allow-origin",
    );
  });

  test("a bucket without CORS rules: no browser may read, and the preflight is refused", async () => {
    const bare = resources.map((resource) =>
      resource.properties === bucketOf(resources) ? { ...resource, properties: {} } : resource,
    );
    const { ask } = inFront(behaviours, bare);
    const headers = { origin: "https://reader.example", "access-control-request-method": "GET" };
    expect((await ask("/feed.xml", headers, "OPTIONS")).status).toBe(404);
    expect((await ask("/feed.xml", headers)).headers["access-control-allow-origin"]).toBeUndefined();
  });
});
