import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Objects } from "../ports/feeds.ts";
import type { Store } from "../ports/store.ts";
import { dynamoAccounts } from "./account-rows.ts";
import { dynamoAliases } from "./alias-rows.ts";
import { dynamoArchive } from "./archive-rows.ts";
import { compressedBodies } from "./bodies.ts";
import { dynamoDeliveries } from "./delivery-rows.ts";
import { dynamoDocuments } from "./document-rows.ts";
import { dynamoDue } from "./due-index.ts";
import type { OnDue } from "./due-listener.ts";
import { dynamoTable } from "./dynamo-table.ts";
import { dynamoFeeds } from "./feed-rows.ts";
import { dynamoMemberships } from "./membership-rows.ts";
import { dynamoPings } from "./ping-rows.ts";
import { dynamoPosts } from "./post-rows.ts";
import { dynamoRateWindows } from "./rate-window-rows.ts";

export interface StoreOptions {
  readonly client: DynamoDBClient;
  /** The table's name. */
  readonly table: string;
  /** Where bodies go that no row can hold. */
  readonly bodies: Objects;
  readonly onDue?: OnDue | undefined;
}

/** All rows in one table. Every save is one conditional write on one row. */
export const dynamoStore = ({ client, table: name, bodies, onDue = () => {} }: StoreOptions): Store => {
  const table = dynamoTable(client, name);
  const rows = { table, onDue };
  return {
    posts: dynamoPosts(rows, compressedBodies(bodies)),
    aliases: dynamoAliases(table),
    documents: dynamoDocuments(table),
    feeds: dynamoFeeds(rows),
    memberships: dynamoMemberships(table),
    archive: dynamoArchive(table),
    deliveries: dynamoDeliveries(rows),
    pings: dynamoPings(rows),
    accounts: dynamoAccounts(table),
    rateWindows: dynamoRateWindows(table),
    due: dynamoDue(rows),
  };
};
