import { expect, onTestFinished, test } from "vitest";
import { inProcessQueue } from "../../../src/queue/in-process-queue.ts";
import { systemRuntime } from "../../../src/runtimes/system-runtime.ts";
import type { Table } from "../../../src/store/table.ts";
import { tableStore } from "../../../src/store/table-store.ts";
import { composeTestedApp } from "../../support/app.ts";
import { aStore, newId } from "../../support/store.ts";
import { aDocument, aWorld } from "../../support/world.ts";

const posts = 100;

test("an import without accounts asks for at most 11 writes a post, those included whose condition fails", async () => {
  const { table, bodies, stop } = await aStore();
  onTestFinished(stop);
  let writes = 0;
  const count = <T>(write: Promise<T>): Promise<T> => {
    writes += 1;
    return write;
  };
  const counting: Table = {
    ...table,
    put: (row, condition, options) => count(table.put(row, condition, options)),
    update: (key, change, condition) => count(table.update(key, change, condition)),
    remove: (key, condition) => count(table.remove(key, condition)),
  };
  const world = await aWorld({ accounts: [] });
  const store = tableStore(counting, { bodies, newId });
  const app = composeTestedApp({ ...world.parts(), store });
  for (let n = 0; n < posts; n += 1)
    world.write(`p${n}.md`, aDocument({ title: `${n}`, slug: `p${n}`, category: "A" }));
  await app.reconcile();

  const queue = inProcessQueue({
    work: (ref) => app.work(ref),
    concurrency: { post: 16, feed: 2, delivery: 4, ping: 1, notice: 1 },
    onError: (_, error) => {
      throw error;
    },
    setTimer: systemRuntime.setTimer,
  });
  for (
    let due = await store.due.before(world.clock(), 500);
    due.length > 0;
    due = await store.due.before(world.clock(), 500)
  ) {
    await queue.send(due);
    await queue.idle();
  }
  expect(await world.titles("categories/a/")).toHaveLength(20);
  expect(writes / posts).toBeLessThanOrEqual(11);
});
