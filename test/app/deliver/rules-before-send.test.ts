import { describe, expect, test } from "vitest";
import { deliveryId } from "../../../src/domain/delivery.ts";
import { day, hour, minute, second } from "../../../src/domain/time.ts";
import { anAccount } from "../../support/builders.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const url = "https://blog.example.com/s/";
const paper = (name: string) => anAccount({ name, network: "paper", pacing: { interval: 0, dailyCap: 50 } });

const only = async (world: World, slug = "s") => (await world.deliveries(slug))[0];

const turnAndSweep = async (world: World, total: number, step: number): Promise<void> => {
  for (let passed = 0; passed < total; passed += step) {
    world.turn(step);
    await world.sweep();
  }
};

const save = async (world: World, document: string, path = "s.md"): Promise<void> => {
  world.write(path, document);
  await world.ingest(path);
  await world.sweep();
};

describe("live first", () => {
  const aLiveWorld = (accounts = [paper("one")]) => aWorld({ accounts, policies: { live: "wait" } });

  test("nothing is sent before the post's own address answers 200, and the delivery says why it waits", async () => {
    const world = await aLiveWorld();
    await save(world, aDocument({ slug: "s" }));
    expect(world.paper.posts).toEqual([]);
    expect(await only(world)).toMatchObject({
      state: "pending",
      reason: `waits until ${url} is live: it answers 404`,
    });
    world.outside.pages.set(url, {});
    world.turn(30 * second);
    await world.sweep();
    expect(world.paper.posts).toHaveLength(1);
    expect(await only(world)).toMatchObject({ state: "posted", reason: undefined, note: undefined });
  });

  test("a wrong address is held after a day, with the reason, and is seen by nobody", async () => {
    const world = await aLiveWorld();
    await save(world, aDocument({ slug: "s" }));
    await turnAndSweep(world, day + 15 * minute, 5 * minute);
    expect(world.outside.read.length).toBeLessThan(120);
    expect(await only(world)).toMatchObject({
      state: "held",
      hold: "live",
      reason: expect.stringMatching(
        /^https:\/\/blog\.example\.com\/s\/ did not appear within a day: it answers 404\. /,
      ),
    });
    expect(world.paper.requests).toEqual([]);
  });

  test("what was held is sent by itself under a corrected address, and by a person under the wrong one", async () => {
    for (const act of ["correct", "release"]) {
      const world = await aLiveWorld();
      await save(world, aDocument({ slug: "s" }));
      await turnAndSweep(world, day + hour, hour);
      const held = await only(world);
      expect(held?.state).toBe("held");
      if (act === "correct") {
        world.outside.pages.set("https://blog.example.com/right/", {});
        await save(world, aDocument({ slug: "s", canonical_url: "https://blog.example.com/right/" }));
      } else if (held !== undefined) await world.app.retry(deliveryId(held));
      await world.sweep();
      expect(world.paper.posts).toHaveLength(1);
    }
  });

  test("an edit of a document whose page is still not there releases nothing", async () => {
    const world = await aLiveWorld();
    await save(world, aDocument({ slug: "s" }));
    await turnAndSweep(world, day + hour, hour);
    const asked = world.outside.read.length;
    await save(world, aDocument({ slug: "s", title: "Edited" }));
    expect(await only(world)).toMatchObject({ state: "held", hold: "live" });
    expect(world.outside.read).toHaveLength(asked);
  });

  test("the page is asked for once for all accounts of a post", async () => {
    const world = await aLiveWorld([paper("one"), paper("two"), paper("three")]);
    await save(world, aDocument({ slug: "s" }));
    expect(world.outside.read).toEqual([url]);
    world.turn(30 * second);
    await world.sweep();
    expect(world.outside.read).toHaveLength(2);
    world.outside.pages.set(url, {});
    await turnAndSweep(world, minute, 5 * second);
    expect(world.outside.read).toHaveLength(3);
    expect(world.paper.posts).toHaveLength(3);
  });

  test("an address that leads to the page of another post is not the post's", async () => {
    const world = await aLiveWorld();
    const other = "https://blog.example.com/other/";
    world.outside.pages.set(other, {});
    await save(world, aDocument({ slug: "other" }), "other.md");
    world.outside.pages.set(url, { url: other });
    await save(world, aDocument({ slug: "s" }));
    expect(await only(world)).toMatchObject({
      reason: `waits until ${url} is live: it leads to another post, ${other}`,
    });
    expect(world.paper.posts).toHaveLength(1);
  });

  test("a page without the title and a picture that does not load stop nothing, and the delivery says so", async () => {
    const world = await aLiveWorld();
    world.outside.pages.set(url, { hasTitle: false, hasImage: false });
    await save(world, aDocument({ slug: "s" }));
    expect(world.paper.posts).toHaveLength(1);
    expect((await world.app.status("s"))?.deliveries).toMatchObject([
      {
        state: "posted",
        stale: false,
        reason: `the page ${url} does not show the title of the post; the picture of the post does not load`,
      },
    ]);
  });

  test("holds for what a person publishes, too", async () => {
    const world = await aLiveWorld();
    await world.app.put("s", new TextEncoder().encode(aDocument({ slug: "s" })));
    await world.sweep();
    expect(await only(world)).toMatchObject({ state: "pending", reason: expect.stringContaining("is live") });
  });

  test("is not asked where the configuration says so", async () => {
    const world = await aWorld({ policies: { live: "ignore" } });
    await save(world, aDocument({ slug: "s" }));
    expect(world.paper.posts).toHaveLength(1);
    expect(world.outside.read).toEqual([]);
  });
});

describe("quiet first", () => {
  test("five saves while a post is written are one post, two minutes after the last", async () => {
    const world = await aWorld({ policies: { settle: 2 * minute } });
    for (let draft = 0; draft < 5; draft += 1) {
      await save(world, aDocument({ slug: "s", draft: true }, `Words ${draft}`));
      await turnAndSweep(world, 90 * second, 30 * second);
    }
    expect(await world.deliveries("s")).toEqual([]);
    for (let text = 0; text < 5; text += 1) {
      await save(world, aDocument({ slug: "s", socialShare: `Text ${text}` }));
      expect(await world.titles()).toHaveLength(1);
      await turnAndSweep(world, 90 * second, 30 * second);
    }
    expect(world.paper.posts).toEqual([]);
    expect(await only(world)).toMatchObject({
      reason: expect.stringMatching(/^waits until 08:\d\d:30 UTC: its document has just changed$/),
    });
    await turnAndSweep(world, 30 * second, 30 * second);
    expect(world.paper.visible()).toEqual([expect.stringContaining("Text 4")]);
  });

  test("a document that is saved between the rules and the request waits again", async () => {
    const world = await aWorld({ policies: { settle: 2 * minute } });
    const ref = await world.plan("s", aDocument({ slug: "s" }));
    world.turn(2 * minute);
    const worker = world.worker("posts.read 2");
    const working = worker.app.work(ref);
    await worker.stopped;
    await save(world, aDocument({ slug: "s", title: "Edited" }));
    worker.go();
    await working;
    await world.sweep();
    expect(world.paper.posts).toEqual([]);
    await turnAndSweep(world, 2 * minute, minute);
    expect(world.paper.visible()).toEqual([expect.stringContaining("Edited")]);
  });

  test("what a person sends goes at once", async () => {
    const world = await aWorld({ policies: { settle: 2 * minute } });
    await world.app.put("s", new TextEncoder().encode(aDocument({ slug: "s" })));
    await world.sweep();
    expect(world.paper.posts).toHaveLength(1);
  });
});

describe("quiet hours", () => {
  test("let a post wait until the morning of the site, and the delivery says so", async () => {
    const pacing = { interval: 0, dailyCap: 50, quietHours: { from: 22 * 60, to: 8 * 60 } };
    const world = await aWorld({
      accounts: [anAccount({ name: "one", network: "paper", pacing })],
      site: { timeZone: "Europe/Berlin" },
    });
    world.turn(14 * hour);
    await save(world, aDocument({ slug: "s" }));
    expect(await only(world)).toMatchObject({ reason: "waits until 2026-03-02 08:00 Europe/Berlin: quiet hours" });
    world.turn(9 * hour - second);
    await world.sweep();
    expect(world.paper.posts).toEqual([]);
    world.turn(second);
    await world.sweep();
    expect(world.paper.posts).toHaveLength(1);
  });
});

describe("an account that needs approval", () => {
  test("sends nothing before a person's yes, whatever is edited meanwhile", async () => {
    const world = await aWorld({ accounts: [{ ...paper("one"), approve: true }, paper("two")] });
    await save(world, aDocument({ slug: "s" }));
    await save(world, aDocument({ slug: "s", title: "Edited" }));
    const [held] = await world.deliveries("s");
    expect(held).toMatchObject({ account: "one", state: "held", hold: "approval" });
    expect(world.paper.posts.map(({ account }) => account)).toEqual(["two"]);
    await world.app.actOnPost("approve", "s");
    await world.sweep();
    expect(world.paper.posts.map(({ account }) => account)).toEqual(["two", "one"]);
  });

  test("sends nothing of what a person publishes by hand either", async () => {
    const world = await aWorld({ accounts: [{ ...paper("one"), approve: true }] });
    await world.app.put("s", new TextEncoder().encode(aDocument({ slug: "s" })));
    await world.sweep();
    expect(await only(world)).toMatchObject({ state: "held", hold: "approval" });
  });
});

test("what the posts of a month cost is counted as they are sent, and stops the account when it is spent", async () => {
  const world = await aWorld({
    accounts: [{ ...paper("one"), spend: { monthly: 0.5 } }],
    price: 0.2,
    policies: { burst: 50 },
  });
  for (const slug of ["a", "b", "s"]) await save(world, aDocument({ slug, title: slug }), `${slug}.md`);
  expect(world.paper.posts).toHaveLength(2);
  expect(await only(world)).toMatchObject({
    state: "pending",
    reason: "waits until 2026-04-01 00:00 UTC: one has spent $0.40 of $0.50 this month, and this post costs $0.20",
  });
  world.turn(31 * day);
  await world.sweep();
  expect(world.paper.posts).toHaveLength(3);
});
