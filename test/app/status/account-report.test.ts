import { describe, expect, test } from "vitest";
import type { AccountReport } from "../../../src/contract/installation-status.ts";
import { hour, iso, minute } from "../../../src/domain/time.ts";
import { anAccount } from "../../support/builders.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const reportOf = async (world: World): Promise<AccountReport> => {
  const [report] = await world.app.reportAccounts();
  if (report === undefined) throw new Error("there is no account");
  return report;
};

describe("an account that posts for real", () => {
  test("says who it is, what it sent today, and when the next post may go out", async () => {
    const account = anAccount({ name: "one", network: "paper", pacing: { interval: 5 * minute, dailyCap: 3 } });
    const world = await aWorld({ accounts: [account] });
    await world.plan("s", aDocument({ slug: "s" }));
    await world.sweep();
    const sent = world.clock();
    world.turn(minute);
    expect(await reportOf(world)).toMatchObject({
      reach: "real",
      identity: "ada",
      problem: undefined,
      sentToday: 1,
      dailyCap: 3,
      next: { at: sent + 5 * minute, reason: expect.stringContaining("interval") },
      ifConnected: undefined,
    });
    world.turn(5 * minute);
    expect((await reportOf(world)).next).toBeUndefined();
  });

  test("says what the sandbox was sent today, and begins with nothing once it has credentials", async () => {
    const world = await aWorld();
    world.paper.reach.now = "sandbox";
    await world.plan("s", aDocument({ slug: "s" }));
    await world.sweep();
    expect(await reportOf(world)).toMatchObject({ reach: "sandbox", sentToday: 1 });
    world.paper.reach.now = "real";
    expect(await reportOf(world)).toMatchObject({ reach: "real", sentToday: 0 });
  });

  test("counts what waits, is held, failed and is unknown", async () => {
    const world = await aWorld({ offers: "none" });
    for (const slug of ["a", "b", "c"]) await world.plan(slug, aDocument({ slug }));
    await world.app.actOnPost("hold", "b");
    world.paper.fates.push("applied");
    await world.sweep();
    world.turn(hour);
    expect(await reportOf(world)).toMatchObject({
      waiting: { count: 1, more: false },
      held: { count: 1, more: false },
      unknown: { count: 0, more: false },
    });
  });

  test.each(["refused", "unauthorised", "limited"] as const)(
    "does not count a post that the network did not take as sent today (%s)",
    async (fate) => {
      const account = anAccount({ name: "one", network: "paper", pacing: { interval: hour, dailyCap: 1 } });
      const world = await aWorld({ accounts: [account], price: 1 });
      world.paper.fates.push(fate);
      await world.plan("a", aDocument({ slug: "a" }));
      await world.sweep();
      expect(world.paper.requests).toHaveLength(1);
      expect(await reportOf(world)).toMatchObject({ sentToday: 0 });
      expect((await world.store.accounts.read("one")).spent?.recent ?? {}).toEqual({});
    },
  );

  test("counts a post that may be on the network as sent today, and says that it is under way", async () => {
    const world = await aWorld({ offers: "none" });
    await world.plan("a", aDocument({ slug: "a" }));
    world.paper.fates.push("applied");
    await world.sweep();
    expect(await world.deliveries("a")).toMatchObject([{ state: "unsettled" }]);
    expect(await reportOf(world)).toMatchObject({ sentToday: 1, underWay: { count: 1, more: false } });
  });

  test("counts a post whose later send is refused, because the one before may be there", async () => {
    const world = await aWorld({ offers: "refuse" });
    world.paper.fates.push("applied", "refused");
    await world.plan("a", aDocument({ slug: "a" }));
    await world.sweep();
    world.turn(10 * minute);
    await world.sweep();
    expect(await world.deliveries("a")).toMatchObject([{ state: "unknown" }]);
    expect(await reportOf(world)).toMatchObject({ sentToday: 1, underWay: { count: 0, more: false } });
  });

  test("says that its login is refused and what to do, or that its network does not answer", async () => {
    const world = await aWorld();
    world.paper.login.now = { kind: "unauthorised", reason: "401" };
    expect((await reportOf(world)).problem).toBe(
      'the login of one is refused (401): set new credentials in .env, or with "npx crier accounts set one"',
    );
    world.paper.login.now = { kind: "unavailable", reason: "503" };
    expect(await world.app.logIn()).toEqual([
      {
        name: "one",
        reach: "real",
        identity: undefined,
        problem: "the network of one does not say now whose login it is: 503",
      },
    ]);
  });
});

describe("an account that is not connected", () => {
  test("would send nothing if it were: what was published before was decided then", async () => {
    const world = await aWorld();
    world.paper.reach.now = "sandbox";
    await world.plan("s", aDocument({ slug: "s" }));
    expect(await reportOf(world)).toMatchObject({ reach: "sandbox", identity: undefined, ifConnected: [] });
  });

  test("would send what waits for its credentials, and what is scheduled", async () => {
    const world = await aWorld();
    await world.plan("waiting", aDocument({ slug: "waiting" }));
    world.paper.reach.now = "none";
    await world.sweep();
    const published = world.clock() + hour;
    await world.plan("later", aDocument({ slug: "later", date: iso(published) }));
    await world.plan("silent", aDocument({ slug: "silent", date: iso(published), socialShare: false }));
    expect((await reportOf(world)).ifConnected).toEqual([
      { slug: "waiting", at: expect.any(Number), reason: expect.stringContaining("not connected") },
      { slug: "later", at: published, reason: "it is scheduled" },
    ]);
  });
});
