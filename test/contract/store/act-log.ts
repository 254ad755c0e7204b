import { expect, test } from "vitest";
import { BadCursor } from "../../../src/domain/errors.ts";
import type { LoggedAct } from "../../../src/domain/logged-act.ts";
import { day } from "../../../src/domain/time.ts";
import { actKey } from "../../../src/store/keys.ts";
import { start } from "../../support/builders.ts";
import type { Empty } from "./empty.ts";

const anAct = (more: Partial<LoggedAct> = {}): LoggedAct => ({
  site: "blog",
  at: start,
  id: "post.x.0.1",
  act: "decided",
  by: "Ada",
  slug: "tea",
  account: "x",
  state: "held",
  reason: "by hand",
  ...more,
});

export const actLogContract = (empty: Empty): void => {
  test("the lines of a site come back with the newest first, in pages, each once", async () => {
    const { actLog } = (await empty()).store;
    expect(await actLog.newest("blog")).toEqual({ rows: [], next: undefined });
    for (let n = 0; n < 60; n += 1) await actLog.add(anAct({ at: start + n, id: `a#${n % 2}` }));
    await actLog.add(anAct({ at: start + 59, id: "a#1" }));
    await actLog.add(anAct({ site: "other", at: start + 99 }));
    const first = await actLog.newest("blog");
    expect(first.rows[0]).toEqual(anAct({ at: start + 59, id: "a#1" }));
    const second = await actLog.newest("blog", first.next);
    const times = [...first.rows, ...second.rows].map(({ at }) => at - start);
    expect([times, second.next]).toEqual([Array.from({ length: 60 }, (_, n) => 59 - n), undefined]);
    await expect(actLog.newest("blog", "nonsense")).rejects.toThrow(BadCursor);
  });

  test("a line of someone without a name, and about no post, comes back as it was", async () => {
    const { actLog } = (await empty()).store;
    const { site, at, id } = anAct();
    await actLog.add({ site, at, id, act: "stopped" });
    expect((await actLog.newest("blog")).rows).toEqual([{ site, at, id, act: "stopped" }]);
  });

  test("lines are removed after 400 days, and one that cannot be read is left out", async () => {
    const { store, table } = await empty();
    for (const n of [0, 1, 2]) await store.actLog.add(anAct({ at: start + n }));
    const newest = anAct({ at: start + 400 * day + 2 });
    await store.actLog.add(newest);
    expect((await store.actLog.newest("blog")).rows.map(({ at }) => at)).toEqual([newest.at, start + 2]);
    await table.update(actKey(newest), { set: { act: "danced" } }, { kind: "present" });
    expect((await store.actLog.newest("blog")).rows.map(({ at }) => at)).toEqual([start + 2]);
  });
};
