import type * as z from "zod";

/** An attribute that a row may lack: what is read always has the property. */
export const orUndefined = <T extends z.ZodType>(attribute: T) => attribute.optional().prefault(undefined);
