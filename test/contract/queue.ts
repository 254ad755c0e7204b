import { expect, test } from "vitest";
import type { FeedKey } from "../../src/domain/feed-key.ts";
import type { Queue } from "../../src/ports/runtime.ts";
import type { Ref } from "../../src/ports/store.ts";

export const postRef = (id: string): Ref => ({ kind: "post", site: "blog", id });
export const feedRef = (key: FeedKey): Ref => ({ kind: "feed", site: "blog", key });
export const deliveryRef = (account: string): Ref => ({
  kind: "delivery",
  site: "blog",
  post: "p",
  account,
  generation: 0,
});

export const pingRef = (hub: string): Ref => ({ kind: "ping", site: "blog", key: "main", hub });

/** A queue whose workers do not run yet. */
export interface HeldQueue {
  readonly queue: Queue;
  /** Returns the references that the workers get when they run. */
  drain(): Promise<readonly Ref[]>;
}

/** Rules for every queue. */
export const queueContract = (held: () => Promise<HeldQueue>): void => {
  test("gives every row to a worker, whatever its kind", async () => {
    const { queue, drain } = await held();
    const refs = [
      postRef("#é"),
      feedRef("categories/a"),
      deliveryRef("x"),
      pingRef("https://hub.example/"),
      ...Array.from({ length: 25 }, (_, n) => postRef(`${n}`)),
    ];
    await queue.send(refs);
    expect(await drain()).toEqual(expect.arrayContaining(refs));
  });

  test("sending nothing is not an error", async () => {
    const { queue, drain } = await held();
    await queue.send([]);
    await queue.send([postRef("a")]);
    expect(await drain()).toContainEqual(postRef("a"));
  });
};
