import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Ref } from "../../src/ports/store.ts";
import { type InProcessOptions, inProcessQueue } from "../../src/queue/in-process-queue.ts";
import { systemRuntime } from "../../src/runtimes/system-runtime.ts";
import { deliveryRef, feedRef, pingRef, postRef, queueContract } from "../contract/queue.ts";

/** A queue whose workers each wait until the test opens their gate. */
const gated = (options: Partial<InProcessOptions> = {}) => {
  const begun: Ref[] = [];
  const gates: PromiseWithResolvers<void>[] = [];
  const timers: (() => void)[] = [];
  const failures: { readonly ref: Ref; readonly error: unknown }[] = [];
  const queue = inProcessQueue({
    work: (ref) => {
      const gate = Promise.withResolvers<void>();
      begun.push(ref);
      gates.push(gate);
      return gate.promise;
    },
    concurrency: { post: 2, feed: 1, delivery: 2, ping: 1, notice: 1 },
    onError: (ref, error) => {
      failures.push({ ref, error });
    },
    setTimer: (_, act) => {
      timers.push(act);
      return () => timers.splice(timers.indexOf(act), 1);
    },
    ...options,
  });
  /** Opens the gates in order until none is waiting. */
  const openGates = async () => {
    for (let next = 0; next < gates.length; next += 1) {
      gates[next]?.resolve();
      await setImmediate();
    }
  };
  /** No post was published for a while. */
  const fallQuiet = () => {
    for (const act of timers.splice(0)) act();
  };
  const openAll = async () => {
    await openGates();
    while (timers.length > 0) {
      fallQuiet();
      await openGates();
    }
  };
  /** Publishes a first post, which nothing waits for; what comes before the quiet is behind it. */
  const publishFirst = async () => {
    await queue.send([postRef("first")]);
    await openGates();
    begun.length = 0;
    gates.length = 0;
  };
  return { queue, begun, gates, failures, timers, openAll, openGates, fallQuiet, publishFirst };
};

const oneAtATime = { post: 1, feed: 1, delivery: 1, ping: 1, notice: 1 } as const;

describe("the queue of one process", () => {
  queueContract(async () => {
    const { queue, begun, openAll } = gated();
    await queue.send([feedRef("featured")]);
    await queue.send([postRef("busy 1"), postRef("busy 2")]);
    return {
      queue,
      drain: async () => {
        await openAll();
        return begun;
      },
    };
  });

  test("processes as many rows of a kind at once as is configured", async () => {
    const { queue, begun, gates } = gated();
    const [a, b, c] = [deliveryRef("a"), deliveryRef("b"), deliveryRef("c")];
    await queue.send([a, b, c, pingRef("hub"), pingRef("other hub")]);
    expect(begun).toEqual([a, b, pingRef("hub")]);
    gates[0]?.resolve();
    await setImmediate();
    expect(begun).toEqual([a, b, pingRef("hub"), c]);
  });

  test("takes posts before feeds, which an import would otherwise render once a post", async () => {
    const { queue, begun, openAll, publishFirst } = gated();
    await publishFirst();
    await queue.send([postRef("a"), feedRef("main"), postRef("b"), postRef("c"), feedRef("main")]);
    await openAll();
    expect(begun).toEqual([postRef("a"), postRef("b"), postRef("c"), feedRef("main")]);
  });

  test("renders the feeds of a first post at once, and does not wait for the next one", async () => {
    const { queue, begun, gates } = gated({ concurrency: { ...oneAtATime, post: 2 } });
    await queue.send([postRef("a"), feedRef("categories/a"), feedRef("main")]);
    await queue.send([postRef("b")]);
    expect(begun).toEqual([postRef("a")]);
    gates[0]?.resolve();
    await setImmediate();
    gates[1]?.resolve();
    await setImmediate();
    expect(begun).toEqual([postRef("a"), feedRef("categories/a"), feedRef("main")]);
  });

  test("waits a while after the last post, because the next one is perhaps being read", async () => {
    const { queue, begun, openGates, fallQuiet, publishFirst } = gated({ concurrency: oneAtATime });
    await publishFirst();
    await queue.send([postRef("a"), feedRef("main")]);
    await openGates();
    await queue.send([postRef("b"), feedRef("main")]);
    await openGates();
    expect(begun).toEqual([postRef("a"), postRef("b")]);
    fallQuiet();
    expect(begun).toEqual([postRef("a"), postRef("b"), feedRef("main")]);
  });

  test("takes feeds at times during an import that does not end", async () => {
    const { queue, begun, gates } = gated({ concurrency: oneAtATime });
    await queue.send([...Array.from({ length: 1_500 }, (_, n) => postRef(`${n}`)), feedRef("main")]);
    for (let next = 0; next < 1_100; next += 1) {
      gates[next]?.resolve();
      await setImmediate();
      // Each post makes the feed due.
      if (begun[next]?.kind === "post") await queue.send([feedRef("main")]);
    }
    expect(begun.findLastIndex(({ kind }) => kind === "feed")).toBeGreaterThan(1_000);
  });

  test("renders a feed soon in an import, and then less and less often", async () => {
    const { queue, begun, gates } = gated({ concurrency: oneAtATime });
    await queue.send([...Array.from({ length: 2_100 }, (_, n) => postRef(`${n}`)), feedRef("main")]);
    const postsBefore: number[] = [];
    for (let next = 0; next < 2_100; next += 1) {
      if (begun[next]?.kind === "feed") {
        postsBefore.push(next - postsBefore.length);
        await queue.send([feedRef("main")]);
      }
      gates[next]?.resolve();
      await setImmediate();
    }
    expect(postsBefore).toEqual([1, 41, 1_041, 2_041]);
  });

  test("a post waits a moment for others, so that they are published together", async () => {
    const { queue, begun, fallQuiet, publishFirst } = gated({ concurrency: { ...oneAtATime, post: 3 } });
    await publishFirst();
    await queue.send([postRef("a")]);
    await queue.send([postRef("b")]);
    expect(begun).toEqual([]);
    fallQuiet();
    expect(begun).toEqual([postRef("a"), postRef("b")]);
  });

  test("posts wait for no more of them than are published at once", async () => {
    const { queue, begun, publishFirst } = gated();
    await publishFirst();
    await queue.send([postRef("a")]);
    await queue.send([postRef("b")]);
    expect(begun).toEqual([postRef("a"), postRef("b")]);
  });

  test("posts that gather while the last one falls quiet do not begin anew with the feeds", async () => {
    const { queue, begun, gates, timers, publishFirst } = gated({ concurrency: { ...oneAtATime, post: 3 } });
    await publishFirst();
    await queue.send([postRef("a"), feedRef("main")]);
    const [quiet, gathered] = timers.splice(0);
    quiet?.();
    gathered?.();
    gates[0]?.resolve();
    await setImmediate();
    await queue.send([postRef("b")]);
    expect(begun).toEqual([postRef("a")]);
  });

  test("sends deliveries when the feeds have their posts, which wait for no network", async () => {
    const { queue, begun, gates } = gated({ concurrency: oneAtATime });
    await queue.send([postRef("a"), deliveryRef("x"), feedRef("main")]);
    gates[0]?.resolve();
    await setImmediate();
    expect(begun).toEqual([postRef("a"), feedRef("main")]);
    gates[1]?.resolve();
    await setImmediate();
    expect(begun).toEqual([postRef("a"), feedRef("main"), deliveryRef("x")]);
  });

  test("deliveries wait for an import a few seconds and no longer", async () => {
    const { queue, begun, gates, fallQuiet } = gated({ concurrency: oneAtATime });
    await queue.send([postRef("a"), postRef("b"), deliveryRef("x"), deliveryRef("y")]);
    fallQuiet();
    expect(begun).toEqual([postRef("a"), deliveryRef("x")]);
    gates[1]?.resolve();
    await setImmediate();
    expect(begun).toEqual([postRef("a"), deliveryRef("x"), deliveryRef("y")]);
  });

  test("a row that is queued is not queued again", async () => {
    const { queue, begun, openAll } = gated({ concurrency: oneAtATime });
    await queue.send([postRef("busy"), postRef("a"), postRef("a")]);
    await queue.send([postRef("a")]);
    await openAll();
    expect(begun).toEqual([postRef("busy"), postRef("a")]);
  });

  test("a row that is sent again while it is processed is processed once more afterwards, never by two workers at once (interleavings 23, 45)", async () => {
    const { queue, begun, gates, openAll } = gated();
    await queue.send([deliveryRef("x")]);
    await queue.send([deliveryRef("x"), deliveryRef("y")]);
    await queue.send([deliveryRef("x")]);
    expect(begun).toEqual([deliveryRef("x"), deliveryRef("y")]);
    gates[1]?.resolve();
    await setImmediate();
    expect(begun).toHaveLength(2);
    await openAll();
    expect(begun).toEqual([deliveryRef("x"), deliveryRef("y"), deliveryRef("x")]);
    await queue.idle();
  });

  test("rows of different kinds and generations are different rows", async () => {
    const { queue, begun } = gated();
    const again: Ref = { kind: "delivery", site: "blog", post: "p", account: "x", generation: 1 };
    await queue.send([deliveryRef("x"), again]);
    expect(begun).toEqual([deliveryRef("x"), again]);
  });

  test("a step that fails is reported, and its row is not processed again before the report is done", async () => {
    const report = Promise.withResolvers<void>();
    const reported: unknown[] = [];
    const { queue, begun, gates } = gated({
      onError: (_, error) => {
        reported.push(error);
        return report.promise;
      },
    });
    await queue.send([feedRef("main")]);
    gates[0]?.reject(new Error("no"));
    await queue.send([feedRef("main")]);
    await setImmediate();
    expect(reported).toEqual([new Error("no")]);
    expect(begun).toHaveLength(1);
    report.resolve();
    await setImmediate();
    expect(begun).toHaveLength(2);
  });

  test("a step that throws at once and a report that fails do not stop the other rows", async () => {
    const done: Ref[] = [];
    const queue = inProcessQueue({
      work: async (ref) => {
        if (ref.kind === "post") throw new Error("no");
        done.push(ref);
      },
      concurrency: oneAtATime,
      onError: () => {
        throw new Error("nor this");
      },
      setTimer: systemRuntime.setTimer,
    });
    await queue.send([postRef("a"), postRef("b"), feedRef("main")]);
    await queue.idle();
    expect(done).toEqual([feedRef("main")]);
  });

  test("is idle when the last step is over", async () => {
    const { queue, openAll, begun } = gated();
    await queue.idle();
    await queue.send([postRef("a"), postRef("b"), postRef("c")]);
    const order: string[] = [];
    const idle = Promise.all([queue.idle(), queue.idle()]).then(() => order.push("idle"));
    await setImmediate();
    order.push(`begun ${begun.length}`);
    await openAll();
    await idle;
    expect(order).toEqual(["begun 2", "idle"]);
  });

  test("stops after the running steps and starts nothing more", async () => {
    const { queue, begun, gates } = gated();
    await queue.send([feedRef("main"), feedRef("featured")]);
    const stopped = queue.stop();
    await queue.send([postRef("late")]);
    gates[0]?.resolve();
    await stopped;
    await queue.stop();
    expect(begun).toEqual([feedRef("main")]);
  });
});
