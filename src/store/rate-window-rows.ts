import * as z from "zod";
import type { RateWindow } from "../domain/concurrency.ts";
import type { RateWindows } from "../ports/store.ts";
import { rateWindowKey } from "./keys.ts";
import { onVersion, type Table } from "./table.ts";

const windowRow = z.object({
  name: z.string(),
  version: z.number(),
  counted: z.record(z.string(), z.number()),
} satisfies Record<keyof RateWindow, z.ZodType>);

export const tableRateWindows = (table: Table): RateWindows => ({
  read: async (name) => {
    const row = await table.get(rateWindowKey(name));
    return row === undefined ? { name, version: 0, counted: {} } : windowRow.parse(row);
  },
  save: (window) =>
    table.put({ ...rateWindowKey(window.name), ...window, version: window.version + 1 }, onVersion(window.version)),
});
