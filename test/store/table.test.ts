import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openDatabase, sqliteTable } from "../../src/store/sqlite-table.ts";
import type { Table } from "../../src/store/table.ts";
import { tableContract } from "../contract/table.ts";
import { conditionCases } from "../contract/table-conditions.ts";
import { type AStore, engines } from "../support/store.ts";

const tableOf = (open: () => Promise<AStore>) => async (): Promise<Table> => {
  const { table, stop } = await open();
  onTestFinished(stop);
  return table;
};

const inFile = async (): Promise<Table> => {
  const folder = await mkdtemp(join(tmpdir(), "crier-table-"));
  const database = openDatabase(join(folder, "crier.db"));
  onTestFinished(async () => {
    database.close();
    await rm(folder, { recursive: true });
  });
  return sqliteTable(database);
};

describe.each([
  ["SQLite in memory", tableOf(engines.sqlite)],
  ["SQLite in a file", inFile],
  ["DynamoDB's API", tableOf(engines.dynamodb)],
] as const)("the table in %s", (_, empty) => tableContract(empty));

test.each(Object.entries(conditionCases))(
  "the contract has a row of which %s holds and one of which it fails",
  (_, cases) => {
    for (const { holds, fails } of cases) expect(Math.min(holds.length, fails.length)).toBeGreaterThan(0);
  },
);
