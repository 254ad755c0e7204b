import { describe, expect, test } from "vitest";
import { nudgeHubs } from "../../../src/app/render/hub-pings.ts";
import type { FeedKey } from "../../../src/domain/feed-key.ts";
import { giveUpMessageAfter } from "../../../src/domain/retry.ts";
import type { Site } from "../../../src/domain/site.ts";
import { hour, minute, second } from "../../../src/domain/time.ts";
import { formats } from "../../../src/feeds/index.ts";
import { feedFiles } from "../../../src/feeds/reader-files.ts";
import type { PingRef } from "../../../src/ports/store.ts";
import { aSite, start } from "../../support/builders.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const hub = "https://hub.example.com/";
const ref: PingRef = { kind: "ping", site: "blog", key: "main", hub };
const files = Object.values(feedFiles);
const topics = files.map((file) => `https://feeds.example.com/${file}`);
const refused = { kind: "refused", reason: "hub.example.com answered 503", retryAfter: undefined } as const;

const aHubWorld = (site: Partial<Site> = {}) => aWorld({ accounts: [], site: { hubs: [hub], ...site } });

/** A post in its feeds, whose hubs have not been notified. */
const published = async (world: World, slug: string, category?: string): Promise<void> => {
  world.write(`${slug}.md`, aDocument({ title: slug, slug, ...(category && { category }) }));
  await world.ingest(`${slug}.md`);
  await world.app.work(await world.postRef(slug));
  for (const { key } of await world.store.feeds.all("blog")) await world.app.work({ kind: "feed", site: "blog", key });
};

const stored = async (world: World, of: PingRef = ref) => {
  const ping = await world.store.pings.read(of);
  if (ping === undefined) throw new Error(`${of.hub} has no ping of ${of.key}`);
  return ping;
};

describe("a feed that has changed", () => {
  test("is announced to each hub, by each address that subscribers know", async () => {
    const other = "https://other.example/hub?of=me#1";
    const world = await aHubWorld({ hubs: [hub, other] });
    await published(world, "a");
    await world.app.work(ref);
    await world.app.work({ ...ref, hub: other });
    expect(world.outside.notified).toEqual([hub, other].flatMap((one) => topics.map((topic) => ({ hub: one, topic }))));
    expect(await stored(world)).toMatchObject({ pinged: world.clock(), due: undefined });
  });

  test("is announced by its own addresses, also when it is not the main one", async () => {
    const world = await aHubWorld();
    await published(world, "a", "Rust");
    await world.app.work({ kind: "feed", site: "blog", key: "categories/rust" });
    await world.app.work({ ...ref, key: "categories/rust" });
    expect(world.outside.notified.map(({ topic }) => topic)).toEqual(
      topics.map((topic) => topic.replace("com/", "com/categories/rust/")),
    );
  });

  test("is announced to no hub where the site has none", async () => {
    const world = await aHubWorld({ hubs: [] });
    await published(world, "a");
    await world.sweep();
    expect(world.outside.notified).toEqual([]);
    expect((await world.store.feeds.read("blog", "main"))?.pingPending).toBe(false);
  });

  test("is not announced to a remote hub while only this machine serves it", async () => {
    const local = "http://127.0.0.1:8080/hub";
    const world = await aHubWorld({ hubs: [hub, local], feedsUrl: "http://127.0.0.1:4000/" });
    await published(world, "a");
    await world.sweep();
    expect(world.outside.notified).toEqual(
      files.map((file) => ({ hub: local, topic: `http://127.0.0.1:4000/${file}` })),
    );
  });

  test("is not announced by pages of its archive", async () => {
    const world = await aHubWorld();
    await nudgeHubs(aSite({ hubs: [hub] }), await archivePage(world), {
      ...world.store,
      formats,
      clock: world.clock,
      cacheDuration: 0,
    });
    expect(await world.store.pings.read({ ...ref, key: "archive/1" })).toBeUndefined();
  });

  test("is announced when the caches no longer have older bytes", async () => {
    const world = await aHubWorld();
    await published(world, "a");
    await world.app.work(ref);
    const state = await feedState(world, "main");
    const ports = { ...world.store, formats, clock: world.clock, cacheDuration: minute };
    await nudgeHubs(aSite({ hubs: [hub] }), state, ports);
    await world.app.work(ref);
    expect(world.outside.notified).toHaveLength(topics.length);
    world.turn(minute);
    await world.app.work(ref);
    expect(world.outside.notified).toHaveLength(2 * topics.length);
  });
});

const feedState = async (world: World, key: FeedKey) => {
  const state = await world.store.feeds.read("blog", key);
  if (state === undefined) throw new Error(`there is no feed ${key}`);
  return state;
};

const archivePage = async (world: World) => {
  await world.store.feeds.touch("blog", "archive/1", "Archive", start);
  return feedState(world, "archive/1");
};

describe("a hub that refuses", () => {
  test("is notified again from the first address on", async () => {
    const world = await aHubWorld();
    await published(world, "a");
    world.outside.answers.push({ kind: "taken" }, refused);
    await world.app.work(ref);
    expect(await stored(world)).toMatchObject({ attempts: 1, since: world.clock(), reason: refused.reason });
    world.turn(minute);
    await world.app.work(ref);
    expect(world.outside.notified.map(({ topic }) => topic)).toEqual([...topics.slice(0, 2), ...topics]);
    const settled = await stored(world);
    expect(settled).toMatchObject({ attempts: 0, pinged: world.clock() });
    expect([settled.due, settled.reason]).toEqual([undefined, undefined]);
  });

  test("is not notified for as long as it asks, even if the feed changes", async () => {
    const world = await aHubWorld();
    await published(world, "a");
    world.outside.answers.push({ ...refused, retryAfter: 10 * minute });
    await world.app.work(ref);
    const asked = world.outside.notified.length;
    world.turn(minute);
    await published(world, "b");
    await world.app.work(ref);
    expect(world.outside.notified).toHaveLength(asked);
    world.turn(9 * minute);
    await world.app.work(ref);
    expect(world.outside.notified.length).toBe(asked + topics.length);
    expect((await stored(world)).due).toBeUndefined();
  });

  test("is given up after three days with an alarm, until the feed's next change", async () => {
    const world = await aHubWorld();
    await published(world, "a");
    for (let ping = await stored(world); ping.due !== undefined; ping = await stored(world)) {
      world.turn(Math.max(0, ping.due - world.clock()));
      world.outside.answers.push(refused);
      await world.app.work(ref);
    }
    expect(world.clock() - start).toBeGreaterThanOrEqual(giveUpMessageAfter);
    expect(world.alarms.filter((line) => line.startsWith("unreachable: "))).toEqual([
      `unreachable: ${hub} could not be notified of the feed main for three days: ${refused.reason}; it is tried again at the feed's next change. Check sites[].hubs in crier.config.ts`,
    ]);
    expect(await stored(world)).toMatchObject({ reason: refused.reason });
    const asked = world.outside.notified.length;
    world.turn(hour);
    await published(world, "b");
    await world.app.work(ref);
    expect(world.outside.notified).toHaveLength(asked + topics.length);
    expect((await stored(world)).reason).toBeUndefined();
  });

  test("is no longer notified once it is removed from the configuration", async () => {
    const world = await aHubWorld();
    const former = { ...ref, hub: "https://former.example/" };
    await world.store.pings.nudge(former, topics, start);
    await world.sweep();
    expect(world.outside.notified).toEqual([]);
    expect(await stored(world, former)).toMatchObject({ reason: "the hub was removed from the configuration" });
    expect((await stored(world, former)).due).toBeUndefined();
  });
});

describe("a feed that changes while its hub is notified", () => {
  test("is announced once more", async () => {
    const world = await aHubWorld();
    await published(world, "a");
    const worker = world.worker("pings.save");
    const running = worker.app.work(ref);
    await worker.stopped;
    const asked = world.outside.notified.length;
    world.turn(second);
    await published(world, "b");
    worker.go();
    await running;
    expect((await stored(world)).due).toBeDefined();
    await world.app.work(ref);
    expect(world.outside.notified).toHaveLength(asked + topics.length);
    expect((await stored(world)).due).toBeUndefined();
  });

  test("is announced no sooner than the hub asks for", async () => {
    const world = await aHubWorld();
    await published(world, "a");
    world.outside.answers.push({ ...refused, retryAfter: 10 * minute });
    const worker = world.worker("pings.save");
    const running = worker.app.work(ref);
    await worker.stopped;
    const asked = world.outside.notified.length;
    const wait = world.clock() + 10 * minute;
    world.turn(second);
    await published(world, "b");
    worker.go();
    await running;
    await world.app.work(ref);
    expect(world.outside.notified).toHaveLength(asked);
    expect((await stored(world)).due).toBe(wait);
  });
});

test("a ping that is not due or does not exist is not sent", async () => {
  const world = await aHubWorld();
  await world.app.work(ref);
  await world.store.pings.nudge(ref, topics, start + minute);
  await world.app.work(ref);
  expect(world.outside.notified).toEqual([]);
});
