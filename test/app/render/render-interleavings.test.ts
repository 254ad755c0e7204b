import { describe, expect, test } from "vitest";
import { render, renderLease } from "../../../src/app/render/render-feed.ts";
import { hash } from "../../../src/compose.ts";
import { hour, minute, second } from "../../../src/domain/time.ts";
import { formats } from "../../../src/feeds/index.ts";
import { encode } from "../../../src/objects/encodings.ts";
import { aSite, start } from "../../support/builders.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const main = { kind: "feed", site: "blog", key: "main" } as const;

/** Post n, an hour newer than the previous post. Published, but its feeds are not rendered. */
const add = async (world: World, n: number, fields: Readonly<Record<string, unknown>> = {}): Promise<void> => {
  world.write(`${n}.md`, aDocument({ title: `${n}`, slug: `s${n}`, date: `2026-03-01T0${n}:00:00Z`, ...fields }));
  await world.ingest(`${n}.md`);
  await world.app.work(await world.postRef(`s${n}`));
};

const drop = async (world: World, n: number): Promise<void> => {
  await world.app.remove(`s${n}`);
  await world.app.work(await world.postRef(`s${n}`));
};

test("22. an older render does not overwrite a newer one", async () => {
  const world = await aWorld();
  await add(world, 1);
  await add(world, 2);
  const r1 = world.worker("objects.put");
  const running = r1.app.work(main);
  await r1.stopped;
  await add(world, 3);
  world.turn(renderLease + second);
  await world.app.work(main);
  expect(await world.titles()).toEqual(["3", "2", "1"]);
  const newer = await world.objects.read("feed.xml.br");
  r1.go();
  await running;
  expect(await world.objects.read("feed.xml.br")).toEqual(newer);
  await world.sweep();
  expect(await world.titles()).toEqual(["3", "2", "1"]);
});

test("23. If-Match alone does not stop it when the content returns", async () => {
  // Without accounts the objects are again exactly as the slow render read them, so that no etag stops it.
  const world = await aWorld({ accounts: [] });
  await add(world, 1);
  await world.sweep();
  await add(world, 2);
  const r1 = world.worker("lease.holds");
  const running = r1.app.work(main);
  await r1.stopped;
  await drop(world, 2);
  world.turn(renderLease + second);
  await world.app.work(main);
  expect(await world.titles()).toEqual(["1"]);
  r1.go();
  await running;
  expect(await world.titles()).toEqual(["1"]);
  await world.sweep();
  expect(await world.titles()).toEqual(["1"]);
});

test("24. a deleted post does not stay because the row's etags were trusted", async () => {
  const world = await aWorld();
  await add(world, 1);
  await world.sweep();
  await add(world, 2);
  const r1 = world.worker("after lease.work");
  void r1.app.work(main);
  await r1.stopped;
  expect(await world.titles()).toEqual(["2", "1"]);
  await drop(world, 2);
  world.turn(renderLease + second);
  await world.sweep();
  expect(await world.titles()).toEqual(["1"]);
});

test("25. a false hint is not deleted after it has become true", async () => {
  const world = await aWorld();
  await add(world, 1);
  await world.app.remove("s1");
  const r1 = world.worker("memberships.remove");
  const running = r1.app.work(main);
  await r1.stopped;
  world.write("1.md", aDocument({ title: "back", slug: "s1", date: "2026-03-01T01:00:00Z" }));
  await world.ingest("1.md");
  await world.app.work(await world.postRef("s1"));
  r1.go();
  await running;
  world.turn(renderLease + second);
  await world.sweep();
  expect(await world.titles()).toEqual(["back"]);
});

test("26. a render whose clock is behind does not drop a post that has just become due", async () => {
  const world = await aWorld();
  world.write("a.md", aDocument({ title: "just due", slug: "s", date: "2026-03-01T08:00:01Z" }));
  await world.ingest("a.md");
  world.turn(second);
  await world.app.work(await world.postRef("s"));
  await world.store.feeds.touch("blog", "main", "A Blog", start - second);
  const behind = world.worker("never", () => start - second);
  await behind.app.work(main);
  expect(await world.titles()).toEqual([]);
  await world.sweep();
  expect(await world.titles()).toEqual(["just due"]);
});

test("27. a post that is moved back in time does not take the place of a newer post", async () => {
  const world = await aWorld({
    site: {
      feeds: { ...aSite().feeds, entries: 2 },
    },
  });
  await add(world, 1);
  await add(world, 2);
  world.write("m.md", aDocument({ title: "moved", slug: "m", date: "2026-03-01T07:00:00Z" }));
  await world.ingest("m.md");
  const w1 = world.worker("memberships.put");
  const running = w1.app.work(await world.postRef("m"));
  await w1.stopped;
  world.write("m.md", aDocument({ title: "moved", slug: "m", date: "2026-01-01T00:00:00Z" }));
  await world.ingest("m.md");
  await world.app.work(await world.postRef("m"));
  w1.go();
  await running;
  await world.sweep();
  expect(await world.titles()).toEqual(["2", "1"]);
});

describe("28. the hub is notified even after a crash between put and ping", () => {
  const hub = "https://hub.example.com/";
  const aHubWorld = () => aWorld({ accounts: [], site: { hubs: [hub] } });

  test("where the next render finds nothing to put", async () => {
    const world = await aHubWorld();
    await add(world, 1);
    const r1 = world.worker("pings.nudge");
    void r1.app.work(main);
    await r1.stopped;
    expect(await world.titles()).toEqual(["1"]);
    world.turn(renderLease + second);
    await world.sweep();
    expect(world.outside.notified.map(({ topic }) => topic)).toContain("https://feeds.example.com/feed.xml");
  });

  test("where the content is again as the hub knows it", async () => {
    const world = await aHubWorld();
    await add(world, 1);
    await world.sweep();
    const before = world.outside.notified.length;
    await add(world, 2);
    const r1 = world.worker("pings.nudge");
    void r1.app.work(main);
    await r1.stopped;
    await drop(world, 2);
    const r2 = world.worker("pings.nudge");
    world.turn(renderLease + second);
    void r2.app.work(main);
    await r2.stopped;
    expect(await world.titles()).toEqual(["1"]);
    world.turn(renderLease + second);
    await world.sweep();
    expect(world.outside.notified.length).toBeGreaterThan(before);
  });

  test("where the first put did not complete", async () => {
    const world = await aHubWorld();
    await add(world, 1);
    const r1 = world.worker("after objects.put");
    void r1.app.work(main);
    await r1.stopped;
    expect((await world.store.feeds.read("blog", "main"))?.pingPending).toBe(true);
    world.turn(renderLease + second);
    await world.sweep();
    expect(world.outside.notified).not.toEqual([]);
    expect((await world.store.feeds.read("blog", "main"))?.pingPending).toBe(false);
  });

  test("where the next render does not pass the gate", async () => {
    const world = await aHubWorld();
    await add(world, 1);
    const r1 = world.worker("pings.nudge");
    void r1.app.work(main);
    await r1.stopped;
    world.turn(renderLease + second);
    await render(main, {
      ...world.store,
      mailsOwner: false,
      objects: world.objects,
      hash,
      formats: { ...formats, gate: () => [{ file: "feed.xml", problem: "is not well-formed" }] },
      encode,
      site: () => aSite({ hubs: [hub] }),
      clock: world.clock,
      log: { info: () => {}, warn: () => {}, alarm: () => {} },
      cacheDuration: 0,
      minInterval: 0,
    });
    expect((await world.store.feeds.read("blog", "main"))?.faults).not.toEqual([]);
    await world.sweep();
    expect(world.outside.notified).not.toEqual([]);
  });

  test("and no hub is notified by a render that puts nothing", async () => {
    const world = await aHubWorld();
    await add(world, 1);
    await world.sweep();
    const before = world.outside.notified.length;
    await world.store.feeds.touch("blog", "main", undefined, world.clock());
    await world.sweep();
    expect(world.outside.notified).toHaveLength(before);
  });
});

test("29. an invalid entry does not stop the feed", async () => {
  const world = await aWorld();
  await add(world, 1);
  await add(world, 2);
  await add(world, 3);
  // A row that no ingest would write: its page is not a URL.
  await world.store.posts.save({ ...(await world.post("s2")), url: "not a url" });
  await world.sweep();
  expect(await world.titles()).toEqual(["3", "1"]);
  expect(world.alarms).toContainEqual(expect.stringContaining((await world.post("s2")).id));
});

test("bytes change only with the content", async () => {
  const world = await aWorld();
  await add(world, 1);
  await world.sweep();
  // The URLs of copies on networks are a part of the content.
  world.turn(minute);
  await world.sweep();
  const before = await world.objects.read("atom.xml");
  world.turn(minute);
  await world.store.feeds.touch("blog", "main", undefined, world.clock());
  await world.sweep();
  expect(await world.objects.read("atom.xml")).toEqual(before);
});

describe("a burst of posts", () => {
  /** Renders the main feed at the intervals of a deployment, by a clock that may be ahead, and counts the renders. */
  const paced = (world: World) => {
    const counts = { renders: 0 };
    const counted = {
      ...formats,
      render: (feed: Parameters<typeof formats.render>[0]) => {
        counts.renders += 1;
        return formats.render(feed);
      },
    };
    const step = (ahead = 0) =>
      render(main, {
        ...world.store,
        mailsOwner: false,
        objects: world.objects,
        hash,
        formats: counted,
        encode,
        site: () => aSite(),
        clock: () => world.clock() + ahead,
        log: { info: () => {}, warn: () => {}, alarm: () => {} },
        cacheDuration: 0,
        minInterval: 10 * second,
      });
    return { counts, step };
  };

  test("renders a feed a few times, and all posts are in it afterwards", async () => {
    const world = await aWorld();
    const { counts, step } = paced(world);
    for (let n = 1; n <= 20; n += 1) {
      world.write(`${n}.md`, aDocument({ title: `${n}`, slug: `b${n}` }));
      await world.ingest(`${n}.md`);
      await world.app.work(await world.postRef(`b${n}`));
      await step();
      world.turn(second);
    }
    world.turn(10 * second);
    await step();
    expect(counts.renders).toBeLessThanOrEqual(3);
    expect(await world.titles()).toHaveLength(20);
    expect((await world.store.feeds.read("blog", "main"))?.due).toBeUndefined();
  });

  test("does not wait because another clock was ahead", async () => {
    const world = await aWorld();
    const { step } = paced(world);
    await add(world, 1);
    await step(hour);
    await add(world, 2);
    await step();
    expect(await world.titles()).toEqual(["2", "1"]);
  });
});
