import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Instant } from "../../src/domain/time.ts";
import { folderObjects } from "../../src/objects/folder-objects.ts";
import type { Objects } from "../../src/ports/feeds.ts";
import type { Ref, Store } from "../../src/ports/store.ts";
import { type EmbeddedDynamoDb, startEmbedded } from "../../src/runtimes/local/embedded-dynamodb.ts";
import { createTable } from "../../src/store/embedded-table.ts";
import { dynamoStore } from "../../src/store/table-store.ts";

export interface AStore {
  readonly store: Store;
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly bodies: Objects;
  /** For other files of the test; it goes when the store stops. */
  readonly folder: string;
  /** Every row that a write left due, in the order of the writes. */
  readonly reported: readonly { readonly ref: Ref; readonly at: Instant }[];
  stop(): Promise<void>;
}

export const localClient = (endpoint: string): DynamoDBClient =>
  new DynamoDBClient({
    endpoint,
    region: "local",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });

/** One embedded DynamoDB in memory for all test files of this process; it ends with the process. */
let embedded: Promise<EmbeddedDynamoDb> | undefined;
let tables = 0;

let ids = 0;
/** The same ids in every run. */
export const newId = (): string => {
  ids += 1;
  return `id-${ids}`;
};

/** A store on a new table of a real embedded DynamoDB. */
export const aStore = async (): Promise<AStore> => {
  embedded ??= startEmbedded({ dir: undefined });
  const { endpoint } = await embedded;
  const client = localClient(endpoint);
  tables += 1;
  const table = `table-${tables}`;
  await createTable(client, table);
  const folder = await mkdtemp(join(tmpdir(), "crier-store-"));
  const bodies = folderObjects(join(folder, "bodies"));
  const reported: { readonly ref: Ref; readonly at: Instant }[] = [];
  return {
    store: dynamoStore({ client, table, bodies, newId, onDue: (ref, at) => reported.push({ ref, at }) }),
    client,
    table,
    bodies,
    folder,
    reported,
    stop: async () => {
      client.destroy();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
