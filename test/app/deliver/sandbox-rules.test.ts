import { describe, expect, test } from "vitest";
import { hour } from "../../../src/domain/time.ts";
import { anAccount } from "../../support/builders.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const url = "https://blog.example.com/s/";
const quiet = anAccount({
  name: "one",
  network: "paper",
  approve: true,
  pacing: { interval: hour, dailyCap: 50, quietHours: { from: 0, to: 12 * 60 } },
});

const inSandbox = async (options: Parameters<typeof aWorld>[0] = {}): Promise<World> => {
  const world = await aWorld(options);
  world.paper.reach.now = "sandbox";
  return world;
};

const post = async (world: World, slug: string): Promise<void> => {
  await world.plan(slug, aDocument({ slug, title: slug }));
  await world.sweep();
};

const noteOf = async (world: World, slug = "s"): Promise<string | undefined> => {
  const [delivery] = await world.deliveries(slug);
  const link = `https://blog.example.com/${slug}/`;
  return (await world.app.deliveryOfCopy({ account: "one", id: delivery?.remote?.id ?? "", link }))?.reason;
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

  test("holds what the breaker holds, and lets history through", async () => {
    const world = await inSandbox({ policies: { burst: 2 } });
    for (const slug of ["a", "b", "c"]) await post(world, slug);
    expect(await world.deliveries("c")).toMatchObject([{ state: "held", hold: "breaker" }]);
    expect(world.paper.posts).toHaveLength(2);
    const archive = await inSandbox({ policies: { burst: 2 }, isListed: false });
    for (const slug of ["a", "b", "c"]) await post(archive, slug);
    expect(archive.paper.posts).toHaveLength(3);
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
