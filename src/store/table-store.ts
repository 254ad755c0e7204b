import * as z from "zod";
import type { RateWindow } from "../domain/concurrency.ts";
import type { Notice } from "../domain/notice.ts";
import type { Objects } from "../ports/feeds.ts";
import type { TokenStore } from "../ports/networks.ts";
import type { Runtime } from "../ports/runtime.ts";
import type {
  AuditProgress,
  Audits,
  Moves,
  Notices,
  RateWindows,
  Store,
  SweepRound,
  SweepRounds,
} from "../ports/store.ts";
import { compressedBodies } from "./bodies.ts";
import { tableAccounts, tableDeliveries, tableServers, tableTokens } from "./delivery-rows.ts";
import { type DueTable, type OnDue, putDue, tableDue } from "./due-index.ts";
import { tableArchive, tableFeeds, tableMemberships, tablePings } from "./feed-rows.ts";
import { auditKey, movedKey, noticeKey, rateWindowKey, sweepKey } from "./keys.ts";
import {
  tableAliases,
  tableDocuments,
  tableListings,
  tablePageChecks,
  tablePosts,
  tableSourceStates,
  tableTranslations,
} from "./post-rows.ts";
import { onVersion, orUndefined, type Table } from "./table.ts";

export interface StoreOptions extends Pick<Runtime, "newId"> {
  /** Stores bodies that are too long for a row. */
  readonly bodies: Objects;
  readonly onDue?: OnDue;
}

/** The store keeps all rows in one table. Every save is one conditional write of one row. */
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

const instant = z.number();

const noticeShape = {
  site: z.string(),
  to: z.enum(["owner", "site"]),
  about: z.string(),
  version: z.number(),
  items: z.array(z.object({ id: z.string(), from: instant })),
  more: z.number(),
  attempts: z.number(),
  since: orUndefined(instant),
  wait: orUndefined(instant),
  reason: orUndefined(z.string()),
  told: orUndefined(instant),
  count: z.number(),
  content: orUndefined(z.string()),
} satisfies Record<Exclude<keyof Notice, "due">, z.ZodType>;

const noticeRow = z.object({ ...noticeShape, dueAt: instant.optional() });

const tableNotices = (rows: DueTable): Notices => ({
  read: async ({ site, to, about }) => {
    const row = await rows.table.get(noticeKey({ site, to, about }));
    const { dueAt, ...notice } = noticeRow.parse(
      row ?? { site, to, about, version: 0, items: [], more: 0, attempts: 0, count: 0 },
    );
    return { ...notice, due: dueAt };
  },
  save: ({ due, ...notice }) => {
    const { site, to, about, version } = notice;
    const row = { ...notice, version: version + 1 };
    return putDue(rows, { kind: "notice", site, to, about }, row, due, onVersion(version));
  },
});

const movedRow = z.object({ at: z.number() });

const tableMoves = (table: Table): Moves => ({
  read: async () => {
    const row = await table.get(movedKey);
    return row && movedRow.parse(row).at;
  },
  mark: async (at) => {
    await table.put({ ...movedKey, at }, undefined, { durable: true });
  },
  clear: async () => {
    await table.remove(movedKey);
  },
});

const sweepRoundRow = z.object({
  began: z.number(),
  place: orUndefined(z.string()),
  isOver: z.boolean(),
} satisfies Record<keyof SweepRound, z.ZodType>);

const tableSweepRounds = (table: Table): SweepRounds => ({
  read: async () => {
    const row = await table.get(sweepKey);
    return row && sweepRoundRow.parse(row);
  },
  save: async (round) => {
    await table.put({ ...sweepKey, ...round });
  },
});

const auditRow = z.object({
  configuration: z.string(),
  began: z.number(),
  next: z.number(),
} satisfies Record<keyof AuditProgress, z.ZodType>);

const tableAudits = (table: Table): Audits => ({
  read: async () => {
    const row = await table.get(auditKey);
    return row && auditRow.parse(row);
  },
  save: async (progress) => {
    await table.put({ ...auditKey, ...progress });
  },
});

const windowRow = z.object({
  name: z.string(),
  version: z.number(),
  counted: z.record(z.string(), z.number()),
} satisfies Record<keyof RateWindow, z.ZodType>);

const tableRateWindows = (table: Table): RateWindows => ({
  read: async (name) => {
    const row = await table.get(rateWindowKey(name));
    return row === undefined ? { name, version: 0, counted: {} } : windowRow.parse(row);
  },
  save: (window) =>
    table.put({ ...rateWindowKey(window.name), ...window, version: window.version + 1 }, onVersion(window.version)),
});
