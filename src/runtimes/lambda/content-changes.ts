import type { Log } from "../../ports/runtime.ts";
import { type Failures, records } from "./queue-records.ts";
import { pathsOfNotification } from "./s3-notification.ts";
import { Tick } from "./schedule-tick.ts";

export interface IngestFunctions {
  ingest(path: string): Promise<unknown>;
  /** Every document of the source: finds what no notification reported. */
  reconcile(): Promise<void>;
}

/** A handler for both events that invoke ingest: changes in the content bucket, and the hourly schedule. */
export const changes = (
  { ingest, reconcile }: IngestFunctions,
  log: Log,
): ((event: unknown) => Promise<Failures | undefined>) => {
  const notified = records(async (body) => {
    // One after another, so that two changes of one document in a message do not race.
    for (const path of pathsOfNotification(body)) await ingest(path);
  }, log);
  return async (event) => {
    if (!Tick.safeParse(event).success) return notified(event);
    await reconcile();
  };
};
