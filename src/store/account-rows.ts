import * as z from "zod";
import type { AccountState } from "../domain/account.ts";
import type { Accounts } from "../ports/store.ts";
import { accountKey } from "./keys.ts";
import { orUndefined } from "./or-undefined.ts";
import { onVersion, type Table } from "./table.ts";

const accountRow = z.object({
  name: z.string(),
  version: z.number(),
  admitted: z.record(z.string(), z.number()),
  paused: orUndefined(z.object({ since: z.number(), reason: z.string() })),
} satisfies Record<keyof AccountState, z.ZodType>);

export const tableAccounts = (table: Table): Accounts => ({
  read: async (name) => {
    const row = await table.get(accountKey(name));
    return row === undefined ? { name, version: 0, admitted: {}, paused: undefined } : accountRow.parse(row);
  },
  save: (state) =>
    table.put({ ...accountKey(state.name), ...state, version: state.version + 1 }, onVersion(state.version)),
});
