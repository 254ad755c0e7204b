import { describe, expect, onTestFinished, test } from "vitest";
import { dynamoTable } from "../../src/store/dynamo-table.ts";
import { tableContract } from "../contract/table.ts";
import { conditionCases } from "../contract/table-conditions.ts";
import { aStore, newId } from "../support/store.ts";

describe("the table in an embedded DynamoDB", () => {
  tableContract(async () => {
    const { client, table, stop } = await aStore();
    onTestFinished(stop);
    return dynamoTable(client, table, newId);
  });
});

test.each(Object.entries(conditionCases))(
  "the contract has a row of which %s holds and one of which it fails",
  (_, cases) => {
    for (const { holds, fails } of cases) expect(Math.min(holds.length, fails.length)).toBeGreaterThan(0);
  },
);
