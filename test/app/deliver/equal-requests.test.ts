import { expect, test } from "vitest";
import { minute } from "../../../src/domain/time.ts";
import { anAccount } from "../../support/builders.ts";
import { aDocument, aWorld } from "../../support/world.ts";

const account = anAccount({ name: "one", network: "paper", pacing: { interval: 0, dailyCap: 50 } });

test.each([
  ["key", 60 * minute, ["posted", "posted"]],
  ["read", undefined, ["unknown", "unknown"]],
] as const)(
  "of two publications without an answer neither takes the other's copy for its own (%s)",
  async (offers, remembersFor, states) => {
    const world = await aWorld({ accounts: [account], offers, ...(remembersFor && { remembersFor }) });
    world.paper.fates.push("lost", "applied");
    await world.plan("s", aDocument({ slug: "s" }));
    await world.sweep();
    await world.raiseGeneration("s");
    await world.sweep();
    world.turn(10 * minute);
    await world.sweep();
    const deliveries = await world.deliveries("s");
    expect(deliveries.map(({ state }) => state)).toEqual(states);
    const ids = deliveries.flatMap(({ remotes }) => remotes?.[0]?.id ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    expect(world.paper.visible()).toHaveLength(states[0] === "posted" ? 2 : 1);
  },
);

test("a refusal that names the copy of another publication says that this one is not there", async () => {
  const world = await aWorld({ accounts: [account], offers: "refuse", namesEqual: true });
  await world.plan("s", aDocument({ slug: "s" }));
  await world.sweep();
  world.paper.fates.push("lost");
  await world.raiseGeneration("s");
  await world.sweep();
  world.turn(10 * minute);
  await world.sweep();
  const [first, second] = await world.deliveries("s");
  expect(first).toMatchObject({ state: "posted", remotes: [{ id: "p1" }] });
  expect(second).toMatchObject({
    state: "failed",
    reason: expect.stringMatching(/^another announcement has the same text/),
  });
});

test("a refusal that names the copy of an earlier send without an answer is that copy", async () => {
  const world = await aWorld({ accounts: [account], offers: "refuse", namesEqual: true });
  world.paper.fates.push("applied");
  await world.plan("s", aDocument({ slug: "s" }));
  await world.sweep();
  world.turn(10 * minute);
  await world.sweep();
  expect(await world.deliveries("s")).toMatchObject([{ state: "posted", remotes: [{ id: "p1" }] }]);
});
