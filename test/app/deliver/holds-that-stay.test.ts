import { describe, expect, test } from "vitest";
import { deliveryId } from "../../../src/domain/delivery.ts";
import { hour, iso } from "../../../src/domain/time.ts";
import { anAccount, start } from "../../support/builders.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const paper = (name: string, more = {}) =>
  anAccount({ name, network: "paper", pacing: { interval: 0, dailyCap: 50 }, ...more });

const publish = async (world: World, fields = {}): Promise<void> => {
  await world.plan("s", aDocument({ slug: "s", ...fields }));
  await world.sweep();
};

const states = async (world: World): Promise<readonly string[]> =>
  (await world.deliveries("s")).map(({ account, generation, state, hold = "" }) =>
    `${account} ${generation} ${state} ${hold}`.trimEnd(),
  );

const idOf = async (world: World, index: number): Promise<string> => {
  const delivery = (await world.deliveries("s"))[index];
  return delivery === undefined ? "" : deliveryId(delivery);
};

/** A post whose copy was deleted with its document, and that is back. */
const aReturnedPost = async (account = paper("one")): Promise<World> => {
  const world = await aWorld({ accounts: [account] });
  await publish(world);
  await world.app.actOnPost("approve", "s");
  await world.sweep();
  await world.eraseForGood("s");
  await publish(world);
  expect(await states(world)).toEqual(["one 1 held returned"]);
  return world;
};

describe("a hold that only a person ends", () => {
  test.each([
    ["is deleted and comes back once more", (world: World) => world.eraseForGood("s")],
    ["becomes a draft for a while", (world: World) => publish(world, { draft: true })],
  ])("stays where a post that returned %s", async (_, withdraw) => {
    const world = await aReturnedPost();
    await withdraw(world);
    await publish(world);
    world.turn(hour);
    await world.sweep();
    expect(await states(world)).toEqual(["one 1 held returned"]);
    expect(world.paper.posts).toHaveLength(1);
    await world.app.actOnPost("release", "s");
    await world.sweep();
    expect(world.paper.posts).toHaveLength(2);
  });

  test("stays on an account that asks for approvals, although the text was approved before", async () => {
    const world = await aReturnedPost(paper("one", { approve: true }));
    await world.eraseForGood("s");
    await publish(world);
    expect(await states(world)).toEqual(["one 1 held returned"]);
    expect(world.paper.posts).toHaveLength(1);
  });

  test.each([
    ["", {}],
    [", before its date", { date: iso(start + 2 * hour) }],
  ])("stays where a post that a person holds becomes a draft for a while%s", async (_, fields) => {
    const world = await aWorld({ accounts: [paper("one")] });
    await world.plan("s", aDocument({ slug: "s", ...fields }));
    await world.app.actOnPost("hold", "s");
    await world.sweep();
    await publish(world, { ...fields, draft: true });
    expect(await states(world)).toEqual(["one 1 cancelled"]);
    await publish(world, fields);
    expect(await states(world)).toEqual(["one 1 held person"]);
    world.turn(3 * hour);
    await world.sweep();
    expect(world.paper.posts).toEqual([]);
    await world.app.actOnPost("release", "s");
    await world.sweep();
    expect(world.paper.posts).toHaveLength(1);
  });

  test("takes the place of a hold of Crier's own, whose reason may go", async () => {
    const world = await aWorld({ accounts: [paper("one")], policies: { burst: 1 } });
    await world.plan("first", aDocument({ slug: "first" }));
    await world.sweep();
    await publish(world);
    expect(await states(world)).toEqual(["one 1 held breaker"]);
    expect(await world.app.actOnPost("hold", "s")).toMatchObject({ deliveries: [{ already: false }] });
    expect(await states(world)).toEqual(["one 1 held person"]);
    expect(await world.app.actOnPost("hold", "s")).toMatchObject({ deliveries: [{ already: true }] });
  });
});

test("what is dismissed while its post is a draft is not sent when the post is back", async () => {
  const world = await aWorld({ accounts: [paper("one")] });
  await world.plan("s", aDocument({ slug: "s" }));
  await world.app.actOnPost("hold", "s");
  await publish(world, { draft: true });
  expect(await world.app.actOnPost("dismiss", "s")).toMatchObject({ deliveries: [{ already: false }] });
  expect(await world.app.actOnPost("dismiss", "s")).toMatchObject({ deliveries: [{ already: true }] });
  await publish(world);
  expect(await states(world)).toEqual(["one 1 cancelled"]);
  expect(world.paper.posts).toEqual([]);
});

describe("after a person announced a post once more", () => {
  test("a copy of the first time that was removed does not wait to be sent beside the new one", async () => {
    const world = await aWorld({ accounts: [paper("one")] });
    await publish(world);
    await world.app.remove("s");
    await world.sweep();
    await world.app.put("s", Buffer.from(aDocument({ slug: "s" })), { again: true });
    await world.sweep();
    expect(await states(world)).toEqual(["one 1 deleted", "one 2 posted"]);
    expect(await world.app.actOnPost("release", "s")).toMatchObject({ problems: [expect.stringContaining("deleted")] });
    await world.sweep();
    expect(world.paper.visible()).toHaveLength(1);
  });

  test("of two copies that were deleted with it, one is held when it is back", async () => {
    const world = await aWorld({ accounts: [paper("one")] });
    await publish(world);
    await world.app.announce("s", { again: true });
    await world.sweep();
    await world.eraseForGood("s");
    expect(await states(world)).toEqual(["one 1 deleted", "one 2 deleted"]);
    await publish(world);
    expect(await states(world)).toEqual(["one 1 deleted", "one 2 held returned"]);
  });

  test("a failed delivery of the first time is not sent beside the new one", async () => {
    const world = await aWorld({ accounts: [paper("one")] });
    world.paper.fates.push("refused");
    await publish(world);
    await world.app.announce("s", { again: true });
    await world.sweep();
    expect(await states(world)).toEqual(["one 1 failed", "one 2 posted"]);
    const why = expect.stringMatching(/is not sent: one has announced its post once more since$/);
    expect(await world.app.retry(await idOf(world, 0))).toEqual({ problem: why });
    await world.sweep();
    expect(world.paper.visible()).toHaveLength(1);
  });

  test("on one account only, what was cancelled on another is sent when the post is back", async () => {
    const world = await aWorld({ accounts: [paper("one"), paper("two")] });
    await world.app.stop("two");
    await publish(world);
    await world.app.announce("s", { again: true, accounts: ["one"] });
    await publish(world, { draft: true });
    expect(await states(world)).toContain("two 1 cancelled");
    await publish(world);
    await world.app.resume("two");
    await world.sweep();
    expect(await states(world)).toEqual(["one 1 posted", "one 2 posted", "two 1 posted"]);
  });
});

describe("an approval", () => {
  test("counts again when the text is edited back to the approved one", async () => {
    const world = await aWorld({ accounts: [paper("one", { approve: true })] });
    await publish(world, { socialShare: "A" });
    await world.app.stop("one");
    await world.app.actOnPost("approve", "s");
    await publish(world, { socialShare: "B" });
    await world.app.resume("one");
    await world.sweep();
    expect(await states(world)).toEqual(["one 1 held approval"]);
    await publish(world, { socialShare: "A" });
    expect(world.paper.visible()).toEqual([expect.stringContaining("A")]);
  });

  test("that the account does not ask for any more is no reason to wait after a release", async () => {
    const world = await aWorld({ accounts: [paper("one", { approve: true })] });
    await publish(world, { socialShare: "A" });
    world.configured.accounts = [paper("one")];
    expect(await world.app.actOnPost("release", "s")).toMatchObject({ problems: [] });
    await world.sweep();
    expect(world.paper.visible()).toEqual([expect.stringContaining("A")]);
  });

  test("of an edit that the account does not ask for any more is none after a release either", async () => {
    const world = await aWorld({ accounts: [paper("one", { approve: true })] });
    await publish(world, { socialShare: "A" });
    await world.app.actOnPost("approve", "s");
    await world.sweep();
    await publish(world, { socialShare: "B" });
    world.configured.accounts = [paper("one")];
    expect(await world.app.actOnPost("release", "s")).toMatchObject({ problems: [] });
    await world.sweep();
    expect(world.paper.visible()).toEqual([expect.stringContaining("B")]);
  });
});

test("a decision about a scheduled post while its account was in the sandbox does not keep it from being sent", async () => {
  const world = await aWorld({ accounts: [paper("one")] });
  world.paper.reach.now = "sandbox";
  await publish(world, { date: iso(start + hour) });
  await world.app.actOnPost("hold", "s");
  await world.app.actOnPost("release", "s");
  await world.sweep();
  world.paper.reach.now = "real";
  world.turn(hour);
  await world.sweep();
  expect(await world.deliveries("s")).toMatchObject([{ state: "posted", sandbox: false }]);
});

test("a retry that is refused does not end the pause of its account", async () => {
  const world = await aWorld({ accounts: [paper("one")] });
  await publish(world);
  world.paper.fates.push("unauthorised");
  await world.plan("t", aDocument({ slug: "t" }));
  await world.sweep();
  expect(await world.app.retry(await idOf(world, 0))).toMatchObject({ problem: expect.stringContaining("is posted") });
  expect((await world.store.accounts.read("one")).paused).toBeDefined();
});
