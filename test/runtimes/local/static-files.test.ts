import { mkdir, mkdtemp, rename, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import type { Hono } from "hono";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LocalEnv } from "../../../src/runtimes/local/local-server.ts";
import { mediaType, staticFiles } from "../../../src/runtimes/local/static-files.ts";

let root: string;
let app: Hono<LocalEnv>;
let banner: string;
let prepared: ReadonlyMap<string, string>;

const put = async (key: string, content: string | Uint8Array): Promise<void> => {
  await mkdir(dirname(join(root, key)), { recursive: true });
  await writeFile(join(root, key), content);
};

const get = (path: string, headers: Record<string, string> = {}) => app.request(`http://127.0.0.1${path}`, { headers });

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "crier-public-"));
  banner = "<p>banner</p>";
  prepared = new Map();
  const findPicture = async (url: string) => prepared.get(url);
  app = staticFiles({ root, paths: { "/feed/": "/feed.xml" }, banner: async () => banner, findPicture });
});
afterEach(() => rm(root, { recursive: true }));

describe("rendered files, served as the CDN serves them", () => {
  it("have their type, a strong ETag and a maximum age", async () => {
    await put("feed.xml", "<rss/>");
    const response = await get("/feed.xml");
    expect(response.status).toBe(200);
    expect(await response.text()).toBe("<rss/>");
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "application/rss+xml; charset=utf-8",
      etag: expect.stringMatching(/^"[\w-]{43}"$/),
      "last-modified": expect.stringMatching(/GMT$/),
      "cache-control": "public, max-age=60",
      vary: "Accept-Encoding",
    });
  });

  it.each(["feed.xml", "atom.xml", "feed.json", "index.html"])(
    "cannot be read by a page of another origin: %s",
    async (key) => {
      await put(key, "{}");
      const response = await get(`/${key}`, { Origin: "https://elsewhere.example" });
      expect([response.status, response.headers.has("access-control-allow-origin")]).toEqual([200, false]);
    },
  );

  it("are at their configured paths, too", async () => {
    await put("feed.xml", "<rss/>");
    const response = await get("/feed/");
    expect(await response.text()).toBe("<rss/>");
    expect(response.headers.get("content-type")).toBe("application/rss+xml; charset=utf-8");
  });

  it("are answered with 304 and no bytes when they have not changed", async () => {
    await put("feed.xml", "<rss/>");
    const tag = (await get("/feed.xml")).headers.get("etag") ?? "";
    for (const value of [tag, `W/${tag}`, `"other", ${tag}`, "*"]) {
      const response = await get("/feed.xml", { "If-None-Match": value });
      expect([value, response.status, await response.text()]).toEqual([value, 304, ""]);
      expect(response.headers.get("etag")).toBe(tag);
    }
  });

  it("are compared by the ETag first, then by the date", async () => {
    await put("feed.xml", "<rss/>");
    await utimes(join(root, "feed.xml"), new Date("2026-03-01T08:00:00.500Z"), new Date("2026-03-01T08:00:00.500Z"));
    const since = (date: string, more = {}) => get("/feed.xml", { "If-Modified-Since": date, ...more });
    expect((await since("Sun, 01 Mar 2026 08:00:00 GMT")).status).toBe(304);
    expect((await since("Sun, 01 Mar 2026 07:59:59 GMT")).status).toBe(200);
    expect((await since("yesterday")).status).toBe(200);
    expect((await since("Sun, 01 Mar 2026 08:00:00 GMT", { "If-None-Match": '"other"' })).status).toBe(200);
  });

  it("change as soon as the file is replaced", async () => {
    await put("feed.xml", "<rss/>");
    const tag = (await get("/feed.xml")).headers.get("etag") ?? "";
    await rm(join(root, "feed.xml"));
    await put("feed.xml", "<rss>1</rss>");
    const response = await get("/feed.xml", { "If-None-Match": tag });
    expect([response.status, await response.text()]).toEqual([200, "<rss>1</rss>"]);
  });

  it.each([
    ["br, gzip", "br"],
    ["gzip", "gzip"],
    ["gzip, br;q=0.5", "gzip"],
    ["br;q=0, gzip", "gzip"],
    ["*", "br"],
    ["identity", null],
    ["br;q=0", null],
    ["gzip;q=-1", null],
    ["br;q=-1, gzip;q=0.1", "gzip"],
  ])("are encoded as the client accepts: %s", async (accept, expected) => {
    await put("feed.xml", "<rss/>");
    const plain = await get("/feed.xml");
    const response = await get("/feed.xml", { "Accept-Encoding": accept });
    expect(response.headers.get("content-encoding")).toBe(expected);
    expect(response.headers.get("content-type")).toBe("application/rss+xml; charset=utf-8");
    expect(response.headers.get("etag") === plain.headers.get("etag")).toBe(expected === null);
    const bytes = new Uint8Array(await response.arrayBuffer());
    const decode = { br: brotliDecompressSync, gzip: gunzipSync }[expected ?? ""] ?? Buffer.from;
    expect(decode(bytes).toString()).toBe("<rss/>");
    expect(response.headers.get("content-length")).toBe(String(bytes.length));
  });

  it("have an ETag of their own in each encoding, and a reader who has it gets 304", async () => {
    await put("feed.xml", "<rss/>");
    const tagOf = async (encoding: string, headers = {}) => {
      const { status, headers: got } = await get("/feed.xml", { "Accept-Encoding": encoding, ...headers });
      return [status, got.get("etag") ?? ""] as const;
    };
    const tags = await Promise.all(["br", "gzip", "identity"].map((encoding) => tagOf(encoding)));
    expect(new Set(tags.map(([, tag]) => tag)).size).toBe(3);
    const [[, br]] = [await tagOf("br")];
    expect(await tagOf("br", { "If-None-Match": br })).toEqual([304, br]);
    expect(await tagOf("gzip", { "If-None-Match": br })).toEqual([200, expect.not.stringMatching(br)]);
    await put("feed.new", "<rss>1</rss>");
    await rename(join(root, "feed.new"), join(root, "feed.xml"));
    expect(await tagOf("br", { "If-None-Match": br })).toEqual([200, expect.not.stringMatching(br)]);
  });

  it("are pages at the path of their folder, with the banner and their own ETag", async () => {
    await put("index.html", "<body><!-- crier:strip --></body>");
    await put("categories/café/index.html", "<body>café</body>");
    const front = await get("/");
    expect(await front.text()).toBe("<body><p>banner</p></body>");
    expect(front.headers.get("cache-control")).toBe("public, max-age=0");
    expect((await get("/", { "If-None-Match": front.headers.get("etag") ?? "" })).status).toBe(304);
    expect(await (await get("/categories/caf%C3%A9/")).text()).toBe("<body>café</body>");
    const moved = await get("/categories/caf%C3%A9");
    expect([moved.status, moved.headers.get("location")]).toEqual([301, "./caf%C3%A9/"]);
  });

  it("are pages with the pictures that are prepared on this machine, as soon as they are", async () => {
    const pictures = (first: string) =>
      `<body><img class="u-featured" src="${first}" alt="A"/><img src="https://blog.example.com/b.png" alt="src"/></body>`;
    const address = "https://blog.example.com/it&#39;s.png?w=1&amp;h=2";
    await put("index.html", pictures(address));
    expect(await (await get("/")).text()).toBe(pictures(address));
    prepared = new Map([["https://blog.example.com/it's.png?w=1&h=2", "/pictures/aa.jpg"]]);
    expect(await (await get("/")).text()).toBe(pictures("/pictures/aa.jpg"));
  });

  it("are pages that are compressed with their banner, and anew with the next one", async () => {
    await put("index.html", "<body><!-- crier:strip --></body>");
    const compressed = async () => {
      const page = await get("/", { "Accept-Encoding": "br" });
      return brotliDecompressSync(Buffer.from(await page.arrayBuffer())).toString();
    };
    expect(await compressed()).toBe("<body><p>banner</p></body>");
    banner = "<p>another</p>";
    expect(await compressed()).toBe("<body><p>another</p></body>");
  });

  it.each([
    "/missing.xml",
    "/..%2fsecret",
    "/%2e%2e/secret",
    "/.tmp/x",
    "/a//b",
    "/a%5C..%5Cb",
    "/a%00b",
    "/%E0%A4%A",
    "/folder",
  ])("have nothing at %s", async (path) => {
    await put("folder/x.txt", "x");
    expect((await get(path)).status).toBe(404);
  });

  it.each(["syndication/feed.json", "sites/notes/syndication/archive/1.json", "syndication/a.json"])(
    "%s is JSON, whatever the post's name",
    (key) => {
      expect(mediaType(key)).toBe("application/json; charset=utf-8");
    },
  );

  it("have the types of the formats", () => {
    expect(
      [
        "atom.xml",
        "archive/1.xml",
        "archive/1.html",
        "feeds.opml",
        "favicon.ico",
        "a.png",
        "constructor",
        "x.constructor",
      ].map(mediaType),
    ).toEqual([
      "application/atom+xml; charset=utf-8",
      "application/rss+xml; charset=utf-8",
      "text/html; charset=utf-8",
      "text/x-opml; charset=utf-8",
      "image/svg+xml; charset=utf-8",
      "image/png",
      "application/octet-stream",
      "application/octet-stream",
    ]);
  });
});
