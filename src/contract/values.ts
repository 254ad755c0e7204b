import * as z from "zod";
import { iso } from "../domain/time.ts";

/**
 * The values that the data types of the API are made of. Each is a codec: `z.output` is the value inside Crier,
 * `z.input` its JSON. The API encodes with it, and a client of it decodes.
 */

export const text = z.string();
export const list = <Item extends z.ZodType>(item: Item) => z.array(item).readonly();

/** A moment is a number inside Crier and RFC 3339 in JSON. */
export const moment = z.codec(z.iso.datetime(), z.number(), {
  decode: (written) => Date.parse(written),
  encode: (at) => iso(at),
});

/** A value that may be absent: undefined inside Crier, and null in JSON. */
export const orNull = <Inner extends z.ZodType>(inner: Inner) =>
  z.codec(inner.nullable(), z.custom<z.output<Inner> | undefined>(), {
    decode: (value) => (value === null ? undefined : value),
    encode: (value) => (value === undefined ? null : value),
  });

/**
 * One of these values. A client takes any other text, too, because a deployment can be newer than it; so code that reads
 * the value has to have a case for the rest.
 */
export const oneOf = <const Value extends string>(values: readonly Value[]) =>
  z.codec(text.meta({ enum: values }), z.custom<Value | (string & Record<never, never>)>(), {
    decode: (value) => value,
    encode: (value) => value,
  });

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
};

export const timeZone = text
  .refine(isTimeZone)
  .describe("The time zone of the site, in which its people read the moments of the answer.");

export const reason = z
  .object({
    code: text.describe("A stable code for programs."),
    field: text.exactOptional().describe("The key of the front matter, `body`, or the parameter of the request."),
    message: text.describe("What is wrong, and the next step."),
  })
  .meta({ id: "Reason" });
export type Reason = z.output<typeof reason>;
