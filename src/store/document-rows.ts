import * as z from "zod";
import type { KnownDocument } from "../domain/document.ts";
import type { Runtime } from "../ports/runtime.ts";
import type { Documents } from "../ports/store.ts";
import { documentKey, documentPartition } from "./keys.ts";
import { allRows, type Table } from "./table.ts";

const reason = z.object({ code: z.string(), field: z.string().exactOptional(), message: z.string() });

const documentRow = z.object({
  site: z.string(),
  source: z.string(),
  path: z.string(),
  post: z.string().exactOptional(),
  file: z.string().exactOptional(),
  refusal: z
    .object({ hash: z.string(), reasons: z.array(reason), at: z.number(), reading: z.string().exactOptional() })
    .exactOptional(),
  attempt: z.object({ reading: z.string(), at: z.number() }).exactOptional(),
  warnings: z.array(reason).exactOptional(),
  page: z.string().exactOptional(),
  copy: z.string().exactOptional(),
  history: z.literal(true).exactOptional(),
  missing: z.object({ since: z.number(), reason: z.string() }).exactOptional(),
  save: z.string().exactOptional(),
} satisfies Record<keyof KnownDocument, z.ZodType>);

const pageSize = 500;

export const tableDocuments = (table: Table, newId: Runtime["newId"]): Documents => ({
  read: async (site, source, path) => {
    const row = await table.get(documentKey(site, source, path));
    return row && documentRow.parse(row);
  },
  put: async (document) => {
    const { site, source, path } = document;
    await table.put({ ...documentKey(site, source, path), ...document, save: newId() });
  },
  remove: ({ site, source, path, save }) =>
    table.remove(
      documentKey(site, source, path),
      save === undefined ? { kind: "lacks", field: "save" } : { kind: "is", field: "save", value: save },
    ),
  async *all(site, source) {
    const query = { partition: documentPartition(site, source), limit: pageSize };
    for await (const row of allRows(table, query)) yield documentRow.parse(row);
  },
});
