import { expect, test } from "vitest";
import type { Objects } from "../../src/ports/feeds.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const xml = { contentType: "application/rss+xml; charset=utf-8" };

const textOf = async (objects: Objects, key: string): Promise<string | undefined> => {
  const stored = await objects.read(key);
  return stored && new TextDecoder().decode(stored.bytes);
};

/** Rules for every object store. */
export const objectsContract = (empty: () => Promise<Objects>): void => {
  test("an object is read as it was put, with an etag", async () => {
    const objects = await empty();
    expect(await objects.read("feed.xml")).toBeUndefined();
    expect(await objects.put("feed.xml", bytes("<rss/>"), { ...xml, over: undefined })).toBe(true);
    expect(await textOf(objects, "feed.xml")).toBe("<rss/>");
    expect((await objects.read("feed.xml"))?.etag).toMatch(/./);
  });

  test("writes only over exactly what was read", async () => {
    const objects = await empty();
    await objects.put("feed.xml", bytes("1"), { ...xml, over: undefined });
    expect(await objects.put("feed.xml", bytes("2"), { ...xml, over: undefined })).toBe(false);
    const first = (await objects.read("feed.xml"))?.etag;
    expect(await objects.put("feed.xml", bytes("2"), { ...xml, over: first })).toBe(true);
    expect(await objects.put("feed.xml", bytes("3"), { ...xml, over: first })).toBe(false);
    expect(await textOf(objects, "feed.xml")).toBe("2");
    expect(await objects.put("other.xml", bytes("3"), { ...xml, over: first })).toBe(false);
    expect(await objects.read("other.xml")).toBeUndefined();
  });

  test("of several puts over the same object one succeeds", async () => {
    const objects = await empty();
    const puts = ["a", "b", "c"].map((text) => objects.put("feed.xml", bytes(text), { ...xml, over: undefined }));
    expect((await Promise.all(puts)).filter(Boolean)).toHaveLength(1);
  });

  test("the etag changes with the bytes", async () => {
    const objects = await empty();
    await objects.put("feed.xml", bytes("1"), { ...xml, over: undefined });
    const first = (await objects.read("feed.xml"))?.etag;
    await objects.put("feed.xml", bytes("2"), { ...xml, over: first });
    expect((await objects.read("feed.xml"))?.etag).not.toBe(first);
  });

  test("encoded variants are objects of their own", async () => {
    const objects = await empty();
    await objects.put("a/b/feed.xml", bytes("plain"), { ...xml, over: undefined });
    await objects.put("a/b/feed.xml.br", bytes("packed"), { ...xml, encoding: "br", over: undefined });
    expect(await textOf(objects, "a/b/feed.xml")).toBe("plain");
    expect(await textOf(objects, "a/b/feed.xml.br")).toBe("packed");
  });

  test("keys may have any letters", async () => {
    const objects = await empty();
    await objects.put("categories/日本 語/feed.xml", bytes("1"), { ...xml, over: undefined });
    expect(await textOf(objects, "categories/日本 語/feed.xml")).toBe("1");
  });
};
