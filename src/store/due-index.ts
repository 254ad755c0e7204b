import * as z from "zod";
import { conflict, retryOnConflict } from "../domain/concurrency.ts";
import { doublingPause, rowPauses } from "../domain/retry.ts";
import type { Instant } from "../domain/time.ts";
import type { Due, Ref } from "../ports/store.ts";
import { dueAttributes, dueShards, indexes, parseRef, refKey } from "./keys.ts";
import {
  allOf,
  allRows,
  type Change,
  type Condition,
  collect,
  type PutOptions,
  type Row,
  readUnlessNewer,
  rowKey,
  type Table,
} from "./table.ts";

/** Called for every write that leaves a row due, like the table's stream on AWS. */
export type OnDue = (ref: Ref, at: Instant) => void;

/** The ports for writing rows that can be due. */
export interface DueTable {
  readonly table: Table;
  readonly onDue: OnDue;
}

const dueRow = z.object({ dueAt: z.number() });

/** Writes a whole row. It is then due at `due`, or not due if that is undefined. */
export const putDue = async (
  { table, onDue }: DueTable,
  ref: Ref,
  row: Row,
  due: Instant | undefined,
  condition: Condition,
  options?: PutOptions,
): Promise<boolean> => {
  const key = refKey(ref);
  const written = await table.put({ ...row, ...key, ...dueAttributes(key, due) }, condition, options);
  if (written && due !== undefined) onDue(ref, due);
  return written;
};

/** Changes a row. It is then due at `due`, or not due if that is undefined. Undefined if the condition does not hold. */
export const updateDue = async (
  { table, onDue }: DueTable,
  ref: Ref,
  { set, remove = [], ...change }: Change,
  due: Instant | undefined,
  condition: Condition,
): Promise<Row | undefined> => {
  const key = refKey(ref);
  const removed = due === undefined ? [...remove, "dueAt", "dueShard"] : remove;
  const row = await table.update(
    key,
    { ...change, set: { ...set, ...dueAttributes(key, due) }, remove: removed },
    condition,
  );
  if (row !== undefined && due !== undefined) onDue(ref, due);
  return row;
};

/**
 * Changes a row. It is then due at `due`, or at its own due if that is earlier. Undefined if a condition does not hold, or
 * if another worker has cleared or moved the due between the two attempts. `known`: the row's due when it was last read. If
 * it has not changed, one attempt is enough.
 */
export const updateDueBy = async (
  rows: DueTable,
  ref: Ref,
  change: Change,
  due: Instant,
  { conditions = [], known }: { readonly conditions?: readonly Condition[]; readonly known?: Instant | undefined } = {},
): Promise<Row | undefined> => {
  const earlier = () => updateDue(rows, ref, change, due, allOf(...conditions, { kind: "dueLater", at: due }));
  const kept = async () => {
    const row = await rows.table.update(refKey(ref), change, allOf(...conditions, { kind: "dueBy", at: due }));
    if (row !== undefined) rows.onDue(ref, dueRow.parse(row).dueAt);
    return row;
  };
  return known !== undefined && known <= due ? ((await kept()) ?? earlier()) : ((await earlier()) ?? kept());
};

export const dueEntry = z.object({ pk: z.string(), sk: z.string(), dueAt: z.number() });
type DueEntry = z.infer<typeof dueEntry>;

/** The last entry that was read from each partition of the index. */
const cursors = z.record(z.string(), z.object({ ...dueEntry.shape, [indexes.due.partition]: z.string() }));

/** A place that cannot be read is the beginning: the round starts anew. */
const parseCursors = (place: string): z.output<typeof cursors> => {
  try {
    return cursors.parse(JSON.parse(place));
  } catch {
    return {};
  }
};

/** A row is due, whatever else in it cannot be read. */
const failureRow = z.object({
  dueAt: z.number().optional().catch(undefined),
  failures: z.number().default(0).catch(Number.NaN),
});

/** Rows that failed together may be due together again: a sweep offers them in pages. */
export const deferralTime = (failures: number): number => doublingPause(rowPauses, failures);

/** Returns the entries whose rows are still due, because an index may be late. A row of a newer format is left out. */
const stillDue = async (table: Table, entries: readonly DueEntry[], moment: Instant): Promise<readonly Ref[]> => {
  const refs = await Promise.all(
    entries.map(async ({ pk, sk }) => {
      const row = await readUnlessNewer(table, { pk, sk });
      const { dueAt } = failureRow.parse(row ?? {});
      return dueAt !== undefined && dueAt <= moment ? parseRef({ pk, sk }) : undefined;
    }),
  );
  return refs.filter((ref) => ref !== undefined);
};

/** Merges all shards, the longest overdue first: reading one shard after the other, the first could starve the others. */
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

/** Returns the entries whose rows are still due, a part of them at a time. */
const allStillDue = async (table: Table, entries: readonly DueEntry[], moment: Instant): Promise<readonly Ref[]> => {
  const found: Ref[] = [];
  for (let start = 0; start < entries.length; start += checkedAtOnce)
    found.push(...(await stillDue(table, entries.slice(start, start + checkedAtOnce), moment)));
  return found;
};

export const tableDue = (rows: DueTable): Due => {
  const { table } = rows;

  const deferOnce = async (ref: Ref, now: Instant): Promise<number | typeof conflict> => {
    const row = await readUnlessNewer(table, refKey(ref));
    const { dueAt, failures: before } = failureRow.parse(row ?? {});
    if (dueAt === undefined || dueAt > now) return 0;
    const isReadable = !Number.isNaN(before);
    const failures = isReadable ? before + 1 : 1;
    const sameFailures: Condition =
      before === 0 ? { kind: "lacks", field: "failures" } : { kind: "is", field: "failures", value: before };
    const condition = allOf({ kind: "dueBy", at: now }, ...(isReadable ? [sameFailures] : []));
    const change = isReadable ? { add: { failures: 1 } } : { set: { failures } };
    const deferred = await updateDue(rows, ref, change, now + deferralTime(failures), condition);
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
      const before = place === undefined ? {} : parseCursors(place);
      const pages = await Promise.all(
        dueShards.map(async (partition) => {
          const from = before[partition];
          // DynamoDB refuses a start key after the range. The clock of the last sweep may have been ahead.
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
        position: ends.length === 0 ? undefined : JSON.stringify(Object.fromEntries(ends)),
        isLast: pages.every((page) => page.entries.length < limit),
      };
    },
    defer: (ref, now) => retryOnConflict(`the row ${JSON.stringify(ref)}`, () => deferOnce(ref, now)),
  };
};

const entriesInPage = 500;

/**
 * Ends every lease of a process that has certainly ended: its feeds can be rendered at once, and its claims have expired. A
 * request in flight may still be applied; `settle` waits for it. A row with a lease is always due.
 */
export const endLeases = async (table: Table, now: Instant): Promise<void> => {
  for (const partition of dueShards)
    for (const entry of await collect(table, { index: indexes.due, partition, limit: entriesInPage })) {
      const key = rowKey.parse(entry);
      const { lease, leaseUntil } = (await table.get(key)) ?? {};
      if (lease !== undefined) await table.update(key, { remove: ["lease"] }, { kind: "present" });
      if (leaseUntil !== undefined)
        await table.update(key, { set: { leaseUntil: now, dueAt: now } }, { kind: "present" });
    }
};
