import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { limits } from "../limits.ts";
import { WorkQueue } from "./work-queue.ts";

/** One queue per kind of due row, so that a slow network keeps no feed waiting. */
export class Work extends Construct {
  readonly #post: WorkQueue;
  readonly #feed: WorkQueue;
  readonly #delivery: WorkQueue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.#post = new WorkQueue(this, "Publish", limits.publish);
    this.#feed = new WorkQueue(this, "Render", limits.render);
    this.#delivery = new WorkQueue(this, "Deliver", limits.deliver);
  }

  get queues(): Readonly<Record<"post" | "feed" | "delivery", Queue>> {
    return { post: this.#post.queue, feed: this.#feed.queue, delivery: this.#delivery.queue };
  }

  feed(workers: Readonly<Record<"post" | "feed" | "delivery", LambdaFunction>>): void {
    this.#post.feed(workers.post, 10);
    // A feed's window is held in memory.
    this.#feed.feed(workers.feed, 2);
    // Each may wait for a network.
    this.#delivery.feed(workers.delivery, 5);
  }
}
