import * as z from "zod";
import type { AccountState } from "../domain/account.ts";
import { conflict, retryOnConflict } from "../domain/concurrency.ts";
import { type Delivery, type DeliveryState, deliveryStates, holdKinds, openChanges } from "../domain/delivery.ts";
import type { ServerState } from "../domain/request-gates.ts";
import type { TokenRow, TokenRows } from "../ports/networks.ts";
import type { Accounts, Deliveries, DeliveryRef, Servers } from "../ports/store.ts";
import { type DueTable, putDue, updateDue } from "./due-index.ts";
import {
  accountKey,
  accountState,
  deliveryKey,
  deliveryPrefix,
  indexes,
  postKey,
  serverKey,
  tokenKey,
} from "./keys.ts";
import {
  allOf,
  type Condition,
  collect,
  onVersion,
  orUndefined,
  type Row,
  readIndexPage,
  type Table,
} from "./table.ts";

/** A request is stored as text: a map in a row keeps no order, but a resend must be the same, byte for byte. */
const request = z.codec(z.string(), z.record(z.string(), z.unknown()), {
  decode: (text) => JSON.parse(text),
  encode: (stored) => JSON.stringify(stored),
});

const text = z.string();
const instant = z.number();
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
  .array(z.object({ at: instant, state: z.enum(deliveryStates), attempt: orUndefined(z.number()), reason }))
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
  admitted: z.boolean(),
  approved: z.boolean(),
  skipsLive: z.boolean(),
  skipsLook: z.boolean(),
  note: orUndefined(text),
  due: orUndefined(instant),
  history: z.object({ first: entries, omitted: z.number(), last: entries }),
};

const inState = <S extends DeliveryState, Fields extends z.ZodRawShape>(state: S, fields: Fields) =>
  z.object({ ...common, ...fields, state: z.literal(state) });

const deliveryRow = z.discriminatedUnion("state", [
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
  inState("posted", { ...onNetwork, stale: z.boolean() }),
  inState("editing", { ...change, edit: z.object(content), edited: z.number() }),
  inState("deleting", change),
  inState("deleted", { remotes, reason, reopens: z.boolean() }),
  inState("failed", { reason: text }),
  inState("unknown", { sent, reason: text }),
  inState("cancelled", { reason: text, reopens: z.boolean() }),
]);

const toDelivery = ({ dueAt, ...row }: Row): Delivery => deliveryRow.parse({ ...row, due: dueAt });

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
  allOf(onVersion(version), { kind: "is", field: "nudges", value: nudges });

const deliveriesInPage = 50;

const isBeforeSend = ({ state, sent, open = 0, progress, leaseUntil }: Delivery): boolean =>
  (state === "sending" && sent !== undefined) || (progress !== undefined && leaseUntil !== undefined && open > 0);

export const tableDeliveries = (rows: DueTable): Deliveries => {
  const { table } = rows;

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

const accountRow = z.object({
  name: z.string(),
  version: z.number(),
  sent: z.record(z.string(), z.number()),
  spent: orUndefined(z.object({ month: z.string(), before: z.number(), recent: z.record(z.string(), z.number()) })),
  inFlight: orUndefined(
    z.object({ delivery: z.string(), version: z.number(), until: z.number(), login: orUndefined(z.string()) }),
  ),
  down: orUndefined(z.object({ failures: z.number(), until: z.number(), reason: z.string() })),
  longest: z.number().optional(),
  paused: orUndefined(z.object({ since: z.number(), reason: z.string(), login: orUndefined(z.string()) })),
} satisfies Record<keyof AccountState, z.ZodType>);

export const tableAccounts = (table: Table): Accounts => ({
  read: async (name) => {
    const row = await table.get(accountKey(name));
    return accountRow.parse(row ?? { name, version: 0, sent: {} });
  },
  save: (state) =>
    table.put({ ...accountKey(state.name), ...state, version: state.version + 1 }, onVersion(state.version)),
});

const serverRow = z.object({
  name: z.string(),
  version: z.number(),
  down: orUndefined(z.object({ failures: z.number(), until: z.number(), reason: z.string() })),
  inFlight: orUndefined(z.object({ delivery: z.string(), version: z.number(), since: z.number(), until: z.number() })),
} satisfies Record<keyof ServerState, z.ZodType>);

export const tableServers = (table: Table): Servers => ({
  read: async (name) => serverRow.parse((await table.get(serverKey(name))) ?? { name, version: 0 }),
  save: (state) =>
    table.put({ ...serverKey(state.name), ...state, version: state.version + 1 }, onVersion(state.version)),
});

const tokenRow = z.object({
  name: z.string(),
  version: z.number(),
  sealed: orUndefined(z.string()),
  renewing: orUndefined(z.number()),
} satisfies Record<keyof TokenRow, z.ZodType>);

/** The version of a row that cannot be parsed. */
const unreadableVersion = -1;

const replacing = (version: number): Condition =>
  version === unreadableVersion ? { kind: "present" } : onVersion(version);

export const tableTokens = (table: Table): TokenRows => ({
  read: async (name) => {
    const empty = { name, sealed: undefined, renewing: undefined };
    const row = await table.get(tokenKey(name));
    if (row === undefined) return { ...empty, version: 0 };
    // The tokens of a row that cannot be parsed are lost: the next ones overwrite it.
    return tokenRow.safeParse(row).data ?? { ...empty, version: unreadableVersion };
  },
  save: async (row) => {
    const version = Math.max(row.version, 0) + 1;
    return (await table.put({ ...tokenKey(row.name), ...row, version }, replacing(row.version))) ? version : undefined;
  },
});
