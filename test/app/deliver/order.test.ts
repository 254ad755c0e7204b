import { describe, expect, test } from "vitest";
import type { Policies } from "../../../src/domain/account.ts";
import { day, hour, minute, second } from "../../../src/domain/time.ts";
import { deliveryKey } from "../../../src/store/keys.ts";
import { anAccount, start } from "../../support/builders.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const slugs = ["zebra", "apple", "mango", "berry", "lemon", "olive"] as const;

/** Six posts of the last six hours. Their names say nothing about their order: `zebra` is the oldest. */
const writeAll = async (world: World): Promise<void> => {
  for (const [at, slug] of slugs.entries()) {
    const date = new Date(start - (slugs.length - at) * hour).toISOString();
    world.write(`${slug}.md`, aDocument({ slug, title: slug, date }));
  }
  // They are found in the order of their names.
  for (const slug of slugs.toSorted()) await world.ingest(`${slug}.md`);
};

/** The titles of the posts in the order in which the network got them. */
const sent = (world: World): readonly string[] =>
  world.paper.visible().map((text) => slugs.find((slug) => text.includes(slug)) ?? text);

const aSlowWorld = (interval: number, policies?: Partial<Policies>): Promise<World> =>
  aWorld({
    accounts: [anAccount({ name: "one", network: "paper", pacing: { interval, dailyCap: 50 } })],
    policies: { burst: 100, ...policies },
  });

const goOn = async (world: World, times = 40): Promise<void> => {
  for (let time = 0; time < times; time += 1) {
    await world.sweep();
    world.turn(30 * second);
  }
};

describe("posts that are ready for one account at the same time", () => {
  test("go out soon after the account is free, where a worker that has ended kept it in use", async () => {
    const world = await aSlowWorld(0);
    await writeAll(world);
    const ref = await world.plan("crash", aDocument({ slug: "crash", date: "2026-02-27" }));
    const crashed = world.worker("after deliveries.save 2");
    void crashed.app.work(ref);
    await crashed.stopped;
    for (let waited = 0; waited < 90 + 6; waited += 1) {
      await world.sweep();
      world.turn(second);
    }
    await world.sweep();
    expect(sent(world)).toContain("zebra");
  });

  test("go out by their dates, the oldest first", async () => {
    const world = await aSlowWorld(2 * minute);
    await writeAll(world);
    await goOn(world);
    expect(sent(world)).toEqual([...slugs]);
  });

  test("go out in this order without an interval, too", async () => {
    const world = await aSlowWorld(0);
    await writeAll(world);
    await goOn(world);
    expect(sent(world)).toEqual([...slugs]);
  });

  test("are held with the newest, where they are more than an hour may have, and go out in order after the release", async () => {
    const world = await aSlowWorld(0, { burst: 2 });
    await writeAll(world);
    await goOn(world);
    expect(sent(world)).toEqual(slugs.slice(0, 2));
    for (let from: string | undefined = ""; from !== undefined; )
      from = (await world.app.actOnAll("release", from === "" ? undefined : from)).next;
    await goOn(world);
    expect(sent(world)).toEqual([...slugs]);
  });

  test("go out by the dates that they have then: one that got an earlier date goes first", async () => {
    const world = await aSlowWorld(2 * minute);
    await world.app.stop("one");
    await writeAll(world);
    await goOn(world, 4);
    const date = new Date(start - day).toISOString();
    world.write("olive.md", aDocument({ slug: "olive", title: "olive", date }));
    await world.ingest("olive.md");
    await goOn(world, 4);
    await world.app.resume("one");
    await goOn(world);
    expect(sent(world)).toEqual(["olive", ...slugs.slice(0, -1)]);
  });

  test("do not wait for one whose row has lost its due: nobody works on it", async () => {
    const world = await aSlowWorld(0);
    await writeAll(world);
    const ref = await world.plan("zebra", aDocument({ slug: "zebra", title: "zebra", date: "2026-02-28T12:00:00Z" }));
    if (ref.kind !== "delivery") throw new Error("it is no delivery");
    await world.table.update(deliveryKey(ref), { remove: ["dueAt", "dueShard"] }, { kind: "present" });
    await goOn(world);
    expect(sent(world)).toEqual(slugs.slice(1));
  });

  test("do not wait for an older one that waits for something else", async () => {
    const world = await aSlowWorld(0);
    await writeAll(world);
    await world.app.work(await world.postRef("zebra"));
    await world.app.actOnPost("hold", "zebra");
    world.write("apple.md", aDocument({ slug: "apple", title: "apple", date: new Date(start + day).toISOString() }));
    await world.ingest("apple.md");
    await goOn(world);
    expect(sent(world)).toEqual(slugs.slice(2));
  });
});
