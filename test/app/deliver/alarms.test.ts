import { expect, test } from "vitest";
import { minute, second } from "../../../src/domain/time.ts";
import { aDocument, aWorld } from "../../support/world.ts";

test("a failed delivery has raised its alarm when its worker stops right after saving it", async () => {
  const world = await aWorld();
  const ref = await world.plan("s", aDocument({ slug: "s" }));
  world.paper.fates.push("refused");
  const worker = world.worker("after deliveries.save 3");
  void worker.app.work(ref);
  await worker.stopped;
  expect((await world.deliveries("s")).map(({ state }) => state)).toEqual(["failed"]);
  expect(world.alarms).toEqual([expect.stringContaining("400")]);
});

test("the copy of a deleted post that stays raises one alarm, however often its post is published again", async () => {
  const world = await aWorld({ remove: false });
  const ref = await world.plan("s", aDocument({ slug: "s" }));
  await world.sweep();
  world.erase("s.md");
  await world.ingest("s.md");
  world.turn(11 * minute);
  await world.sweep();
  for (let times = 0; times < 2; times += 1) {
    await world.store.deliveries.nudge(ref, world.clock());
    await world.sweep();
  }
  expect(world.alarms).toEqual([expect.stringMatching(/^stays: s on one: /)]);
});

test("the stale copy of a deleted post raises no alarm while its deletion is still to come", async () => {
  const world = await aWorld({ edit: false });
  await world.plan("s", aDocument({ slug: "s" }));
  await world.sweep();
  await world.plan("s", aDocument({ slug: "s", title: "Another title" }));
  await world.sweep();
  expect(await world.deliveries("s")).toMatchObject([{ state: "posted", stale: true }]);
  world.erase("s.md");
  await world.ingest("s.md");
  for (const passed of [10 * second, 11 * minute]) {
    world.turn(passed);
    await world.sweep();
  }
  expect(await world.deliveries("s")).toMatchObject([{ state: "deleted" }]);
  expect(world.alarms).toEqual([]);
});

test("the alarm of a delivery begins with what names its post and its account, and ends with what to do", async () => {
  const world = await aWorld({ policies: { burst: 0 } });
  await world.plan("s", aDocument({ slug: "s", canonicalUrl: "https://blog.example.com/2026/s/" }));
  await world.sweep();
  expect(world.alarms).toEqual([
    expect.stringMatching(
      /^held: 2026\/s on one: more than 0 new posts within an hour; to send it: npx crier release 2026\/s$/,
    ),
  ]);
});
