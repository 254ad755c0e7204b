import { describe, expect, test } from "vitest";
import { loginNoticeDays } from "../../../src/domain/account.ts";
import { day, hour, minute } from "../../../src/domain/time.ts";
import type { NoLogin } from "../../../src/ports/networks.ts";
import { composeTestedApp } from "../../support/app.ts";
import { anAccount } from "../../support/builders.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const refused: NoLogin = { kind: "unauthorised", reason: "401" };

/** Each hour logins are watched, and what is due is done each minute. */
const live = async (world: World, milliseconds: number): Promise<void> => {
  for (let passed = 0; passed < milliseconds; passed += hour) {
    await world.app.watchLogins();
    for (let at = 0; at < 3; at += 1) {
      await world.sweep();
      world.turn(2 * minute);
    }
    world.turn(hour - 6 * minute);
  }
};

const subjects = (world: World) => world.outside.told.map(({ subject }) => subject);
const mail = "Crier, blog: one must be connected again soon";

describe("logins that nobody uses", () => {
  test("are checked once a day", async () => {
    const world = await aWorld();
    const checked = new Set<number | undefined>();
    for (let hours = 0; hours < 72; hours += 1) {
      await live(world, hour);
      checked.add((await world.store.accounts.read("one")).checked?.at);
    }
    expect(checked.size).toBe(3);
    expect(await world.app.accounts()).toMatchObject([{ identity: "ada" }]);
  });

  test("are not checked in the sandbox, and after a move", async () => {
    const sandbox = await aWorld();
    sandbox.paper.reach.now = "sandbox";
    await sandbox.app.watchLogins();
    expect((await sandbox.store.accounts.read("one")).checked).toBeUndefined();
    const moved = await aWorld();
    await moved.store.moves.mark(moved.clock());
    await moved.app.watchLogins();
    expect((await moved.store.accounts.read("one")).checked).toBeUndefined();
  });

  test("are checked although another one fails, and the failure is said", async () => {
    const accounts = ["one", "two"].map((name) => anAccount({ name, network: "paper" }));
    const world = await aWorld({ accounts });
    const { read } = world.store.accounts;
    let failures = 1;
    const parts = {
      ...world.parts(),
      store: {
        ...world.store,
        accounts: {
          ...world.store.accounts,
          read: (name: string) => {
            failures -= 1;
            return failures === 0 ? Promise.reject(new Error("the table did not answer")) : read(name);
          },
        },
      },
    };
    await expect(composeTestedApp(parts).watchLogins()).rejects.toThrow("the table did not answer");
    expect((await read("two")).checked).toMatchObject({ identity: "ada's two" });
  });
});

describe("the owner", () => {
  test("is told once each, two weeks, one week and one day before a login ends", async () => {
    const world = await aWorld({ mailsOwner: true });
    const start = world.clock();
    const end = start + 20 * day;
    world.paper.end.at = end;
    const told: number[] = [];
    for (let today = 0; today < 20; today += 1) {
      const before = subjects(world).length;
      await live(world, day);
      if (subjects(world).length > before) told.push(20 - today);
    }
    expect(subjects(world)).toEqual([mail, mail, mail]);
    expect(told).toEqual([14, 7, 1]);
    expect(world.outside.told[0]?.text).toMatch(
      /- one\n {2}the login ends at .*; connect it again with "npx crier accounts set one"\n/,
    );
    expect(world.alarms.filter((alarm) => alarm.startsWith("expiring: one: the login ends at "))).toHaveLength(3);
  });

  test("is told nothing of a login that is renewed, also between the notice and the mail", async () => {
    const world = await aWorld({ mailsOwner: true });
    world.paper.end.at = world.clock() + 10 * day;
    await world.app.watchLogins();
    world.paper.end.at = world.clock() + 60 * day;
    await world.app.checkAccounts();
    await live(world, 2 * day);
    expect(subjects(world)).toEqual([]);
  });

  test("is told again before the next end, after the account was connected again", async () => {
    const world = await aWorld({ mailsOwner: true });
    world.paper.end.at = world.clock() + 10 * day;
    await live(world, day);
    world.paper.end.at = world.clock() + 14 * day;
    await live(world, day);
    await live(world, day);
    expect(subjects(world)).toEqual([mail, mail]);
  });

  test("is told once of a login that has ended, before a post needs it, and what is published then waits", async () => {
    const world = await aWorld({ mailsOwner: true });
    world.paper.login.now = refused;
    await live(world, 3 * day);
    expect(subjects(world)).toEqual(["Crier, blog: one is paused"]);
    expect(world.alarms).toEqual([
      'unauthorised: one is paused: 401; set new credentials with "npx crier accounts set one"',
    ]);
    await world.plan("s", aDocument({ slug: "s" }));
    await world.sweep();
    expect(await world.deliveries("s")).toMatchObject([
      { state: "pending", reason: expect.stringContaining("one is paused") },
    ]);
    world.paper.login.now = undefined;
    await live(world, day + hour);
    expect(await world.deliveries("s")).toMatchObject([{ state: "posted" }]);
  });

  test("is told nothing where the network does not answer", async () => {
    const world = await aWorld({ mailsOwner: true });
    world.paper.silent.now = true;
    await live(world, 2 * day);
    expect([subjects(world), world.alarms]).toEqual([[], []]);
  });
});

test.each([
  [15 * day, undefined, undefined],
  [14 * day, undefined, 14],
  [8 * day, 14, undefined],
  [7 * day, 14, 7],
  [day, 7, 1],
  [day, undefined, 1],
  [-day, 1, undefined],
])("an end in %d ms, of which the owner was told %s days before, is told with %s", (endsAt, days, next) => {
  const told = days === undefined ? undefined : { days, text: "" };
  expect(loginNoticeDays({ endsAt, told }, 0)).toBe(next);
});
