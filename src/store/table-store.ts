import * as z from "zod";
import { type AccountState, type LoginCheck, type Pause, unknownRequests } from "../domain/account.ts";
import { conflict, type RateWindow, retryOnConflict } from "../domain/concurrency.ts";
import type { Notice } from "../domain/notice.ts";
import type { ServerState } from "../domain/request-gates.ts";
import { allAccounts, type Stop, type Stops } from "../domain/stopped.ts";
import type { Objects } from "../ports/feeds.ts";
import type { TokenRow, TokenRows, TokenStore } from "../ports/networks.ts";
import type { Runtime } from "../ports/runtime.ts";
import type {
  Accounts,
  AuditProgress,
  Audits,
  Moves,
  Notices,
  RateWindows,
  RequestMarks,
  Servers,
  StopRows,
  Store,
  SweepRound,
  SweepRounds,
} from "../ports/store.ts";
import { actRow, tableActLog } from "./act-log.ts";
import { archivedRow, archiveMarksRow, archivePageRow, tableArchive } from "./archive-rows.ts";
import { compressedBodies } from "./bodies.ts";
import { deliveryRow, tableDeliveries } from "./delivery-rows.ts";
import {
  documentRow,
  listingMarksRow,
  listingRow,
  sourceStateRow,
  tableDocuments,
  tableListings,
  tableSourceStates,
} from "./document-rows.ts";
import { type DueTable, type OnDue, putDue, tableDue } from "./due-index.ts";
import {
  candidateRow,
  feedRow,
  membershipRow,
  pingRow,
  siteFeedRow,
  tableFeeds,
  tableMemberships,
  tablePings,
} from "./feed-rows.ts";
import {
  accountKey,
  auditKey,
  identityKey,
  movedKey,
  noticeKey,
  partitions,
  rateWindowKey,
  restoreKey,
  serverKey,
  stopsKey,
  sweepKey,
  tokenKey,
} from "./keys.ts";
import {
  aliasRow,
  pageCheckRow,
  postRow,
  tableAliases,
  tablePageChecks,
  tablePosts,
  tableTranslations,
  translationRow,
} from "./post-rows.ts";
import { formattedTable, type RowFormat, rowFormat, type StoredKind } from "./row-format.ts";
import {
  instant,
  onVersion,
  orUndefined,
  parseOrReplace,
  parseRow,
  readableVersion,
  readOrFresh,
  readRow,
  saveRow,
  type Table,
  type UnreadableRow,
} from "./table.ts";

export interface StoreOptions extends Pick<Runtime, "newId"> {
  /** Stores bodies that are too long for a row. */
  readonly bodies: Objects;
  readonly onDue?: OnDue;
  /** Called with each row that cannot be read, whenever it is read. */
  readonly onUnreadable?: (unreadable: UnreadableRow) => void;
  /** The format of the rows that are written. Tests pass a later one. */
  readonly format?: RowFormat;
}

/** The store keeps all rows in one table. Every save is one conditional write of one row. */
export const tableStore = (
  given: Table,
  { bodies, newId, onDue = () => {}, onUnreadable, format = rowFormat }: StoreOptions,
): Store & TokenStore => {
  const reporting = onUnreadable === undefined ? given : { ...given, onUnreadable };
  const table = formattedTable(reporting, { format, kinds: Object.values(storedKinds) });
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
    stops: tableStops(table),
    actLog: tableActLog(table),
    requestMarks: objectMarks(table, bodies, newId),
    tokens: tableTokens(table),
  };
};

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
    const fresh = { site, to, about, items: [], more: 0, attempts: 0, count: 0 };
    const { dueAt, ...notice } = await readOrFresh(rows.table, noticeKey({ site, to, about }), noticeRow, fresh);
    return { ...notice, due: dueAt };
  },
  save: ({ due, ...notice }) => {
    const { site, to, about, version } = notice;
    const row = { ...notice, version: version + 1 };
    return putDue(rows, { kind: "notice", site, to, about }, row, due, onVersion(version));
  },
});

const movedRow = z.object({ at: instant });

const tableMoves = (table: Table): Moves => ({
  // A home that was left sends nothing, even if it cannot be read when that was.
  read: async () => {
    const row = await table.get(movedKey);
    return row && parseOrReplace(table, row, movedRow, { at: 0 }).at;
  },
  mark: async (at) => {
    await table.put({ ...movedKey, at }, undefined, { durable: true });
  },
  clear: async () => {
    await table.remove(movedKey);
  },
});

const stopsRow = z.object({
  version: z.number(),
  accounts: z.record(
    z.string(),
    z.object({
      since: instant,
      why: z.string(),
      by: orUndefined(z.string()),
      isRestored: z.literal(true).optional(),
    } satisfies Record<keyof Stop, z.ZodType>),
  ),
} satisfies Record<keyof Stops, z.ZodType>);

const tableStops = (table: Table): StopRows => ({
  // If the row cannot be read that says what a person has stopped, all sending is stopped.
  read: async () => {
    const row = await table.get(stopsKey);
    const everything = { since: 0, why: "what was stopped cannot be read from the data", by: "Crier" };
    return row === undefined
      ? { version: 0, accounts: {} }
      : parseOrReplace(table, row, stopsRow, { accounts: { [allAccounts]: everything } });
  },
  save: (stops) => saveRow(table, stopsKey, stops),
});

const identityRow = z.object({ id: z.string() });

const mark = z.object({ table: z.string(), requests: z.number() });

const parseMark = (bytes: Uint8Array | undefined): z.output<typeof mark> | undefined => {
  try {
    return bytes && mark.parse(JSON.parse(Buffer.from(bytes).toString()));
  } catch {
    return undefined;
  }
};

/**
 * Stores the marks as objects: when the table is restored, they are not. A mark that is lost or damaged counts as none,
 * and the next request writes it again.
 */
const objectMarks = (table: Table, objects: Objects, newId: Runtime["newId"]): RequestMarks => {
  let hasIdentity = false;
  const readIdentity = async (): Promise<string | undefined> => (await readRow(table, identityKey, identityRow))?.id;
  const readMark = async (account: string) => {
    const key = `sent/${encodeURIComponent(account)}.json`;
    const id = await readIdentity();
    const stored = id === undefined ? undefined : await objects.read(key);
    const found = parseMark(stored?.bytes);
    return { key, id, etag: stored?.etag, requests: found?.table === id ? (found?.requests ?? 0) : 0 };
  };
  return {
    begin: async () => {
      if (hasIdentity) return;
      hasIdentity = (await readIdentity()) !== undefined;
      if (hasIdentity) return;
      const isNew = (await table.get(identityKey)) === undefined;
      await table.put({ ...identityKey, id: newId() }, isNew ? { kind: "absent" } : undefined);
    },
    read: async (account) => (await readMark(account)).requests,
    raise: (account, requests) =>
      retryOnConflict(`the mark of ${account}`, async () => {
        const { key, id, etag, requests: marked } = await readMark(account);
        if (id === undefined || marked >= requests) return undefined;
        const bytes = Buffer.from(JSON.stringify({ table: id, requests }));
        return (await objects.put(key, bytes, { contentType: "application/json", over: etag })) ? undefined : conflict;
      }),
  };
};

const sweepRoundRow = z.object({
  began: instant,
  place: orUndefined(z.string()),
  isOver: z.boolean(),
} satisfies Record<keyof SweepRound, z.ZodType>);

const tableSweepRounds = (table: Table): SweepRounds => ({
  read: () => readRow(table, sweepKey, sweepRoundRow),
  save: async (round) => {
    await table.put({ ...sweepKey, ...round });
  },
});

const auditRow = z.object({
  configuration: z.string(),
  began: instant,
  next: z.number(),
} satisfies Record<keyof AuditProgress, z.ZodType>);

const tableAudits = (table: Table): Audits => ({
  read: () => readRow(table, auditKey, auditRow),
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
  read: (name) => readOrFresh(table, rateWindowKey(name), windowRow, { name, counted: {} }),
  save: (window) => saveRow(table, rateWindowKey(window.name), window),
});

const outage = z.object({
  failures: z.number(),
  since: instant.optional(),
  until: instant,
  reason: z.string(),
});

const accountRow = z.object({
  name: z.string(),
  version: z.number(),
  sent: z.record(z.string(), z.number()),
  notes: z.array(z.string()).optional(),
  spent: orUndefined(z.object({ month: z.string(), before: z.number(), recent: z.record(z.string(), z.number()) })),
  inFlight: orUndefined(
    z.object({ delivery: z.string(), version: z.number(), until: instant, login: orUndefined(z.string()) }),
  ),
  down: orUndefined(outage),
  longest: z.number().optional(),
  checked: z
    .object({
      at: instant,
      login: orUndefined(z.string()),
      identity: orUndefined(z.string()),
      place: orUndefined(z.string()),
      problem: orUndefined(z.string()),
      endsAt: orUndefined(instant),
      notRenewed: orUndefined(z.string()),
      told: orUndefined(z.object({ days: z.number(), text: z.string() })),
    } satisfies Record<keyof LoginCheck, z.ZodType>)
    .optional(),
  requests: z.number().optional(),
  elsewhere: z.object({ at: instant, copy: z.string() }).optional(),
  paused: orUndefined(
    z.object({
      since: instant,
      tried: instant.optional(),
      reason: z.string(),
      login: orUndefined(z.string()),
      remedy: orUndefined(z.string()),
      until: orUndefined(instant),
      command: z.string().optional(),
      isCheck: z.boolean().optional(),
    } satisfies Record<keyof Pause, z.ZodType>),
  ),
} satisfies Record<keyof AccountState, z.ZodType>);

const tableAccounts = (table: Table): Accounts => ({
  read: async (name) => {
    const row = await table.get(accountKey(name));
    const fresh = { name, sent: {} };
    return row === undefined
      ? accountRow.parse({ ...fresh, version: 0 })
      : parseOrReplace(table, row, accountRow, { ...fresh, requests: unknownRequests });
  },
  save: (state) => saveRow(table, accountKey(state.name), state),
});

const serverRow = z.object({
  name: z.string(),
  version: z.number(),
  down: orUndefined(outage),
  inFlight: orUndefined(z.object({ delivery: z.string(), version: z.number(), since: instant, until: instant })),
} satisfies Record<keyof ServerState, z.ZodType>);

const tableServers = (table: Table): Servers => ({
  read: (name) => readOrFresh(table, serverKey(name), serverRow, { name }),
  save: (state) => saveRow(table, serverKey(state.name), state),
});

const tokenRow = z.object({
  name: z.string(),
  version: z.number(),
  sealed: orUndefined(z.string()),
  renewing: orUndefined(instant),
} satisfies Record<keyof TokenRow, z.ZodType>);

const tableTokens = (table: Table): TokenRows => ({
  read: async (name) => {
    const empty = { name, sealed: undefined, renewing: undefined };
    const row = await table.get(tokenKey(name));
    if (row === undefined) return { ...empty, version: 0 };
    // The tokens of a row that cannot be parsed are lost: the next ones overwrite it.
    return parseRow(table, row, tokenRow) ?? { ...empty, version: readableVersion(row) };
  },
  save: async (row) => ((await saveRow(table, tokenKey(row.name), row)) ? row.version + 1 : undefined),
});

/** A deployment and a data folder keep of a restore at least which file it was. */
const restoreRow = z.object({ state: z.string(), sha256: z.string(), made: instant });

/** Every kind of row that is stored. */
export const storedKinds = {
  post: { partition: partitions.post, sort: /^POST$/, schema: postRow, writtenOnly: ["sitePosts"] },
  delivery: {
    partition: partitions.post,
    sort: /^DELIVERY#/,
    schema: deliveryRow,
    writtenOnly: ["accountState", "position"],
  },
  pageCheck: { partition: partitions.post, sort: /^PAGE$/, schema: pageCheckRow },
  document: { partition: partitions.document, sort: /^/, schema: documentRow, writtenOnly: ["sitePosts", "updated"] },
  alias: { partition: partitions.alias, sort: /^ALIAS$/, schema: aliasRow, writtenOnly: ["value"] },
  shared: { partition: partitions.shared, sort: /^/, schema: aliasRow },
  translation: { partition: partitions.translation, sort: /^LANGUAGE#/, schema: translationRow },
  siteFeed: { partition: partitions.site, sort: /^FEED#/, schema: siteFeedRow },
  sourceState: { partition: partitions.site, sort: /^SOURCE#/, schema: sourceStateRow },
  feed: { partition: partitions.feed, sort: /^FEED$/, schema: feedRow },
  membership: { partition: partitions.feed, sort: /^ENTRY#/, schema: membershipRow },
  candidate: { partition: partitions.feed, sort: /^CANDIDATE#/, schema: candidateRow },
  ping: { partition: partitions.feed, sort: /^PING#/, schema: pingRow },
  archivePage: { partition: partitions.feed, sort: /^ARCHIVE#/, schema: archivePageRow },
  archived: { partition: partitions.feed, sort: /^ARCHIVED#[^#]+$/, schema: archivedRow },
  archiveMarks: { partition: partitions.feed, sort: /^UNNUMBERED#/, schema: archiveMarksRow },
  notice: { partition: partitions.notice, sort: /^NOTICE$/, schema: noticeRow },
  account: { partition: partitions.account, sort: /^ACCOUNT$/, schema: accountRow },
  token: { partition: partitions.token, sort: /^TOKEN$/, schema: tokenRow },
  server: { partition: partitions.server, sort: /^SERVER$/, schema: serverRow },
  log: { partition: partitions.log, sort: /^\d{4}-/, schema: actRow },
  stops: { partition: partitions.stop, sort: /^STOP$/, schema: stopsRow },
  window: { partition: partitions.window, sort: /^WINDOW$/, schema: windowRow },
  listing: { partition: partitions.listing, sort: /^STATE$/, schema: listingRow },
  listingMarks: { partition: partitions.listing, sort: /^MARKS#\d{6}$/, schema: listingMarksRow },
  round: { partition: partitions.round, sort: /^ROUND$/, schema: z.union([auditRow, sweepRoundRow, identityRow]) },
  moved: { partition: movedKey.pk, sort: /^MOVED$/, schema: movedRow },
  restore: { partition: restoreKey.pk, sort: /^RESTORE$/, schema: restoreRow, writtenOnly: ["at"] },
} as const satisfies Readonly<Record<string, StoredKind>>;
