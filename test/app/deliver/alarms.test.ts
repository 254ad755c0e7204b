import { expect, test } from "vitest";
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
