import { randomBytes } from "node:crypto";
import { brotliDecompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { Objects } from "../../src/ports/feeds.ts";
import { compressedBodies } from "../../src/store/bodies.ts";
import { objectsInMemory } from "../support/objects-in-memory.ts";

const noObjects: Objects = { read: async () => undefined, put: async () => true };
const post = { site: "blog", id: "a", others: "{}" };

describe("a body", () => {
  test("is compressed once, however often its post is saved unchanged", async () => {
    const bodies = compressedBodies(noObjects);
    const first = await bodies.pack("<p>Words.</p>", post);
    expect((await bodies.pack("<p>Words.</p>", post)).body).toBe(first.body);
    expect((await bodies.pack("<p>Other words.</p>", post)).body).not.toEqual(first.body);
  });

  test("is saved by another worker with the bytes that it read", async () => {
    const stored = await compressedBodies(noObjects).pack("<p>Words.</p>", post);
    const bodies = compressedBodies(noObjects);
    expect((await bodies.pack(await bodies.unpack(stored), post)).body).toBe(stored.body);
  });

  test("that was just packed is read as another worker reads it", async () => {
    const bodies = compressedBodies(noObjects);
    for (const html of ["<p>Words.</p>", "<p>A lone \ud800 surrogate</p>", ""]) {
      const stored = await bodies.pack(html, post);
      expect(await bodies.unpack(stored)).toBe(await compressedBodies(noObjects).unpack(stored));
    }
  });

  test("that was not used for long is compressed again, to the same bytes", async () => {
    const bodies = compressedBodies(noObjects);
    const first = await bodies.pack("<p>Words.</p>", post);
    for (let n = 0; n < 3; n += 1) await bodies.pack(String(n).repeat(400_000), post);
    const again = await bodies.pack("<p>Words.</p>", post);
    expect(again.body).not.toBe(first.body);
    expect(again).toEqual(first);
    expect(brotliDecompressSync(again.body ?? new Uint8Array()).toString()).toBe("<p>Words.</p>");
  });

  test("that is an object is written again where the object was damaged, by a save of the same text", async () => {
    const objects = objectsInMemory();
    const html = randomBytes(600_000).toString("base64");
    const bodies = compressedBodies(objects);
    const stored = await bodies.pack(html, post);
    const key = stored.bodyKey ?? "";
    const { bytes, etag } = (await objects.read(key)) ?? {};
    await objects.put(key, (bytes ?? new Uint8Array()).subarray(0, 1000), { contentType: "text/html", over: etag });
    await expect(compressedBodies(objects).unpack(stored)).rejects.toThrow("its stored body is damaged");
    await compressedBodies(objects).pack(html, post);
    expect(await compressedBodies(objects).unpack(stored)).toBe(html);
  });
});
