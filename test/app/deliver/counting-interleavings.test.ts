import { describe, expect, onTestFinished, test } from "vitest";
import { advance, type SweepTerms, sweep, sweepOfProcess, sweepOfQueues } from "../../../src/app/rows.ts";
import { day, hour, type Instant, minute } from "../../../src/domain/time.ts";
import type { Log, Queue } from "../../../src/ports/runtime.ts";
import type { Ref } from "../../../src/ports/store.ts";
import { aDelivery, anAccount, aPost, start } from "../../support/builders.ts";
import { aStore } from "../../support/store.ts";
import { aDocument, aWorld } from "../../support/world.ts";

const announced = (slug: string, title = slug): string => aDocument({ slug, title });

describe("47. the breaker counts a delivery once", () => {
  test.each(["after accounts.save", "deliveries.save", "deliveries.save 2"])("after a crash at: %s", async (place) => {
    const world = await aWorld({ policies: { burst: 1 } });
    const ref = await world.plan("s", announced("s"));
    const w1 = world.worker(place);
    void w1.app.work(ref);
    await w1.stopped;
    world.turn(2 * minute);
    await world.sweep();
    expect(await world.deliveries("s")).toMatchObject([{ state: "posted" }]);
    expect(Object.keys((await world.store.accounts.read("one")).sent)).toHaveLength(1);
  });

  test("two deliveries at once do not both take the last place", async () => {
    const world = await aWorld({ policies: { burst: 1 } });
    const [a, b] = [await world.plan("a", announced("a")), await world.plan("b", announced("b"))];
    const w1 = world.worker("accounts.save");
    const running = w1.app.work(a);
    await w1.stopped;
    await world.app.work(b);
    w1.go();
    await running;
    expect(world.paper.posts).toHaveLength(1);
    expect(await world.deliveries("a")).toMatchObject([{ state: "held" }]);
  });
});

describe("48. a resend does not ask the breaker again", () => {
  test.each([
    { offers: "refuse", fate: "applied" },
    { offers: "read", fate: "lost" },
    { offers: "key", fate: "limited" },
  ] as const)("$offers, $fate", async ({ offers, fate }) => {
    const world = await aWorld({ offers, policies: { burst: 1 } });
    world.paper.fates.push(fate);
    await world.app.work(await world.plan("s", announced("s")));
    // After this time the account no longer remembers which deliveries it admitted.
    world.turn(day + minute);
    await world.app.work(await world.plan("u", announced("u")));
    expect(await world.deliveries("u")).toMatchObject([{ state: "posted" }]);
    await world.sweep();
    // The interval between two posts holds for a resend, too.
    world.turn(minute);
    await world.sweep();
    expect(await world.deliveries("s")).toMatchObject([{ state: "posted" }]);
    expect(world.paper.posts).toHaveLength(2);
  });
});

test("49. a new account does not flood", async () => {
  const one = anAccount({ name: "one", network: "paper", pacing: { interval: 0, dailyCap: 100 } });
  const two = anAccount({ name: "two", network: "paper", pacing: { interval: 0, dailyCap: 100 } });
  const world = await aWorld({ accounts: [one], policies: { burst: 100 } });
  const slugs = Array.from({ length: 12 }, (_, index) => `post-${index}`);
  const old = (slug: string, title: string) => aDocument({ slug, title, date: "2025-03-01T07:00:00Z" });
  for (const slug of slugs) await world.plan(slug, old(slug, "Before"));
  await world.plan("recent", announced("recent", "Before"));
  await world.sweep();
  expect(world.paper.posts).toHaveLength(1);

  world.configured.accounts = [one, two];
  for (const slug of slugs) await world.plan(slug, old(slug, "After"));
  await world.plan("recent", announced("recent", "After"));
  await world.sweep();
  expect(world.paper.posts).toMatchObject([{ account: "one" }]);
});

/** A table with delivery rows that are due, a minute's sweep, and a queue that is never emptied. */
const aBacklog = async (count: number) => {
  const { store, stop } = await aStore();
  onTestFinished(stop);
  let now: Instant = start;
  for (let index = 0; index < count; index += 1)
    await store.deliveries.create(aDelivery({ post: `p${index}`, due: start - count + index }));
  const queued: Ref[] = [];
  const alarms: string[] = [];
  const queue: Queue = { send: async (refs) => void queued.push(...refs) };
  const log: Log = { info: () => {}, warn: () => {}, alarm: (name, message) => alarms.push(`${name}: ${message}`) };
  const clock = () => now;
  return {
    store,
    queued,
    alarms,
    turn: (milliseconds: number) => {
      now += milliseconds;
    },
    sweep: (terms: SweepTerms) => sweep(terms, { ...store, queue, clock }),
    advance: (ref: Ref, step: () => Promise<void>) => advance(ref, step, { due: store.due, clock, log }),
  };
};

const posts = (refs: readonly Ref[]): readonly string[] =>
  refs.map((ref) => (ref.kind === "delivery" ? ref.post : ref.kind));

describe("50. a slow queue is not fed the same rows again", () => {
  test("only what is overdue by two minutes is offered, the oldest first", async () => {
    const backlog = await aBacklog(130);
    await backlog.sweep(sweepOfQueues);
    expect(backlog.queued).toEqual([]);
    backlog.turn(2 * minute);
    await backlog.sweep(sweepOfQueues);
    expect(posts(backlog.queued)).toEqual(Array.from({ length: 130 }, (_, index) => `p${index}`));
  });

  test("a bounded number each minute, and each row once in ten minutes", async () => {
    const backlog = await aBacklog(1_200);
    backlog.turn(2 * minute);
    for (const expected of [500, 1_000, 1_200, 1_200]) {
      await backlog.sweep(sweepOfQueues);
      expect(backlog.queued.length).toBeLessThanOrEqual(expected);
      backlog.turn(minute);
    }
    expect(new Set(posts(backlog.queued)).size).toBe(1_200);
    expect(backlog.queued).toHaveLength(1_200);
    for (let round = 0; round < 30; round += 1) {
      backlog.turn(minute);
      await backlog.sweep(sweepOfQueues);
    }
    const times = Map.groupBy(posts(backlog.queued), (post) => post);
    expect(Math.max(...[...times.values()].map(({ length }) => length))).toBeLessThanOrEqual(4);
  });

  test("what becomes overdue behind a backlog that nobody works on is offered with the next sweep", async () => {
    const backlog = await aBacklog(400);
    backlog.turn(2 * minute);
    await backlog.sweep(sweepOfQueues);
    await backlog.store.posts.save(aPost({ slug: "new", due: start + minute }));
    backlog.turn(minute);
    backlog.queued.length = 0;
    await backlog.sweep(sweepOfQueues);
    expect(backlog.queued).toEqual([{ kind: "post", site: "blog", id: "id-of-new" }]);
  });

  test("nothing is written while nothing is overdue", async () => {
    const backlog = await aBacklog(0);
    for (let round = 0; round < 3; round += 1) {
      backlog.turn(20 * minute);
      await backlog.sweep(sweepOfQueues);
    }
    expect(await backlog.store.sweepRounds.read()).toBeUndefined();
  });
});

test("51. rows that always fail do not starve the others", async () => {
  const backlog = await aBacklog(101);
  const done: string[] = [];
  const work = async (): Promise<void> => {
    for (const ref of backlog.queued.splice(0)) {
      await backlog.advance(ref, async () => {
        if (ref.kind !== "delivery" || ref.post !== "p100") throw new Error("always fails");
        done.push(ref.post);
        const row = await backlog.store.deliveries.read(ref);
        if (row !== undefined) await backlog.store.deliveries.save({ ...row, due: undefined });
      });
    }
  };
  for (let round = 0; round < 2; round += 1) {
    await backlog.sweep(sweepOfProcess);
    await work();
  }
  expect(done).toEqual(["p100"]);
  expect(backlog.alarms).toHaveLength(100);
  expect(backlog.alarms[0]).toContain("always fails");
  backlog.turn(hour);
  await backlog.sweep(sweepOfProcess);
  expect(backlog.queued).toHaveLength(100);
});
