import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { Key } from "../../src/store/keys.ts";
import type { Row } from "../../src/store/table.ts";

/** The rows of one format as a commit wrote them. */
export interface RowSet {
  readonly format: number;
  /** The hash of the commit whose program wrote the rows. */
  readonly commit: string;
  readonly shapes: unknown;
  readonly rows: readonly (Row & Key)[];
}

const row = z.looseObject({ pk: z.string(), sk: z.string(), body: z.unknown().optional() });
const setFile = z.object({ format: z.int(), commit: z.string(), shapes: z.unknown(), rows: z.array(row) });

const bytesInText = z.object({ base64: z.string() });

/** The rows as text. `body`, which is bytes, is base64. */
export const rowsToJson = (rows: readonly (Row & Key)[]): readonly Row[] =>
  rows.map(({ body, ...others }) => ({
    ...others,
    ...(body instanceof Uint8Array && { body: { base64: Buffer.from(body).toString("base64") } }),
  }));

export const rowsOfJson = (rows: unknown): readonly (Row & Key)[] =>
  z
    .array(row)
    .parse(rows)
    .map(({ body, ...others }) => {
      const { data } = bytesInText.safeParse(body);
      return { ...others, ...(data !== undefined && { body: new Uint8Array(Buffer.from(data.base64, "base64")) }) };
    });

export const setPath = (format: number): string => join(import.meta.dirname, `${format}.json`);

/** The kept sets, the oldest format first. */
export const readSets = (): readonly RowSet[] =>
  readdirSync(import.meta.dirname)
    .filter((name) => /^\d+\.json$/.test(name))
    .map((name) => setFile.parse(JSON.parse(readFileSync(join(import.meta.dirname, name), "utf8"))))
    .map((set) => ({ ...set, rows: rowsOfJson(set.rows) }))
    .toSorted((a, b) => a.format - b.format);
