import * as z from "zod";

/** What a schedule sends. */
export const Tick = z.object({ source: z.literal("aws.events") });
