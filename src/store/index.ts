import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Objects, Store } from "../ports.ts";
import { dynamoAccounts } from "./accounts.ts";
import { dynamoAliases } from "./aliases.ts";
import { dynamoArchive } from "./archive.ts";
import { compressedBodies } from "./bodies.ts";
import { dynamoDeliveries } from "./deliveries.ts";
import { dynamoDocuments } from "./documents.ts";
import { dynamoDue } from "./due.ts";
import { dynamoFeeds } from "./feeds.ts";
import { dynamoMemberships } from "./memberships.ts";
import { dynamoPings } from "./pings.ts";
import { dynamoPosts } from "./posts.ts";
import { dynamoTable } from "./table.ts";
import type { OnDue } from "./wake.ts";

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
    due: dynamoDue(rows),
  };
};
