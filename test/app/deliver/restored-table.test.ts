import { describe, expect, test } from "vitest";
import { type Delivery, deliveryId } from "../../../src/domain/delivery.ts";
import { day, hour, minute } from "../../../src/domain/time.ts";
import { anAccount } from "../../support/builders.ts";
import type { PaperOptions } from "../../support/paper-network.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const document = (slug: string, text = slug): string => aDocument({ slug, socialShare: text });

const publish = async (world: World, ...slugs: readonly string[]): Promise<void> => {
  for (const slug of slugs) {
    await world.plan(slug, document(slug));
    await world.sweep();
    world.turn(minute);
  }
  await world.sweep();
};

/** A table that was put back to the time before the first one's posts, on the same network. */
const putBack = async (world: World, options: PaperOptions): Promise<World> => {
  const restored = await aWorld(options);
  restored.paper.posts.push(...world.paper.posts);
  restored.turn(3 * hour);
  return restored;
};

const networks = [
  ["that can be read", { offers: "key", remembersFor: 50 * minute }],
  ["with a key of its own", { offers: "key" }],
  ["that refuses an equal post and can be read", { offers: "refuse", canFind: true }],
] as const;

const only = async (world: World, slug: string): Promise<Delivery | undefined> => {
  const all = await world.deliveries(slug);
  expect(all).toHaveLength(1);
  return all[0];
};

describe("a table that is older than a post whose text was edited since, on a network that can be read", () => {
  const [[, options]] = networks;
  const heldWorld = async () => {
    const world = await aWorld(options);
    await publish(world, "a");
    const restored = await putBack(world, options);
    await restored.plan("a", document("a", "edited"));
    await restored.sweep();
    return restored;
  };

  test("asks its owner, and does not take the copy for its own", async () => {
    const restored = await heldWorld();
    expect(restored.paper.requests).toEqual([]);
    expect(await only(restored, "a")).toMatchObject({
      state: "held",
      hold: "copy",
      reason: "a post with the same link and another text is on paper already: https://paper.example/p1",
    });
    expect(restored.alarms.filter((line) => line.startsWith("held"))).toHaveLength(1);
    expect((await restored.store.accounts.read("one")).inFlight).toBeUndefined();
  });

  test("announces it once more where it is released", async () => {
    const restored = await heldWorld();
    await restored.app.actOnPost("release", "a");
    restored.turn(minute);
    await restored.sweep();
    expect(restored.paper.visible()).toHaveLength(2);
    expect(await only(restored, "a")).toMatchObject({ state: "posted" });
  });

  test("does not count it as sent now: the next post does not wait for it", async () => {
    const restored = await heldWorld();
    await publish(restored, "b");
    expect(restored.paper.visible()).toHaveLength(2);
  });
});

describe.each(networks)("a table that is older than its posts, on a network %s", (_, options) => {
  test("announces none of them again, and says where it found them", async () => {
    const world = await aWorld(options);
    await publish(world, "a", "b");
    const restored = await putBack(world, options);
    await publish(restored, "a", "b");
    expect(restored.paper.requests).toEqual([]);
    expect(restored.paper.posts).toHaveLength(2);
    const [first] = world.paper.posts;
    expect(await only(restored, "a")).toMatchObject({
      state: "posted",
      stale: false,
      remotes: [{ id: first?.id, url: expect.any(String) }],
      sent: { firstSentAt: first?.at },
    });
    const entries = (await only(restored, "a"))?.history.first.map(({ reason }) => reason);
    expect(entries).toContain("found on paper: it was sent before this table knew it");
    expect((await restored.post("a")).syndication).toEqual([`https://paper.example/${first?.id}`]);
  });

  test("counts them when they were sent: neither interval nor breaker holds the next one", async () => {
    const world = await aWorld(options);
    const slugs = ["a", "b", "c", "d", "e", "f", "g"];
    for (const slug of slugs) {
      await publish(world, slug);
      world.turn(hour);
    }
    const restored = await putBack(world, options);
    restored.turn(9 * hour);
    for (const slug of slugs) await restored.plan(slug, document(slug));
    await restored.plan("new", document("new"));
    await restored.sweep();
    restored.turn(minute);
    await restored.sweep();
    expect(restored.paper.posts).toHaveLength(8);
    expect(restored.paper.requests).toHaveLength(1);
  });

  test("edits and deletes what it found", async () => {
    const world = await aWorld(options);
    await publish(world, "a");
    const restored = await putBack(world, options);
    await publish(restored, "a");
    await restored.plan("a", document("a", "edited"));
    await restored.sweep();
    expect(restored.paper.visible()).toEqual([expect.stringContaining("edited")]);
    restored.erase("a.md");
    await restored.ingest("a.md");
    restored.turn(11 * minute);
    await restored.sweep();
    expect(restored.paper.visible()).toEqual([]);
  });

  test("waits while the network does not answer whether they are there", async () => {
    const world = await aWorld(options);
    await publish(world, "a");
    const restored = await putBack(world, options);
    restored.paper.blind.now = true;
    await publish(restored, "a");
    expect(restored.paper.requests).toEqual([]);
    expect(await only(restored, "a")).toMatchObject({
      state: "pending",
      reason: "paper gave no usable answer to the search for the post",
    });
    restored.paper.blind.now = false;
    restored.turn(hour);
    await restored.sweep();
    expect(restored.paper.posts).toHaveLength(1);
    expect(await only(restored, "a")).toMatchObject({ state: "posted" });
  });

  test("gives each delivery the key that it had", async () => {
    const world = await aWorld(options);
    await publish(world, "a");
    const restored = await aWorld(options);
    restored.turn(hour);
    await publish(restored, "a");
    expect(restored.paper.posts.map(({ key }) => key)).toEqual(world.paper.posts.map(({ key }) => key));
  });

  // The result depends on the network: one that refuses equal posts refuses this one, too.
  test.runIf(options.offers === "key")("announces again what a person publishes with --again", async () => {
    const world = await aWorld(options);
    await publish(world, "a");
    const restored = await putBack(world, options);
    await publish(restored, "a");
    await restored.app.announce("a", { again: true });
    await restored.sweep();
    restored.turn(minute);
    await restored.sweep();
    expect(restored.paper.posts).toHaveLength(2);
  });
});

describe("a copy that another table has sent, which is found after a send without an answer", () => {
  const foundWorld = async (text: string) => {
    const options = { offers: "refuse", canFind: true, byAddress: true } as const;
    const other = await aWorld(options);
    await other.plan("a", document("a", text));
    await other.sweep();
    const world = await aWorld(options);
    world.paper.fates.push("lost");
    await world.plan("a", document("a"));
    await world.sweep();
    world.paper.posts.push(...other.paper.posts);
    for (let passed = 0; passed < 10; passed += 1) {
      world.turn(minute);
      await world.sweep();
    }
    expect(await only(world, "a")).toMatchObject({ state: "posted", stale: false, remotes: [{ id: "p1" }] });
    expect(world.paper.visible()).toEqual([expect.stringMatching(/^a\b/)]);
    return world;
  };

  test("is edited where it says something else than its post", async () => {
    const { paper } = await foundWorld("earlier");
    expect(paper.requests.slice(1)).toEqual([expect.stringMatching(/^edit a\b/)]);
  });

  test("stays as it is where it says the same", async () => {
    const { paper } = await foundWorld("a");
    expect(paper.requests).toHaveLength(1);
  });
});

describe("a post without the link to its page, whose text is on the network already", () => {
  const options = { offers: "key", remembersFor: 50 * minute, isLinkless: true } as const;
  const heldWorld = async () => {
    const world = await aWorld(options);
    const own = world.paper.write("one", "Good morning!");
    await world.plan("a", document("a", "Good morning!"));
    await world.sweep();
    return { world, own };
  };

  test("is held with that one's address: a person may have written it", async () => {
    const { world, own } = await heldWorld();
    expect(world.paper.requests).toEqual([]);
    expect(await only(world, "a")).toMatchObject({
      state: "held",
      hold: "copy",
      reason: "a post with the same text is on paper already: https://paper.example/p1",
    });
    world.erase("a.md");
    await world.ingest("a.md");
    world.turn(11 * minute);
    await world.sweep();
    expect(own.deleted).toBe(false);
  });

  test("is sent where it is released, and is the copy of its own request then", async () => {
    const { world } = await heldWorld();
    await world.app.actOnPost("release", "a");
    world.turn(minute);
    await world.sweep();
    expect(await only(world, "a")).toMatchObject({ state: "posted", remotes: [{ id: "p2" }] });
  });

  test("is sent at once where that is the copy of another post", async () => {
    const world = await aWorld(options);
    for (const slug of ["a", "b"]) {
      await world.plan(slug, document(slug, "Good morning!"));
      await world.sweep();
      world.turn(2 * minute);
    }
    await world.sweep();
    expect(await only(world, "b")).toMatchObject({ state: "posted", remotes: [{ id: "p2" }] });
  });

  test("is found after a send without an answer", async () => {
    const world = await aWorld(options);
    world.paper.fates.push("applied");
    await world.plan("a", document("a", "Good morning!"));
    await world.sweep();
    world.turn(hour);
    await world.sweep();
    expect(await only(world, "a")).toMatchObject({ state: "posted", remotes: [{ id: "p1" }] });
    expect(world.paper.posts).toHaveLength(1);
  });

  test("is found by its own key, which no other post has", async () => {
    const keyed = { offers: "key", isLinkless: true } as const;
    const world = await aWorld(keyed);
    await publish(world, "a");
    const restored = await putBack(world, keyed);
    await publish(restored, "a");
    expect(await only(restored, "a")).toMatchObject({ state: "posted", remotes: [{ id: "p1" }] });
  });
});

describe("before a first send to a network that can be read", () => {
  const options = { offers: "key", remembersFor: 50 * minute } as const;

  test("another text with the same link is not the post's copy, and its owner is asked", async () => {
    const world = await aWorld(options);
    const own = world.paper.write("one", "My new article: https://blog.example.com/a/");
    await publish(world, "a");
    expect(await only(world, "a")).toMatchObject({ state: "held", hold: "copy" });
    await world.app.actOnPost("dismiss", "a");
    world.erase("a.md");
    await world.ingest("a.md");
    world.turn(11 * minute);
    await world.sweep();
    expect(own.deleted).toBe(false);
    expect(world.paper.requests).toEqual([]);
  });

  test("a person's own post is left as it is where a send got no answer and the network refuses the next", async () => {
    const world = await aWorld({ offers: "refuse", canFind: true });
    world.paper.fates.push("lost", "refused");
    await world.plan("a", document("a"));
    await world.sweep();
    const own = world.paper.write("one", "My new article: https://blog.example.com/a/");
    for (let passed = 0; passed < 20; passed += 1) {
      world.turn(minute);
      await world.sweep();
    }
    expect(await only(world, "a")).toMatchObject({ state: "unknown", reason: expect.stringContaining("check") });
    world.erase("a.md");
    await world.ingest("a.md");
    world.turn(11 * minute);
    await world.sweep();
    expect(own.deleted).toBe(false);
  });

  test("the network is not asked further back than the age at which posts are not announced", async () => {
    const world = await aWorld(options);
    await publish(world, "a");
    const restored = await putBack(world, options);
    restored.turn(8 * day);
    await restored.app.announce("a", {});
    await restored.plan("a", aDocument({ slug: "a", socialShare: "a", date: "2026-03-09T07:00:00Z" }));
    await restored.sweep();
    expect(restored.paper.posts).toHaveLength(2);
  });

  test("a second publication that got no answer is left its copy, whichever is sent first", async () => {
    const world = await aWorld(options);
    await world.plan("a", document("a"));
    await world.app.actOnPost("hold", "a");
    world.paper.fates.push("applied");
    await world.raiseGeneration("a");
    await world.sweep();
    await world.app.actOnPost("release", "a");
    for (let passed = 0; passed < 20; passed += 1) {
      world.turn(minute);
      await world.sweep();
    }
    expect(world.paper.visible()).toHaveLength(2);
    const ids = (await world.deliveries("a")).map(({ remotes }) => remotes?.[0]?.id);
    expect(ids.toSorted()).toEqual(["p1", "p2"]);
  });

  test("a copy of another post at the same address is that one's", async () => {
    const world = await aWorld(options);
    await publish(world, "a");
    const [copy] = world.paper.posts;
    expect(copy).toBeDefined();
    const text = copy?.text ?? "";
    await world.plan("b", document("b", text.split("\n")[0]));
    await world.sweep();
    expect(await only(world, "b")).toMatchObject({ state: "posted", remotes: [{ id: "p2" }] });
  });

  test.each(["none", "refuse"] as const)("no other network is asked (%s)", async (offers) => {
    const world = await aWorld({ offers });
    await publish(world, "a");
    expect(world.paper.looks.count).toBe(0);
    expect(world.paper.posts).toHaveLength(1);
  });
});

test("the copy of another account with the same login is not taken for one that was sent before", async () => {
  const accounts = ["one", "two"].map((name) => anAccount({ name, network: "paper", sharesLogin: true }));
  const world = await aWorld({ ...networks[0][1], accounts });
  world.paper.identity.isShared = true;
  await world.plan("a", document("a"));
  const waiting = (await world.deliveries("a")).filter(({ account }) => account === "two").map(deliveryId);
  for (const id of waiting) await world.app.act("hold", id);
  await world.sweep();
  const [copy] = world.paper.posts;
  Object.assign(copy ?? {}, { account: "two" });
  for (const id of waiting) await world.app.act("release", id);
  world.turn(minute);
  await world.sweep();
  expect(world.paper.posts).toHaveLength(2);
});
