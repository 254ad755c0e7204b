import { expect, test } from "vitest";
import { hour, minute, second } from "../../../src/domain/time.ts";
import { start } from "../../support/builders.ts";
import { type Empty, present } from "./empty.ts";

export const feedsContract = (empty: Empty): void => {
  test("a touched feed is due, registered in its site, and keeps its earlier due", async () => {
    const { store } = await empty();
    await store.feeds.touch("blog", "categories/c-sharp", "C#", start);
    await store.feeds.touch("blog", "categories/c-sharp", undefined, start + hour);
    expect(await store.feeds.read("blog", "categories/c-sharp")).toEqual({
      site: "blog",
      key: "categories/c-sharp",
      revision: 2,
      title: "C#",
      faults: [],
      pingPending: false,
      empty: false,
      due: start,
    });
    await store.feeds.touch("blog", "main", "A Blog", start + hour);
    await store.feeds.touch("blog", "main", "The Blog", start);
    await store.feeds.touch("blog", "featured", undefined, start);
    expect((await store.feeds.read("blog", "main"))?.due).toBe(start);
    expect((await store.feeds.all("blog")).toSorted((a, b) => a.key.localeCompare(b.key))).toEqual([
      { key: "categories/c-sharp", title: "C#", empty: false },
      { key: "featured", title: "featured", empty: false },
      { key: "main", title: "The Blog", empty: false },
    ]);
    expect(await store.feeds.all("other")).toEqual([]);
    expect(await store.feeds.read("other", "main")).toBeUndefined();
  });

  test("touches at once are all counted", async () => {
    const { store } = await empty();
    await Promise.all(
      Array.from({ length: 10 }, (_, index) => store.feeds.touch("blog", "main", "A Blog", start - index)),
    );
    expect(await store.feeds.read("blog", "main")).toMatchObject({ revision: 10, due: start - 9 });
  });

  test("one render at a time has a feed, until its lease is over", async () => {
    const { store } = await empty();
    expect(await store.feeds.lease("blog", "main", "R1", start, start + minute)).toBeUndefined();
    await store.feeds.touch("blog", "main", "A Blog", start);
    const leased = await store.feeds.lease("blog", "main", "R1", start, start + minute);
    expect(leased).toMatchObject({ revision: 1, due: start, lease: { holder: "R1", until: start + minute } });
    expect(await store.feeds.lease("blog", "main", "R2", start + 1, start + hour)).toBeUndefined();
    expect(await store.feeds.holds("blog", "main", "R1", start + minute - 1)).toBe(true);
    expect(await store.feeds.holds("blog", "main", "R1", start + minute)).toBe(false);
    expect(await store.feeds.holds("blog", "main", "R2", start)).toBe(false);
    expect(await store.feeds.lease("blog", "main", "R2", start + minute, start + hour)).toMatchObject({
      lease: { holder: "R2" },
    });
    expect(await store.feeds.holds("blog", "main", "R1", start)).toBe(false);
  });

  test("a render that saw the last revision clears the due, or puts it to a later moment", async () => {
    const { store } = await empty();
    await store.feeds.touch("blog", "main", "A Blog", start);
    const first = present(await store.feeds.lease("blog", "main", "R1", start, start + minute));
    const faults = [{ file: "feed.xml", problem: "not well-formed", entry: "e" }];
    expect(await store.feeds.release(first, "R1", { faults, at: start })).toBe(true);
    const rested = present(await store.feeds.read("blog", "main"));
    expect(rested).toEqual({
      site: "blog",
      key: "main",
      revision: 1,
      title: "A Blog",
      rendered: start,
      faults,
      pingPending: false,
      empty: false,
    });
    expect(await store.due.before(start + hour, 10)).toEqual([]);
    const second = present(await store.feeds.lease("blog", "main", "R2", start, start + minute));
    expect(await store.feeds.release(second, "R2", { faults: [], due: start + hour, at: start })).toBe(true);
    expect(await store.feeds.read("blog", "main")).toEqual({ ...rested, faults: [], due: start + hour });
  });

  test("a feed touched while it was rendered stays due, its lease given back", async () => {
    const { store } = await empty();
    await store.feeds.touch("blog", "main", "A Blog", start);
    const state = present(await store.feeds.lease("blog", "main", "R1", start, start + minute));
    await store.feeds.touch("blog", "main", "A Blog", start + second);
    const faults = [{ file: "feed.xml", problem: "not well-formed" }];
    expect(await store.feeds.release(state, "R1", { faults, at: start })).toBe(false);
    expect(await store.feeds.read("blog", "main")).toEqual({
      site: "blog",
      key: "main",
      revision: 3,
      title: "A Blog",
      rendered: start,
      faults,
      pingPending: false,
      empty: false,
      due: start,
    });
  });

  test("a render that outlived its lease makes the feed due again (interleaving 23)", async () => {
    const { store } = await empty();
    await store.feeds.touch("blog", "main", "A Blog", start);
    const slow = present(await store.feeds.lease("blog", "main", "R1", start, start + minute));
    const quick = present(await store.feeds.lease("blog", "main", "R2", start + minute, start + hour));
    expect(await store.feeds.release(slow, "R1", { faults: [{ file: "feed.xml", problem: "old" }], at: start })).toBe(
      false,
    );
    const raised = present(await store.feeds.read("blog", "main"));
    expect(raised).toMatchObject({ revision: 2, due: start, faults: [], lease: { holder: "R2" } });
    expect(await store.feeds.release(quick, "R2", { faults: [], at: start })).toBe(false);

    const again = present(await store.feeds.lease("blog", "main", "R3", start + hour, start + 2 * hour));
    expect(await store.feeds.release(again, "R3", { faults: [], at: start })).toBe(true);
    expect((await store.feeds.read("blog", "main"))?.due).toBeUndefined();
    expect(await store.feeds.release(slow, "R1", { faults: [], at: start })).toBe(false);
    const lost = present(await store.feeds.read("blog", "main"));
    expect(lost).toMatchObject({ revision: 4, due: start });
    expect(lost.lease).toBeUndefined();
  });

  test("a render of a feed that was not due makes it due when it lost its lease", async () => {
    const { store } = await empty();
    await store.feeds.touch("blog", "main", "A Blog", start);
    const first = present(await store.feeds.lease("blog", "main", "R1", start, start + minute));
    await store.feeds.release(first, "R1", { faults: [], at: start });
    const audit = present(await store.feeds.lease("blog", "main", "R2", start, start + minute));
    const next = present(await store.feeds.lease("blog", "main", "R3", start + minute, start + hour));
    await store.feeds.release(next, "R3", { faults: [], due: start + 2 * hour, at: start });
    expect(await store.feeds.release(audit, "R2", { faults: [], at: start })).toBe(false);
    expect((await store.feeds.read("blog", "main"))?.due).toBe(start + minute);
  });

  test("a feed rests until later, unless somebody has touched or leased it since it was read", async () => {
    const { store } = await empty();
    await store.feeds.touch("blog", "main", "A Blog", start);
    const state = present(await store.feeds.read("blog", "main"));
    await store.feeds.rest(state, start + minute);
    expect((await store.feeds.read("blog", "main"))?.due).toBe(start + minute);
    await store.feeds.touch("blog", "main", "A Blog", start + second);
    await store.feeds.rest(state, start + hour);
    expect((await store.feeds.read("blog", "main"))?.due).toBe(start + second);
    const touched = present(await store.feeds.read("blog", "main"));
    await store.feeds.lease("blog", "main", "R1", start, start + minute);
    await store.feeds.rest(touched, start + hour);
    expect((await store.feeds.read("blog", "main"))?.due).toBe(start + second);
  });

  test("a feed without entries is marked in its site's list, and keeps the mark when its title changes", async () => {
    const { feeds } = (await empty()).store;
    await feeds.touch("blog", "categories/a", "A", start);
    const state = present(await feeds.read("blog", "categories/a"));
    await feeds.mark(state, true);
    await feeds.touch("blog", "categories/a", "B", start);
    expect(await feeds.all("blog")).toEqual([{ key: "categories/a", title: "B", empty: true }]);
    await feeds.mark(state, false);
    expect(await feeds.all("blog")).toEqual([{ key: "categories/a", title: "B", empty: false }]);
    await feeds.mark({ ...state, key: "gone" }, true);
    expect(await feeds.read("blog", "gone")).toBeUndefined();
  });

  test("releasing a feed that is gone does nothing", async () => {
    const { store } = await empty();
    const state = { site: "blog", key: "gone", revision: 1, title: "", faults: [], pingPending: false, empty: false };
    expect(await store.feeds.release(state, "R1", { faults: [], at: start })).toBe(false);
    expect(await store.feeds.read("blog", "gone")).toBeUndefined();
  });

  test("a pending ping is remembered by whoever comes next, and forgotten with the due (interleaving 28)", async () => {
    const { store } = await empty();
    await store.feeds.touch("blog", "main", "A Blog", start);
    await store.feeds.lease("blog", "main", "R1", start, start + minute);
    expect(await store.feeds.markPingPending("blog", "main", "R1")).toBe(true);
    const next = present(await store.feeds.lease("blog", "main", "R2", start + minute, start + hour));
    expect(next.pingPending).toBe(true);
    expect(await store.feeds.release(next, "R2", { faults: [], at: start })).toBe(true);
    expect((await store.feeds.read("blog", "main"))?.pingPending).toBe(false);
  });

  test("a ping stays pending while the feed stays due", async () => {
    const { store } = await empty();
    await store.feeds.touch("blog", "main", "A Blog", start);
    const state = present(await store.feeds.lease("blog", "main", "R1", start, start + minute));
    await store.feeds.markPingPending("blog", "main", "R1");
    await store.feeds.touch("blog", "main", "A Blog", start + second);
    expect(await store.feeds.release(state, "R1", { faults: [], at: start })).toBe(false);
    expect((await store.feeds.read("blog", "main"))?.pingPending).toBe(true);
    const again = present(await store.feeds.lease("blog", "main", "R2", start, start + minute));
    expect(await store.feeds.release(again, "R2", { faults: [], due: start + hour, at: start })).toBe(true);
    expect((await store.feeds.read("blog", "main"))?.pingPending).toBe(false);
  });

  test("only the lease's holder marks a ping as pending", async () => {
    const { store } = await empty();
    expect(await store.feeds.markPingPending("blog", "main", "R1")).toBe(false);
    expect(await store.feeds.read("blog", "main")).toBeUndefined();
    await store.feeds.touch("blog", "main", "A Blog", start);
    expect(await store.feeds.markPingPending("blog", "main", "R1")).toBe(false);
    await store.feeds.lease("blog", "main", "R2", start, start + minute);
    expect(await store.feeds.markPingPending("blog", "main", "R1")).toBe(false);
    expect((await store.feeds.read("blog", "main"))?.pingPending).toBe(false);
  });
};
