import { describe, expect, test } from "vitest";
import { forEachInOrder } from "../../../src/app/ingest/reconcile-source.ts";

/** Acts that the test ends, and what happened so far. */
const acts = (limit: number, count = 4) => {
  const log: string[] = [];
  const ends = Array.from({ length: count }, () => Promise.withResolvers<void>());
  const all = forEachInOrder([...ends.keys()], limit, async (item, turn) => {
    log.push(`begin ${item}`);
    void turn.then(() => log.push(`turn ${item}`));
    await ends[item]?.promise;
    log.push(`end ${item}`);
  });
  return { log, ends, all };
};

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe("work that is done in turn", () => {
  test("begins for a few items at once, whose turns come one after another", async () => {
    const { log, ends, all } = acts(2);
    await settle();
    expect(log).toEqual(["begin 0", "begin 1", "turn 0"]);
    ends[1]?.resolve();
    await settle();
    expect(log).toEqual(["begin 0", "begin 1", "turn 0", "end 1"]);
    ends[0]?.resolve();
    await settle();
    expect(log.slice(4).toSorted()).toEqual(["begin 2", "begin 3", "end 0", "turn 1", "turn 2"]);
    expect(log.indexOf("end 0")).toBe(4);
    for (const { resolve } of ends) resolve();
    await all;
    expect(log.filter((line) => line.startsWith("turn"))).toEqual(["turn 0", "turn 1", "turn 2", "turn 3"]);
  });

  test("is done for one after another where one at a time is allowed", async () => {
    const { log, ends, all } = acts(1, 2);
    for (const { resolve } of ends) resolve();
    await all;
    expect(log.filter((line) => !line.startsWith("turn"))).toEqual(["begin 0", "end 0", "begin 1", "end 1"]);
  });

  test("ends with the first failure, when all that was begun is over, and begins nothing after it", async () => {
    const { log, ends, all } = acts(2);
    const outcome = all.catch((error: unknown) => error);
    ends[0]?.reject(new Error("the disk is full"));
    await settle();
    ends[1]?.resolve();
    expect(await outcome).toEqual(new Error("the disk is full"));
    expect(log).not.toContain("begin 2");
    expect(log).toContain("end 1");
  });

  test("of nothing is nothing", async () => {
    await forEachInOrder([], 2, () => Promise.reject(new Error("there is nothing")));
  });
});
