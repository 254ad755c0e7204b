import * as z from "zod";
import type { Instant } from "../domain/time.ts";
import { refOf, restoreKey, sourceStateKey } from "../store/keys.ts";
import type { PortableRow } from "./portable-row.ts";

/** The row as a new home has it. It has rendered no feed yet: each is due, so that its files are made. */
export const restoredRow = (row: PortableRow, now: Instant): PortableRow => {
  if (refOf(row)?.kind !== "feed") return row;
  const { rendered: _, ...feed } = row;
  return { ...feed, dueAt: now };
};

/** Of the home that the export comes from. */
export const isRestoreRow = ({ pk }: PortableRow): boolean => pk === restoreKey.pk;

const copies = z.object({ site: z.string(), id: z.string(), syndication: z.array(z.string()).min(1) });

/** A post that has public copies, and so a receipt. Undefined for every other row. */
export const postWithCopies = (row: PortableRow): { readonly site: string; readonly id: string } | undefined =>
  refOf(row)?.kind === "post" ? copies.safeParse(row).data : undefined;

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
 * ones there: none of them is history because its place has another name. Where a place of the old home was never listed
 * completely, that of the new one was not either.
 */
export const listedPlaces = () => {
  const known = new Map<
    string,
    { readonly site: string; readonly source: string; readonly listed?: Instant | undefined }
  >();
  return {
    note: (row: PortableRow): void => {
      if (!row.pk.startsWith("SITE#") || !row.sk.startsWith("SOURCE#")) return;
      const state = stateRow.safeParse(row).data;
      if (state !== undefined) known.set(`${row.pk}\n${row.sk}`, state);
    },
    rowsFor: (places: readonly DocumentPlace[]): readonly PortableRow[] =>
      places.flatMap(({ site, source }) => {
        const key = sourceStateKey(site, source);
        const before = [...known.values()].filter((one) => one.site === site && holdsDocuments(one.source));
        const listed = before.map((one) => one.listed ?? Number.POSITIVE_INFINITY);
        const last = Math.max(...listed);
        return known.has(`${key.pk}\n${key.sk}`) || !Number.isFinite(last)
          ? []
          : [{ ...key, site, source, version: 1, listed: last }];
      }),
  };
};
