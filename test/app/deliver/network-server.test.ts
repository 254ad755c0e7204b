import { describe, expect, test } from "vitest";
import { hour, minute, second } from "../../../src/domain/time.ts";
import type { DeliveryRef } from "../../../src/ports/store.ts";
import { anAccount } from "../../support/builders.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const names = ["one", "two", "three", "four"];
const accounts = names.map((name) => anAccount({ name, network: "paper", pacing: { interval: 0, dailyCap: 50 } }));

/** A world with a post for four accounts on one server, and their deliveries. */
const aServer = async () => {
  const world = await aWorld({ accounts, policies: { burst: 50 } });
  await world.plan("s", aDocument({ slug: "s", title: "A Title" }));
  const refs = (await world.deliveries("s")).map(
    ({ site, post, account, generation }): DeliveryRef => ({ kind: "delivery", site, post, account, generation }),
  );
  return { world, refs };
};

/** Works on all of them at once, and says how many workers are still at it when no other is. */
const busyWorkers = async (world: World, refs: readonly DeliveryRef[]) => {
  let busy = refs.length;
  const work = refs.map(async (ref) => {
    await world.app.work(ref);
    busy -= 1;
  });
  await expect.poll(() => busy === world.paper.hanging.open, { interval: 5 }).toBe(true);
  return { busy, end: () => Promise.all(work) };
};

describe("accounts on one server", () => {
  test("do not wait for one another while it answers", async () => {
    const { world, refs } = await aServer();
    world.paper.hanging.now = true;
    const { busy, end } = await busyWorkers(world, refs);
    expect(busy).toBe(4);
    world.paper.hanging.close();
    await end();
  });

  test("keep one worker busy, not one each, where it has not answered and hangs", async () => {
    const { world, refs } = await aServer();
    const [first, ...others] = refs;
    if (first === undefined) throw new Error("no delivery");
    world.paper.fates.push("lost");
    await world.app.work(first);
    world.paper.hanging.now = true;
    const { busy, end } = await busyWorkers(world, others);
    expect(busy).toBe(1);
    expect((await world.deliveries("s")).map(({ reason }) => reason)).toContain(
      "another delivery asks whether the server answers again",
    );
    world.paper.hanging.close();
    await end();
    expect(world.paper.requests).toHaveLength(2);
  });

  test("notice an outage together, and all go when one of them got an answer", async () => {
    const { world } = await aServer();
    world.paper.silent.now = true;
    for (let passed = 0; passed < 12 * hour; passed += 10 * minute) {
      await world.sweep();
      world.turn(10 * minute);
    }
    expect(world.paper.requests.length).toBeLessThan(60);
    world.paper.silent.now = false;
    for (let passed = 0; passed < hour; passed += minute) {
      world.turn(minute);
      await world.sweep();
    }
    expect(world.paper.visible()).toHaveLength(4);
  });

  test("are asked at once where a person retries one of their deliveries", async () => {
    const { world, refs } = await aServer();
    world.paper.silent.now = true;
    await world.sweep();
    for (let count = 0; count < 6; count += 1) {
      world.turn(10 * minute);
      await world.sweep();
    }
    world.paper.silent.now = false;
    const waiting = (await world.deliveries("s")).find(({ state }) => state === "pending");
    if (waiting === undefined) throw new Error("none waits");
    const before = world.paper.visible().length;
    await world.app.retry(`${waiting.post}.${waiting.account}.1`);
    world.turn(second);
    for (const ref of refs) if (ref.account === waiting.account) await world.app.work(ref);
    expect(world.paper.visible().length).toBe(before + 1);
  });
});
