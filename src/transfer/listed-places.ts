import * as z from "zod";
import type { Instant } from "../domain/time.ts";
import { sourceStateKey } from "../store/keys.ts";
import type { PortableRow } from "./portable-row.ts";
import type { CheckedExport } from "./read-export.ts";
import { isSourceState } from "./restored-rows.ts";

/** A source of documents of a site. */
export interface DocumentPlace {
  readonly site: string;
  /** The source's name. */
  readonly source: string;
}

const stateRow = z.object({ site: z.string(), source: z.string(), listed: z.number().optional() });

/** The name of a source that documents are put into: a folder or a bucket, not another program's feed or the API. */
const holdsDocuments = (source: string): boolean => /^(?:bucket|folder(?:$|:))/.test(source);

/**
 * Notes which sources were listed, and answers the rows that say so of the new home's places. The documents are the same
 * ones there: after a move none of them is history because its place has another name. Where a place of the old home was
 * never listed completely, and after a backup, that of the new one was not either.
 */
export const listedPlaces = ({ kind }: Pick<CheckedExport, "kind">) => {
  const known = new Map<
    string,
    { readonly site: string; readonly source: string; readonly listed?: Instant | undefined }
  >();
  const keyOf = ({ pk, sk }: { readonly pk: string; readonly sk: string }): string => `${pk}\n${sk}`;
  return {
    note: (row: PortableRow): void => {
      const state = isSourceState(row) ? stateRow.safeParse(row).data : undefined;
      if (state !== undefined) known.set(keyOf(row), state);
    },
    rowsFor: (places: readonly DocumentPlace[]): readonly PortableRow[] =>
      places.flatMap(({ site, source }) => {
        const key = sourceStateKey(site, source);
        const before = [...known.values()].filter((one) => one.site === site && holdsDocuments(one.source));
        const last = Math.max(...before.map((one) => one.listed ?? Number.POSITIVE_INFINITY));
        const listed = kind === "move" && Number.isFinite(last) ? { listed: last } : {};
        const isUnknown = before.length === 0 && kind === "move";
        return known.has(keyOf(key)) || isUnknown ? [] : [{ ...key, site, source, version: 1, ...listed }];
      }),
  };
};
