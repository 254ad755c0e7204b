import { readFileSync } from "node:fs";
import * as z from "zod";
import type { Content, Line } from "./at-rest.ts";
import { addUse, items, type Use } from "./prices.ts";

const UseSchema = z.partialRecord(z.enum(items), z.number());
const Former = z.object({
  day: z.iso.date(),
  lines: z.array(z.object({ name: z.string(), use: UseSchema, perDocument: UseSchema })),
});

const times = (use: Use, count: number): Use =>
  Object.fromEntries(items.map((item) => [item, (use[item] ?? 0) * count]));

const { day, lines } = Former.parse(JSON.parse(readFileSync(new URL("former-stack.json", import.meta.url), "utf8")));

export const formerDay = day;

/** What the stack of that day used at rest, kept as numbers: its template and code are in no later commit. */
export const former = ({ documents }: Content): readonly Line[] =>
  lines.map(({ name, use, perDocument }) => ({ name, use: addUse([use, times(perDocument, documents)]) }));
