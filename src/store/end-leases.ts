import type { Instant } from "../domain/time.ts";
import { rowKey } from "./index-pages.ts";
import { dueShards, indexes } from "./keys.ts";
import { collect, type Table } from "./table.ts";

const pageSize = 500;

/**
 * Ends every lease of a process that is certainly dead: its feeds can be rendered at once, and its claims have expired. A
 * request in flight may still be applied, which `settle` waits for. A row with a lease is always due.
 */
export const endLeases = async (table: Table, now: Instant): Promise<void> => {
  for (const partition of dueShards)
    for (const entry of await collect(table, { index: indexes.due, partition, limit: pageSize })) {
      const key = rowKey.parse(entry);
      const { lease, leaseUntil } = (await table.get(key)) ?? {};
      if (lease !== undefined) await table.update(key, { remove: ["lease"] }, { kind: "present" });
      if (leaseUntil !== undefined)
        await table.update(key, { set: { leaseUntil: now, dueAt: now } }, { kind: "present" });
    }
};
