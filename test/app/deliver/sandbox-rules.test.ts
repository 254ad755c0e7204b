import { describe, expect, test } from "vitest";
import { hour, iso } from "../../../src/domain/time.ts";
import { anAccount, start } from "../../support/builders.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const site = { url: "https://blog.test/" };
const url = `${site.url}s/`;
const quiet = anAccount({
  name: "one",
  network: "paper",
  approve: true,
  pacing: { interval: hour, dailyCap: 50, quietHours: { from: 0, to: 12 * 60 } },
});

const inSandbox = async (options: Parameters<typeof aWorld>[0] = {}): Promise<World> => {
  const world = await aWorld({ site, ...options });
  world.paper.reach.now = "sandbox";
  return world;
};

const post = async (world: World, slug: string): Promise<void> => {
  await world.plan(slug, aDocument({ slug, title: slug }));
  await world.sweep();
};

const noteOf = async (world: World, slug = "s"): Promise<string | undefined> => {
  const [delivery] = await world.deliveries(slug);
  const link = `${site.url}${slug}/`;
  return (await world.app.deliveryOfCopy({ account: "one", id: delivery?.remotes?.[0]?.id ?? "", link }))?.reason;
};

describe("the sandbox", () => {
  test("sends at once, and says what a real account would wait for", async () => {
    const world = await inSandbox({ accounts: [quiet], policies: { live: "wait" } });
    await post(world, "s");
    expect(await world.deliveries("s")).toMatchObject([{ state: "posted", stale: false }]);
    expect(await noteOf(world)).toBe(
      `would need your approval; would wait until 12:00 UTC: quiet hours; would wait until ${url} is live: it answers 404`,
    );
    expect((await world.app.status("s"))?.deliveries[0]?.reason).toContain("would need your approval");
  });

  test("says it of a copy that its network does not name, too", async () => {
    const world = await inSandbox({ isListed: false });
    await post(world, "s");
    const [delivery] = await world.deliveries("s");
    if (delivery?.state !== "posted") throw new Error("it is not posted");
    await world.store.deliveries.save({ ...delivery, remotes: [{ id: null, url: null, public: false, gone: false }] });
    const link = url;
    const status = await world.app.deliveryOfCopy({ account: "one", id: "7", link });
    expect(status?.reason).toMatch(/^would not be sent/);
    expect(await world.app.deliveryOfCopy({ account: "two", id: "7", link })).toBeUndefined();
  });

  test("says it of a note, which has no link to its page", async () => {
    const world = await inSandbox({ isListed: false });
    await world.plan("s", "---\ndate: 2026-03-01\n---\nAt the [harbour](https://harbour.example/).\n");
    await world.sweep();
    await post(world, "older");
    const [delivery] = await world.deliveries("s");
    const copy = { account: "one", id: delivery?.remotes?.[0]?.id ?? "", link: "https://harbour.example/" };
    expect(await world.app.deliveryOfCopy({ ...copy, link: `${site.url}older/` })).toMatchObject({ slug: "s" });
    expect((await world.app.deliveryOfCopy(copy))?.reason).toMatch(/^would not be sent/);
    expect((await world.app.deliveryOfCopy({ ...copy, link: undefined }))?.reason).toMatch(/^would not be sent/);
    expect(await world.app.deliveryOfCopy({ ...copy, id: "another" })).toBeUndefined();
  });

  test("says it beside what it says of a picture", async () => {
    const world = await inSandbox({ isListed: false });
    await post(world, "s");
    const [delivery] = await world.deliveries("s");
    if (delivery?.state !== "posted") throw new Error("it is not posted");
    await world.store.deliveries.save({ ...delivery, note: "its picture could not be found" });
    expect((await world.app.status("s"))?.deliveries[0]?.reason).toBe(
      "would not be sent: it was there before Crier's first listing; its picture could not be found",
    );
  });

  test("asks for a page once, after the post is there, and not for what is history", async () => {
    const world = await inSandbox({ policies: { live: "wait" }, isListed: false });
    await post(world, "old");
    expect(world.outside.read).toEqual([]);
    expect(await noteOf(world, "old")).toMatch(/^would not be sent: it was there before/);
    const fresh = await inSandbox({ policies: { live: "wait" } });
    await post(fresh, "s");
    fresh.turn(2 * hour);
    await fresh.plan("s", aDocument({ slug: "s", title: "Edited" }));
    await fresh.sweep();
    expect(fresh.outside.read).toEqual([url]);
  });

  test.each([
    "https://blog.example.com/",
    "https://example.org/blog/",
    "https://blog.example/",
    "https://blog.invalid/",
  ])("does not ask for the page of a site that is an example: %s", async (address) => {
    const world = await inSandbox({ policies: { live: "wait" }, site: { url: address } });
    await post(world, "s");
    expect(await world.deliveries("s")).toMatchObject([{ state: "posted", note: undefined }]);
    expect(world.outside.read).toEqual([]);
  });

  test("holds what the breaker holds", async () => {
    const world = await inSandbox({ policies: { burst: 2 } });
    for (const slug of ["a", "b", "c"]) await post(world, slug);
    expect(await world.deliveries("c")).toMatchObject([{ state: "held", hold: "breaker" }]);
    expect(world.paper.posts).toHaveLength(2);
  });

  test("shows the first posts of history, as many as the breaker lets through; the rest has no delivery, and its status says why", async () => {
    const world = await inSandbox({ policies: { burst: 2 }, isListed: false });
    for (const slug of ["a", "b", "c"]) await post(world, slug);
    expect(world.paper.posts).toHaveLength(2);
    expect(await world.app.status("c")).toMatchObject({
      status: "live",
      reason:
        'one: not announced, because it was there before Crier\'s first listing; announce it with "npx crier publish c"',
      deliveries: [],
    });
    expect((await world.app.deliveries("held")).rows).toEqual([]);
  });

  test("shows as many notes of history as the breaker lets through besides the articles", async () => {
    const world = await inSandbox({ policies: { burst: 1, noteBurst: 2 }, isListed: false });
    for (const slug of ["a", "b"]) await post(world, slug);
    for (const slug of ["c", "d", "e"]) {
      world.write(`${slug}.md`, `---\nslug: ${slug}\ndate: ${iso(start)}\n---\nA note.\n`);
      await world.ingest(`${slug}.md`);
      await world.sweep();
    }
    expect(world.paper.posts).toHaveLength(3);
  });

  test("shows a new post after history, which the breaker does not count", async () => {
    const world = await inSandbox({ policies: { burst: 2 }, isListed: false });
    for (const slug of ["a", "b", "c"]) await post(world, slug);
    await world.app.reconcile();
    for (const slug of ["d", "e"]) await post(world, slug);
    expect(world.paper.posts).toHaveLength(4);
  });

  test("shows each post of history once more by hand", async () => {
    const world = await inSandbox({ policies: { burst: 1 }, isListed: false });
    for (const slug of ["a", "b"]) await post(world, slug);
    await world.app.announce("b", {});
    await world.sweep();
    expect(await world.deliveries("b")).toMatchObject([{ state: "posted", sandbox: true }]);
  });

  test("shows as much of history for each account, and a worker that repeats a publication counts nothing twice", async () => {
    const accounts = ["one", "two"].map((name) => anAccount({ name, network: "paper" }));
    const world = await inSandbox({ accounts, policies: { burst: 1 }, isListed: false });
    world.write("a.md", aDocument({ slug: "a" }));
    await world.ingest("a.md");
    const w1 = world.worker("after rateWindows.save");
    void w1.app.work(await world.postRef("a"));
    await w1.stopped;
    await world.sweep();
    expect((await world.deliveries("a")).map(({ account, state }) => [account, state])).toEqual([
      ["one", "posted"],
      ["two", "posted"],
    ]);
  });

  test("leaves an account that gets credentials with nothing counted, no outage and no pause", async () => {
    const world = await inSandbox({ policies: { burst: 2 } });
    world.paper.fates.push("lost", "unauthorised");
    for (const slug of ["a", "b"]) await post(world, slug);
    expect(world.alarms).toEqual([expect.stringMatching(/^unauthorised: one is paused/)]);
    expect(await world.store.accounts.read("one")).toMatchObject({
      version: 0,
      sent: {},
      inFlight: undefined,
      down: undefined,
      paused: undefined,
    });
    world.paper.reach.now = "real";
    await post(world, "d");
    expect(await world.deliveries("d")).toMatchObject([{ state: "posted", sandbox: false }]);
  });
});
