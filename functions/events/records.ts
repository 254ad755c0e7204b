import * as z from "zod";
import { logFailure } from "./failure.ts";

const Batch = z.object({ Records: z.array(z.object({ messageId: z.string(), body: z.string() })) });

/** What Lambda reads as "these again, the rest is done" (`ReportBatchItemFailures`). */
export interface Failures {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** A handler that works on all records of a batch at once, and hands back to the queue those that failed. */
export const records =
  (work: (body: string) => Promise<unknown>) =>
  async (event: unknown): Promise<Failures> => {
    const { Records } = Batch.parse(event);
    const failed = await Promise.all(
      Records.map(async ({ messageId, body }) => {
        try {
          await work(body);
          return [];
        } catch (error) {
          logFailure(`The record ${messageId} goes back to its queue.`, error);
          return [{ itemIdentifier: messageId }];
        }
      }),
    );
    return { batchItemFailures: failed.flat() };
  };
