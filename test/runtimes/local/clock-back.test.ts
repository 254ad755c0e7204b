import { afterEach, expect, test, vi } from "vitest";
import { hour, minute } from "../../../src/domain/time.ts";
import { type AMachine, aDocument, aMachine, clear, eventually } from "../../support/machine.ts";

let machine: AMachine | undefined;
afterEach(async () => {
  vi.useRealTimers();
  if (machine !== undefined) await clear(machine);
  machine = undefined;
});

/** Turns back only the clock: timers and the network continue. */
const turnBack = (by: number): void => {
  const now = Date.now();
  vi.useFakeTimers({ toFake: ["Date"], shouldAdvanceTime: true });
  vi.setSystemTime(now - by);
};

test("a clock that goes back an hour: one line says it, no entry leaves a feed, nothing is sent twice, and what comes now is published", async () => {
  const running = await aMachine({ "one.md": aDocument("One") });
  machine = running;
  expect((await running.api("PUT", "api/posts/two", aDocument("Two"))).status).toBe(201);
  await eventually(async () => (await running.sandbox()).length).toBe(6);
  await running.idle();

  turnBack(hour);
  await eventually(async () => running.printed.filter((line) => line.includes("went back")).length).toBe(1);
  expect((await running.api("PUT", "api/posts/three", aDocument("Three"))).status).toBe(201);
  await running.write("four.md", aDocument("Four"));
  const scheduled = `date: ${new Date(Date.now() + 30 * minute).toISOString()}`;
  await running.api("PUT", "api/posts/later", aDocument("Later").replace(/date: .*/, scheduled));
  await eventually(async () => (await running.titles()).toSorted()).toEqual(["Four", "One", "Three", "Two"]);
  const archived = async () => (await running.titles("archive/1.json")).toSorted();
  await eventually(archived).toEqual(["Four", "One", "Three", "Two"]);
  await eventually(async () => (await running.sandbox()).length).toBe(12);
  await running.idle();

  // The next renders know it, too.
  expect((await running.api("PUT", "api/posts/three", aDocument("Three, corrected"))).status).toBe(200);
  await eventually(async () => (await running.titles()).toSorted()).toEqual(["Four", "One", "Three, corrected", "Two"]);
  const posts = (await running.sandbox()).map(({ account, id }) => `${account} ${id}`);
  expect([posts.length, new Set(posts).size]).toEqual([12, 12]);
  expect(running.printed.filter((line) => line.startsWith("!"))).toEqual([
    expect.stringContaining("the clock of this machine went back by 60 minutes"),
  ]);
});
