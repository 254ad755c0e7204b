import { expect, test } from "vitest";
import { auditSites } from "../../../src/app/render/render-feed.ts";
import { day, hour, minute, second } from "../../../src/domain/time.ts";
import { aSite } from "../../support/builders.ts";
import { aDocument, aWorld } from "../../support/world.ts";

const sites = (count: number) =>
  Array.from({ length: count }, (_, index) => aSite({ id: `s${index}`, folder: `sites/s${index}/` }));

/** The calls of the store that the audit makes. With `slow` each of them takes this many milliseconds. */
const anAudit = async (slow = 0) => {
  const world = await aWorld();
  const { feeds, audits } = world.store;
  const counted = { reads: 0, touches: 0 };
  const ports = {
    clock: world.clock,
    audits: {
      ...audits,
      read: () => {
        counted.reads += 1;
        return audits.read();
      },
    },
    feeds: {
      ...feeds,
      touch: (...touched: Parameters<typeof feeds.touch>) => {
        counted.touches += 1;
        world.turn(slow);
        return feeds.touch(...touched);
      },
    },
  };
  const run = async (count: number, configuration = "c1") => {
    Object.assign(counted, { reads: 0, touches: 0 });
    await auditSites(sites(count), configuration, ports);
    return { ...counted };
  };
  return { world, run };
};

test("a new deployment opens the feeds of every site, which are due at once", async () => {
  const { world, run } = await anAudit();
  await run(3);
  const refs = (await world.store.due.before(world.clock(), 10)).map((ref) => (ref.kind === "feed" ? ref.site : ""));
  expect(refs.toSorted()).toEqual(["s0", "s1", "s2"]);
});

test("afterwards a minute costs one read, whatever the number of sites", async () => {
  const { world, run } = await anAudit();
  await run(300);
  for (let minutes = 0; minutes < 3; minutes += 1) {
    world.turn(minute);
    expect(await run(300)).toEqual({ reads: 1, touches: 0 });
  }
});

test("all feeds are audited again when the configuration has changed, and after a week", async () => {
  const { world, run } = await anAudit();
  await run(2);
  world.turn(hour);
  expect((await run(2, "c2")).touches).toBeGreaterThan(0);
  world.turn(7 * day - second);
  expect((await run(2, "c2")).touches).toBe(0);
  world.turn(second);
  expect((await run(2, "c2")).touches).toBeGreaterThan(0);
});

test("after an upgrade the main feed is due at once, which has the page for a missing address, and every other feed within ten minutes", async () => {
  const world = await aWorld({ accounts: [] });
  for (const name of ["a", "b", "c"]) await world.plan(name, aDocument({ slug: name, categories: [`Of ${name}`] }));
  await world.sweep();
  world.turn(hour);
  expect(await world.store.due.before(world.clock(), 50)).toEqual([]);
  const { config } = world.parts();
  await auditSites(config.sites, "an upgrade", { ...world.store, clock: world.clock });
  const dueWithin = async (time: number) =>
    (await world.store.due.before(world.clock() + time, 50)).map((ref) => (ref.kind === "feed" ? ref.key : ""));
  const atOnce = await dueWithin(0);
  expect(atOnce).toContain("main");
  const all = await dueWithin(10 * minute);
  expect(all).toEqual(expect.arrayContaining(["categories/of-a", "categories/of-b", "categories/of-c"]));
  expect(all.length).toBeGreaterThan(atOnce.length);
});

test("more sites than a run has time for are audited in the next runs, each once", async () => {
  const { world, run } = await anAudit(100);
  const touches: number[] = [];
  for (let runs = 0; runs < 8; runs += 1) {
    touches.push((await run(300)).touches);
    world.turn(minute);
  }
  expect(touches[0]).toBeLessThan(300);
  expect(touches.at(-1)).toBe(0);
  const touchesOfOneSite = 2;
  expect(touches.reduce((sum, one) => sum + one, 0)).toBe(300 * touchesOfOneSite);
});
