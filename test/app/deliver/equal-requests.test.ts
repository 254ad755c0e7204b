import { describe, expect, test } from "vitest";
import { minute } from "../../../src/domain/time.ts";
import { anAccount } from "../../support/builders.ts";
import type { Fate, PaperOptions } from "../../support/paper-network.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

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

describe("of two posts with one text that has no link", () => {
  const note = (slug: string) => aDocument({ slug, socialShare: "Good morning!" });
  const sendBoth = async (options: PaperOptions, fates: readonly Fate[]) => {
    const world = await aWorld({ accounts: [account], isLinkless: true, ...options });
    world.paper.fates.push(...fates);
    for (const slug of ["a", "b"]) {
      await world.plan(slug, note(slug));
      await world.sweep();
    }
    return world;
  };
  const settled = async (world: World, slug: string) => {
    const [delivery] = await world.deliveries(slug);
    return delivery;
  };

  test("a refusal after a lost send does not say that the second is there", async () => {
    const world = await sendBoth({ offers: "refuse" }, ["taken", "lost"]);
    world.turn(10 * minute);
    await world.sweep();
    expect(world.paper.visible()).toHaveLength(1);
    expect(await settled(world, "a")).toMatchObject({ state: "posted", remotes: [{ id: "p1" }] });
    expect(await settled(world, "b")).toMatchObject({
      state: "unknown",
      reason: "an earlier copy has the same text, so it is not known which of them is meant: duplicate content",
    });
  });

  test("the refusal of the second's first send names the first as what is there", async () => {
    const world = await sendBoth({ offers: "refuse" }, []);
    expect(await settled(world, "b")).toMatchObject({ state: "failed", duplicate: { kind: "copy" } });
  });

  test("a refusal after a lost send says that it is there, where the other text is another one", async () => {
    const world = await aWorld({ accounts: [account], isLinkless: true, offers: "refuse" });
    await world.plan("a", aDocument({ slug: "a", socialShare: "Good night!" }));
    await world.sweep();
    world.paper.fates.push("applied");
    await world.plan("b", note("b"));
    await world.sweep();
    world.turn(10 * minute);
    await world.sweep();
    expect(await settled(world, "b")).toMatchObject({ state: "posted" });
  });

  test("no delivery takes a copy that may be the other's", async () => {
    const world = await sendBoth({ offers: "read" }, ["lost", "applied"]);
    world.turn(10 * minute);
    await world.sweep();
    expect([await settled(world, "a"), await settled(world, "b")]).toMatchObject([
      { state: "unknown", reason: expect.stringContaining("may be another announcement, which has the same text") },
      { state: "unknown" },
    ]);
    expect(world.paper.visible()).toHaveLength(1);
  });
});

describe("of two link posts that say the same of one page elsewhere", () => {
  const post = (slug: string) =>
    aDocument({ slug, socialShare: "Worth reading.", external_url: "https://other.example/a" });

  test("no delivery takes a copy that may be the other's", async () => {
    const world = await aWorld({ accounts: [account], offers: "read" });
    world.paper.fates.push("lost", "applied");
    for (const slug of ["a", "b"]) {
      await world.plan(slug, post(slug));
      await world.sweep();
    }
    world.turn(10 * minute);
    await world.sweep();
    const states = [...(await world.deliveries("a")), ...(await world.deliveries("b"))].map(({ state }) => state);
    expect(states).toEqual(["unknown", "unknown"]);
    expect(world.paper.visible()).toHaveLength(1);
  });

  test("each is sent once", async () => {
    const world = await aWorld({ accounts: [account], offers: "read" });
    for (const slug of ["a", "b"]) {
      await world.plan(slug, post(slug));
      await world.sweep();
    }
    world.turn(10 * minute);
    await world.sweep();
    expect(world.paper.visible()).toHaveLength(2);
  });
});
