import * as z from "zod";
import type { AccountState } from "../domain/account.ts";
import type { Accounts } from "../ports/store.ts";
import { accountKey } from "./keys.ts";
import { orUndefined } from "./or-undefined.ts";
import { onVersion, type Table } from "./table.ts";

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
