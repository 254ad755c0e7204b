import { describe, expect, test } from "vitest";
import { deliveryId } from "../../../src/domain/delivery.ts";
import { day, hour, minute } from "../../../src/domain/time.ts";
import { anAccount, start } from "../../support/builders.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const document = aDocument({ slug: "s" });
const account = anAccount({ name: "one", network: "paper", pacing: { interval: 0, dailyCap: 50 } });

const publish = async (world: World, saved = document): Promise<void> => {
  await world.plan("s", saved);
  await world.sweep();
};

const only = async (world: World) => {
  const all = await world.deliveries("s");
  expect(all).toHaveLength(1);
  return all[0];
};

/** A post whose network takes nothing before an hour has passed. */
const anUnreachable = async (): Promise<World> => {
  const world = await aWorld({ accounts: [account] });
  world.paper.fates.push({ kind: "unavailable", reason: "503", retryAt: start + hour });
  await publish(world);
  expect(await only(world)).toMatchObject({ state: "pending", reason: "503" });
  return world;
};

/** A post that its network will never take. */
const aRejected = async (): Promise<World> => {
  const world = await aWorld({ accounts: [account], policies: { removeCopiesAfter: day } });
  world.paper.fates.push({ kind: "rejected", reason: "a link is missing" });
  await publish(world);
  expect(await only(world)).toMatchObject({ state: "failed" });
  return world;
};

describe("a post that is removed while its network is away", () => {
  test("is cancelled at once, and is not sent when the network is back", async () => {
    const world = await anUnreachable();
    await world.app.remove("s");
    await world.sweep();
    expect(await only(world)).toMatchObject({ state: "cancelled", reason: "the post was deleted", due: undefined });
    world.turn(2 * hour);
    await world.sweep();
    expect(world.paper.posts).toEqual([]);
  });

  test("keeps waiting where it is only edited", async () => {
    const world = await anUnreachable();
    const before = world.paper.requests.length;
    world.turn(minute);
    await publish(world, aDocument({ slug: "s", title: "Another" }));
    expect(await only(world)).toMatchObject({ state: "pending", reason: "503" });
    expect(world.paper.requests).toHaveLength(before);
    world.turn(hour);
    await world.sweep();
    expect(world.paper.visible()).toEqual([expect.stringContaining("Another")]);
  });

  test("is cancelled although its account has no login any more", async () => {
    const world = await aWorld({ accounts: [account] });
    await world.plan("s", document);
    world.paper.reach.now = "none";
    await world.sweep();
    expect(await only(world)).toMatchObject({ state: "pending" });
    await world.app.remove("s");
    await world.sweep();
    expect(await only(world)).toMatchObject({ state: "cancelled" });
  });

  test("waits for its answer where a request may have been applied", async () => {
    const world = await aWorld({ accounts: [account], offers: "read" });
    world.paper.fates.push("applied");
    await publish(world);
    await world.app.remove("s");
    await world.sweep();
    expect(await only(world)).toMatchObject({ state: "unsettled" });
    world.turn(hour);
    await world.sweep();
    expect(await only(world)).toMatchObject({ state: "deleted" });
    expect(world.paper.visible()).toEqual([]);
  });
});

describe("a delivery that failed", () => {
  test("needs nobody any more once its post is removed", async () => {
    const world = await aRejected();
    await world.app.remove("s");
    await world.sweep();
    expect(await only(world)).toMatchObject({ state: "cancelled", reason: "the post was deleted", due: undefined });
  });

  test("needs a person until a missing document counts as a removal", async () => {
    const world = await aRejected();
    world.erase("s.md");
    await world.ingest("s.md");
    world.turn(23 * hour);
    await world.sweep();
    expect(await only(world)).toMatchObject({ state: "failed" });
    world.turn(hour);
    await world.sweep();
    expect(await only(world)).toMatchObject({ state: "cancelled" });
  });

  test("follows no other change of its post", async () => {
    const world = await aRejected();
    await publish(world, aDocument({ slug: "s", draft: true }));
    expect(await only(world)).toMatchObject({ state: "failed", due: undefined });
  });

  test("waits for a person where its post is back, with the reason for which it had failed", async () => {
    const world = await aRejected();
    await world.app.remove("s");
    await world.sweep();
    await publish(world, aDocument({ slug: "s", title: "Another" }));
    expect(await only(world)).toMatchObject({
      state: "held",
      hold: "returned",
      reason: "it failed before its post was deleted (a link is missing): release it to send it",
    });
    expect(world.paper.posts).toEqual([]);
    await world.app.actOnPost("release", "s");
    await world.sweep();
    expect(world.paper.visible()).toHaveLength(1);
  });

  test("still needs a person where the equal post that is there may be its copy", async () => {
    const before = await aWorld({ accounts: [account], offers: "refuse" });
    await publish(before);
    const world = await aWorld({ accounts: [account], offers: "refuse", namesEqual: true });
    world.paper.write("one", before.paper.visible()[0] ?? "");
    await publish(world);
    await world.app.remove("s");
    await world.sweep();
    const failed = await only(world);
    expect(failed).toMatchObject({ state: "failed", duplicate: { kind: "equal" }, due: undefined });
    await world.app.resolve(failed === undefined ? "" : deliveryId(failed), "posted");
    await world.sweep();
    expect(world.paper.visible()).toEqual([]);
  });
});

test("an edit that waits for an approval is asked for no more once its post is removed, although all sending is stopped", async () => {
  const world = await aWorld({ accounts: [{ ...account, approve: true }] });
  await publish(world);
  await world.app.actOnPost("approve", "s");
  await world.sweep();
  await publish(world, aDocument({ slug: "s", title: "Another" }));
  expect(await only(world)).toMatchObject({ state: "posted", hold: "approval" });
  await world.app.stop("one");
  await world.app.remove("s");
  await world.sweep();
  expect(await only(world)).toMatchObject({ state: "posted", hold: undefined });
  await world.app.resume("one");
  await world.sweep();
  expect(world.paper.visible()).toEqual([]);
});
