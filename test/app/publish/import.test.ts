import { expect, test } from "vitest";
import { inProcessQueue } from "../../../src/queue/in-process-queue.ts";
import { systemRuntime } from "../../../src/runtimes/system-runtime.ts";
import { composeTestedApp } from "../../support/app.ts";
import { aDocument, aWorld } from "../../support/world.ts";

test("an import renders each category feed once more after the first post, and not once for each post", async () => {
  const world = await aWorld();
  const renders = new Map<string, number>();
  const { feeds } = world.store;
  const counting: typeof feeds = {
    ...feeds,
    withLease: (site, key, terms, work) =>
      feeds.withLease(site, key, terms, (lease) => {
        renders.set(key, (renders.get(key) ?? 0) + 1);
        return work(lease);
      }),
  };
  const queue = inProcessQueue({
    work: (ref) => app.work(ref),
    setTimer: systemRuntime.setTimer,
    concurrency: { post: 4, feed: 2, delivery: 4, ping: 1, notice: 1 },
    onError: (_, error) => {
      throw error;
    },
  });
  const app = composeTestedApp({ ...world.parts(), store: { ...world.store, feeds: counting }, queue });
  const offer = async () => queue.send(await world.store.due.before(world.clock(), 500));

  const categories = Array.from({ length: 20 }, (_, n) => `C${n}`);
  for (let n = 0; n < 8; n += 1) {
    const own = Array.from({ length: 5 }, (_, k) => categories[(n * 5 + k) % 20]);
    world.write(`${n}.md`, aDocument({ title: `${n}`, slug: `p${n}`, categories: own, socialShare: false }));
    await app.ingest("folder", `${n}.md`);
    await offer();
  }
  await queue.idle();
  await offer();
  await queue.idle();

  const ofCategories = [...renders].filter(([key]) => key.startsWith("categories/"));
  expect(ofCategories).toHaveLength(20);
  expect(ofCategories.filter(([, count]) => count > 2)).toEqual([]);
  expect(renders.get("main")).toBeLessThanOrEqual(3);
  expect(await world.titles("categories/c7/")).toHaveLength(2);
});
