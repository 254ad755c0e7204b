import * as z from "zod";

export interface ReconcileFunction {
  /** Ingests the documents that have changed, also those without a notification. */
  reconcile(): Promise<void>;
  /** Ingests every document, and audits every feed. */
  readEverything(): Promise<void>;
  /** Polls the feeds that are due. */
  poll(): Promise<void>;
}

/** Sent by the schedule of infra/constructs/feed-polls.ts. */
const PollTick = z.object({ source: z.literal("crier.poll") });

/** Sent by a person (docs/operations.md). */
const ReadingTick = z.object({ source: z.literal("crier.read-everything") });

/**
 * Handles the events of both schedules, that of every hour and that of the feeds, and the event that a person sends.
 */
export const scheduledHandler =
  ({ reconcile, readEverything, poll }: ReconcileFunction) =>
  async (event: unknown): Promise<void> => {
    if (PollTick.safeParse(event).success) return poll();
    if (ReadingTick.safeParse(event).success) return readEverything();
    Tick.parse(event);
    await reconcile();
  };

/** The event of the hourly schedule, and of the one that sweeps. */
export const Tick = z.object({ source: z.literal("aws.events") });
