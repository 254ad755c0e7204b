import { describe, expect, test } from "vitest";
import { day, hour, type Instant, minute, second } from "../../../src/domain/time.ts";
import { anAccount, start } from "../../support/builders.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const planAll = async (world: World, count: number): Promise<void> => {
  for (let index = 0; index < count; index += 1)
    await world.plan(`post-${index}`, aDocument({ slug: `post-${index}`, title: `Post ${index}` }));
};

const sweepFor = async (world: World, time: number, step: number): Promise<void> => {
  for (let passed = 0; passed < time; passed += step) {
    world.turn(step);
    await world.sweep();
  }
};

const limited = (interval: number, dailyCap: number) =>
  anAccount({ name: "one", network: "paper", pacing: { interval, dailyCap } });

const times = (world: World): readonly Instant[] => world.paper.posts.map(({ at }) => at - start);
const gaps = (moments: readonly Instant[]): readonly number[] =>
  moments.slice(1).map((at, index) => at - (moments[index] ?? 0));

test("an outage is noticed once for an account: one delivery asks, the others wait, and all go when it is over", async () => {
  const world = await aWorld({ accounts: [limited(0, 50)], policies: { burst: 50 } });
  world.paper.silent.now = true;
  await planAll(world, 6);
  await world.sweep();
  await sweepFor(world, 12 * hour, hour / 2);
  expect(world.paper.requests.length).toBeLessThan(40);
  world.paper.silent.now = false;
  await sweepFor(world, 2 * hour, 10 * minute);
  expect(world.paper.visible()).toHaveLength(6);
  expect(new Set(world.paper.visible()).size).toBe(6);
});

describe("what the network sees", () => {
  test("is never more than the daily limit, whatever was planned before an outage", async () => {
    const world = await aWorld({ accounts: [limited(0, 2)], policies: { burst: 50 } });
    world.paper.silent.now = true;
    await planAll(world, 3);
    await world.sweep();
    await sweepFor(world, 2 * day, 3 * hour);
    world.paper.silent.now = false;
    await sweepFor(world, 3 * day, hour);
    expect(world.paper.visible()).toHaveLength(3);
    const [first = 0, , third = 0] = times(world);
    expect(third - first).toBeGreaterThanOrEqual(day);
  });

  test("keeps the interval when answers are lost and workers stop", async () => {
    const world = await aWorld({ accounts: [limited(5 * minute, 50)], policies: { burst: 50 }, offers: "read" });
    await planAll(world, 4);
    world.paper.fates.push("lost", "applied", "lost");
    const [first] = await world.store.due.before(world.clock(), 1);
    const stopping = world.worker("deliveries.save 3");
    if (first !== undefined) void stopping.app.work(first);
    await stopping.stopped;
    await sweepFor(world, hour, minute);
    expect(world.paper.visible()).toHaveLength(4);
    for (const gap of gaps(times(world))) expect(gap).toBeGreaterThanOrEqual(5 * minute);
  });

  test.each(["key", "refuse"] as const)("is no repeated send in the quiet hours (%s)", async (offers) => {
    const quietHours = { from: 8 * 60 + 5, to: 12 * 60 };
    const quiet = anAccount({ name: "one", network: "paper", pacing: { interval: 0, dailyCap: 50, quietHours } });
    const world = await aWorld({ accounts: [quiet], offers });
    world.paper.fates.push("lost");
    await planAll(world, 1);
    await sweepFor(world, 4 * hour - minute, minute);
    expect(world.paper.requests.filter((request) => request.startsWith("send"))).toHaveLength(1);
    await sweepFor(world, 10 * minute, minute);
    expect(times(world)).toEqual([expect.toSatisfy((at: number) => at >= 4 * hour)]);
  });

  test("counts a copy that was deleted with its post: the one of the post that is back waits", async () => {
    const world = await aWorld({ accounts: [limited(hour, 50)] });
    const document = aDocument({ slug: "s" });
    await world.plan("s", document);
    await world.sweep();
    world.erase("s.md");
    await world.ingest("s.md");
    await sweepFor(world, 12 * minute, minute);
    await world.plan("s", document);
    await world.sweep();
    await world.app.actOnPost("release", "s");
    await world.sweep();
    expect(world.paper.posts).toHaveLength(1);
    await sweepFor(world, hour, 10 * minute);
    const [between = 0] = gaps(times(world));
    expect(between).toBeGreaterThanOrEqual(hour);
  });

  test("is one request of an account at a time", async () => {
    const world = await aWorld({ accounts: [limited(0, 50)], policies: { burst: 50 } });
    await planAll(world, 3);
    world.paper.fates.push("slow");
    const [first, ...others] = await world.store.due.before(world.clock(), 10);
    const running = first && world.app.work(first);
    await world.paper.inFlight();
    for (const ref of others) await world.app.work(ref);
    expect(world.paper.requests).toHaveLength(1);
    world.paper.land();
    await running;
    world.turn(5 * second);
    await world.sweep();
    expect(world.paper.posts.length).toBeGreaterThan(1);
    await sweepFor(world, 10 * second, 5 * second);
    expect(world.paper.posts).toHaveLength(3);
  });
});
