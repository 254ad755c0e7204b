import * as z from "zod";
import type { ServerState } from "../domain/request-gates.ts";
import type { Servers } from "../ports/store.ts";
import { serverKey } from "./keys.ts";
import { orUndefined } from "./or-undefined.ts";
import { onVersion, type Table } from "./table.ts";

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
