import * as z from "zod";
import type { PageCheck } from "../domain/page-check.ts";
import type { PageChecks } from "../ports/store.ts";
import { pageCheckKey } from "./keys.ts";
import { orUndefined } from "./or-undefined.ts";
import { onVersion, type Table } from "./table.ts";

const text = z.string();

const pageCheckRow = z.object({
  site: text,
  post: text,
  version: z.number(),
  url: text,
  since: z.number(),
  failures: z.number(),
  next: z.number(),
  answer: orUndefined(
    z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("live"), warnings: z.array(text) }),
      z.object({ kind: z.literal("absent"), reason: text }),
    ]),
  ),
} satisfies Record<keyof PageCheck, z.ZodType>);

export const tablePageChecks = (table: Table): PageChecks => ({
  read: async (site, post) => {
    const row = await table.get(pageCheckKey(site, post));
    return row && pageCheckRow.parse(row);
  },
  save: (check) =>
    table.put(
      { ...pageCheckKey(check.site, check.post), ...check, version: check.version + 1 },
      onVersion(check.version),
    ),
});
