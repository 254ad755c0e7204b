import * as z from "zod";
import type { TranslationPlace, Translations } from "../ports/store.ts";
import { translationKey, translationPartition } from "./keys.ts";
import type { Table } from "./table.ts";

const translationRow = z.object({
  post: z.string(),
  language: z.string(),
  file: z.string(),
  path: z.string(),
} satisfies Record<keyof TranslationPlace, z.ZodType>);

const maxLanguages = 50;

export const tableTranslations = (table: Table): Translations => ({
  claim: async (site, key, place) => {
    const rowKey = translationKey(site, key, place.language);
    if (await table.put({ ...rowKey, ...place }, { kind: "absent" })) return place;
    const row = await table.get(rowKey);
    if (row === undefined) throw new Error(`the translations of "${key}" were removed while they were being claimed`);
    return translationRow.parse(row);
  },
  takeOver: (site, key, from, place) =>
    table.put({ ...translationKey(site, key, place.language), ...place }, { kind: "is", field: "post", value: from }),
  all: async (site, key) => {
    const { rows } = await table.page({ partition: translationPartition(site, key), limit: maxLanguages });
    return rows.map((row) => translationRow.parse(row));
  },
});
