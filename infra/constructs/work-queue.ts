import { Duration, Names } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";

const secured = { enforceSSL: true, encryption: QueueEncryption.SQS_MANAGED };

/** The dead-letter queue of all queues. It needs one alarm, and a redrive returns each record to its original queue. */
export class FailedRecords extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.queue = new Queue(this, "Queue", { ...secured, retentionPeriod: Duration.days(14) });
  }
}

export interface WorkQueueProps {
  /** The timeout of the function that processes it. */
  readonly timeout: Duration;
  readonly failures: Queue;
}

/** A queue, and the function that processes it. */
export class WorkQueue extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, { timeout, failures }: WorkQueueProps) {
    super(scope, id);
    this.queue = new Queue(this, "Queue", {
      ...secured,
      // Six times the timeout of the function, because invocations can be throttled ("Using Lambda with Amazon SQS").
      visibilityTimeout: Duration.seconds(6 * timeout.toSeconds()),
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: failures, maxReceiveCount: 5 },
    });
  }

  /**
   * `most` limits the concurrent batches. With it the mapping always polls with five connections, without it with two
   * while there is little work ("Configuring scaling behavior for SQS event source mappings").
   */
  addWorker(worker: LambdaFunction, { batchSize, most }: { readonly batchSize: number; readonly most?: number }): void {
    worker.addToRolePolicy(
      // `grantConsumeMessages` would allow more: only a consumer that is not Lambda changes visibilities and requests
      // URLs.
      new PolicyStatement({
        actions: ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"].map((name) => `sqs:${name}`),
        resources: [this.queue.queueArn],
      }),
    );
    worker.addEventSourceMapping(`Queue:${Names.nodeUniqueId(this.queue.node)}`, {
      eventSourceArn: this.queue.queueArn,
      batchSize,
      ...(most === undefined ? {} : { maxConcurrency: most }),
      reportBatchItemFailures: true,
    });
  }
}
