import * as z from "zod";
import { type Delivery, deliveryStates, type StoredRequest } from "../domain/delivery.ts";
import type { Deliveries, DeliveryRef } from "../ports/store.ts";
import { type Rows, tellDue } from "./due-listener.ts";
import { listed } from "./index-pages.ts";
import { accountState, deliveryKey, deliveryPrefix, dueAttributes, indexes, postKey } from "./keys.ts";
import { retryOnConflict } from "./retry.ts";
import { allOf, type Condition, collect, onVersion, type Row } from "./table.ts";

const storedRequest = z.record(z.string(), z.unknown());

/** A request is kept as text: a map in a row keeps no order, and a resend is byte for byte the same. */
const requestText = z.string().transform((text): StoredRequest => storedRequest.parse(JSON.parse(text)));

const instant = z.number();

const shape = {
  site: z.string(),
  post: z.string(),
  account: z.string(),
  generation: z.number(),
  network: z.string(),
  version: z.number(),
  state: z.enum(deliveryStates),
  nudges: z.number(),
  sandbox: z.boolean(),
  seed: z.string(),
  planned: instant,
  leaseUntil: instant.optional(),
  attempts: z.number(),
  changeAttempts: z.number().optional(),
  sent: z.object({ request: requestText, url: z.string(), firstSentAt: instant, lastSentAt: instant }).optional(),
  admitted: z.boolean(),
  approved: z.boolean(),
  refused: z.string().optional(),
  remote: z.object({ id: z.string().nullable(), url: z.string().nullable() }).optional(),
  stale: z.boolean(),
  reason: z.string().optional(),
  wait: instant.optional(),
} satisfies Record<Exclude<keyof Delivery, "due">, z.ZodType>;

const deliveryRow = z.object({ ...shape, dueAt: instant.optional() });

const toDelivery = (row: Row): Delivery => {
  const { dueAt, ...delivery } = deliveryRow.parse(row);
  return { ...delivery, due: dueAt };
};

const toRow = ({ due, sent, ...delivery }: Delivery) => {
  const key = deliveryKey(delivery);
  return {
    ...key,
    ...delivery,
    ...dueAttributes(key, due),
    version: delivery.version + 1,
    sent: sent && { ...sent, request: JSON.stringify(sent.request) },
    accountState: accountState(delivery.account, delivery.state),
  };
};

const refTo = ({ site, post, account, generation }: Delivery): DeliveryRef => ({
  kind: "delivery",
  site,
  post,
  account,
  generation,
});

const earlier = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);

const unmoved = ({ version, nudges }: Delivery): Condition =>
  allOf(onVersion(version), { kind: "is", field: "nudges", value: nudges });

const pageSize = 50;

export const tableDeliveries = (rows: Rows): Deliveries => {
  const { table } = rows;

  const put = async (delivery: Delivery, condition: Condition): Promise<boolean> => {
    const written = await table.put(toRow(delivery), condition);
    if (written) tellDue(rows, refTo(delivery), delivery.due);
    return written;
  };

  const read = async (ref: DeliveryRef): Promise<Delivery | undefined> => {
    const row = await table.get(deliveryKey(ref));
    return row && toDelivery(row);
  };

  const create = (delivery: Delivery): Promise<boolean> => put(delivery, { kind: "absent" });

  /** A nudge between read and save loses neither: the save keeps the row's nudges and its due (interleaving 33). */
  const save = async (delivery: Delivery): Promise<boolean> => {
    if (delivery.version === 0) return create(delivery);
    let next = delivery;
    return retryOnConflict(`the delivery of ${delivery.post} to ${delivery.account}`, async () => {
      if (await put(next, unmoved(next))) return true;
      const now = await read(refTo(delivery));
      if (now === undefined || now.version !== delivery.version) return false;
      next = { ...delivery, nudges: now.nudges, due: earlier(delivery.due, now.due) };
      return undefined;
    });
  };

  return {
    create,
    read,
    save,
    nudge: async (ref, now) => {
      const key = deliveryKey(ref);
      const change = { set: dueAttributes(key, now), add: { nudges: 1 } };
      const nudged = await table.update(key, change, { kind: "present" });
      if (nudged !== undefined) tellDue(rows, ref, now);
    },
    ofPost: async (site, post) => {
      const query = { partition: postKey(site, post).pk, sort: { prefix: deliveryPrefix }, limit: pageSize };
      return (await collect(table, query)).map(toDelivery);
    },
    inState: async (account, state, from) => {
      const page = await listed(table, {
        index: indexes.state,
        partition: accountState(account, state),
        newestFirst: true,
        limit: pageSize,
        from,
      });
      return { rows: page.rows.map(toDelivery), next: page.next };
    },
  };
};
