import { describe, expect, test } from "vitest";
import type { Site } from "../../src/domain/site.ts";
import { hour, iso, minute } from "../../src/domain/time.ts";
import { composeTestedApp } from "../support/app.ts";
import { anAccount, aSite, start } from "../support/builders.ts";
import { aDocument, aWorld, type World } from "../support/world.ts";

const bytesOf = (document: string): Uint8Array => new TextEncoder().encode(document);
const original = aDocument({ date: iso(start - hour) });

/** A post by the file `s.md`, which the network has once. */
const announcedWorld = async (site: Partial<Site> = {}): Promise<World> => {
  const world = await aWorld({ site, accounts: [anAccount({ name: "one", network: "paper" })] });
  await world.plan("s", original);
  await settle(world);
  expect(world.paper.posts).toHaveLength(1);
  return world;
};

/** The grace of a deletion, the settling of a document and the pacing of the account are over. */
const settle = async (world: World): Promise<void> => {
  for (const wait of [0, minute, 3 * minute, 20 * minute, hour]) {
    world.turn(wait);
    await world.sweep();
  }
};

const edit = async (world: World, fields: Readonly<Record<string, unknown>>): Promise<void> => {
  world.write("s.md", aDocument({ date: iso(start - hour), ...fields }));
  await world.ingest("s.md");
};

const dated = { permalink: "/:year/:month/:day/:slug/" };

describe("no second post is made, counted at the network, by", () => {
  test.each<readonly [string, Partial<Site>, (world: World) => Promise<void>]>([
    ["another slug", {}, (world) => edit(world, { slug: "renamed" })],
    ["another slug and title at once", {}, (world) => edit(world, { slug: "renamed", title: "Another title" })],
    ["another title", {}, (world) => edit(world, { title: "Another title" })],
    ["another date", {}, (world) => edit(world, { date: iso(start - 2 * hour) })],
    ["another date, which is in the address", dated, (world) => edit(world, { date: iso(start - 30 * hour) })],
    [
      "a file that is moved, its deletion noticed first",
      {},
      async (world) => {
        world.erase("s.md");
        world.write("2026/s.md", original);
        await world.ingest("s.md");
        await world.ingest("2026/s.md");
      },
    ],
    [
      "a file that is moved, its new place noticed first, and its deletion much later",
      {},
      async (world) => {
        world.write("2026/renamed.md", original);
        await world.ingest("2026/renamed.md");
        await settle(world);
        world.erase("s.md");
        await world.ingest("s.md");
      },
    ],
    [
      "a file that is uploaded again, as it is and after a deletion",
      {},
      async (world) => {
        await world.ingest("s.md");
        await world.app.reconcile();
        world.erase("s.md");
        await world.ingest("s.md");
        world.turn(minute);
        await world.sweep();
        world.write("s.md", original);
        await world.ingest("s.md");
      },
    ],
    [
      "the API, which is sent the document that the folder had",
      {},
      async (world) => {
        world.erase("s.md");
        await world.ingest("s.md");
        expect(await world.app.put("s", bytesOf(original))).toMatchObject({ post: { gone: undefined } });
      },
    ],
    [
      "the API, after the folder was taken out of the configuration",
      {},
      async (world) => {
        const app = composeTestedApp({ ...world.parts(), sources: [] });
        await app.reconcile();
        expect(await app.put("s", bytesOf(original))).toMatchObject({ post: { gone: undefined } });
      },
    ],
    [
      "another domain",
      {},
      async (world) => {
        const parts = world.parts();
        const sites = [aSite({ url: "https://elsewhere.example/", feedsUrl: "https://elsewhere.example/" })] as const;
        const app = composeTestedApp({ ...parts, config: { ...parts.config, sites: [...sites] } });
        await app.ingest("folder", "s.md");
        await app.reconcile();
        for (const ref of await world.store.due.before(world.clock(), 100)) await app.work(ref);
      },
    ],
    [
      "an account that is removed and comes back, with an edit before and after",
      {},
      async (world) => {
        const { accounts } = world.configured;
        world.configured.accounts = [];
        await edit(world, { title: "Another title" });
        await settle(world);
        world.configured.accounts = accounts;
        await edit(world, { title: "A third title" });
      },
    ],
    [
      "an account that is another one now, on another server",
      {},
      async (world) => {
        world.paper.identity.now = "https://other.example, eve";
        await edit(world, { title: "Another title" });
        await world.app.announce("s", {});
      },
    ],
  ])("%s", async (_, site, act) => {
    const world = await announcedWorld(site);
    await act(world);
    await settle(world);
    expect(world.paper.posts).toHaveLength(1);
    expect(world.paper.visible()).toHaveLength(1);
  });
});

test("only --again makes a second post", async () => {
  const world = await announcedWorld();
  await world.app.announce("s", { again: true });
  await settle(world);
  expect(world.paper.posts).toHaveLength(2);
});

test("an account that moved to another server announces new posts there, and leaves the copies of the old one alone", async () => {
  const world = await announcedWorld();
  world.paper.identity.now = "https://other.example, eve";
  await world.app.remove("s");
  await world.plan("t", aDocument({ slug: "t" }));
  await settle(world);
  expect(world.paper.posts.map(({ deleted }) => deleted)).toEqual([false, false]);
  expect(await world.deliveries("s")).toMatchObject([
    { state: "posted", stale: true, reason: expect.stringContaining("is another account now") },
  ]);
});
