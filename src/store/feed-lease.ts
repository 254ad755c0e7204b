import { conflict, retryOnConflict } from "../domain/concurrency.ts";
import type { Instant } from "../domain/time.ts";
import type { FeedRef, FeedState, Feeds, RenderResult } from "../ports/store.ts";
import { type DueTable, updateDue, updateDueBy } from "./due-writes.ts";
import { parseFeed } from "./feed-row.ts";
import { refKey } from "./keys.ts";
import { allOf, type Condition } from "./table.ts";

/** Postpones a feed, unless it was touched or leased since it was read. */
const postpone = async (rows: DueTable, ref: FeedRef, { revision }: FeedState, until: Instant): Promise<void> => {
  const untouched = allOf({ kind: "is", field: "revision", value: revision }, { kind: "lacks", field: "lease" });
  await updateDue(rows, ref, {}, until, untouched);
};

/** Ends the lease and clears the due, or sets a later one. False where the lease was lost or the feed was touched. */
const clearDue = async (
  rows: DueTable,
  ref: FeedRef,
  own: Condition,
  { revision }: FeedState,
  { faults, due }: RenderResult,
  at: Instant,
): Promise<boolean> => {
  const change = { set: { faults, rendered: at }, remove: ["lease", "failures", "pingPending"] };
  const condition = allOf(own, { kind: "is", field: "revision", value: revision });
  return (await updateDue(rows, ref, change, due, condition)) !== undefined;
};

/**
 * For a feed that was touched during the render, or rendered by another worker after the lease was lost: the objects may
 * be older than the rows, so the feed is due at once (interleavings 22 and 23).
 */
const keepDue = (rows: DueTable, ref: FeedRef, holder: string, due: Instant, { faults }: RenderResult, at: Instant) => {
  const add = { revision: 1 };
  const own = { set: { faults, rendered: at }, remove: ["lease", "failures"], add };
  return retryOnConflict(
    `the feed ${ref.key}`,
    async () =>
      (await updateDueBy(rows, ref, own, due, { conditions: [{ kind: "leaseOf", holder }], known: due })) ??
      (await updateDueBy(rows, ref, { add }, due, {
        conditions: [{ kind: "present" }, { kind: "leaseNotOf", holder }],
      })) ??
      conflict,
  );
};

/** `register` writes the feed into the list of its site. */
export const makeWithLease =
  (
    rows: DueTable,
    newId: () => string,
    touch: Feeds["touch"],
    register: (state: FeedState) => Promise<void>,
  ): Feeds["withLease"] =>
  async (site, key, { clock, duration, minInterval }, work) => {
    const { table } = rows;
    const ref: FeedRef = { kind: "feed", site, key };
    const rowKey = refKey(ref);
    const read = async () => {
      const row = await table.get(rowKey);
      return row && parseFeed(row);
    };

    const now = clock();
    const found = (await read())?.state;
    if (found?.due === undefined || found.due > now) return;
    const since = now - (found.rendered ?? Number.NEGATIVE_INFINITY);
    // A negative time: the clock of the last render is ahead of this one.
    if (since >= 0 && since < minInterval) return postpone(rows, ref, found, now + minInterval - since);

    const holder = newId();
    const own: Condition = { kind: "leaseOf", holder };
    const lease = { holder, until: now + duration };
    const free = allOf({ kind: "dueBy", at: now }, { kind: "leaseFree", now });
    const leased = await table.update(rowKey, { set: { lease } }, free);
    if (leased === undefined) return;
    const { state } = parseFeed(leased);
    const result = await work({
      state,
      holds: async () => {
        const current = (await read())?.lease;
        return current?.holder === holder && clock() < current.until;
      },
      store: async (changes) => (await table.update(rowKey, { set: changes }, own)) !== undefined,
      list: async ({ title, empty }) => {
        const row = await table.update(rowKey, { set: { title, empty } }, { kind: "present" });
        if (row !== undefined) await register(parseFeed(row).state);
      },
    });
    if (result === "lost") return touch(site, key, undefined, clock());
    // Never back: by it a render knows what was published before the clock went back.
    const at = Math.max(clock(), state.rendered ?? 0);
    if (!(await clearDue(rows, ref, own, state, result, at)))
      await keepDue(rows, ref, holder, state.due ?? at, result, at);
  };
