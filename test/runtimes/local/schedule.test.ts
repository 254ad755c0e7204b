import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hour, minute } from "../../../src/domain/time.ts";
import type { Ref } from "../../../src/ports/store.ts";
import { consoleLog } from "../../../src/runtimes/local/console-output.ts";
import { type Schedule, startSchedule } from "../../../src/runtimes/local/schedule.ts";
import { systemRuntime } from "../../../src/runtimes/system-runtime.ts";

const ref = (id: string): Ref => ({ kind: "post", site: "blog", id });

let lines: string[];
let offered: string[];
let sweeps: number;
let listings: number;
let polls: number;
let fails: boolean;
let schedule: Schedule;

beforeEach(() => {
  vi.useFakeTimers();
  [lines, offered, sweeps, listings, polls, fails] = [[], [], 0, 0, 0, false];
  schedule = startSchedule({
    offer: async (refs) => {
      if (fails) throw new Error("the queue is gone");
      offered.push(...refs.map((one) => ("id" in one ? one.id : one.kind)));
    },
    sweep: async () => {
      sweeps += 1;
      if (fails) throw "no words";
    },
    reconcile: async () => {
      listings += 1;
    },
    poll: async () => {
      polls += 1;
    },
    ...systemRuntime,
    log: consoleLog((line) => lines.push(line)),
  });
});
afterEach(async () => {
  await schedule.close();
  vi.useRealTimers();
});

describe("the local schedule", () => {
  it("offers a row that is due now at once", () => {
    schedule.due(ref("a"), Date.now());
    expect(offered).toEqual(["a"]);
  });

  it("says in one line that the clock went back, and what that means", async () => {
    await vi.advanceTimersByTimeAsync(10_000);
    expect(lines).toEqual([]);
    vi.setSystemTime(Date.now() - hour);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(lines).toEqual([
      "! the clock of this machine went back by 60 minutes: what waits may be late by as much, and nothing is lost or sent twice; check its time",
    ]);
  });

  it("offers rows when they are due, the earliest first", async () => {
    schedule.due(ref("b"), Date.now() + 2_000);
    schedule.due(ref("a"), Date.now() + 1_000);
    await vi.advanceTimersByTimeAsync(999);
    expect(offered).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(offered).toEqual(["a"]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(offered).toEqual(["a", "b"]);
  });

  it("offers a row once, at the last moment for which it was due", async () => {
    schedule.due(ref("a"), Date.now() + 1_000);
    schedule.due(ref("a"), Date.now() + 3_000);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(offered).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(offered).toEqual(["a"]);
  });

  it("leaves rows that are due much later to the sweep", async () => {
    schedule.due(ref("a"), Date.now() + minute + 1);
    await vi.advanceTimersByTimeAsync(2 * minute);
    expect(offered).toEqual([]);
  });

  it("sweeps every two seconds and lists the documents every hour", async () => {
    await vi.advanceTimersByTimeAsync(hour);
    expect(sweeps).toBe(1800);
    expect([listings, polls]).toEqual([1, 60]);
  });

  it("continues after a failure, with a warning", async () => {
    fails = true;
    schedule.due(ref("a"), Date.now());
    await vi.advanceTimersByTimeAsync(4_000);
    expect(sweeps).toBe(2);
    expect(lines).toContain("! offering a due row failed; it is tried again (error: the queue is gone)");
    expect(lines).toContain("! the sweep failed; it is tried again (error: no words)");
  });

  it("offers nothing once it is closed", async () => {
    schedule.due(ref("a"), Date.now() + 1_000);
    await schedule.close();
    schedule.due(ref("b"), Date.now());
    await vi.advanceTimersByTimeAsync(10_000);
    expect([offered, sweeps]).toEqual([[], 0]);
  });
});
