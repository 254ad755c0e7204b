import { expect, test } from "vitest";
import { hour, minute, second } from "../../../src/domain/time.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const text = async (world: World, file: string): Promise<string> =>
  new TextDecoder().decode((await world.objects.read(file))?.bytes);

/** The feed's own dates of change, in RSS and Atom. */
const dates = async (world: World) => [
  Date.parse(/<lastBuildDate>(.*?)</.exec(await text(world, "feed.xml"))?.[1] ?? ""),
  Date.parse(/<updated>(.*?)</.exec(await text(world, "atom.xml"))?.[1] ?? ""),
];

const both = (date: string) => [Date.parse(date), Date.parse(date)];

const publish = async (world: World, slug: string, fields: Readonly<Record<string, unknown>>) => {
  world.write(`${slug}.md`, aDocument({ slug, ...fields }));
  await world.ingest(`${slug}.md`);
  await world.sweep();
};

const remove = async (world: World, slug: string) => {
  world.erase(`${slug}.md`);
  await world.ingest(`${slug}.md`);
  world.turn(6 * second);
  await world.sweep();
};

test("a deletion does not take back the date of a feed, which stays byte for byte the same afterwards", async () => {
  const world = await aWorld({ accounts: [] });
  await publish(world, "old", { date: "2026-02-01T07:00:00Z" });
  await publish(world, "new", { date: "2026-02-03T07:00:00Z" });
  expect(await dates(world)).toEqual(both("2026-02-03T07:00:00Z"));

  await remove(world, "new");
  expect(await world.titles()).toHaveLength(1);
  expect(await dates(world)).toEqual(both("2026-02-03T07:00:00Z"));
  const before = [await text(world, "feed.xml"), await text(world, "atom.xml")];
  world.turn(hour);
  await world.store.feeds.touch("blog", "main", undefined, world.clock());
  await world.sweep();
  expect([await text(world, "feed.xml"), await text(world, "atom.xml")]).toEqual(before);

  await remove(world, "old");
  expect(await dates(world)).toEqual(both("2026-02-03T07:00:00Z"));
  await publish(world, "newest", { date: "2026-02-04T07:00:00Z" });
  expect(await dates(world)).toEqual(both("2026-02-04T07:00:00Z"));
});

test("a render that crashed after its first put does not take back the date either", async () => {
  const world = await aWorld({ accounts: [] });
  await publish(world, "old", { date: "2026-02-01T07:00:00Z" });
  world.write("new.md", aDocument({ slug: "new", date: "2026-02-03T07:00:00Z" }));
  await world.ingest("new.md");
  await world.app.work(await world.postRef("new"));
  const crashed = world.worker("after objects.put");
  void crashed.app.work(world.feedRef("main"));
  await crashed.stopped;
  world.turn(3 * minute);
  await remove(world, "new");
  expect(await dates(world)).toEqual(both("2026-02-03T07:00:00Z"));
});

test("a date in the future, which was a mistake, is taken back with it", async () => {
  const world = await aWorld({ accounts: [] });
  await publish(world, "a", { date: "2026-02-01T07:00:00Z", updated: "2062-02-02T07:00:00Z" });
  expect(await dates(world)).toEqual(both("2062-02-02T07:00:00Z"));
  await publish(world, "a", { date: "2026-02-01T07:00:00Z", updated: "2026-02-02T07:00:00Z" });
  expect(await dates(world)).toEqual(both("2026-02-02T07:00:00Z"));
});
