import type { Log } from "../../ports/runtime.ts";
import { type Failures, recordsHandler } from "./queue-records.ts";
import { pathsOfNotification } from "./s3-notification.ts";

export interface IngestFunction {
  /** `isRepeated`: a worker had this change before, and did not finish. */
  ingest(path: string, isRepeated: boolean): Promise<unknown>;
}

/** Handles changes in the content bucket. */
export const contentHandler = ({ ingest }: IngestFunction, log: Log): ((event: unknown) => Promise<Failures>) =>
  recordsHandler(
    async (body, isRepeated) => {
      // One after another, so that two changes of one document do not run concurrently.
      for (const path of pathsOfNotification(body)) await ingest(path, isRepeated);
    },
    log,
    { alone: true },
  );
