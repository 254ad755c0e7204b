import { createHash } from "node:crypto";
import * as z from "zod";
import { conflict, retryOnConflict } from "../domain/concurrency.ts";
import {
  type Delivery,
  type DeliveryList,
  type DeliveryState,
  deliveryStates,
  holdKinds,
  holdsForPerson,
  listOfDelivery,
  noHistory,
  nothingPassed,
  openChanges,
  type Passed,
  seedText,
  textDecisions,
} from "../domain/delivery.ts";
import { errorMessage } from "../domain/errors.ts";
import { isRecord, parseUntrustedJson } from "../domain/json-value.ts";
import type { Deliveries, DeliveryRef } from "../ports/store.ts";
import { type DueTable, putDue, updateDue } from "./due-index.ts";
import { accountState, deliveryKey, deliveryPrefix, indexes, parseRef, postKey } from "./keys.ts";
import {
  allOf,
  type Change,
  type Condition,
  collect,
  instant,
  onVersion,
  orUndefined,
  parseRow,
  type Row,
  readIndexPage,
  rowKey,
  unreadableVersion,
} from "./table.ts";

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
  former: text.optional(),
});
const remotes = z.array(remote).readonly();
const duplicate = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("equal"), remote: remote.pick({ id: true, url: true, public: true }), sent }),
  z.object({ kind: z.literal("copy") }),
]);
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
  plannedBy: text.optional(),
  published: instant,
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
  text: z
    .object({ value: text, by: text.optional(), at: instant, over: text, ifOvertaken: z.enum(textDecisions) })
    .optional(),
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
    unanswered: text.optional(),
    reason: text,
  }),
  inState("posted", { ...onNetwork, stale: z.boolean(), hold: orUndefined(z.literal("approval")) }),
  inState("editing", { ...change, edit: z.object(content), edited: z.number() }),
  inState("deleting", change),
  inState("deleted", { remotes, reason, reopens: z.boolean() }),
  inState("failed", { reason: text, duplicate: duplicate.optional() }),
  inState("unknown", { sent, reason: text }),
  inState("cancelled", {
    reason: text,
    reopens: z.boolean(),
    heldAs: z.object({ hold: z.enum(holdsForPerson), reason: text }).optional(),
  }),
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
  published: 0,
  copy: 1,
  attempts: 1,
  turnedAway: undefined,
  withdrawn: undefined,
  text: undefined,
  passed: nothingPassed,
  note: undefined,
  due: undefined,
  history: noHistory,
};

const commonRow = z.object(common);

/** The fields that decide whether a delivery is sent, where it goes, with which key, and what it says. */
const decisive: readonly string[] = ["sandbox", "network", "copy", "withdrawn", "text"];

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
    ? { ...shared, state: "held", hold: "unreadable", reason: `${why}: look there, then release or dismiss it` }
    : { ...shared, state: "unknown", sent: found, reason: why };
};

/** A row of a delivery that cannot be read as the store reads it. An export has it instead of the row. */
export const standInDelivery = (row: Row, ref: Omit<DeliveryRef, "kind">): Row => toRow(standInFor(row, ref));

/** More than there are kinds of holds. */
const holdParts = 16;

/** The positions of an older program are below this: they have only the moment, and so has a row without one. */
const leastWithHold = 2 ** 43;

/** Returns the moment of a position in a list, and the kind of hold if it is one. */
export const parsePosition = (list: DeliveryList, position: number) =>
  list === "held" && position > leastWithHold
    ? { position: Math.floor(position / holdParts), hold: holdKinds[position % holdParts] }
    : { position, hold: list === "held-edit" ? ("approval" as const) : undefined };

/**
 * The place of a delivery in its list: when it goes out, when it went out, or for another state when it was planned. That
 * of a held one has the kind of its hold in its last digits, so that the kinds are counted by the keys alone.
 */
const positionOf = ({ state, hold, due, sent, planned }: Delivery): number => {
  if (state === "pending") return due ?? planned;
  if (state === "held") return planned * holdParts + holdKinds.indexOf(hold);
  return state === "posted" ? sent.firstSentAt : planned;
};

const toRow = (delivery: Delivery): Row => {
  const { due: _, ...attributes } = deliveryRow.encode(delivery);
  return {
    ...attributes,
    version: delivery.version + 1,
    accountState: accountState(delivery.account, listOfDelivery(delivery)),
    position: positionOf(delivery),
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

/** These lists are in the order in which their deliveries go out, all others have the newest first. */
const waitingLists: readonly DeliveryList[] = ["pending", "held"];

export const listQuery = (account: string, list: DeliveryList) => ({
  index: indexes.state,
  partition: accountState(account, list),
  newestFirst: !waitingLists.includes(list),
  limit: deliveriesInPage,
});

const isBeforeSend = ({ state, sent, open = 0, progress, leaseUntil }: Delivery): boolean =>
  (state === "sending" && sent !== undefined) || (progress !== undefined && leaseUntil !== undefined && open > 0);

export const tableDeliveries = (rows: DueTable): Deliveries => {
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
      const nudge = (change: Change) => updateDue(rows, ref, change, now, { kind: "present" });
      try {
        await nudge({ add: { nudges: 1 } });
      } catch (error) {
        // DynamoDB adds to numbers only.
        const row = await table.get(deliveryKey(ref));
        if (row === undefined || typeof row.nudges === "number") throw error;
        await nudge({ set: { nudges: 1 } });
      }
    },
    ofPost: async (site, post) => {
      const query = { partition: postKey(site, post).pk, sort: { prefix: deliveryPrefix }, limit: deliveriesInPage };
      return (await collect(table, query)).map(toDelivery);
    },
    inState: async (account, list, from) => {
      const page = await readIndexPage(table, { ...listQuery(account, list), from });
      return { rows: page.rows.map(toDelivery), next: page.next };
    },
  };
};
