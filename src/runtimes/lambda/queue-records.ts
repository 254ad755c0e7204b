import * as z from "zod";
import type { Log } from "../../ports/runtime.ts";
import { causesOf } from "./causes.ts";

const Batch = z.object({ Records: z.array(z.object({ messageId: z.string(), body: z.string() })) });

/** The records that Lambda returns to the queue; the others are done (`ReportBatchItemFailures`). */
export interface Failures {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** Handles all records of a batch concurrently, and returns those that failed to their queue. */
export const recordsHandler =
  (work: (body: string) => Promise<unknown>, log: Log) =>
  async (event: unknown): Promise<Failures> => {
    const { Records } = Batch.parse(event);
    const failed = await Promise.all(
      Records.map(async ({ messageId, body }) => {
        try {
          await work(body);
          return [];
        } catch (error) {
          const stack = error instanceof Error ? error.stack : undefined;
          log.warn(`The record ${messageId} is returned to its queue.`, { causes: causesOf(error), stack });
          return [{ itemIdentifier: messageId }];
        }
      }),
    );
    return { batchItemFailures: failed.flat() };
  };
