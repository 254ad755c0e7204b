import { GetQueueAttributesCommand, SendMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { second } from "../domain/time.ts";
import type { Queue } from "../ports/runtime.ts";
import type { Ref } from "../ports/store.ts";

export interface SqsQueue {
  readonly client: SQSClient;
  /** One queue per kind of row, so that a slow network does not delay feeds. */
  readonly urls: Readonly<Record<Ref["kind"], string>>;
  /** The queue of each account's deliveries: one per network, so that a network that hangs delays no other. An account that is not in the map uses `urls.delivery`. */
  readonly accounts?: ReadonlyMap<string, string>;
}

/** The largest batch of SendMessageBatch (Amazon SQS quotas). */
const batchSize = 10;

const inBatches = (refs: readonly Ref[]): readonly (readonly Ref[])[] =>
  Array.from({ length: Math.ceil(refs.length / batchSize) }, (_, index) =>
    refs.slice(index * batchSize, (index + 1) * batchSize),
  );

interface BatchResult {
  readonly kind: Ref["kind"];
  /** How many messages SQS did not accept. */
  readonly refused: number;
  readonly cause?: unknown;
}

const kinds = ["post", "feed", "delivery", "ping", "notice"] as const satisfies readonly Ref["kind"][];

/** SQS queues for rows of all kinds. The body of a message is the ref as JSON. */
export const sqsQueue = ({ client, urls, accounts = new Map() }: SqsQueue): Queue => {
  const allUrls = [...new Set([...Object.values(urls), ...accounts.values()])];

  const queueOf = (ref: Ref): string =>
    (ref.kind === "delivery" ? accounts.get(ref.account) : undefined) ?? urls[ref.kind];

  const sendBatch = async (
    kind: Ref["kind"],
    url: string,
    batch: readonly Ref[],
    after: number,
  ): Promise<BatchResult> => {
    const entries = batch.map((ref, index) => ({
      Id: String(index),
      MessageBody: JSON.stringify(ref),
      ...(after > 0 ? { DelaySeconds: Math.ceil(after / second) } : {}),
    }));
    try {
      const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: entries }));
      return { kind, refused: Failed.length };
    } catch (cause) {
      return { kind, refused: batch.length, cause };
    }
  };

  const depthOf = async (url: string): Promise<number> => {
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["ApproximateNumberOfMessages"] }),
    );
    const count = Number(Attributes?.ApproximateNumberOfMessages);
    if (Number.isNaN(count)) throw new Error(`SQS did not say how many messages wait in ${url}.`);
    return count;
  };

  return {
    async send(refs, after = 0) {
      const results = await Promise.all(
        kinds.flatMap((kind) => {
          const byQueue = Map.groupBy(
            refs.filter((ref) => ref.kind === kind),
            queueOf,
          );
          return [...byQueue].flatMap(([url, group]) =>
            inBatches(group).map((batch) => sendBatch(kind, url, batch, after)),
          );
        }),
      );
      const failed = results.filter(({ refused }) => refused > 0);
      if (failed.length === 0) return;
      const count = failed.reduce((sum, { refused }) => sum + refused, 0);
      const names = [...new Set(failed.map(({ kind }) => kind))].join(", ");
      throw new Error(
        `SQS did not accept ${count} of ${refs.length} messages (${names}): their rows stay due, and the sweep sends them again.`,
        {
          cause: failed.find(({ cause }) => cause !== undefined)?.cause,
        },
      );
    },
    async depth() {
      const depths = await Promise.all(allUrls.map(depthOf));
      return depths.reduce((sum, depth) => sum + depth, 0);
    },
  };
};
