import { mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CachedFile, fileCache } from "../../../src/runtimes/local/static-files.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "crier-cache-"));
});
afterEach(() => rm(root, { recursive: true }));

/** Writes like the writer of feeds: another file takes the place of the first. */
const put = async (key: string, text: string): Promise<void> => {
  await writeFile(join(root, ".new"), text);
  await rename(join(root, ".new"), join(root, key));
};

const opened = async (read: ReturnType<typeof fileCache>, key: string): Promise<CachedFile> => {
  const file = await read(key);
  if (file === undefined) throw new Error(`there is no ${key}`);
  return file;
};

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

describe("the cache of files", () => {
  it("compresses a file once, for all that ask at the same time or later, until it changes", async () => {
    await put("feed.xml", "<rss/>");
    const read = fileCache(root);
    const file = await opened(read, "feed.xml");
    const [first, second] = await Promise.all([file.encoded("br"), file.encoded("br")]);
    expect(second).toBe(first);
    expect(await (await opened(read, "feed.xml")).encoded("br")).toBe(first);
    expect(text(brotliDecompressSync(first))).toBe("<rss/>");
    expect(text(gunzipSync(await file.encoded("gzip")))).toBe("<rss/>");
    await put("feed.xml", "<rss>1</rss>");
    expect(text(brotliDecompressSync(await (await opened(read, "feed.xml")).encoded("br")))).toBe("<rss>1</rss>");
  });

  it("keeps what was asked for last, and no more than its size", async () => {
    const read = fileCache(root, 2_500);
    for (const key of ["a", "b", "c"]) await put(key, key.repeat(1_000));
    const a = await opened(read, "a");
    const b = await opened(read, "b");
    expect(await opened(read, "a")).toBe(a);
    await opened(read, "c");
    expect(await opened(read, "a")).toBe(a);
    expect(await opened(read, "b")).not.toBe(b);
    expect(text((await opened(read, "b")).bytes)).toBe(await readFile(join(root, "b"), "utf8"));
  });

  it("serves a file that is larger than all that it keeps", async () => {
    await put("large", "x".repeat(5_000));
    const file = await opened(fileCache(root, 1_000), "large");
    expect(text(gunzipSync(await file.encoded("gzip")))).toHaveLength(5_000);
  });
});
