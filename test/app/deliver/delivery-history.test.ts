import { expect, test } from "vitest";
import { deliveryId } from "../../../src/domain/delivery.ts";
import { minute, second } from "../../../src/domain/time.ts";
import { start } from "../../support/builders.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const aText = (socialShare: string): string => aDocument({ slug: "s", socialShare });

/** Returns the events as `seconds since the start: state attempt reason`. */
const timeline = async (world: World): Promise<readonly string[]> => {
  const [delivery] = (await world.app.status("s"))?.deliveries ?? [];
  const { first = [], last = [] } = delivery?.history ?? {};
  return [...first, ...last].map(({ at, state, attempt, reason }) =>
    [`${(at - start) / second}:`, state, attempt, reason].filter((part) => part !== undefined).join(" "),
  );
};

test("a delivery says what was tried, when, and what came back", async () => {
  const world = await aWorld();
  world.paper.fates.push("limited", "applied");
  await world.plan("s", aText("t0"));
  await world.sweep();
  world.turn(2 * minute);
  await world.sweep();
  world.turn(5 * minute);
  await world.sweep();
  expect(await timeline(world)).toEqual([
    "0: sending 1",
    "0: pending 429",
    "120: sending 2",
    "120: unsettled the connection broke",
    "420: unsettled 3",
    "420: posted",
  ]);
});

test("edits, deletions and the decisions of a person are in the history", async () => {
  const world = await aWorld();
  world.paper.fates.push("refused");
  const ref = await world.plan("s", aText("t0"));
  const id = deliveryId(ref.kind === "delivery" ? ref : { post: "", account: "", generation: 0 });
  await world.app.act("hold", id);
  world.turn(minute);
  await world.app.act("release", id);
  await world.sweep();
  world.turn(minute);
  await world.app.retry(id);
  await world.sweep();
  world.turn(minute);
  await world.plan("s", aText("t1"));
  await world.sweep();
  world.turn(minute);
  await world.app.remove("s");
  await world.sweep();
  expect(await timeline(world)).toEqual([
    "0: held by hand, until you release it",
    "60: pending released by hand",
    "60: sending 1",
    "60: failed 400",
    "120: pending retried by hand",
    "120: sending 1",
    "120: posted",
    "180: editing 1",
    "180: posted",
    "240: deleting 1",
    "240: deleted",
  ]);
});

test("the history costs no write of its own", async () => {
  const world = await aWorld();
  await world.plan("s", aText("t0"));
  await world.sweep();
  // The plan, the claim, the stored request, the answer, and the end of the comparison with the post.
  expect((await world.deliveries("s"))[0]?.version).toBe(5);
});

test("a delivery of an outage of weeks stays small, and keeps its beginning", async () => {
  const world = await aWorld({ offers: "refuse" });
  world.paper.fates.push(...Array.from({ length: 200 }, () => "lost" as const));
  await world.plan("s", aText("t0"));
  for (let hour = 0; hour < 24 * 14; hour += 1) {
    await world.sweep();
    world.turn(60 * minute);
  }
  const [delivery] = await world.deliveries("s");
  expect(delivery?.history.omitted).toBeGreaterThan(0);
  expect((await timeline(world))[0]).toBe("0: sending 1");
  expect(JSON.stringify(delivery?.history).length).toBeLessThan(20_000);
});
