import * as z from "zod";

export interface ReconcileFunction {
  /** Ingests the documents that have changed, also those without a notification. */
  reconcile(): Promise<void>;
  /** Ingests every document, and audits every feed. */
  readEverything(): Promise<void>;
  /** Polls the feeds that are due. */
  poll(): Promise<void>;
}

/** infra/constructs/feed-polls.ts sends it. */
const PollTick = z.object({ source: z.literal("crier.poll") });

/** A person sends it (docs/operations.md). */
const ReadingTick = z.object({ source: z.literal("crier.read-everything") });

/** Handles both schedules: every hour, and that of the feeds. */
export const scheduledHandler =
  ({ reconcile, readEverything, poll }: ReconcileFunction) =>
  async (event: unknown): Promise<void> => {
    if (PollTick.safeParse(event).success) return poll();
    if (ReadingTick.safeParse(event).success) return readEverything();
    Tick.parse(event);
    await reconcile();
  };

/** The event of a schedule. */
export const Tick = z.object({ source: z.literal("aws.events") });
