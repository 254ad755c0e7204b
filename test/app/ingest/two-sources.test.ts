import { expect, test } from "vitest";
import { minute } from "../../../src/domain/time.ts";
import type { Source } from "../../../src/ports/content.ts";
import { composeTestedApp } from "../../support/app.ts";
import { aDocument, aWorld } from "../../support/world.ts";

const page = "https://blog.example.com/hello/";

/** A site whose folder and feed both have a post: the folder's document was there first. */
const aSiteWithFeed = async (folderFields: Readonly<Record<string, unknown>> = {}) => {
  const world = await aWorld();
  const entries = new Map([
    ["1.md", aDocument({ title: "As in the feed", guid: "entry-1", canonical_url: page, slug: "1" })],
  ]);
  const feed: Source = {
    name: "feed",
    list: async () => [...entries.keys()],
    read: async (path) => (entries.has(path) ? new TextEncoder().encode(entries.get(path)) : undefined),
  };
  const { source: folder, ...parts } = world.parts();
  const app = (...sources: readonly Source[]) => composeTestedApp({ ...parts, sources });
  world.write("hello.md", aDocument({ title: "As in the folder", ...folderFields }));
  await app(folder).reconcile();
  await world.sweep();
  return { world, entries, folder, feed, app };
};

const reconcile = async ({ world, app }: Awaited<ReturnType<typeof aSiteWithFeed>>, ...sources: readonly Source[]) => {
  await app(...sources).reconcile();
  await world.sweep();
};

test.each([{}, { guid: "of-the-file" }])("an entry with the address of a file is the same post: %j", async (fields) => {
  const site = await aSiteWithFeed(fields);
  const { world, folder, feed } = site;
  await reconcile(site, feed, folder);
  await reconcile(site, feed, folder);
  expect(await world.titles()).toEqual(["As in the folder"]);
  expect(world.paper.posts).toHaveLength(1);
  expect(await site.app(feed).refused()).toEqual([]);
  expect(await site.app(folder, feed).status("1.md")).toMatchObject({ path: "hello" });
});

test.each([{}, { guid: "of-the-file" }])(
  "a site that changes from a folder to its feed keeps its posts: %j",
  async (fields) => {
    const site = await aSiteWithFeed(fields);
    const { world, feed } = site;
    const before = await world.post("hello");
    await reconcile(site, feed);
    expect(await world.post("hello")).toMatchObject({ id: before.id, source: "feed", title: "As in the feed" });
    expect(world.paper.posts).toHaveLength(1);
  },
);

test("the entry continues the post at once when the file is deleted", async () => {
  const site = await aSiteWithFeed();
  const { world, folder, feed, app } = site;
  await reconcile(site, folder, feed);
  world.erase("hello.md");
  await app(folder, feed).ingest("folder", "hello.md");
  world.turn(20 * minute);
  await world.sweep();
  expect(await world.titles()).toEqual(["As in the feed"]);
  expect(world.paper.posts).toMatchObject([{ deleted: false }]);
});

test("a post that a person removed stays removed while another source still has it", async () => {
  const site = await aSiteWithFeed();
  const { world, folder, feed } = site;
  await reconcile(site, folder, feed);
  await world.app.remove("hello");
  await reconcile(site, folder, feed);
  await reconcile(site, feed);
  expect(await world.titles()).toEqual([]);
});

test("a document that is put at the address of an entry is refused", async () => {
  const { feed, app } = await aSiteWithFeed();
  await app(feed).reconcile();
  expect(await app(feed).put("hello", new TextEncoder().encode(aDocument({ slug: "hello" })))).toMatchObject({
    result: "refused",
    conflict: true,
  });
});

test("a copy is not parsed again while it is the same, and is read as soon as it is needed", async () => {
  const site = await aSiteWithFeed();
  const { world, entries, folder, feed, app } = site;
  await reconcile(site, folder, feed);
  const parsed = () => claimed.length;
  const claimed: string[] = [];
  const { aliases } = world.store;
  const counting = composeTestedApp({
    ...world.parts(),
    sources: [folder, feed],
    // Every document that is parsed claims its address.
    store: {
      ...world.store,
      aliases: {
        ...aliases,
        claim: (blog, kind, value, id) => {
          claimed.push(value);
          return aliases.claim(blog, kind, value, id);
        },
      },
    },
  });
  await counting.reconcile();
  expect(parsed()).toBe(0);
  entries.set("1.md", aDocument({ title: "Edited in the feed", guid: "entry-1", canonical_url: page, slug: "1" }));
  await counting.reconcile();
  await counting.reconcile();
  expect(claimed.filter((value) => value === "hello")).toHaveLength(1);
  world.erase("hello.md");
  await app(folder, feed).ingest("folder", "hello.md");
  expect(await world.post("hello")).toMatchObject({ source: "feed", title: "Edited in the feed", gone: undefined });
});
