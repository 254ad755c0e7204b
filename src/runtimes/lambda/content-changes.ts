import type { Log } from "../../ports/runtime.ts";
import { type Failures, recordsHandler } from "./queue-records.ts";
import { pathsOfNotification } from "./s3-notification.ts";
import { Tick } from "./schedule-tick.ts";

export interface IngestFunctions {
  ingest(path: string): Promise<unknown>;
  /** Ingests every document of the source, also those without a notification. */
  reconcile(): Promise<void>;
}

/** Handles both events of ingest: changes in the content bucket, and the hourly schedule. */
export const contentHandler = (
  { ingest, reconcile }: IngestFunctions,
  log: Log,
): ((event: unknown) => Promise<Failures | undefined>) => {
  const handleNotification = recordsHandler(async (body) => {
    // One after another, so that two changes of one document do not run concurrently.
    for (const path of pathsOfNotification(body)) await ingest(path);
  }, log);
  return async (event) => {
    if (!Tick.safeParse(event).success) return handleNotification(event);
    await reconcile();
  };
};
