import * as z from "zod";
import type { AuditProgress, Audits } from "../ports/store.ts";
import { auditKey } from "./keys.ts";
import type { Table } from "./table.ts";

const progressRow = z.object({
  configuration: z.string(),
  began: z.number(),
  next: z.number(),
} satisfies Record<keyof AuditProgress, z.ZodType>);

export const tableAudits = (table: Table): Audits => ({
  read: async () => {
    const row = await table.get(auditKey);
    return row && progressRow.parse(row);
  },
  save: async (progress) => {
    await table.put({ ...auditKey, ...progress });
  },
});
