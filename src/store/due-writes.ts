import * as z from "zod";
import type { Instant } from "../domain/time.ts";
import type { Ref } from "../ports/store.ts";
import { dueAttributes, refKey } from "./keys.ts";
import { allOf, type Change, type Condition, type PutOptions, type Row, type Table } from "./table.ts";

/** Called for every write that leaves a row due, as the table's stream is on AWS. */
export type OnDue = (ref: Ref, at: Instant) => void;

/** What is needed to write rows that can be due. */
export interface DueTable {
  readonly table: Table;
  readonly onDue: OnDue;
}

const dueRow = z.object({ dueAt: z.number() });

/** Writes a whole row, which is then due at `due`, or not at all. */
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

/** Changes a row, which is then due at `due`, or not at all. Undefined where the condition does not hold. */
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
 * Changes a row, which is then due at `due`, or at the earlier moment at which it was. Undefined where a condition does
 * not hold, and where another worker has cleared or moved the due between the two attempts. `known`: when the row was due
 * as it was last read; where that is true still, one attempt is enough.
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
