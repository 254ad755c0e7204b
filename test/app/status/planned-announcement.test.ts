import { describe, expect, test } from "vitest";
import type { PlannedAnnouncement } from "../../../src/contract/posts.ts";
import { day, hour, iso, minute } from "../../../src/domain/time.ts";
import { anAccount } from "../../support/builders.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

/** Returns the plan of a document for the only account. `file` is its path, if it is in the source. */
const announced = async (world: World, document: string, file?: string): Promise<PlannedAnnouncement | undefined> => {
  const plan = await world.app.plan(new TextEncoder().encode(document), "s.md", file);
  return "snippets" in plan ? plan.snippets[0]?.announced : undefined;
};

const now = { when: "now", reason: undefined };
const never = (reason: string) => ({ when: "never", reason: expect.stringContaining(reason) });

describe("a document that is not a post yet", () => {
  test("would be announced, whether its account is connected or in the sandbox", async () => {
    const world = await aWorld();
    expect(await announced(world, aDocument({ slug: "s" }))).toEqual(now);
    world.paper.reach.now = "sandbox";
    expect(await announced(world, aDocument({ slug: "s" }))).toEqual(now);
  });

  test.each([
    ["is a draft", { draft: true }, "draft"],
    ["has no date", { date: undefined }, "it has no date"],
    ["is old", { date: "2020-01-01" }, "it is older than 7 days; crier publish announces it"],
  ])("would not, where it %s", async (_, fields, reason) => {
    expect(await announced(await aWorld(), aDocument({ slug: "s", ...fields }))).toEqual(never(reason));
  });

  test("would be announced later where it is scheduled, or needs an approval", async () => {
    const world = await aWorld({ accounts: [anAccount({ name: "one", network: "paper", approve: true })] });
    expect(await announced(world, aDocument({ slug: "s", date: iso(world.clock() + hour) }))).toEqual({
      when: "later",
      reason: expect.stringContaining("scheduled"),
      at: world.clock() + hour,
    });
    expect(await announced(world, aDocument({ slug: "s" }))).toEqual({ when: "later", reason: "needs your approval" });
  });

  test("would be held where its account has sent enough within the hour", async () => {
    const world = await aWorld({ policies: { burst: 1 } });
    await world.plan("a", aDocument({ slug: "a" }));
    await world.sweep();
    expect(await announced(world, aDocument({ slug: "s" }))).toEqual({
      when: "held",
      reason: "more than 1 new posts within an hour",
    });
  });

  test.each([
    [
      "in quiet hours",
      { quietHours: { from: 0, to: 12 * 60 } },
      4 * hour,
      /^waits at least until 12:00 UTC: quiet hours$/,
    ],
    [
      "within the interval of its account",
      { interval: hour },
      hour,
      /^waits at least until 09:00 UTC: the interval between two posts of one is not over yet$/,
    ],
    [
      "where its account has sent enough for a day",
      { dailyCap: 1 },
      day,
      /^waits at least until 2026-03-02 08:00 UTC: one has reached its limit of 1 posts a day$/,
    ],
  ])("would be announced later %s, and the plan says when", async (_, pacing, wait, reason) => {
    const account = anAccount({ name: "one", network: "paper", pacing: { interval: 0, dailyCap: 50 } });
    const world = await aWorld({ accounts: [account] });
    await world.plan("a", aDocument({ slug: "a" }));
    await world.sweep();
    Object.assign(account.pacing, pacing);
    const found = await announced(world, aDocument({ slug: "s" }));
    expect(found).toEqual({ when: "later", reason: expect.stringMatching(reason), at: world.clock() + wait });
  });

  test("is history where its source was never listed", async () => {
    const world = await aWorld({ isListed: false });
    world.write("s.md", aDocument({ slug: "s" }));
    expect(await announced(world, aDocument({ slug: "s" }), "s.md")).toEqual(
      never("there before Crier's first listing"),
    );
  });
});

describe("a document that is a post", () => {
  test("waits as its delivery does, and is not announced again", async () => {
    const world = await aWorld();
    const document = aDocument({ slug: "s" });
    world.paper.fates.push("limited");
    await world.plan("s", document);
    await world.sweep();
    expect(await announced(world, document, "s.md")).toEqual({
      when: "later",
      reason: "429, next attempt 08:02 UTC",
      at: world.clock() + 2 * minute,
    });
    world.turn(2 * minute);
    await world.sweep();
    expect(await announced(world, document, "s.md")).toEqual(never("it was announced already: https://"));
  });

  test("says once until when it waits", async () => {
    const pacing = { interval: 0, dailyCap: 50, quietHours: { from: 0, to: 12 * 60 } };
    const world = await aWorld({ accounts: [anAccount({ name: "one", network: "paper", pacing })] });
    await world.plan("s", aDocument({ slug: "s" }));
    await world.sweep();
    expect(await announced(world, aDocument({ slug: "s" }), "s.md")).toEqual({
      when: "later",
      reason: "waits until 12:00 UTC: quiet hours",
      at: world.clock() + 4 * hour,
    });
  });

  test("that the sandbox has shown is not sent when its account is connected", async () => {
    const world = await aWorld();
    world.paper.reach.now = "sandbox";
    await world.plan("s", aDocument({ slug: "s" }));
    await world.sweep();
    world.paper.reach.now = "real";
    expect(await announced(world, aDocument({ slug: "s" }), "s.md")).toEqual(never("shown in the sandbox"));
  });

  test("that is history says so, although the sandbox has shown it", async () => {
    const world = await aWorld({ isListed: false });
    world.paper.reach.now = "sandbox";
    await world.plan("s", aDocument({ slug: "s" }));
    await world.sweep();
    expect(await announced(world, aDocument({ slug: "s" }), "s.md")).toEqual(never("before Crier's first listing"));
  });

  test("that was published while its account was not connected is not sent later", async () => {
    const world = await aWorld();
    world.paper.reach.now = "none";
    await world.plan("s", aDocument({ slug: "s" }));
    world.turn(day);
    expect(await announced(world, aDocument({ slug: "s" }), "s.md")).toEqual(never("published without this account"));
  });

  test("says why its delivery failed", async () => {
    const world = await aWorld();
    world.paper.fates.push("refused");
    await world.plan("s", aDocument({ slug: "s" }));
    await world.sweep();
    expect(await announced(world, aDocument({ slug: "s" }), "s.md")).toEqual(never("failed: 400"));
  });
});
