import { describe, expect, test } from "vitest";
import { hour, minute, second } from "../../../src/domain/time.ts";
import type { DeliveryRef } from "../../../src/ports/store.ts";
import { anAccount, start } from "../../support/builders.ts";
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
  test("keep one worker busy, not one each, where it hangs and has not been asked before", async () => {
    const { world, refs } = await aServer();
    world.paper.hanging.now = true;
    const { busy, end } = await busyWorkers(world, refs);
    expect(busy).toBe(1);
    expect((await world.deliveries("s")).map(({ reason }) => reason)).toContain(
      "another request to this server is on its way",
    );
    world.paper.hanging.close();
    await end();
    expect(world.paper.requests).toHaveLength(1);
  });

  test("take turns within seconds while it answers", async () => {
    const { world, refs } = await aServer();
    await Promise.all(refs.map((ref) => world.app.work(ref)));
    for (let passed = 0; passed < 5 && world.paper.visible().length < 4; passed += 1) {
      world.turn(second);
      await Promise.all(refs.map((ref) => world.app.work(ref)));
    }
    expect(world.paper.visible()).toHaveLength(4);
  });

  test("go on without the one whose worker stopped, when its lease is over", async () => {
    const { world, refs } = await aServer();
    const [first, ...others] = refs;
    if (first === undefined) throw new Error("no delivery");
    world.paper.fates.push("cut");
    void world.app.work(first);
    await world.paper.inFlight();
    for (const ref of others) await world.app.work(ref);
    expect(world.paper.requests).toHaveLength(1);
    world.turn(90 * second);
    for (let passed = 0; passed < 4; passed += 1) {
      for (const ref of others) await world.app.work(ref);
      world.turn(second);
    }
    expect(world.paper.requests).toHaveLength(4);
  });

  test("do not wait for one whose account was paused before its request was sent", async () => {
    const { world, refs } = await aServer();
    const [first, other] = refs;
    if (first === undefined || other === undefined) throw new Error("no delivery");
    const { app, stopped, go } = world.worker("accounts.save");
    const work = app.work(first);
    await stopped;
    const state = await world.store.accounts.read(first.account);
    await world.store.accounts.save({ ...state, paused: { since: start, reason: "401", login: "first" } });
    go();
    await work;
    await world.app.work(other);
    expect(world.paper.visible()).toHaveLength(1);
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
