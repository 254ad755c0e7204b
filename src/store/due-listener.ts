import type { Instant } from "../domain/time.ts";
import type { Ref } from "../ports/store.ts";
import type { Table } from "./table.ts";

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
