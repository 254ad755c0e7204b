import type { Objects } from "../ports/feeds.ts";
import type { TokenStore } from "../ports/networks.ts";
import type { Runtime } from "../ports/runtime.ts";
import type { Store } from "../ports/store.ts";
import { tableAccounts } from "./account-rows.ts";
import { tableAliases } from "./alias-rows.ts";
import { tableArchive } from "./archive-rows.ts";
import { tableAudits } from "./audit-rows.ts";
import { compressedBodies } from "./bodies.ts";
import { tableDeliveries } from "./delivery-rows.ts";
import { tableDocuments } from "./document-rows.ts";
import { tableDue } from "./due-index.ts";
import type { OnDue } from "./due-writes.ts";
import { tableFeeds } from "./feed-rows.ts";
import { tableListings } from "./listing-rows.ts";
import { tableMemberships } from "./membership-rows.ts";
import { tableMoves } from "./moved-row.ts";
import { tableNotices } from "./notice-rows.ts";
import { tablePageChecks } from "./page-check-rows.ts";
import { tablePings } from "./ping-rows.ts";
import { tablePosts } from "./post-rows.ts";
import { tableRateWindows } from "./rate-window-rows.ts";
import { tableServers } from "./server-rows.ts";
import { tableSourceStates } from "./source-state-rows.ts";
import { tableSweepRounds } from "./sweep-round-rows.ts";
import type { Table } from "./table.ts";
import { tableTokens } from "./token-rows.ts";
import { tableTranslations } from "./translation-rows.ts";

export interface StoreOptions extends Pick<Runtime, "newId"> {
  /** For bodies that are too long for a row. */
  readonly bodies: Objects;
  readonly onDue?: OnDue;
}

/** All rows in one table. Every save is one conditional write of one row. */
export const tableStore = (table: Table, { bodies, newId, onDue = () => {} }: StoreOptions): Store & TokenStore => {
  const rows = { table, onDue };
  return {
    posts: tablePosts(rows, compressedBodies(bodies)),
    aliases: tableAliases(table),
    translations: tableTranslations(table),
    documents: tableDocuments(table, newId),
    sourceStates: tableSourceStates(table),
    feeds: tableFeeds(rows, newId),
    memberships: tableMemberships(table),
    archive: tableArchive(table),
    deliveries: tableDeliveries(rows),
    pings: tablePings(rows),
    notices: tableNotices(rows),
    accounts: tableAccounts(table),
    pageChecks: tablePageChecks(table),
    servers: tableServers(table),
    due: tableDue(rows),
    rateWindows: tableRateWindows(table),
    sweepRounds: tableSweepRounds(table),
    audits: tableAudits(table),
    listings: tableListings(table),
    moves: tableMoves(table),
    tokens: tableTokens(table),
  };
};
