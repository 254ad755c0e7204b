import * as z from "zod";
import { conflict, retryOnConflict } from "../domain/concurrency.ts";
import { hour, type Instant, second } from "../domain/time.ts";
import type { Due, Ref } from "../ports/store.ts";
import { type DueTable, updateDue } from "./due-writes.ts";
import { dueShards, indexes, refKey, refOf } from "./keys.ts";
import { allOf, allRows, type Condition, type Row, type Table } from "./table.ts";

const dueEntry = z.object({ pk: z.string(), sk: z.string(), dueAt: z.number() });
type DueEntry = z.infer<typeof dueEntry>;

/** By partition of the index: its last entry that was read. */
const places = z.record(z.string(), z.object({ ...dueEntry.shape, [indexes.due.partition]: z.string() }));

const failureRow = z.object({ dueAt: z.number().optional(), failures: z.number().default(0) });

/** 30 s, 1 min, 2 min … one hour. */
export const deferralTime = (failures: number): number => Math.min(30 * second * 2 ** (failures - 1), hour);

/** The entries whose rows are still due: an index may be late. */
const stillDue = async (table: Table, entries: readonly DueEntry[], moment: Instant): Promise<readonly Ref[]> => {
  const refs = await Promise.all(
    entries.map(async ({ pk, sk }) => {
      const row = await table.get({ pk, sk });
      const { dueAt } = failureRow.parse(row ?? {});
      return dueAt !== undefined && dueAt <= moment ? refOf({ pk, sk }) : undefined;
    }),
  );
  return refs.filter((ref) => ref !== undefined);
};

/** The entries of all shards, the longest overdue first: with one shard after the other, the first could starve the others. */
async function* overdue(table: Table, moment: Instant, limit: number): AsyncGenerator<DueEntry> {
  const shards = dueShards.map((partition) =>
    allRows(table, { index: indexes.due, partition, sort: { atMost: moment }, limit }),
  );
  const nextHead = async (shard: AsyncIterator<Row>) => {
    const { done, value } = await shard.next();
    return done ? undefined : { shard, entry: dueEntry.parse(value) };
  };
  let heads = (await Promise.all(shards.map(nextHead))).filter((head) => head !== undefined);
  while (heads.length > 0) {
    const first = heads.reduce((a, b) => (b.entry.dueAt < a.entry.dueAt ? b : a));
    yield first.entry;
    const next = await nextHead(first.shard);
    heads = heads.flatMap((head) => (head !== first ? [head] : next === undefined ? [] : [next]));
  }
}

const checkedAtOnce = 25;

/** The same for many entries. */
const allStillDue = async (table: Table, entries: readonly DueEntry[], moment: Instant): Promise<readonly Ref[]> => {
  const found: Ref[] = [];
  for (let start = 0; start < entries.length; start += checkedAtOnce)
    found.push(...(await stillDue(table, entries.slice(start, start + checkedAtOnce), moment)));
  return found;
};

export const tableDue = (rows: DueTable): Due => {
  const { table } = rows;

  const deferOnce = async (ref: Ref, now: Instant): Promise<number | typeof conflict> => {
    const row = await table.get(refKey(ref));
    const { dueAt, failures: before } = failureRow.parse(row ?? {});
    if (dueAt === undefined || dueAt > now) return 0;
    const failures = before + 1;
    const sameFailures: Condition =
      before === 0 ? { kind: "lacks", field: "failures" } : { kind: "is", field: "failures", value: before };
    const condition = allOf({ kind: "dueBy", at: now }, sameFailures);
    const deferred = await updateDue(rows, ref, { add: { failures: 1 } }, now + deferralTime(failures), condition);
    return deferred === undefined ? conflict : failures;
  };

  return {
    before: async (moment, limit) => {
      const found: Ref[] = [];
      let batch: DueEntry[] = [];
      const check = async () => {
        found.push(...(await stillDue(table, batch, moment)));
        batch = [];
      };
      for await (const entry of overdue(table, moment, limit)) {
        batch.push(entry);
        if (found.length + batch.length >= limit || batch.length === checkedAtOnce) await check();
        if (found.length >= limit) return found;
      }
      await check();
      return found;
    },
    behind: async (place, moment, limit) => {
      const before = place === undefined ? {} : places.parse(JSON.parse(place));
      const pages = await Promise.all(
        dueShards.map(async (partition) => {
          const from = before[partition];
          // A key behind the range is refused: the clock of the last sweep may have been ahead.
          if (from !== undefined && from.dueAt > moment) return { partition, entries: [], last: from };
          const query = { index: indexes.due, partition, sort: { atMost: moment }, limit, ...(from && { from }) };
          const entries = (await table.page(query)).rows.map((row) => dueEntry.parse(row));
          const end = entries.at(-1);
          return {
            partition,
            entries,
            last: end === undefined ? from : { ...end, [indexes.due.partition]: partition },
          };
        }),
      );
      const entries = pages.flatMap((page) => page.entries).toSorted((a, b) => a.dueAt - b.dueAt);
      const ends = pages.flatMap(({ partition, last }) => (last === undefined ? [] : [[partition, last] as const]));
      return {
        refs: await allStillDue(table, entries, moment),
        place: ends.length === 0 ? undefined : JSON.stringify(Object.fromEntries(ends)),
        isLast: pages.every((page) => page.entries.length < limit),
      };
    },
    defer: (ref, now) => retryOnConflict(`the row ${JSON.stringify(ref)}`, () => deferOnce(ref, now)),
  };
};
