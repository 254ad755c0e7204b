import * as z from "zod";
import type { Instant } from "../domain/time.ts";
import type { Ref } from "../ports/store.ts";
import { dueAttributes, refKey } from "./keys.ts";
import { allOf, type Change, type Condition, type Row, type Table } from "./table.ts";

/** Told of every write that leaves a row due: what the table's stream is on AWS. */
export type OnDue = (ref: Ref, at: Instant) => void;

/** What every kind of row is stored with. */
export interface Rows {
  readonly table: Table;
  readonly onDue: OnDue;
}

export const tellDue = ({ onDue }: Rows, ref: Ref, at: Instant | undefined): void => {
  if (at !== undefined) onDue(ref, at);
};

const dueRow = z.object({ dueAt: z.number() });

/**
 * Changes a row that is then due at `due`, or at the earlier moment at which it was. Undefined where a condition of
 * `only` does not hold, and where another worker has cleared or moved the due between the two tries.
 */
export const updateDueBy = async (
  rows: Rows,
  ref: Ref,
  change: Change,
  due: Instant,
  only: readonly Condition[] = [],
): Promise<Row | undefined> => {
  const key = refKey(ref);
  const sooner = { ...change, set: { ...change.set, ...dueAttributes(key, due) } };
  const row =
    (await rows.table.update(key, sooner, allOf(...only, { kind: "dueLater", at: due }))) ??
    (await rows.table.update(key, change, allOf(...only, { kind: "dueBy", at: due })));
  if (row !== undefined) tellDue(rows, ref, dueRow.parse(row).dueAt);
  return row;
};
