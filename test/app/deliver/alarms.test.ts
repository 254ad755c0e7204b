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
