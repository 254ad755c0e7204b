import * as z from "zod";

/** The event of a schedule. */
export const Tick = z.object({ source: z.literal("aws.events") });
