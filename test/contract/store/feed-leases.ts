import { expect, test } from "vitest";
import { hour, minute, second } from "../../../src/domain/time.ts";
import { start } from "../../support/builders.ts";
import { takeLease } from "../../support/lease.ts";
import { type Empty, present } from "./empty.ts";

/** A store with the main feed, due at `start`. Each lease of it has its own clock. */
const withMain = async (empty: Empty) => {
  const { feeds, due } = (await empty()).store;
  await feeds.touch("blog", "main", "A Blog", start);
  const tryLease = (now: number, options?: Parameters<typeof takeLease>[2]) => takeLease(feeds, () => now, options);
  return {
    feeds,
    due,
    tryLease,
    lease: async (...given: Parameters<typeof tryLease>) => present(await tryLease(...given)),
    main: async () => present(await feeds.read("blog", "main")),
  };
};

const faults = [{ file: "feed.xml", problem: "not well-formed", entry: "e" }];
const done = { faults: [], shortened: 0, due: undefined };

export const feedLeasesContract = (empty: Empty): void => {
  test("one render at a time has the lease of a feed, until it expires", async () => {
    const { feeds, tryLease, lease } = await withMain(empty);
    let now = start;
    const first = present(await takeLease(feeds, () => now));
    expect(first.state).toMatchObject({ revision: 1, due: start });
    expect(await tryLease(start + 1)).toBeUndefined();
    now = start + minute - 1;
    expect(await first.holds()).toBe(true);
    now = start + minute;
    expect(await first.holds()).toBe(false);
    const second = await lease(start + minute);
    expect(await second.holds()).toBe(true);
    now = start;
    expect(await first.holds()).toBe(false);
  });

  test("a feed that does not exist or is not due is not leased", async () => {
    const { tryLease } = await withMain(empty);
    expect(await tryLease(start, { key: "featured" })).toBeUndefined();
    expect(await tryLease(start - 1)).toBeUndefined();
    await (await tryLease(start))?.end(done);
    expect(await tryLease(start + hour)).toBeUndefined();
  });

  test("a render of the last revision clears the due, or sets a later one", async () => {
    const { feeds, due, lease, main } = await withMain(empty);
    await (await lease(start)).end({ ...done, faults });
    const rendered = {
      shortened: 0,
      site: "blog",
      key: "main",
      title: "A Blog",
      rendered: start,
      pingPending: false,
      auditPending: false,
      empty: false,
    };
    expect(await main()).toEqual({ ...rendered, revision: 1, faults });
    expect(await due.before(start + hour, 10)).toEqual([]);
    await feeds.touch("blog", "main", undefined, start);
    await (await lease(start)).end({ faults: [], shortened: 0, due: start + hour });
    expect(await main()).toEqual({ ...rendered, revision: 2, faults: [], due: start + hour });
  });

  test("a feed that is touched during its render stays due, without a lease", async () => {
    const { feeds, lease, main } = await withMain(empty);
    const render = await lease(start);
    await feeds.touch("blog", "main", undefined, start + second);
    await render.end({ ...done, faults });
    expect(await main()).toMatchObject({ revision: 3, rendered: start, faults, due: start });
    expect((await lease(start)).state.revision).toBe(3);
  });

  test("a render that takes longer than its lease makes the feed due again", async () => {
    const { tryLease, lease, main } = await withMain(empty);
    const slow = await lease(start);
    const slower = await lease(start + minute);
    const quick = await lease(start + 2 * minute, { duration: hour });
    await slow.end({ ...done, faults });
    expect(await main()).toMatchObject({ revision: 2, due: start, faults: [] });
    expect(await tryLease(start + 3 * minute)).toBeUndefined();
    await quick.end(done);

    await (await lease(start + 3 * minute)).end(done);
    expect((await main()).due).toBeUndefined();
    await slower.end({ ...done, faults });
    expect(await main()).toMatchObject({ revision: 4, due: start, faults: [] });
    await lease(start + 3 * minute);
  });

  test("a feed that was just rendered is postponed", async () => {
    const { feeds, tryLease, lease, main } = await withMain(empty);
    await (await lease(start)).end(done);
    await feeds.touch("blog", "main", undefined, start + second);
    expect(await tryLease(start + 2 * second, { minInterval: minute })).toBeUndefined();
    expect((await main()).due).toBe(start + minute);
    await lease(start + minute, { minInterval: minute });
  });

  test("a render that lost an object to another leaves the feed due, and its lease expires", async () => {
    const { tryLease, lease, main } = await withMain(empty);
    await (await lease(start)).end("lost");
    expect(await main()).toMatchObject({ revision: 2, due: start });
    expect(await tryLease(start + minute - 1)).toBeUndefined();
    await lease(start + minute);
  });

  test("a render that fails leaves the feed due, and its lease expires", async () => {
    const { feeds, tryLease, lease } = await withMain(empty);
    const failing = feeds.withLease(
      "blog",
      "main",
      { clock: () => start, duration: minute, minInterval: 0 },
      async () => {
        throw new Error("no disk");
      },
    );
    await expect(failing).rejects.toThrow("no disk");
    expect(await tryLease(start + minute - 1)).toBeUndefined();
    expect((await lease(start + minute)).state).toMatchObject({ revision: 1, due: start });
  });

  test("a feed's render gives it its title in its site's list, and says whether it is empty", async () => {
    const { feeds, lease, main } = await withMain(empty);
    const { list } = await lease(start);
    await list({ title: "B", empty: true });
    await feeds.touch("blog", "main", "A Blog", start);
    expect(await feeds.all("blog")).toEqual([{ key: "main", title: "B", empty: true }]);
    await list({ title: "C", empty: false });
    expect(await feeds.all("blog")).toEqual([{ key: "main", title: "C", empty: false }]);
    expect(await main()).toMatchObject({ title: "C", empty: false });
  });

  test("a pending ping is stored for the next render, and removed with the due; the date of change stays", async () => {
    const { lease, main } = await withMain(empty);
    const crashed = await lease(start);
    expect(await crashed.store({ pingPending: true, updated: start - hour })).toBe(true);
    const next = await lease(start + minute);
    expect(next.state).toMatchObject({ pingPending: true, updated: start - hour });
    await next.end(done);
    expect(await main()).toMatchObject({ pingPending: false, updated: start - hour });
  });

  test("a ping stays pending while the feed stays due", async () => {
    const { feeds, lease, main } = await withMain(empty);
    const render = await lease(start);
    await render.store({ pingPending: true });
    await feeds.touch("blog", "main", undefined, start + second);
    await render.end(done);
    expect((await main()).pingPending).toBe(true);
    await (await lease(start)).end({ faults: [], shortened: 0, due: start + hour });
    expect((await main()).pingPending).toBe(false);
  });

  test("an audit is stored for the next render, also of a feed that is due; during a render, for the one after it", async () => {
    const { feeds, lease, main } = await withMain(empty);
    const audit = () => feeds.touch("blog", "main", undefined, start, { isAudit: true });
    expect((await main()).auditPending).toBe(false);
    await audit();
    await audit();
    expect(await main()).toMatchObject({ auditPending: true, revision: 2, due: start });
    const render = await lease(start);
    expect(render.state.auditPending).toBe(true);
    await audit();
    await render.end(done);
    expect(await main()).toMatchObject({ auditPending: true, due: start });
    await (await lease(start)).end(done);
    expect(await main()).toMatchObject({ auditPending: false, due: undefined });
    await feeds.touch("blog", "main", undefined, start);
    expect((await main()).auditPending).toBe(false);
  });

  test("only a render that has the lease marks a ping as pending", async () => {
    const { lease, main } = await withMain(empty);
    const slow = await lease(start);
    const quick = await lease(start + minute);
    expect(await slow.store({ pingPending: true, updated: start })).toBe(false);
    expect((await main()).pingPending).toBe(false);
    await quick.end(done);
    expect(await quick.store({ pingPending: true, updated: start })).toBe(false);
    expect((await main()).pingPending).toBe(false);
  });
};
