import { createHash } from "node:crypto";
import * as z from "zod";
import type { AccountState } from "../domain/account.ts";
import { conflict, type RateWindow, retryOnConflict } from "../domain/concurrency.ts";
import {
  type Delivery,
  type DeliveryState,
  deliveryStates,
  holdKinds,
  noHistory,
  nothingPassed,
  openChanges,
  type Passed,
  seedText,
} from "../domain/delivery.ts";
import { errorMessage } from "../domain/errors.ts";
import { isRecord, parseUntrustedJson } from "../domain/json-value.ts";
import type { Notice } from "../domain/notice.ts";
import type { ServerState } from "../domain/request-gates.ts";
import { allAccounts, type Stops } from "../domain/stopped.ts";
import type { Objects } from "../ports/feeds.ts";
import type { TokenRow, TokenRows, TokenStore } from "../ports/networks.ts";
import type { Runtime } from "../ports/runtime.ts";
import type {
  Accounts,
  AuditProgress,
  Audits,
  Deliveries,
  DeliveryRef,
  Moves,
  Notices,
  RateWindows,
  Servers,
  StopRows,
  Store,
  SweepRound,
  SweepRounds,
} from "../ports/store.ts";
import { compressedBodies } from "./bodies.ts";
import { type DueTable, type OnDue, putDue, tableDue, updateDue } from "./due-index.ts";
import { tableArchive, tableFeeds, tableMemberships, tablePings } from "./feed-rows.ts";
import {
  accountKey,
  accountState,
  auditKey,
  deliveryKey,
  deliveryPrefix,
  indexes,
  movedKey,
  noticeKey,
  parseRef,
  postKey,
  rateWindowKey,
  serverKey,
  stopsKey,
  sweepKey,
  tokenKey,
} from "./keys.ts";
import {
  tableAliases,
  tableDocuments,
  tableListings,
  tablePageChecks,
  tablePosts,
  tableSourceStates,
  tableTranslations,
} from "./post-rows.ts";
import {
  allOf,
  type Condition,
  collect,
  instant,
  onVersion,
  orUndefined,
  parseOrReplace,
  parseRow,
  type Row,
  readableVersion,
  readIndexPage,
  readOrFresh,
  readRow,
  rowKey,
  saveRow,
  type Table,
  type UnreadableRow,
  unreadableVersion,
} from "./table.ts";

export interface StoreOptions extends Pick<Runtime, "newId"> {
  /** Stores bodies that are too long for a row. */
  readonly bodies: Objects;
  readonly onDue?: OnDue;
  /** Called with each row that cannot be read, whenever it is read. */
  readonly onUnreadable?: (unreadable: UnreadableRow) => void;
}

/** The store keeps all rows in one table. Every save is one conditional write of one row. */
export const tableStore = (
  given: Table,
  { bodies, newId, onDue = () => {}, onUnreadable: noteUnreadable }: StoreOptions,
): Store & TokenStore => {
  const table = noteUnreadable === undefined ? given : { ...given, noteUnreadable };
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

export const noticeRow = z.object({ ...noticeShape, dueAt: instant.optional() });

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

export const movedRow = z.object({ at: instant });

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

export const stopsRow = z.object({
  version: z.number(),
  accounts: z.record(z.string(), z.object({ since: instant, why: z.string(), by: orUndefined(z.string()) })),
} satisfies Record<keyof Stops, z.ZodType>);

const tableStops = (table: Table): StopRows => ({
  // Where it cannot be read what a person has stopped, all sending is.
  read: async () => {
    const row = await table.get(stopsKey);
    const everything = { since: 0, why: "what was stopped cannot be read from the data", by: "Crier" };
    return row === undefined
      ? { version: 0, accounts: {} }
      : parseOrReplace(table, row, stopsRow, { accounts: { [allAccounts]: everything } });
  },
  save: (stops) => saveRow(table, stopsKey, stops),
});

export const sweepRoundRow = z.object({
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

export const auditRow = z.object({
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

export const windowRow = z.object({
  name: z.string(),
  version: z.number(),
  counted: z.record(z.string(), z.number()),
} satisfies Record<keyof RateWindow, z.ZodType>);

const tableRateWindows = (table: Table): RateWindows => ({
  read: (name) => readOrFresh(table, rateWindowKey(name), windowRow, { name, counted: {} }),
  save: (window) => saveRow(table, rateWindowKey(window.name), window),
});

/** Returns why it cannot be read instead. */
const readRequest = (stored: string): Readonly<Record<string, unknown>> | string => {
  try {
    const value = parseUntrustedJson(stored);
    return isRecord(value) ? value : "it has no fields";
  } catch (error) {
    return errorMessage(error);
  }
};

/** A request is stored as text: a map in a row keeps no order, but a resend must be the same, byte for byte. */
const request = z.codec(z.string(), z.record(z.string(), z.unknown()).readonly(), {
  decode: (stored, context) => {
    const found = readRequest(stored);
    if (typeof found !== "string") return found;
    context.issues.push({ code: "custom", input: stored, message: `is not a request (${found})` });
    return z.NEVER;
  },
  encode: (stored) => JSON.stringify(stored),
});

const text = z.string();

const reason = orUndefined(text);
const content = { request, url: text, document: orUndefined(text) };
const sent = z.object({ ...content, identity: orUndefined(text), firstSentAt: instant, lastSentAt: instant });
const remote = z.object({
  id: text.nullable(),
  url: text.nullable(),
  public: z.boolean(),
  gone: z.boolean(),
  behind: z.literal(true).optional(),
});
const remotes = z.array(remote).readonly();
const claimable = { leaseUntil: orUndefined(instant), wait: orUndefined(instant) };
const progress = orUndefined(z.object({ from: request, steps: z.number() }));
const unfinished = orUndefined(
  z.object({ reason: text, isOpen: z.boolean(), progress, told: z.literal(true).exactOptional() }),
);
const onNetwork = { sent, remotes, unfinished, reason, openChange: orUndefined(z.enum(openChanges)) };
const change = { ...claimable, ...onNetwork, changeAttempts: z.number() };

const entries = z
  .array(
    z.object({
      at: instant,
      state: z.enum(deliveryStates),
      attempt: orUndefined(z.number()),
      reason,
      by: text.optional(),
    }),
  )
  .readonly();

const common = {
  site: text,
  post: text,
  account: text,
  generation: z.number(),
  network: text,
  version: z.number(),
  nudges: z.number(),
  sandbox: z.boolean(),
  seed: text,
  planned: instant,
  copy: z.number(),
  attempts: z.number(),
  turnedAway: z.number().optional(),
  passed: z.object({
    breaker: z.boolean(),
    approval: orUndefined(text),
    live: z.boolean(),
    copy: z.boolean(),
  } satisfies Record<keyof Passed, z.ZodType>),
  withdrawn: z.literal(true).optional(),
  note: orUndefined(text),
  due: orUndefined(instant),
  history: z.object({ first: entries, omitted: z.number(), last: entries }),
};

const inState = <S extends DeliveryState, Fields extends z.ZodRawShape>(state: S, fields: Fields) =>
  z.object({ ...common, ...fields, state: z.literal(state) });

export const deliveryRow = z.discriminatedUnion("state", [
  inState("pending", { wait: orUndefined(instant), reason }),
  inState("held", { hold: z.enum(holdKinds), reason: text }),
  inState("sending", { leaseUntil: instant, sent: orUndefined(sent) }),
  inState("unsettled", {
    ...claimable,
    sent,
    remotes,
    open: z.number(),
    progress,
    refused: orUndefined(text),
    reason: text,
  }),
  inState("posted", { ...onNetwork, stale: z.boolean(), hold: orUndefined(z.literal("approval")) }),
  inState("editing", { ...change, edit: z.object(content), edited: z.number() }),
  inState("deleting", change),
  inState("deleted", { remotes, reason, reopens: z.boolean() }),
  inState("failed", { reason: text }),
  inState("unknown", { sent, reason: text }),
  inState("cancelled", { reason: text, reopens: z.boolean() }),
]);

/**
 * What stands in for attributes that every delivery has. A person decides about such a delivery, and its network is asked
 * first where that is possible.
 */
const harmless = {
  network: "",
  version: unreadableVersion,
  nudges: unreadableVersion,
  sandbox: false,
  planned: 0,
  copy: 1,
  attempts: 1,
  turnedAway: undefined,
  passed: nothingPassed,
  note: undefined,
  due: undefined,
  history: noHistory,
};

const commonRow = z.object(common);

/** What a delivery cannot be trusted with: where it goes, and with which key. */
const decisive: readonly string[] = ["sandbox", "network", "copy"];

/** The states in which nothing is sent by itself. What is on the network, if anything, is in the row. */
const restingStates: readonly unknown[] = ["posted", "deleted", "failed", "unknown", "held", "cancelled"];

/**
 * A delivery whose row cannot be read may have been sent, so that it is neither sent nor created again by itself. It
 * stays as it is where only counts and notes are lost of one that is at rest. It is `unknown` where what was sent can be
 * read, and is searched for; else a person looks at the network.
 */
const standInFor = (row: Row, ref: Omit<DeliveryRef, "kind">): Delivery => {
  const { site, post, account, generation } = ref;
  const own = { ...row, site, post, account, generation };
  const faults = commonRow.safeParse(own).error?.issues.map(({ path: [name] }) => String(name)) ?? [];
  const readable = Object.fromEntries(Object.entries(own).filter(([name]) => !faults.includes(name)));
  const seed = createHash("sha256").update(seedText(site, ref)).digest("hex");
  const shared = commonRow.parse({ ...harmless, seed, ...readable });
  const isHarmless = restingStates.includes(row.state) && !faults.some((one) => decisive.includes(one));
  const same = isHarmless ? deliveryRow.safeParse({ ...row, ...shared }).data : undefined;
  if (same !== undefined) return same;
  const names = faults.length === 0 ? ["state"] : [...new Set(faults)];
  const why = `its stored row cannot be read (${names.join(", ")}), and it may be on the network`;
  const found = sent.safeParse(row.sent).data;
  return found === undefined
    ? { ...shared, state: "held", hold: "person", reason: `${why}: look there, then release or dismiss it` }
    : { ...shared, state: "unknown", sent: found, reason: why };
};

/** A row of a delivery that cannot be read as the store reads it. An export has it instead of the row. */
export const standInDelivery = (row: Row, ref: Omit<DeliveryRef, "kind">): Row => toRow(standInFor(row, ref));

const toRow = (delivery: Delivery): Row => {
  const { due: _, ...attributes } = deliveryRow.encode(delivery);
  return {
    ...attributes,
    version: delivery.version + 1,
    accountState: accountState(delivery.account, delivery.state),
  };
};

const refOfDelivery = ({ site, post, account, generation }: Delivery): DeliveryRef => ({
  kind: "delivery",
  site,
  post,
  account,
  generation,
});

const earlier = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);

const sameVersionAndNudges = ({ version, nudges }: Delivery): Condition =>
  nudges === unreadableVersion
    ? onVersion(version)
    : allOf(onVersion(version), { kind: "is", field: "nudges", value: nudges });

const deliveriesInPage = 50;

const isBeforeSend = ({ state, sent, open = 0, progress, leaseUntil }: Delivery): boolean =>
  (state === "sending" && sent !== undefined) || (progress !== undefined && leaseUntil !== undefined && open > 0);

const tableDeliveries = (rows: DueTable): Deliveries => {
  const { table } = rows;

  const toDelivery = ({ dueAt, ...attributes }: Row): Delivery => {
    const row = { ...attributes, due: dueAt };
    const ref = parseRef(rowKey.parse(row));
    const found = parseRow(table, row, deliveryRow);
    return found === undefined && ref?.kind === "delivery" ? standInFor(row, ref) : (found ?? deliveryRow.parse(row));
  };

  /**
   * A request that a power cut loses after it was sent would be sent again, so it is stored durably first. In the sandbox
   * that is not needed: a repeated post harms nobody, and an import has thousands of requests.
   */
  const put = (delivery: Delivery, condition: Condition): Promise<boolean> =>
    putDue(rows, refOfDelivery(delivery), toRow(delivery), delivery.due, condition, {
      durable: isBeforeSend(delivery) && !delivery.sandbox,
    });

  const read = async (ref: DeliveryRef): Promise<Delivery | undefined> => {
    const row = await table.get(deliveryKey(ref));
    return row && toDelivery(row);
  };

  const create = (delivery: Delivery): Promise<boolean> => put(delivery, { kind: "absent" });

  /** If a nudge arrives between read and save, neither is lost: the save keeps the row's nudges and due. */
  const save = async (delivery: Delivery): Promise<boolean> => {
    if (delivery.version === 0) return create(delivery);
    let next = delivery;
    return retryOnConflict(`the delivery of ${delivery.post} to ${delivery.account}`, async () => {
      if (await put(next, sameVersionAndNudges(next))) return true;
      const now = await read(refOfDelivery(delivery));
      if (now === undefined || now.version !== delivery.version) return false;
      next = { ...delivery, nudges: now.nudges, due: earlier(delivery.due, now.due) };
      return conflict;
    });
  };

  return {
    create,
    read,
    save,
    nudge: async (ref, now) => {
      await updateDue(rows, ref, { add: { nudges: 1 } }, now, { kind: "present" });
    },
    ofPost: async (site, post) => {
      const query = { partition: postKey(site, post).pk, sort: { prefix: deliveryPrefix }, limit: deliveriesInPage };
      return (await collect(table, query)).map(toDelivery);
    },
    inState: async (account, state, from) => {
      const page = await readIndexPage(table, {
        index: indexes.state,
        partition: accountState(account, state),
        newestFirst: true,
        limit: deliveriesInPage,
        from,
      });
      return { rows: page.rows.map(toDelivery), next: page.next };
    },
  };
};

export const accountRow = z.object({
  name: z.string(),
  version: z.number(),
  sent: z.record(z.string(), z.number()),
  spent: orUndefined(z.object({ month: z.string(), before: z.number(), recent: z.record(z.string(), z.number()) })),
  inFlight: orUndefined(
    z.object({ delivery: z.string(), version: z.number(), until: instant, login: orUndefined(z.string()) }),
  ),
  down: orUndefined(z.object({ failures: z.number(), until: instant, reason: z.string() })),
  longest: z.number().optional(),
  paused: orUndefined(
    z.object({
      since: instant,
      reason: z.string(),
      login: orUndefined(z.string()),
      remedy: orUndefined(z.string()),
      until: orUndefined(instant),
    }),
  ),
} satisfies Record<keyof AccountState, z.ZodType>);

const tableAccounts = (table: Table): Accounts => ({
  read: (name) => readOrFresh(table, accountKey(name), accountRow, { name, sent: {} }),
  save: (state) => saveRow(table, accountKey(state.name), state),
});

export const serverRow = z.object({
  name: z.string(),
  version: z.number(),
  down: orUndefined(z.object({ failures: z.number(), until: instant, reason: z.string() })),
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
    return tokenRow.safeParse(row).data ?? { ...empty, version: readableVersion(row) };
  },
  save: async (row) => ((await saveRow(table, tokenKey(row.name), row)) ? row.version + 1 : undefined),
});
