import * as z from "zod";
import type { TokenRow, TokenRows } from "../ports/networks.ts";
import { tokenKey } from "./keys.ts";
import { orUndefined } from "./or-undefined.ts";
import { type Condition, onVersion, type Table } from "./table.ts";

const tokenRow = z.object({
  name: z.string(),
  version: z.number(),
  sealed: orUndefined(z.string()),
  renewing: orUndefined(z.number()),
} satisfies Record<keyof TokenRow, z.ZodType>);

/** Of a row that cannot be read. */
const unreadable = -1;

const over = (version: number): Condition => (version === unreadable ? { kind: "present" } : onVersion(version));

export const tableTokens = (table: Table): TokenRows => ({
  read: async (name) => {
    const empty = { name, sealed: undefined, renewing: undefined };
    const row = await table.get(tokenKey(name));
    if (row === undefined) return { ...empty, version: 0 };
    // Its tokens are lost, as those of a row that is gone: the next ones are written over it.
    return tokenRow.safeParse(row).data ?? { ...empty, version: unreadable };
  },
  save: async (row) => {
    const version = Math.max(row.version, 0) + 1;
    return (await table.put({ ...tokenKey(row.name), ...row, version }, over(row.version))) ? version : undefined;
  },
});
