import { minute, second } from "../../../src/domain/time.ts";
import type { Failures } from "../../../src/runtimes/lambda/function-events.ts";
import type { Random } from "../random.ts";
import type { VirtualClock } from "./virtual-clock.ts";

export interface QueueTerms {
  readonly name: string;
  readonly batchSize: number;
  /** The maximum concurrency of its mapping. */
  readonly most?: number | undefined;
  readonly visibility: number;
  /** Returns the time of a run without the requests that it waits for, by the number of its records. */
  readonly time: (records: number) => number;
  readonly handle: (event: unknown) => Promise<Failures>;
}

interface Message {
  readonly id: string;
  readonly body: string;
  received: number;
}

/** Events of a minute. */
const perMinute = () => {
  const counts = new Map<number, number>();
  return {
    add: (now: number, count = 1): void => {
      const at = Math.floor(now / minute);
      counts.set(at, (counts.get(at) ?? 0) + count);
    },
    most: (): number => Math.max(0, ...counts.values()),
    all: (): number => [...counts.values()].reduce((sum, one) => sum + one, 0),
  };
};

/**
 * Queues and functions in an account that may run `quota` functions at a time. A mapping begins with five batches, takes
 * 300 more a minute while messages wait, and never more than its maximum ("Configuring scaling behavior for SQS event source
 * mappings"). Where no function can run, who gets the next one is chance.
 */
export const lambdaModel = (clock: VirtualClock, random: Random, quota: number) => {
  const requests = perMinute();
  const runs = perMinute();
  let running = 0;
  const direct: (() => void)[] = [];
  const queues: ReturnType<typeof openQueue>[] = [];
  let ids = 0;

  const openQueue = (terms: QueueTerms) => ({
    ...terms,
    visible: [] as Message[],
    active: 0,
    busySince: undefined as number | undefined,
  });
  type OpenQueue = ReturnType<typeof openQueue>;

  const allowed = ({ most, busySince }: OpenQueue): number =>
    Math.min(most ?? 1_250, 5 + (busySince === undefined ? 0 : Math.floor((clock.now() - busySince) / 200)));

  const end = (): void => {
    running -= 1;
    dispatch();
  };

  const start = (queue: OpenQueue): void => {
    const batch = queue.visible.splice(0, queue.batchSize);
    for (const message of batch) message.received += 1;
    running += 1;
    queue.active += 1;
    requests.add(clock.now());
    runs.add(clock.now());
    const Records = batch.map(({ id, body, received }) => ({
      messageId: id,
      body,
      attributes: { ApproximateReceiveCount: String(received) },
    }));
    void queue.handle({ Records }).then(({ batchItemFailures }) => {
      const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      clock.at(clock.now() + queue.time(batch.length), () => {
        requests.add(clock.now());
        queue.active -= 1;
        for (const message of batch)
          if (failed.has(message.id)) clock.at(clock.now() + queue.visibility, () => show(queue, message));
        end();
      });
    });
  };

  const show = (queue: OpenQueue, message: Message): void => {
    queue.visible.push(message);
    queue.busySince ??= clock.now();
    dispatch();
  };

  const dispatch = (): void => {
    while (running < quota) {
      const next = direct[0];
      const ready = queues.filter((queue) => queue.visible.length > 0 && queue.active < allowed(queue));
      if (next === undefined && ready.length === 0) break;
      const pick = random.between(next === undefined ? 1 : 0, ready.length);
      const queue = ready[pick - 1];
      if (queue !== undefined) start(queue);
      else direct.shift()?.();
    }
    for (const queue of queues) if (queue.visible.length === 0 && queue.active === 0) queue.busySince = undefined;
    // A mapping that may take more later looks again.
    if (queues.some((queue) => queue.visible.length > 0)) lookAgain();
  };
  let isLooking = false;
  const lookAgain = (): void => {
    if (isLooking) return;
    isLooking = true;
    clock.at(clock.now() + second, () => {
      isLooking = false;
      dispatch();
    });
  };

  return {
    requests,
    runs,
    queue: (terms: QueueTerms) => {
      const queue = openQueue(terms);
      queues.push(queue);
      return (bodies: readonly string[], after = 0): void => {
        requests.add(clock.now(), Math.ceil(bodies.length / 10));
        for (const body of bodies) {
          ids += 1;
          const message = { id: String(ids), body, received: 0 };
          if (after > 0) clock.at(clock.now() + after, () => show(queue, message));
          else show(queue, message);
        }
      };
    },
    /** Runs a function that no queue invokes once it can run. `expires`: it is dropped after a minute of waiting. */
    invoke: (time: number, act: () => Promise<void>, expires = false): Promise<boolean> =>
      new Promise((resolve) => {
        const asked = clock.now();
        direct.push(() => {
          if (expires && clock.now() - asked > minute) return resolve(false);
          running += 1;
          runs.add(clock.now());
          void act().then(() =>
            clock.at(clock.now() + time, () => {
              end();
              resolve(true);
            }),
          );
        });
        dispatch();
      }),
    /** True if a request to the API would find a function now. */
    hasFunction: (): boolean => running < quota,
  };
};
