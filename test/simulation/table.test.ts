import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { indexes } from "../../src/store/keys.ts";
import type { Table } from "../../src/store/table.ts";
import { tableContract } from "../contract/table.ts";
import { tableCall } from "../contract/table-calls.ts";
import { engines } from "../support/store.ts";
import { memoryTable } from "./table/memory-table.ts";
import { tableOfProcess } from "./table/table-of-process.ts";

/** The table as a process sees it whose calls do not wait. */
const tableInMemory = (now: () => number = () => 0, lag: () => number = () => 0): Table => {
  let ids = 0;
  const newId = (): string => {
    ids += 1;
    return `id-${ids}`;
  };
  const table = memoryTable({ now, lag, onWrite: () => {} });
  return tableOfProcess(table, { call: async (_, act) => act(), losesAnswer: () => false, newId });
};

describe("the table of the simulation", () => tableContract(async () => tableInMemory()));

test("answers any sequence of calls as DynamoDB's API and SQLite do", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(tableCall, { minLength: 20, maxLength: 60, size: "max" }), async (calls) => {
      const stores = [await engines.dynamodb(), await engines.sqlite()] as const;
      const memory = tableInMemory();
      for (const [named, make] of calls) {
        const answer = await make(memory);
        for (const { table } of stores) expect(answer, named).toEqual(await make(table));
      }
      for (const { stop } of stores) await stop();
    }),
    { numRuns: 60 },
  );
});

test("an index shows a write after its lag, and the writes of one row in their order", async () => {
  let now = 0;
  const lags = [10, 0];
  const table = tableInMemory(
    () => now,
    () => lags.shift() ?? 0,
  );
  const moments = async (): Promise<readonly unknown[]> =>
    (await table.page({ index: indexes.due, partition: "d", limit: 9 })).rows.map(({ dueAt }) => dueAt);
  await table.put({ pk: "P", sk: "S", dueShard: "d", dueAt: 1 });
  expect(await moments()).toEqual([]);
  now = 10;
  expect(await moments()).toEqual([1]);
});
