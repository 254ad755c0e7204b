import * as z from "zod";
import { Tick } from "./schedule-tick.ts";

export interface ReconcileFunction {
  /** Ingests every document of the sources, also those without a notification, and polls the feeds that are due. */
  reconcile(): Promise<void>;
  /** Polls the feeds that are due. */
  poll(): Promise<void>;
}

/** infra/constructs/feed-polls.ts sends it. */
const PollTick = z.object({ source: z.literal("crier.poll") });

/** Handles both schedules: every hour, and that of the feeds. */
export const scheduledHandler =
  ({ reconcile, poll }: ReconcileFunction) =>
  async (event: unknown): Promise<void> => {
    if (PollTick.safeParse(event).success) return poll();
    Tick.parse(event);
    await reconcile();
  };
