import { SendMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { second } from "../domain/time.ts";
import type { Queue } from "../ports/runtime.ts";
import type { Ref } from "../ports/store.ts";

export interface SqsQueue {
  readonly client: SQSClient;
  /** Maps each kind of row to a queue. There is one queue for each function, which may process several kinds. */
  readonly urls: Readonly<Record<Ref["kind"], string>>;
}

/** The largest batch of SendMessageBatch (Amazon SQS quotas). */
const batchSize = 10;

const inBatches = (refs: readonly Ref[]): readonly (readonly Ref[])[] =>
  Array.from({ length: Math.ceil(refs.length / batchSize) }, (_, index) =>
    refs.slice(index * batchSize, (index + 1) * batchSize),
  );

interface BatchResult {
  /** The refs that SQS did not accept. */
  readonly refused: readonly Ref[];
  readonly cause?: unknown;
}

/** Sends rows of all kinds to SQS queues. The body of a message is the ref as JSON. */
export const sqsQueue = ({ client, urls }: SqsQueue): Queue => {
  const sendBatch = async (url: string, batch: readonly Ref[], after: number): Promise<BatchResult> => {
    const entries = batch.map((ref, index) => ({
      Id: String(index),
      MessageBody: JSON.stringify(ref),
      ...(after > 0 ? { DelaySeconds: Math.ceil(after / second) } : {}),
    }));
    try {
      const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: entries }));
      const ids = new Set(Failed.map(({ Id }) => Id));
      return { refused: batch.filter((_, index) => ids.has(String(index))) };
    } catch (cause) {
      return { refused: batch, cause };
    }
  };

  return {
    async send(refs, after = 0) {
      const byQueue = Map.groupBy(refs, ({ kind }) => urls[kind]);
      const results = await Promise.all(
        [...byQueue].flatMap(([url, group]) => inBatches(group).map((batch) => sendBatch(url, batch, after))),
      );
      const refused = results.flatMap((result) => result.refused);
      if (refused.length === 0) return;
      const kinds = [...new Set(refused.map(({ kind }) => kind))].join(", ");
      throw new Error(
        `SQS did not accept ${refused.length} of ${refs.length} messages (${kinds}): their rows stay due, and the sweep sends them again.`,
        { cause: results.find(({ cause }) => cause !== undefined)?.cause },
      );
    },
  };
};
