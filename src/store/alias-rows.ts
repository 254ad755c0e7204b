import * as z from "zod";
import type { Aliases, AliasKind } from "../ports/store.ts";
import { aliasKey, sharedKey, sharedPartition } from "./keys.ts";
import type { Table } from "./table.ts";

const aliasRow = z.object({ post: z.string() });

const maxSharing = 50;

export const tableAliases = (table: Table): Aliases => {
  const read = async (site: string, kind: AliasKind, value: string): Promise<string | undefined> => {
    const row = await table.get(aliasKey(site, kind, value));
    return row && aliasRow.parse(row).post;
  };
  return {
    read,
    claim: async (site, kind, value, id) => {
      const row = { ...aliasKey(site, kind, value), value, post: id };
      if (await table.put(row, { kind: "absent" })) return id;
      const holder = await read(site, kind, value);
      if (holder === undefined)
        throw new Error(`the ${kind} "${value}" was removed while it was being claimed: ingest the document again`);
      return holder;
    },
    takeOver: async (site, kind, value, from, to) =>
      (await table.update(
        aliasKey(site, kind, value),
        { set: { post: to } },
        { kind: "is", field: "post", value: from },
      )) !== undefined,
    share: async (site, kind, shared, id) => {
      await table.put({ ...sharedKey(site, kind, shared, id), post: id });
    },
    unshare: async (site, kind, shared, id) => {
      await table.remove(sharedKey(site, kind, shared, id));
    },
    sharing: async (site, kind, { value, hash }) => {
      const { rows } = await table.page({
        partition: sharedPartition(site, kind, value),
        ...(hash !== undefined && { sort: { prefix: sharedKey(site, kind, { value, hash }, "").sk } }),
        limit: maxSharing,
      });
      return rows.map((row) => aliasRow.parse(row).post);
    },
  };
};
