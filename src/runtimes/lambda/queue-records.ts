import * as z from "zod";
import type { Log } from "../../ports/runtime.ts";
import { causesOf } from "./causes.ts";

const Batch = z.object({
  Records: z.array(
    z.object({
      messageId: z.string(),
      body: z.string(),
      attributes: z.object({ ApproximateReceiveCount: z.coerce.number() }),
    }),
  ),
});

/** The records that Lambda returns to the queue; the others are done (`ReportBatchItemFailures`). */
export interface Failures {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/**
 * Handles the records of a batch concurrently, and returns those that failed to their queue. `isRepeated`: the record was
 * delivered before, and its worker failed or ended. With `alone` such a batch is handled one record after another, so that
 * each ends this process alone.
 */
export const recordsHandler =
  (work: (body: string, isRepeated: boolean) => Promise<unknown>, log: Log, { alone = false } = {}) =>
  async (event: unknown): Promise<Failures> => {
    const { Records } = Batch.parse(event);
    const isRepeated = ({ attributes }: (typeof Records)[number]): boolean => attributes.ApproximateReceiveCount > 1;
    const handle = async (record: (typeof Records)[number]): Promise<Failures["batchItemFailures"]> => {
      const { messageId, body } = record;
      try {
        await work(body, isRepeated(record));
        return [];
      } catch (error) {
        const stack = error instanceof Error ? error.stack : undefined;
        log.warn(`The record ${messageId} is returned to its queue.`, { causes: causesOf(error), stack });
        return [{ itemIdentifier: messageId }];
      }
    };
    if (!alone || !Records.some(isRepeated))
      return { batchItemFailures: (await Promise.all(Records.map(handle))).flat() };
    const failed = [];
    for (const record of Records) failed.push(...(await handle(record)));
    return { batchItemFailures: failed };
  };
