import * as z from "zod";
import type { Membership, Memberships } from "../ports/store.ts";
import { feedKey } from "./feed-row.ts";
import { entryKey, entryPrefix, feedPartition } from "./keys.ts";
import { allRows, type Table } from "./table.ts";

const membershipRow = z.object({
  feed: feedKey,
  id: z.string(),
  published: z.number(),
  version: z.number(),
} satisfies Record<keyof Membership, z.ZodType>);

/** More than twice the entries of a usual feed: most renders read one page. */
const pageSize = 50;

export const tableMemberships = (table: Table): Memberships => ({
  put: async (site, { feed, id, published, version }) => {
    await table.put(
      { ...entryKey(site, feed, published, id), feed, id, published, version },
      { kind: "notNewer", version },
    );
  },
  remove: async (site, { feed, id, published, version }) => {
    await table.remove(entryKey(site, feed, published, id), { kind: "notNewer", version });
  },
  async *newest(site, feed) {
    const query = {
      partition: feedPartition(site, feed),
      sort: { prefix: entryPrefix },
      newestFirst: true,
      limit: pageSize,
    };
    for await (const row of allRows(table, query)) yield membershipRow.parse(row);
  },
});
