import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { TokenStore } from "../ports/networks.ts";
import type { Store } from "../ports/store.ts";
import { dynamoTable } from "./dynamo-table.ts";
import { type StoreOptions, tableStore } from "./table-store.ts";

export interface DynamoOptions extends StoreOptions {
  readonly client: DynamoDBClient;
  /** The table's name. */
  readonly table: string;
}

export const dynamoStore = ({ client, table, ...options }: DynamoOptions): Store & TokenStore =>
  tableStore(dynamoTable(client, table, options.newId), options);
