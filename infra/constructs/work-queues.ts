import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { limits } from "../limits.ts";
import { WorkQueue } from "./work-queue.ts";

export interface WorkQueuesProps {
  readonly failures: Queue;
}

/**
 * A queue for each function that advances due rows, independent of the number of networks and accounts
 * (docs/decisions/0028).
 */
export class WorkQueues extends Construct {
  readonly #publish: WorkQueue;
  readonly #render: WorkQueue;
  readonly #deliver: WorkQueue;

  constructor(scope: Construct, id: string, { failures }: WorkQueuesProps) {
    super(scope, id);
    this.#publish = new WorkQueue(this, "Publish", { ...limits.publish, failures });
    this.#render = new WorkQueue(this, "Render", { ...limits.render, failures });
    this.#deliver = new WorkQueue(this, "Deliver", { ...limits.deliver, failures });
  }

  /** Keyed by the function that processes the queue. */
  get queues(): Readonly<Record<"publish" | "render" | "deliver", Queue>> {
    return { publish: this.#publish.queue, render: this.#render.queue, deliver: this.#deliver.queue };
  }

  addWorkers(workers: Readonly<Record<"publish" | "render" | "deliver", LambdaFunction>>): void {
    this.#publish.addWorker(workers.publish, { batchSize: 10 });
    // A render keeps the posts of a feed in memory.
    this.#render.addWorker(workers.render, { batchSize: 2 });
    // Each delivery may wait for a network.
    this.#deliver.addWorker(workers.deliver, { batchSize: 5 });
  }
}
