import { describe, expect, test } from "vitest";
import { renderLease } from "../../../src/app/render/render-feed.ts";
import { minute, second } from "../../../src/domain/time.ts";
import { archivedIds } from "../../support/archived-ids.ts";
import { aSite } from "../../support/builders.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const main = { kind: "feed", site: "blog", key: "main" } as const;

/** Published, but its feeds are not rendered. By default an hour newer than the previous post. */
const add = async (world: World, n: number, fields: Readonly<Record<string, unknown>> = {}): Promise<void> => {
  const date = new Date(Date.UTC(2026, 0, 1, n)).toISOString();
  world.write(`${n}.md`, aDocument({ title: `${n}`, slug: `s${n}`, date, socialShare: false, ...fields }));
  await world.ingest(`${n}.md`);
  await world.app.work(await world.postRef(`s${n}`));
};

const addAll = async (world: World, from: number, to: number): Promise<void> => {
  for (let n = from; n <= to; n += 1) await add(world, n);
};

const numbers = async (world: World): Promise<ReadonlyMap<string, number>> => {
  const ids = await archivedIds(world.store.archive);
  // An id with two numbers is in the list twice.
  expect(new Set(ids).size).toBe(ids.length);
  return new Map(ids.map((id, index) => [id, index + 1]));
};

const file = async (world: World, key: string): Promise<string | undefined> => {
  const stored = await world.objects.read(key);
  return stored && new TextDecoder().decode(stored.bytes);
};

const page = (world: World, n: number): Promise<string | undefined> => file(world, `archive/${n}.xml`);

/** Follows the links to older posts from the page of the main feed. Returns the files with the titles of their posts. */
const readBack = async (world: World): Promise<readonly (readonly [file: string, titles: readonly string[]])[]> => {
  const read: (readonly [string, readonly string[]])[] = [];
  for (let key: string | undefined = "index.html"; key !== undefined; ) {
    const html: string = (await file(world, key)) ?? "missing";
    read.push([key, [...html.matchAll(/<a class="p-name [^>]*>(.*?)<\/a>/g)].map(([, title = ""]) => title)]);
    key = /<a href="https:\/\/feeds\.example\.com\/([^"]*)">Older posts/.exec(html)?.[1];
  }
  return read;
};

const small = { ...aSite().feeds, entries: 2 };

test("30. a post outside the window still gets an archive number", async () => {
  const world = await aWorld({ site: { feeds: small } });
  await addAll(world, 1, 60);
  await world.sweep();
  const given = await numbers(world);
  expect(given.size).toBe(60);
  expect([...given.values()]).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
  expect(await world.store.archive.marks("blog", "main", 1)).toEqual([]);
}, 60_000);

describe("31. a post gets one archive number whatever write a crash follows", () => {
  test.each(["after archive.save", "archive.indexById", "after archive.indexById", "archive.unmark"])(
    "when the render stops at %s",
    async (place) => {
      const world = await aWorld();
      await add(world, 1);
      const crashed = world.worker(place);
      void crashed.app.work(main);
      await crashed.stopped;
      world.turn(renderLease + second);
      await add(world, 2);
      await world.sweep();
      expect([...(await numbers(world)).values()]).toEqual([1, 2]);
    },
  );

  test.each(["after archive.save", "archive.indexById 2", "archive.indexById 3", "after archive.indexById 3"])(
    "when the render of several posts stops at %s",
    async (place) => {
      const world = await aWorld();
      await addAll(world, 1, 3);
      const crashed = world.worker(place);
      void crashed.app.work(main);
      await crashed.stopped;
      world.turn(renderLease + second);
      // Edited: each has a mark or asks for its page.
      for (const n of [3, 1, 2]) await add(world, n, { title: "edited" });
      await add(world, 4);
      await world.sweep();
      expect([...(await numbers(world)).values()]).toEqual([1, 2, 3, 4]);
      expect([...((await page(world, 1)) ?? "").matchAll(/<title>edited<\/title>/g)]).toHaveLength(3);
    },
  );

  test("when a render that lost its lease continues", async () => {
    const world = await aWorld();
    await add(world, 1);
    const slow = world.worker("archive.save");
    const running = slow.app.work(main);
    await slow.stopped;
    world.turn(renderLease + second);
    await add(world, 2);
    await world.sweep();
    slow.go();
    await running;
    await world.sweep();
    expect([...(await numbers(world)).values()]).toEqual([1, 2]);
  });

  test("when it is deleted and returns, or is edited", async () => {
    const world = await aWorld();
    await addAll(world, 1, 2);
    await world.sweep();
    const before = await numbers(world);
    await world.app.remove("s1");
    await world.sweep();
    await add(world, 1, { title: "back", date: "2026-02-01" });
    await add(world, 2, { title: "edited" });
    await world.sweep();
    expect(await numbers(world)).toEqual(before);
  });
});

test("32. a full archive page keeps its posts", async () => {
  const world = await aWorld();
  await addAll(world, 1, 51);
  await world.sweep();
  const full = await page(world, 1);
  const forPeople = await file(world, "archive/1.html");
  expect(full).toContain("next-archive");
  expect(forPeople).toContain("archive/2.html");
  await add(world, 52, { title: "of old", date: "2019-01-01" });
  await world.sweep();
  expect(await page(world, 1)).toBe(full);
  expect(await file(world, "archive/1.html")).toBe(forPeople);
  expect(await page(world, 2)).toContain("of old");
});

describe("the archive", () => {
  test("is reached from the page for people, which leads to its first post that the page does not show", async () => {
    const world = await aWorld({ site: { feeds: small } });
    const titles = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, at) => `${from - at}`);
    await addAll(world, 1, 2);
    await world.sweep();
    expect(await readBack(world)).toEqual([["index.html", titles(2, 1)]]);
    await add(world, 3);
    await world.sweep();
    expect(await readBack(world)).toEqual([
      ["index.html", titles(3, 2)],
      ["archive/1.html", titles(3, 1)],
    ]);
    await addAll(world, 4, 102);
    await world.sweep();
    expect(await readBack(world)).toEqual([
      ["index.html", titles(102, 101)],
      ["archive/2.html", titles(100, 51)],
      ["archive/1.html", titles(50, 1)],
    ]);
  }, 60_000);

  test("is reached where it has a post that was dated back, which the page does not show, and not one that was deleted", async () => {
    const world = await aWorld({ site: { feeds: { ...small, entries: 20 } } });
    await addAll(world, 1, 60);
    await add(world, 61);
    await world.app.remove("s61");
    await world.sweep();
    expect((await readBack(world)).map(([name]) => name)).toEqual(["index.html", "archive/1.html"]);
    await add(world, 62, { date: "2019-01-01" });
    await world.sweep();
    expect((await readBack(world)).map(([name]) => name)).toEqual(["index.html", "archive/2.html", "archive/1.html"]);
  }, 60_000);

  test("has every live post once, also backdated ones", async () => {
    const world = await aWorld({ site: { feeds: small } });
    await addAll(world, 1, 60);
    await add(world, 61, { date: "2019-01-01" });
    await world.app.remove("s7");
    await world.sweep();
    const titles = [1, 2].map(async (n) => [...((await page(world, n)) ?? "").matchAll(/<title>(\d+)<\/title>/g)]);
    const found = (await Promise.all(titles)).flat().map(([, title]) => Number(title));
    const wanted = Array.from({ length: 61 }, (_, index) => index + 1).filter((n) => n !== 7);
    expect(found.toSorted((a, b) => a - b)).toEqual(wanted);
  });

  test("renders a finished page again only when one begins behind it", async () => {
    const world = await aWorld();
    await addAll(world, 1, 51);
    await world.sweep();
    const rendered = async () => (await world.store.feeds.read("blog", "archive/1"))?.rendered;
    const before = await rendered();
    world.turn(minute);
    await add(world, 52);
    await world.sweep();
    expect(await rendered()).toBe(before);
  });

  test("is linked from the main feed, and shows edited posts as they are now", async () => {
    const world = await aWorld();
    await addAll(world, 1, 51);
    await world.sweep();
    const stored = await world.objects.read("feed.xml");
    expect(new TextDecoder().decode(stored?.bytes)).toContain("https://feeds.example.com/archive/2.xml");
    world.turn(minute);
    await add(world, 1, { title: "edited" });
    await world.sweep();
    expect(await page(world, 1)).toContain("<title>edited</title>");
  });

  test("gives a number to a post that was withdrawn before it had one when it returns", async () => {
    const world = await aWorld();
    await add(world, 1);
    await world.app.remove("s1");
    await world.sweep();
    expect((await numbers(world)).size).toBe(0);
    await add(world, 1, { title: "back" });
    await world.sweep();
    expect((await numbers(world)).size).toBe(1);
  });
});
