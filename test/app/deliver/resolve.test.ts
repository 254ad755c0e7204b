import { describe, expect, test } from "vitest";
import { deliveryId } from "../../../src/domain/delivery.ts";
import { UnknownId } from "../../../src/domain/errors.ts";
import { hour, minute } from "../../../src/domain/time.ts";
import { aDelivery } from "../../support/builders.ts";
import type { PaperOptions } from "../../support/paper-network.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const withText = (text: string): string => aDocument({ slug: "s", socialShare: text });

const idOf = async (world: World, slug = "s"): Promise<string> => {
  const [delivery] = await world.deliveries(slug);
  return delivery === undefined ? "" : deliveryId(delivery);
};

const unknownWorld = async (fate: "lost" | "applied", options: PaperOptions = {}) => {
  const world = await aWorld({ offers: "none", ...options });
  world.paper.fates.push(fate);
  await world.plan("s", withText("t0"));
  await world.sweep();
  world.turn(10 * minute);
  await world.sweep();
  expect(await world.deliveries("s")).toMatchObject([{ state: "unknown" }]);
  expect(world.alarms).toContainEqual(
    expect.stringMatching(
      /check the network; if it is on the network: npx crier resolve \S+ --as posted; if it is not/,
    ),
  );
  return world;
};

describe("an unknown delivery", () => {
  test("is sent once more when a person resolves it as not posted", async () => {
    const world = await unknownWorld("lost");
    const answer = await world.app.resolve(await idOf(world), "retry");
    expect(answer).toMatchObject({ delivery: { state: "pending", slug: "s" } });
    await world.sweep();
    expect(world.paper.visible()).toHaveLength(1);
    expect(await world.deliveries("s")).toMatchObject([{ state: "posted", remotes: [{ id: "p1" }] }]);
  });

  test("is posted without a send when a person resolves it as posted", async () => {
    const world = await unknownWorld("applied");
    expect(await world.app.resolve(await idOf(world), "posted")).toMatchObject({
      delivery: { state: "posted", reason: "resolved by hand: it was posted" },
    });
    await world.plan("s", withText("t1"));
    await world.sweep();
    expect(world.paper.requests).toHaveLength(1);
    expect(await world.deliveries("s")).toMatchObject([
      {
        state: "posted",
        stale: true,
        reason: expect.stringContaining("it cannot be edited: the network gave no id for it"),
      },
    ]);
  });

  test("is not sent by a retry: it must be resolved first", async () => {
    const world = await unknownWorld("applied");
    expect(await world.app.retry(await idOf(world))).toEqual({
      problem: expect.stringContaining("resolve it as posted or retry"),
    });
    await world.sweep();
    expect(world.paper.requests).toHaveLength(1);
  });

  test("stays as it is when its post is edited", async () => {
    const world = await unknownWorld("applied");
    const alarms = world.alarms.length;
    await world.plan("s", withText("t1"));
    await world.sweep();
    expect(await world.deliveries("s")).toMatchObject([{ state: "unknown" }]);
    expect(world.alarms).toHaveLength(alarms);
  });
});

describe("a retry", () => {
  test("sends what failed, composed again", async () => {
    const world = await aWorld();
    world.paper.fates.push("refused");
    await world.plan("s", withText("t0"));
    await world.sweep();
    expect(await world.deliveries("s")).toMatchObject([{ state: "failed", reason: "400" }]);
    await world.plan("s", withText("t1"));
    await world.sweep();
    expect(world.paper.posts).toEqual([]);
    await world.app.retry(await idOf(world));
    await world.sweep();
    expect(world.paper.visible()).toEqual([expect.stringContaining("t1")]);
  });

  test("tries at once what waits, and ends the account's pause", async () => {
    const world = await aWorld();
    world.paper.fates.push("unauthorised");
    await world.plan("s", withText("t0"));
    await world.sweep();
    world.turn(minute);
    await world.app.retry(await idOf(world));
    await world.sweep();
    expect(world.paper.visible()).toHaveLength(1);
    expect((await world.store.accounts.read("one")).paused).toBeUndefined();
  });

  test.each(["posted", "deleted", "cancelled"])("is refused where the delivery is %s", async (state) => {
    const world = await aWorld();
    await world.plan("s", withText("t0"));
    if (state !== "cancelled") await world.sweep();
    if (state !== "posted") await world.app.remove("s");
    await world.sweep();
    expect(await world.app.retry(await idOf(world))).toEqual({
      problem: expect.stringContaining(`is ${state}: only a held, failed or pending`),
    });
  });

  test("reads its delivery again when a worker was faster", async () => {
    const world = await aWorld();
    const ref = await world.plan("s", withText("t0"));
    const w1 = world.worker("deliveries.save");
    const answer = w1.app.retry(await idOf(world));
    await w1.stopped;
    await world.app.work(ref);
    w1.go();
    expect(await answer).toEqual({ problem: expect.stringContaining("is posted") });
    await world.sweep();
    expect(world.paper.posts).toHaveLength(1);
  });
});

test("only an unknown, unfinished or duplicate delivery can be resolved", async () => {
  const world = await aWorld();
  await world.plan("s", withText("t0"));
  expect(await world.app.resolve(await idOf(world), "posted")).toEqual({
    problem: expect.stringContaining("is pending: only an unknown, unfinished or duplicate delivery can be resolved"),
  });
});

test.each(["no id at all", "a.b.c", "post.one.0"])("%s is not the id of a delivery", async (id) => {
  const world = await aWorld();
  await expect(world.app.retry(id)).rejects.toThrow(UnknownId);
  await expect(world.app.resolve(id, "retry")).rejects.toThrow(UnknownId);
});

test("a delivery whose post is missing can be retried", async () => {
  const world = await aWorld();
  world.paper.reach.now = "none";
  await world.store.deliveries.create(
    aDelivery({ post: "lost", account: "one", generation: 1, network: "paper", due: world.clock() + hour }),
  );
  expect(await world.app.retry("lost.one.1")).toMatchObject({ delivery: { slug: "", state: "pending" } });
});
