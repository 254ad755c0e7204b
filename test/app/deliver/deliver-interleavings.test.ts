import { describe, expect, test } from "vitest";
import type { Delivery } from "../../../src/domain/delivery.ts";
import { day, hour, minute, second } from "../../../src/domain/time.ts";
import { inProcessQueue } from "../../../src/queue/in-process-queue.ts";
import { systemRuntime } from "../../../src/runtimes/system-runtime.ts";
import type { PaperOptions } from "../../support/paper-network.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const withText = (text: string): string => aDocument({ slug: "s", socialShare: text });

/** A person or the source changes the post, and publish has nudged its delivery. */
const edit = (world: World, text: string) => world.plan("s", withText(text));
const erase = async (world: World): Promise<void> => {
  world.erase("s.md");
  await world.ingest("s.md");
  await world.app.work(await world.postRef("s"));
};

const only = async (world: World): Promise<Delivery | undefined> => {
  const all = await world.deliveries("s");
  expect(all).toHaveLength(1);
  return all[0];
};

/** Longer than the lease and the network's settling time. */
const settledAfter = 4 * minute;

const unsettledWorld = async (options: PaperOptions = {}) => {
  const world = await aWorld(options);
  const ref = await edit(world, "t0");
  world.paper.fates.push("applied");
  await world.app.work(ref);
  expect(await only(world)).toMatchObject({ state: "unsettled" });
  return { world, ref };
};

const postedWorld = async (options: PaperOptions = {}) => {
  const world = await aWorld(options);
  await edit(world, "t0");
  await world.sweep();
  expect(await only(world)).toMatchObject({ state: "posted", stale: false });
  return world;
};

describe("33. an edit or a deletion during sending is not lost", () => {
  const sending = async () => {
    const world = await aWorld();
    const ref = await edit(world, "t0");
    world.paper.fates.push("slow");
    const running = world.app.work(ref);
    await world.paper.inFlight();
    return { world, running };
  };

  test("an edit", async () => {
    const { world, running } = await sending();
    await edit(world, "t1");
    world.paper.land();
    await running;
    await world.sweep();
    expect(world.paper.visible()).toEqual([expect.stringContaining("t1")]);
    expect(await only(world)).toMatchObject({ state: "posted", stale: false });
  });

  test("a deletion", async () => {
    const { world, running } = await sending();
    await world.app.remove("s");
    await world.app.work(await world.postRef("s"));
    world.paper.land();
    await running;
    await world.sweep();
    expect(world.paper.posts).toHaveLength(1);
    expect(world.paper.visible()).toEqual([]);
    expect(await only(world)).toMatchObject({ state: "deleted" });
  });

  test("another worker, woken by the nudge, leaves the claim alone", async () => {
    const { world, running } = await sending();
    await edit(world, "t1");
    await world.sweep();
    world.paper.land();
    await running;
    expect(await only(world)).toMatchObject({ state: "posted", remotes: [{ id: "p1" }] });
  });

  test("an edit while the copy is compared with the post", async () => {
    const world = await postedWorld();
    const ref = await world.plan("s", aDocument({ slug: "s", title: "Another title", socialShare: "t0" }));
    const w1 = world.worker("deliveries.save");
    const running = w1.app.work(ref);
    await w1.stopped;
    await edit(world, "t1");
    w1.go();
    await running;
    await world.sweep();
    expect(world.paper.visible()).toEqual([expect.stringContaining("t1")]);
  });
});

describe("34. a resend after an edit does not post twice", () => {
  test.each([
    { offers: "refuse", stale: true, text: "t0" },
    { offers: "key", stale: false, text: "t1" },
    { offers: "read", stale: false, text: "t1" },
  ] as const)("where the network offers $offers", async ({ offers, stale, text }) => {
    const { world } = await unsettledWorld({ offers });
    await edit(world, "t1");
    world.turn(settledAfter);
    await world.sweep();
    expect(world.paper.posts).toMatchObject([{ text: expect.stringContaining(text) }]);
    expect(await only(world)).toMatchObject({ state: "posted", stale });
  });
});

/** The request of a killed worker is still in flight. */
const inFlightWorld = async () => {
  const world = await aWorld({ offers: "read" });
  const ref = await edit(world, "t0");
  world.paper.fates.push("cut");
  void world.app.work(ref);
  await world.paper.inFlight();
  return world;
};

const landsLate = async (world: World): Promise<void> => {
  world.paper.land();
  world.turn(2 * minute);
  await world.sweep();
  expect(world.paper.visible()).toHaveLength(1);
  expect(await only(world)).toMatchObject({ state: "posted", remotes: [{ id: "p1" }] });
};

test("35. a resend waits for lease and settle", async () => {
  const world = await inFlightWorld();
  world.turn(89 * second);
  await world.sweep();
  expect(await only(world)).toMatchObject({ state: "sending" });
  world.turn(2 * second);
  await world.sweep();
  expect(await only(world)).toMatchObject({ state: "unsettled" });
  world.turn(minute);
  await world.sweep();
  await landsLate(world);
});

describe("36. a nudge does not shorten a wait", () => {
  test("until the first request has certainly ended", async () => {
    const world = await inFlightWorld();
    world.turn(91 * second);
    await world.sweep();
    world.turn(minute);
    await edit(world, "t1");
    await world.sweep();
    expect(world.paper.requests).toHaveLength(1);
    await landsLate(world);
  });

  test("that the network asked for", async () => {
    const world = await aWorld();
    await edit(world, "t0");
    world.paper.fates.push("limited");
    await world.sweep();
    world.turn(minute);
    await edit(world, "t1");
    await world.sweep();
    expect(world.paper.requests).toHaveLength(1);
    world.turn(minute);
    await world.sweep();
    expect(world.paper.visible()).toEqual([expect.stringContaining("t1")]);
  });
});

test("37. a 429 after an unanswered send does not forget it", async () => {
  const { world } = await unsettledWorld({ offers: "key" });
  world.turn(settledAfter);
  world.paper.fates.push("limited");
  await world.sweep();
  expect(world.paper.requests).toHaveLength(2);
  expect(await only(world)).toMatchObject({ state: "unsettled", reason: "429" });
  await world.app.remove("s");
  world.turn(settledAfter);
  await world.sweep();
  expect(world.paper.visible()).toEqual([]);
  expect(await only(world)).toMatchObject({ state: "deleted" });
});

describe("37. an unanswered send of a post that is deleted since", () => {
  const deletedWorld = async () => {
    const { world } = await unsettledWorld({ offers: "key" });
    await world.app.remove("s");
    world.turn(settledAfter);
    return world;
  };

  test("waits for the network's answer, and is found and deleted", async () => {
    const world = await deletedWorld();
    world.paper.blind.now = true;
    await world.sweep();
    expect(await only(world)).toMatchObject({
      state: "unsettled",
      reason: expect.stringContaining("gave no usable answer"),
    });
    world.turn(6 * day);
    await world.sweep();
    expect(await only(world)).toMatchObject({ state: "unsettled" });
    world.paper.blind.now = false;
    world.turn(2 * hour);
    await world.sweep();
    expect(world.paper.visible()).toEqual([]);
    expect(await only(world)).toMatchObject({ state: "deleted" });
  });

  test("is unknown after a week without an answer", async () => {
    const world = await deletedWorld();
    world.paper.blind.now = true;
    world.turn(7 * day);
    await world.sweep();
    expect(await only(world)).toMatchObject({ state: "unknown", reason: expect.stringContaining("was deleted") });
    expect(world.alarms).toContainEqual(expect.stringContaining("unknown"));
  });

  test("is unknown at once where the login may not read", async () => {
    const world = await deletedWorld();
    world.paper.blind.now = "unreadable";
    await world.sweep();
    expect(await only(world)).toMatchObject({ state: "unknown", reason: expect.stringContaining("was deleted") });
  });
});

describe("38. a 400 after an unanswered send is not called failed", () => {
  test.each([
    { offers: "key", canFind: true, state: "posted" },
    { offers: "key", canFind: false, state: "unknown" },
    { offers: "refuse", canFind: false, state: "unknown" },
  ] as const)("$offers, canFind: $canFind → $state", async ({ state, ...options }) => {
    const { world } = await unsettledWorld(options);
    world.turn(settledAfter);
    world.paper.fates.push("refused");
    await world.sweep();
    expect(await only(world)).toMatchObject({ state });
    expect(world.paper.visible()).toHaveLength(1);
  });

  test("it failed where a look found nothing", async () => {
    const world = await aWorld({ offers: "key" });
    world.paper.fates.push("lost", "refused");
    await edit(world, "t0");
    await world.sweep();
    world.turn(settledAfter);
    await world.sweep();
    expect(await only(world)).toMatchObject({ state: "failed", reason: "400" });
    expect(world.paper.posts).toEqual([]);
    expect(world.alarms).toContainEqual(expect.stringContaining("failed"));
  });
});

describe("39. an unanswered edit is sent again", () => {
  test.each(["key", "read", "refuse", "none"] as const)("where the network offers %s", async (offers) => {
    const world = await postedWorld({ offers });
    world.paper.fates.push("lost");
    await edit(world, "t1");
    await world.sweep();
    expect(await only(world)).toMatchObject({ state: "editing" });
    world.turn(settledAfter);
    await world.sweep();
    expect(world.paper.posts).toMatchObject([{ text: expect.stringContaining("t1") }]);
    expect(await only(world)).toMatchObject({ state: "posted", stale: false });
  });

  test("by another worker, after the first was killed", async () => {
    const world = await postedWorld({ offers: "none" });
    world.paper.fates.push("cut");
    void world.app.work(await edit(world, "t1"));
    await world.paper.inFlight();
    for (const wait of [2 * minute, settledAfter]) {
      world.turn(wait);
      await world.sweep();
    }
    expect(world.paper.posts).toMatchObject([{ text: expect.stringContaining("t1") }]);
    expect(await only(world)).toMatchObject({ state: "posted", stale: false });
  });
});

test.each(["lost", "applied", "limited"] as const)("40. an unanswered deletion is sent again: %s", async (fate) => {
  const world = await postedWorld({ offers: "none" });
  world.paper.fates.push(fate);
  await world.app.remove("s");
  await world.sweep();
  expect(await only(world)).toMatchObject({ state: "deleting" });
  world.turn(settledAfter);
  await world.sweep();
  expect(world.paper.visible()).toEqual([]);
  expect(world.paper.posts).toHaveLength(1);
  expect(await only(world)).toMatchObject({ state: "deleted" });
});

test.each(["after deliveries.save", "deliveries.save 2"])(
  "41. a claim that died before the send is not unknown: %s",
  async (place) => {
    const world = await aWorld({ offers: "none" });
    const ref = await edit(world, "t0");
    const w1 = world.worker(place);
    void w1.app.work(ref);
    await w1.stopped;
    world.turn(91 * second);
    await world.sweep();
    expect(world.paper.posts).toHaveLength(1);
    expect(await only(world)).toMatchObject({ state: "posted" });
  },
);

/** The answer to the second publication, of the same bytes, is lost; then it is settled. */
const publishedTwice = async (options: PaperOptions): Promise<World> => {
  const world = await aWorld(options);
  const document = new TextEncoder().encode(withText("t0"));
  await world.app.put("s", document);
  await world.sweep();
  world.turn(2 * minute);
  world.paper.fates.push("lost");
  await world.raiseGeneration("s");
  await world.sweep();
  world.turn(settledAfter);
  await world.sweep();
  return world;
};

test("a second publication with equal text that the network refuses after a lost answer is not called posted", async () => {
  const world = await publishedTwice({ offers: "refuse" });
  expect(await world.deliveries("s")).toMatchObject([
    { state: "posted" },
    { state: "unknown", reason: expect.stringContaining("an earlier copy has the same text") },
  ]);
});

describe("a person's own post with the same link, after a send that got no answer", () => {
  const worldWithOwnPost = async (options: PaperOptions) => {
    const world = await aWorld(options);
    const ref = await edit(world, "t0");
    world.paper.fates.push("lost");
    await world.app.work(ref);
    world.paper.write("one", `I wrote this: ${(await world.post("s")).url}`);
    return world;
  };

  test("is not taken for the copy: without a key it is unknown whether that was sent", async () => {
    const world = await worldWithOwnPost({ offers: "read" });
    world.turn(settledAfter);
    await world.sweep();
    expect(await only(world)).toMatchObject({ state: "unknown", reason: expect.stringContaining("another text") });
  });

  test("does not keep the copy from being sent under its key", async () => {
    const world = await worldWithOwnPost({ offers: "key", remembersFor: hour });
    world.turn(settledAfter);
    await world.sweep();
    expect(world.paper.visible()).toEqual([expect.stringContaining("I wrote"), expect.stringContaining("t0")]);
  });

  test.each(["read", "key"] as const)("is not deleted with the document (%s)", async (offers) => {
    const world = await worldWithOwnPost({ offers });
    await erase(world);
    world.turn(hour);
    await world.sweep();
    expect(world.paper.visible()).toEqual([expect.stringContaining("I wrote")]);
  });
});

test("42. a second publication by will is not taken for the first", async () => {
  const world = await publishedTwice({ offers: "read" });
  expect(world.paper.visible()).toHaveLength(2);
  const ids = (await world.deliveries("s")).map(({ state, remotes }) => [state, remotes?.[0]?.id]);
  expect(ids).toEqual([
    ["posted", "p1"],
    ["posted", "p2"],
  ]);
});

describe("43. removing an account does not cancel what may be public", () => {
  test.each(["read", "none"] as const)("where the network offers %s", async (offers) => {
    const { world } = await unsettledWorld({ offers });
    world.configured.accounts = [];
    world.turn(settledAfter);
    await world.sweep();
    expect(await only(world)).toMatchObject({
      state: "unknown",
      reason: expect.stringContaining("removed from the configuration"),
    });
    expect(world.alarms).toContainEqual(expect.stringContaining("unknown"));
  });

  test("nor saves the row while a worker is sending", async () => {
    const world = await aWorld();
    const ref = await edit(world, "t0");
    world.paper.fates.push("slow");
    const running = world.app.work(ref);
    await world.paper.inFlight();
    world.configured.accounts = [];
    await world.store.deliveries.nudge(ref, world.clock());
    await world.sweep();
    world.paper.land();
    await running;
    expect(await only(world)).toMatchObject({ state: "posted", remotes: [{ id: "p1" }] });
  });
});

test("44. parking does not cross with release", async () => {
  const world = await aWorld();
  const ref = await edit(world, "t0");
  const state = await world.store.accounts.read("one");
  await world.store.accounts.save({ ...state, paused: { since: world.clock(), reason: "401", login: "first" } });
  const w1 = world.worker("after accounts.read");
  const running = w1.app.work(ref);
  await w1.stopped;
  await world.store.accounts.save({ ...(await world.store.accounts.read("one")), paused: undefined });
  w1.go();
  await running;
  expect(await only(world)).toMatchObject({ state: "pending", reason: "one is paused: 401; set new credentials" });
  world.turn(hour);
  await world.sweep();
  expect(await only(world)).toMatchObject({ state: "posted" });
});

describe("45. a sleeping laptop does not outlive its lease", () => {
  test("in one process no delivery is ever with two workers", async () => {
    const world = await aWorld({ offers: "read" });
    const ref = await edit(world, "t0");
    const queue = inProcessQueue({
      work: (one) => world.app.work(one),
      concurrency: { post: 4, feed: 4, delivery: 4, ping: 4, notice: 4 },
      onError: () => {},
      setTimer: systemRuntime.setTimer,
    });
    world.paper.fates.push("slow");
    await queue.send([ref]);
    await world.paper.inFlight();
    world.turn(hour);
    await queue.send([ref]);
    world.paper.land();
    await queue.idle();
    await world.sweep();
    expect(world.paper.posts).toHaveLength(1);
    expect(await only(world)).toMatchObject({ state: "posted", remotes: [{ id: "p1" }] });
  });

  test("a worker that wakes after its lease sends nothing", async () => {
    const world = await aWorld({ offers: "read" });
    const ref = await edit(world, "t0");
    const w1 = world.worker("after deliveries.save 2");
    const running = w1.app.work(ref);
    await w1.stopped;
    world.turn(hour);
    await world.sweep();
    w1.go();
    await running;
    expect(world.paper.requests).toHaveLength(1);
    expect(await only(world)).toMatchObject({ state: "posted", remotes: [{ id: "p1" }] });
  });

  test("and is pending again where no other worker has claimed the row", async () => {
    const world = await aWorld({ offers: "none" });
    const ref = await edit(world, "t0");
    const w1 = world.worker("after deliveries.save 2");
    const running = w1.app.work(ref);
    await w1.stopped;
    world.turn(hour);
    w1.go();
    await running;
    expect(world.paper.requests).toEqual([]);
    expect(await only(world)).toMatchObject({ state: "pending" });
    expect((await only(world))?.sent).toBeUndefined();
    world.turn(minute);
    await world.sweep();
    expect(world.paper.posts).toHaveLength(1);
  });
});

describe("46. nothing new goes out while a deletion waits for its grace", () => {
  const missing = async () => {
    const world = await aWorld();
    await edit(world, "t0");
    await erase(world);
    world.turn(9 * minute);
    await world.sweep();
    expect(world.paper.requests).toEqual([]);
    return world;
  };

  test("it is cancelled when the grace ends", async () => {
    const world = await missing();
    world.turn(minute);
    await world.sweep();
    expect(world.paper.requests).toEqual([]);
    expect(await only(world)).toMatchObject({ state: "cancelled" });
  });

  test("it is posted if the document returns", async () => {
    const world = await missing();
    await edit(world, "t0");
    await world.sweep();
    expect(world.paper.visible()).toHaveLength(1);
  });

  test("a resend waits for it, too, and a look does not", async () => {
    const { world } = await unsettledWorld({ offers: "refuse" });
    await erase(world);
    world.turn(settledAfter);
    await world.sweep();
    expect(world.paper.requests).toHaveLength(1);
    const lost = await aWorld({ offers: "read" });
    lost.paper.fates.push("lost");
    await edit(lost, "t0");
    await lost.sweep();
    await erase(lost);
    lost.turn(settledAfter);
    await lost.sweep();
    expect(await only(lost)).toMatchObject({ state: "unsettled" });
    lost.turn(10 * minute);
    await lost.sweep();
    expect(lost.paper.requests).toHaveLength(1);
    expect(await only(lost)).toMatchObject({ state: "cancelled" });
  });
});

describe("an edit whose answer was lost", () => {
  const withEditOnItsWay = async () => {
    const world = await postedWorld();
    world.paper.fates.push("cut");
    const ref = await edit(world, "t1");
    void world.app.work(ref);
    await world.paper.inFlight();
    return { world, ref };
  };

  test.each([
    ["a later edit", (world: World) => edit(world, "t2"), ["t2"]],
    ["the deletion", (world: World) => world.app.remove("s"), []],
  ] as const)("does not undo %s: nothing is asked before it must have landed", async (_, act, visible) => {
    const { world } = await withEditOnItsWay();
    await act(world);
    await world.sweep();
    // The worker is gone, and its lease is over. The request is still on its way.
    world.turn(95 * second);
    await world.sweep();
    expect(world.paper.requests).toHaveLength(2);
    world.paper.land();
    world.turn(hour);
    await world.sweep();
    expect(world.paper.visible()).toEqual(visible.map((text) => expect.stringContaining(text)));
  });
});
