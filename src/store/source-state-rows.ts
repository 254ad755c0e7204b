import * as z from "zod";
import type { SourceState, SourceStates } from "../ports/store.ts";
import { sourceStateKey } from "./keys.ts";
import { orUndefined } from "./or-undefined.ts";
import { onVersion, type Table } from "./table.ts";

const stateRow = z.object({
  site: z.string(),
  source: z.string(),
  version: z.number(),
  listed: orUndefined(z.number()),
  memory: z.record(z.string(), z.unknown()),
} satisfies Record<keyof SourceState, z.ZodType>);

export const tableSourceStates = (table: Table): SourceStates => ({
  read: async (site, source) => {
    const row = await table.get(sourceStateKey(site, source));
    return row === undefined ? { site, source, version: 0, listed: undefined, memory: {} } : stateRow.parse(row);
  },
  save: (state) =>
    table.put(
      { ...sourceStateKey(state.site, state.source), ...state, version: state.version + 1 },
      onVersion(state.version),
    ),
});
