import { NewerRow } from "../../src/domain/errors.ts";
import { type RowFormat, rowFormat } from "../../src/store/row-format.ts";
import type { Row, Table } from "../../src/store/table.ts";
import { type Random, seededRandom } from "./random.ts";

/** A made-up format after today's: deliveries have a weight, and one that waits is `queued`, which today's program does not know. */
export const nextFormat: RowFormat = {
  version: rowFormat.version + 1,
  migrations: [...rowFormat.migrations, (row) => (isDelivery(row) ? { ...row, weight: 1 } : row)],
};

const isDelivery = ({ sk }: Row): boolean => String(sk).startsWith("DELIVERY#");

const encode = <R extends Row>(row: R): R =>
  isDelivery(row) ? { ...row, weight: 1, ...(row.state === "pending" && { state: "queued" }) } : row;

/** A row as today's program would have it, for the next program and for checks from outside. */
export const decodeNext = <R extends Row>(row: R): R => (row.state === "queued" ? { ...row, state: "pending" } : row);

/** The table as the next program writes it. Updates change nothing of what is new. */
export const nextTable = (table: Table): Table => ({
  ...table,
  get: async (key) => {
    const row = await table.get(key);
    return row && decodeNext(row);
  },
  put: (row, condition, options) => table.put(encode(row), condition, options),
  update: async (key, change, condition) => {
    const row = await table.update(key, change, condition);
    return row && decodeNext(row);
  },
  page: async (query) => {
    const page = await table.page(query);
    return { ...page, rows: page.rows.map(decodeNext) };
  },
});

/** A process refused to go on because of a row of a newer format. It has done nothing with it. */
export const isNewerRow = (error: unknown): boolean =>
  error instanceof NewerRow || (error instanceof AggregateError && error.errors.every(isNewerRow));

export interface Fleet {
  /** True if a process that starts now runs the next program. */
  readonly startsNext: () => boolean;
  /** From now on every process runs the next program. */
  readonly end: () => void;
}

/** Each process runs today's program or the next one, by the seed: deployed, rolled back, and deployed again. */
export const mixedFleet = (seed: number): Fleet => {
  const random: Random = seededRandom(seed);
  let isOver = false;
  let isNext = false;
  return {
    startsNext: () => {
      if (random.chance(0.1)) isNext = !isNext;
      return isOver || (random.chance(0.5) ? isNext : random.chance(0.5));
    },
    end: () => {
      isOver = true;
    },
  };
};
