import { describe, expect, test } from "vitest";
import { renderLease } from "../../../src/app/render/render-feed.ts";
import { minute, second } from "../../../src/domain/time.ts";
import { markKey } from "../../../src/store/keys.ts";
import { archivedIds } from "../../support/archived-ids.ts";
import { aSite, start } from "../../support/builders.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const main = { kind: "feed", site: "blog", key: "main" } as const;

const numbered = async (world: World): Promise<number> => (await archivedIds(world.store.archive)).length;

/** Ingested and published, but its feeds are not rendered. */
const add = async (world: World, slug: string, fields: Readonly<Record<string, unknown>> = {}): Promise<void> => {
  world.write(`${slug}.md`, aDocument({ title: slug, slug, socialShare: false, ...fields }));
  await world.ingest(`${slug}.md`);
  await world.app.work(await world.postRef(slug));
};

describe("the mark of a post that waits for its archive number", () => {
  test("is not removed after the post has returned", async () => {
    const world = await aWorld();
    await add(world, "a");
    await world.app.remove("a");
    const slow = world.worker("archive.unmark");
    const running = slow.app.work(main);
    await slow.stopped;
    await add(world, "a", { title: "back" });
    slow.go();
    await running;
    await world.sweep();
    expect(await world.titles()).toEqual(["back"]);
    expect(await numbered(world)).toBe(1);
  });

  test("is kept by a render whose clock is behind", async () => {
    const world = await aWorld();
    world.turn(10 * second);
    await add(world, "a", { date: new Date(start + 10 * second).toISOString() });
    await world.store.feeds.touch("blog", "main", undefined, start);
    const behind = world.worker("never", () => start + 9 * second);
    await behind.app.work(main);
    await world.sweep();
    expect(await world.titles()).toEqual(["a"]);
    expect(await numbered(world)).toBe(1);
  });

  test("that cannot be read is set again", async () => {
    const world = await aWorld();
    await add(world, "a");
    const [marks] = await world.store.archive.marks("blog", "main", 1);
    await world.table.update(markKey("blog", "main", marks?.marks ?? []), { set: { marks: 7 } }, { kind: "present" });
    await world.sweep();
    expect(await numbered(world)).toBe(1);
    expect(await world.store.archive.marks("blog", "main", 1)).toEqual([]);
  });

  test("is removed with a post that is moved into the future, and set again when it returns", async () => {
    const world = await aWorld();
    await add(world, "a");
    await add(world, "a", { date: new Date(start + minute).toISOString() });
    await world.sweep();
    expect(await world.store.archive.marks("blog", "main", 1)).toEqual([]);
    world.turn(minute);
    await world.sweep();
    expect(await numbered(world)).toBe(1);
  });
});

test("a full archive page links to its successor even if the render that started that one crashed", async () => {
  const world = await aWorld({
    site: {
      feeds: { ...aSite().feeds, entries: 2 },
    },
  });
  for (let n = 1; n <= 50; n += 1) await add(world, `s${n}`);
  await world.sweep();
  await add(world, "s51");
  const crashed = world.worker("after archive.save");
  void crashed.app.work(main);
  await crashed.stopped;
  world.turn(renderLease + second);
  await world.sweep();
  const first = await world.objects.read("archive/1.xml");
  expect(new TextDecoder().decode(first?.bytes)).toContain("next-archive");
}, 60_000);
