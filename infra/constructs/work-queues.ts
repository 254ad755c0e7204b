import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { limits } from "../limits.ts";
import { WorkQueue } from "./work-queue.ts";

export interface WorkQueuesProps {
  readonly accounts: readonly { readonly name: string; readonly network: string }[];
  readonly failures: Queue;
}

interface DeliveryQueue {
  readonly network: string;
  readonly accounts: readonly string[];
  readonly work: WorkQueue;
}

/** A queue for each kind of due row, and for deliveries one for each network: a network that hangs delays no other. */
export class WorkQueues extends Construct {
  readonly #post: WorkQueue;
  readonly #feed: WorkQueue;
  readonly #ping: WorkQueue;
  readonly #deliveries: readonly [DeliveryQueue, ...(readonly DeliveryQueue[])];

  constructor(scope: Construct, id: string, { accounts, failures }: WorkQueuesProps) {
    super(scope, id);
    this.#post = new WorkQueue(this, "Publish", { ...limits.publish, failures });
    this.#feed = new WorkQueue(this, "Render", { ...limits.render, failures });
    this.#ping = new WorkQueue(this, "Ping", { ...limits.deliver, failures });
    const deliveryQueue = (network: string): DeliveryQueue => ({
      network,
      accounts: accounts.filter((account) => account.network === network).map(({ name }) => name),
      work: new WorkQueue(this, `Deliver${network.charAt(0).toUpperCase()}${network.slice(1)}`, {
        ...limits.deliver,
        failures,
      }),
    });
    // At least one: without accounts there may be deliveries of accounts that were removed from the configuration.
    const [first = "", ...others] = new Set(accounts.map(({ network }) => network));
    this.#deliveries = [deliveryQueue(first), ...others.map(deliveryQueue)];
  }

  /** For the relay. `delivery` is for accounts that are not in `deliveries`. */
  get queues(): Readonly<Record<"post" | "feed" | "delivery" | "ping", Queue>> {
    return {
      post: this.#post.queue,
      feed: this.#feed.queue,
      delivery: this.#deliveries[0].work.queue,
      ping: this.#ping.queue,
    };
  }

  get deliveries(): readonly { readonly queue: Queue; readonly accounts: readonly string[] }[] {
    return this.#deliveries.map(({ work, accounts }) => ({ queue: work.queue, accounts }));
  }

  /** By the kind of work. */
  get all(): Readonly<Record<string, WorkQueue>> {
    const deliveries = this.#deliveries.map(({ network, work }) => [network ? `deliver-${network}` : "deliver", work]);
    return { publish: this.#post, render: this.#feed, ping: this.#ping, ...Object.fromEntries(deliveries) };
  }

  addWorkers(workers: Readonly<Record<"post" | "feed" | "delivery", LambdaFunction>>): void {
    this.#post.addWorker(workers.post, 10);
    // A render has the posts of a feed in memory.
    this.#feed.addWorker(workers.feed, 2);
    // Each delivery may wait for a network.
    for (const { work } of this.#deliveries) work.addWorker(workers.delivery, 5);
    this.#ping.addWorker(workers.delivery, 5);
  }
}
