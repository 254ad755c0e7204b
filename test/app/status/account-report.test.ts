import { describe, expect, test } from "vitest";
import type { AccountReport } from "../../../src/contract/installation-status.ts";
import { hour, iso, minute } from "../../../src/domain/time.ts";
import { composeTestedApp } from "../../support/app.ts";
import { anAccount } from "../../support/builders.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

/** The report without a login, or with one where it is checked. */
const reportOf = async (world: World, isChecked = false): Promise<AccountReport> => {
  const [report] = await (isChecked ? world.app.checkAccounts() : world.app.accounts());
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
    expect((await reportOf(world, true)).problem).toBe(
      'the login of one is refused (401): set new credentials in .env, or with "npx crier accounts set one"',
    );
    world.paper.login.now = { kind: "unavailable", reason: "503" };
    expect(await world.app.logIn()).toEqual([
      {
        name: "one",
        reach: "real",
        identity: undefined,
        problem:
          "the network of one does not say now whose login it is: 503; it is asked again before the next post, and what is due until then waits",
      },
    ]);
  });
});

describe("the listing of the accounts", () => {
  /** A worker whose network counts the logins. */
  const counting = (world: World) => {
    const parts = world.parts();
    let logins = 0;
    const connect: typeof parts.networks.connect = (...account) => {
      logins += 1;
      return parts.networks.connect(...account);
    };
    const app = composeTestedApp({ ...parts, networks: { ...parts.networks, connect } });
    return { app, logins: () => logins };
  };

  test("logs in nowhere: it says what the last check found, and when that was", async () => {
    const world = await aWorld();
    const { app, logins } = counting(world);
    expect(await app.accounts()).toMatchObject([{ reach: "real", checked: undefined, identity: undefined }]);
    expect(logins()).toBe(0);
    const checked = world.clock();
    expect(await app.checkAccounts()).toMatchObject([{ checked, identity: "ada" }]);
    expect(logins()).toBe(1);
    world.turn(12 * minute);
    world.paper.login.now = { kind: "unauthorised", reason: "401" };
    expect(await app.accounts()).toMatchObject([{ checked, identity: "ada", problem: undefined }]);
    expect(await app.checkAccounts()).toMatchObject([
      { checked: checked + 12 * minute, identity: "ada", problem: expect.stringContaining("refused (401)") },
    ]);
    expect(await app.accounts()).toMatchObject([{ checked: checked + 12 * minute, problem: expect.any(String) }]);
    expect(logins()).toBe(2);
  });

  test("has what a send found of the login, and a check that finds the same is of its own moment", async () => {
    const world = await aWorld();
    await world.plan("s", aDocument({ slug: "s" }));
    await world.sweep();
    expect(await reportOf(world)).toMatchObject({ checked: world.clock(), identity: "ada" });
    world.turn(minute);
    expect(await reportOf(world, true)).toMatchObject({ checked: world.clock() });
  });

  test("says nothing of an earlier login where the account does not post for real", async () => {
    const world = await aWorld();
    await world.app.checkAccounts();
    world.paper.reach.now = "sandbox";
    expect(await reportOf(world)).toMatchObject({ reach: "sandbox", checked: undefined, identity: undefined });
  });
});

describe("a check of a login", () => {
  test("is of the credentials that were used, also where others are set before the network answers", async () => {
    const world = await aWorld();
    const parts = world.parts();
    const connect: typeof parts.networks.connect = async (...account) => {
      const connected = await parts.networks.connect(...account);
      world.paper.credentials.now = "second";
      return connected;
    };
    await composeTestedApp({ ...parts, networks: { ...parts.networks, connect } }).checkAccounts();
    expect((await world.store.accounts.read("one")).checked).toMatchObject({ login: "first", identity: "ada" });
  });

  test("that cannot be stored is no refused login: the failure is that of the store", async () => {
    const world = await aWorld();
    const accounts = { ...world.store.accounts, save: () => Promise.reject(new Error("the disk is full")) };
    const app = composeTestedApp({ ...world.parts(), store: { ...world.store, accounts } });
    await expect(app.checkAccounts()).rejects.toThrow("the disk is full");
  });

  test("keeps what is known of the login while its secret cannot be read", async () => {
    const world = await aWorld();
    await world.app.checkAccounts();
    const parts = world.parts();
    const connect = () => Promise.reject(new Error("Throttled"));
    const networks = { ...parts.networks, connect };
    expect(await composeTestedApp({ ...parts, networks }).checkAccounts()).toMatchObject([
      { reach: "real", identity: "ada", problem: "Throttled" },
    ]);
    expect((await world.store.accounts.read("one")).checked).toMatchObject({ login: "first", place: "ada" });
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
