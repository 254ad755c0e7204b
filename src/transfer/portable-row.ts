import * as z from "zod";
import type { Bodies } from "../store/bodies.ts";
import { dueAttributes, type Key } from "../store/keys.ts";
import type { Row } from "../store/table.ts";

const keyed = z.looseObject({ pk: z.string().min(1), sk: z.string().min(1) });
const stored = z.object({ body: z.instanceof(Uint8Array).optional(), bodyKey: z.string().optional() });
const portable = z.looseObject({
  pk: z.string().min(1),
  sk: z.string().min(1),
  html: z.string().optional(),
  dueAt: z.number().optional(),
  site: z.string().optional(),
  id: z.string().optional(),
});

export type PortableRow = z.infer<typeof portable>;

/** Throws for what is not a row. */
export const parsePortable = (value: unknown): PortableRow => portable.parse(value);

/**
 * A row as it is in an export: its body as text, whether it was in the row or in an object, and nothing that belongs to a
 * process of the home that it comes from.
 */
export const toPortable = async (row: Row, bodies: Pick<Bodies, "unpack">): Promise<PortableRow> => {
  const { dueShard: _, lease: __, body, bodyKey, ...attributes } = keyed.parse(row);
  const packed = stored.parse({ body, bodyKey });
  if (packed.body === undefined && packed.bodyKey === undefined) return attributes;
  return { ...attributes, html: await bodies.unpack({ body: packed.body, bodyKey: packed.bodyKey }) };
};

/** The row as it is stored, with its body packed anew. */
export const fromPortable = async (
  { html, dueAt, ...attributes }: PortableRow,
  bodies: Pick<Bodies, "pack">,
): Promise<Row & Key> => {
  const { site = "", id = "" } = attributes;
  const body = html === undefined ? {} : await bodies.pack(html, { site, id, others: JSON.stringify(attributes) });
  return { ...attributes, ...body, ...dueAttributes(attributes, dueAt) };
};
