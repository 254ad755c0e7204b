import { describe, expect, test } from "vitest";
import { hour, minute } from "../../../src/domain/time.ts";
import type { NoLogin } from "../../../src/ports/networks.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const refused: NoLogin = { kind: "unauthorised", reason: "401" };
const setSecret = 'set new credentials with "npx crier accounts set one"';

/** An account whose login was refused when it was checked before a send. */
const pausedByCheck = async (): Promise<World> => {
  const world = await aWorld();
  world.paper.login.now = refused;
  await world.plan("s", aDocument({ slug: "s" }));
  await world.sweep();
  world.turn(minute);
  return world;
};

/** An account whose login is good, and whose request was refused. */
const pausedBySend = async (): Promise<World> => {
  const world = await aWorld();
  world.paper.fates.push("unauthorised");
  await world.plan("s", aDocument({ slug: "s" }));
  await world.sweep();
  world.turn(minute);
  return world;
};

const state = async (world: World) => (await world.deliveries("s"))[0];

describe("while a login is refused", () => {
  test.each([pausedByCheck, pausedBySend])("accounts and status say the same, with the command (%#)", async (make) => {
    const world = await make();
    const reason = `401; ${setSecret}`;
    expect(await state(world)).toMatchObject({ state: "pending", reason: `one is paused: ${reason}` });
    expect(world.alarms).toEqual([`unauthorised: one is paused: ${reason}`]);
    const [report] = await world.app.checkAccounts();
    expect(report?.paused?.reason).toBe(reason);
    world.turn(6 * minute);
    await world.sweep();
    expect(await state(world)).toMatchObject({ reason: `one is paused: ${reason}` });
  });
});

describe("a good login", () => {
  test.each([pausedByCheck, pausedBySend])(
    "with another secret ends the pause at once, and the post goes out (%#)",
    async (make) => {
      const world = await make();
      world.paper.credentials.now = "second";
      world.paper.login.now = undefined;
      expect(await world.app.checkAccounts()).toMatchObject([{ identity: "ada", paused: undefined, next: undefined }]);
      await world.sweep();
      expect(await state(world)).toMatchObject({ state: "posted" });
      expect(world.paper.visible()).toHaveLength(1);
    },
  );

  test("with the same secret ends the pause that a check of the login caused", async () => {
    const world = await pausedByCheck();
    world.paper.login.now = undefined;
    expect(await world.app.checkAccounts()).toMatchObject([{ identity: "ada", paused: undefined }]);
    await world.sweep();
    expect(await state(world)).toMatchObject({ state: "posted" });
  });

  test("with the same secret does not end the pause of a token that may not write", async () => {
    const world = await pausedBySend();
    expect(await world.app.checkAccounts()).toMatchObject([
      { identity: "ada", paused: { reason: `401; ${setSecret}` } },
    ]);
    await world.sweep();
    expect(world.paper.requests).toHaveLength(1);
  });

  test("that is refused ends nothing, whatever the secret", async () => {
    const world = await pausedByCheck();
    world.paper.credentials.now = "second";
    expect(await world.app.checkAccounts()).toMatchObject([{ paused: { reason: `401; ${setSecret}` } }]);
  });

  test.each([
    { remedy: "buy credits" },
    { remedy: "log in and unlock it" },
    { until: 2_000_000_000_000, remedy: "raise the cap" },
  ])("does not end the pause of an account that may not spend or is locked: %j", async (terms) => {
    const world = await aWorld();
    await world.plan("s", aDocument({ slug: "s" }));
    const before = await world.store.accounts.read("one");
    const paused = { since: world.clock(), reason: "402", login: "first", until: undefined, ...terms };
    await world.store.accounts.save({ ...before, paused });
    world.paper.credentials.now = "second";
    expect(await world.app.checkAccounts()).toMatchObject([
      { identity: "ada", paused: { reason: `402; ${terms.remedy}` } },
    ]);
    await world.sweep();
    expect(world.paper.requests).toEqual([]);
    expect(await state(world)).toMatchObject({ reason: `one is paused: 402; ${terms.remedy}` });
  });

  test("wakes edits and what is unsettled, too", async () => {
    const world = await aWorld();
    await world.plan("s", aDocument({ slug: "s" }));
    await world.sweep();
    world.paper.login.now = refused;
    await world.plan("s", aDocument({ slug: "s", socialShare: "Other words" }));
    await world.sweep();
    expect(await state(world)).toMatchObject({ state: "editing" });
    world.paper.credentials.now = "second";
    world.paper.login.now = undefined;
    await world.app.checkAccounts();
    await world.sweep();
    expect(world.paper.visible()).toEqual([expect.stringContaining("Other words")]);
  });

  test("is not told to the owner as a failure afterwards, and a later refusal is", async () => {
    const world = await aWorld({ mailsOwner: true });
    world.paper.login.now = refused;
    await world.plan("s", aDocument({ slug: "s" }));
    await world.sweep();
    world.paper.login.now = undefined;
    await world.app.checkAccounts();
    for (let passed = 0; passed < hour; passed += minute) {
      world.turn(minute);
      await world.sweep();
    }
    expect(world.outside.told).toEqual([]);
  });
});
