import { describe, onTestFinished } from "vitest";
import type { Ref } from "../../src/ports/store.ts";
import { openDatabase } from "../../src/store/sqlite-database.ts";
import { sqliteTable } from "../../src/store/sqlite-table.ts";
import { tableStore } from "../../src/store/table-store.ts";
import { storeContract } from "../contract/store/index.ts";
import { aStore, newId } from "../support/store.ts";

describe("the store on DynamoDB's API", () => {
  storeContract(async () => {
    const own = await aStore();
    onTestFinished(own.stop);
    return own;
  });
});

describe("the store on SQLite", () => {
  storeContract(async () => {
    const { bodies, stop } = await aStore();
    const database = openDatabase(":memory:");
    onTestFinished(async () => {
      database.close();
      await stop();
    });
    const reported: { readonly ref: Ref; readonly at: number }[] = [];
    const onDue = (ref: Ref, at: number) => reported.push({ ref, at });
    return { store: tableStore(sqliteTable(database), { bodies, newId, onDue }), reported };
  });
});
