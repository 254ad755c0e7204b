import { expect, test } from "vitest";
import { composeIngest } from "../../../src/compose.ts";
import { day, hour } from "../../../src/domain/time.ts";
import type { Source } from "../../../src/ports/content.ts";
import { aDocument, aWorld } from "../../support/world.ts";

/** A source that says with each document whether it was written, as S3 does. What it reads is counted. */
const aBucket = async () => {
  const world = await aWorld();
  const writes = new Map<string, number>();
  let count = 0;
  const read: string[] = [];
  const queried: string[] = [];
  const source: Source = {
    name: "bucket",
    list: async () => [...world.files.keys()],
    listTagged: async () => [...world.files.keys()].map((path) => ({ path, tag: String(writes.get(path)) })),
    read: async (path) => {
      read.push(path);
      return world.files.has(path) ? new TextEncoder().encode(world.files.get(path)) : undefined;
    },
  };
  const { store, ...parts } = world.parts();
  const { documents } = store;
  const counted: typeof documents = {
    ...documents,
    all: (site, name) => {
      queried.push(name);
      return documents.all(site, name);
    },
  };
  const app = () => composeIngest({ ...parts, store: { ...store, documents: counted } }, [source]);
  return {
    world,
    put: (path: string, document: string) => {
      count += 1;
      writes.set(path, count);
      world.write(path, document);
    },
    /** The documents whose bytes were read. */
    listing: async (options?: { readonly everything: boolean }): Promise<readonly string[]> => {
      read.length = 0;
      queried.length = 0;
      await app().reconcile(options);
      return [...new Set(read)].toSorted();
    },
    queried,
    event: (path: string) => app().ingest("bucket", path),
  };
};

const filled = async (count: number) => {
  const bucket = await aBucket();
  for (let index = 0; index < count; index += 1) bucket.put(`p${index}.md`, aDocument({ slug: `p${index}` }));
  await bucket.listing();
  return bucket;
};

test("a listing in which nothing has changed reads no document and no row of one", async () => {
  const bucket = await filled(30);
  bucket.world.turn(hour);
  expect(await bucket.listing()).toEqual([]);
  expect(bucket.queried).toEqual([]);
});

test("only the documents that were written since are read, and those that are new", async () => {
  const bucket = await filled(5);
  bucket.put("p3.md", aDocument({ slug: "p3", title: "Changed" }));
  bucket.put("new.md", aDocument({ slug: "new" }));
  expect(await bucket.listing()).toEqual(["new.md", "p3.md"]);
  expect((await bucket.world.post("p3")).title).toBe("Changed");
  expect(await bucket.listing()).toEqual([]);
});

test("a document that vanished without an event is noticed at once", async () => {
  const bucket = await filled(3);
  bucket.world.erase("p1.md");
  await bucket.listing();
  expect((await bucket.world.post("p1")).gone).toBeDefined();
});

test("one that came by its event and vanished without one, all between two listings, is noticed within a day", async () => {
  const bucket = await filled(3);
  bucket.put("brief.md", aDocument({ slug: "brief" }));
  await bucket.event("brief.md");
  bucket.world.erase("brief.md");
  await bucket.listing();
  expect((await bucket.world.post("brief")).gone).toBeUndefined();
  bucket.world.turn(day);
  await bucket.listing();
  expect((await bucket.world.post("brief")).gone).toBeDefined();
});

test("one that was deleted and put back with the same bytes is read", async () => {
  const bucket = await filled(2);
  bucket.world.erase("p1.md");
  await bucket.event("p1.md");
  bucket.put("p1.md", aDocument({ slug: "p1" }));
  expect(await bucket.listing()).toEqual(["p1.md"]);
  expect((await bucket.world.post("p1")).gone).toBeUndefined();
});

test("a document that is refused is tried with every listing, and no other", async () => {
  const bucket = await filled(3);
  bucket.put("taken.md", aDocument({ slug: "p1" }));
  expect(await bucket.listing()).toContain("taken.md");
  expect(await bucket.listing()).toContain("taken.md");
  expect(await bucket.listing()).not.toContain("p2.md");
});

test("a document with a link to another one is read when any document has changed", async () => {
  const bucket = await filled(3);
  bucket.put("a.md", aDocument({ slug: "a" }, "See [later](./later.md)."));
  await bucket.listing();
  expect(await bucket.listing()).toEqual([]);
  bucket.put("later.md", aDocument({ slug: "later" }));
  expect(await bucket.listing()).toEqual(["a.md", "later.md"]);
  expect((await bucket.world.post("a")).html).toContain("/later/");
});

test("a person has everything read", async () => {
  const bucket = await filled(2);
  expect(await bucket.listing({ everything: true })).toEqual(["p0.md", "p1.md"]);
});

test("the documents whose rows were lost are read", async () => {
  const bucket = await filled(2);
  const { documents } = bucket.world.store;
  const row = await documents.read("blog", "bucket", "p1.md");
  if (row !== undefined) await documents.remove(row);
  bucket.world.turn(day);
  expect(await bucket.listing()).toEqual(["p1.md"]);
});
