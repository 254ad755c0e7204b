import { Duration } from "aws-cdk-lib";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";

export interface WorkQueueProps {
  /** Of the function that processes it. */
  readonly timeout: Duration;
}

const secured = { enforceSSL: true, encryption: QueueEncryption.SQS_MANAGED };

/** A queue with its dead-letter queue, and the function that processes it. */
export class WorkQueue extends Construct {
  readonly queue: Queue;
  readonly failures: Queue;

  constructor(scope: Construct, id: string, { timeout }: WorkQueueProps) {
    super(scope, id);
    this.failures = new Queue(this, "Failures", { ...secured, retentionPeriod: Duration.days(14) });
    this.queue = new Queue(this, "Queue", {
      ...secured,
      // Six times the timeout of the function, because invocations can be throttled ("Using Lambda with Amazon SQS").
      visibilityTimeout: Duration.seconds(6 * timeout.toSeconds()),
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: this.failures, maxReceiveCount: 5 },
    });
  }

  addWorker(worker: LambdaFunction, batchSize: number): void {
    worker.addEventSource(
      // A new AWS account may have a quota of ten concurrent functions: no kind of work may use all of them.
      new SqsEventSource(this.queue, { batchSize, maxConcurrency: 2, reportBatchItemFailures: true }),
    );
  }
}
