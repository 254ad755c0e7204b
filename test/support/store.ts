import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Instant } from "../../src/domain/time.ts";
import type { Objects } from "../../src/ports/feeds.ts";
import type { TokenStore } from "../../src/ports/networks.ts";
import type { Ref, Store } from "../../src/ports/store.ts";
import { dynamoTable } from "../../src/store/dynamo-table.ts";
import { openDatabase, sqliteTable } from "../../src/store/sqlite-table.ts";
import type { Table } from "../../src/store/table.ts";
import { tableStore } from "../../src/store/table-store.ts";
import { describeUnreadable } from "../../src/store/unreadable-rows.ts";
import { type ADynamoTable, aDynamoTable } from "./dynamodb.ts";
import { underRights } from "./function-rights.ts";
import { objectsInMemory } from "./objects-in-memory.ts";

export interface AStore {
  readonly store: Store & TokenStore;
  /** The rows of the store. */
  readonly table: Table;
  readonly bodies: Objects;
  /** A folder for other files of the test. It is removed when the store stops. */
  readonly folder: string;
  /** Every row that a write left due, in the order of the writes. */
  readonly reported: readonly { readonly ref: Ref; readonly at: Instant }[];
  /** Every row that could not be read, in the words of the log. */
  readonly unreadable: readonly string[];
  stop(): Promise<void>;
}

let ids = 0;
/** The same ids in every run. */
export const newId = (): string => {
  ids += 1;
  return `id-${ids}`;
};

const storeOver = async (table: Table, close: () => void): Promise<AStore> => {
  const folder = await mkdtemp(join(tmpdir(), "crier-store-"));
  const bodies = objectsInMemory();
  const reported: { readonly ref: Ref; readonly at: Instant }[] = [];
  const unreadable: string[] = [];
  return {
    store: tableStore(underRights(table), {
      bodies,
      newId,
      onDue: (ref, at) => reported.push({ ref, at }),
      onUnreadable: (row) => unreadable.push(describeUnreadable(row)),
    }),
    unreadable,
    table,
    bodies,
    folder,
    reported,
    stop: async () => {
      close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const aSqliteStore = (): Promise<AStore> => {
  const database = openDatabase(":memory:");
  return storeOver(sqliteTable(database), () => database.close());
};

/** A store on DynamoDB's API, and what a client of the API needs. */
export const aDynamoStore = async (): Promise<AStore & { readonly dynamo: ADynamoTable }> => {
  const dynamo = await aDynamoTable();
  const own = await storeOver(dynamoTable(dynamo.client, dynamo.name, newId), dynamo.stop);
  return { ...own, dynamo };
};

export const engines = { sqlite: aSqliteStore, dynamodb: aDynamoStore } as const;

/** A new store: on SQLite, or on DynamoDB's API where `STORE=dynamodb` asks for it. */
export const aStore = (): Promise<AStore> => (process.env.STORE === "dynamodb" ? aDynamoStore() : aSqliteStore());
