import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hour, minute } from "../../../src/domain/time.ts";
import type { Ref } from "../../../src/ports/store.ts";
import { consoleLog } from "../../../src/runtimes/local/console-output.ts";
import { heartbeat, type Schedule, startSchedule, watchVitals } from "../../../src/runtimes/local/schedule.ts";
import { systemRuntime } from "../../../src/runtimes/system-runtime.ts";

const ref = (id: string): Ref => ({ kind: "post", site: "blog", id });

let lines: string[];
let offered: string[];
let sweeps: number;
let listings: number;
let polls: number;
let beats: number;
let fails: boolean;
let schedule: Schedule;

beforeEach(() => {
  vi.useFakeTimers();
  [lines, offered, sweeps, listings, polls, beats, fails] = [[], [], 0, 0, 0, 0, false];
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
    beat: async () => {
      beats += 1;
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

  it("calls the monitor at the start and each minute", async () => {
    await vi.advanceTimersByTimeAsync(3 * minute);
    expect(beats).toBe(4);
  });

  describe("knows whether the work is being done", () => {
    const vitalsOf = (overdue: string | undefined) =>
      watchVitals({ schedule: () => schedule, overdue: async () => overdue, clock: Date.now });

    it("as long as due rows are looked for", async () => {
      const vitals = vitalsOf(undefined);
      expect(await vitals()).toEqual({ isLate: false, lastSweep: undefined, overdue: undefined });
      await vi.advanceTimersByTimeAsync(20 * minute);
      expect(await vitals()).toEqual({ isLate: false, lastSweep: Date.now(), overdue: undefined });
    });

    it("by the last sweep that did not fail: it is late after five minutes", async () => {
      const vitals = vitalsOf(undefined);
      await vi.advanceTimersByTimeAsync(minute);
      const lastSweep = Date.now();
      fails = true;
      await vi.advanceTimersByTimeAsync(5 * minute);
      expect(await vitals()).toEqual({ isLate: false, lastSweep, overdue: undefined });
      await vi.advanceTimersByTimeAsync(minute);
      expect(await vitals()).toEqual({ isLate: true, lastSweep, overdue: undefined });
    });

    it("by a row that has been due for too long", async () => {
      expect(await vitalsOf("delivery")()).toMatchObject({ isLate: true, overdue: "delivery" });
    });

    it.each([
      ["https://hc.example/a1b2", false, "https://hc.example/a1b2"],
      ["https://hc.example/a1b2", true, "https://hc.example/a1b2/fail"],
      ["https://hc.example/a1b2/?rid=1", true, "https://hc.example/a1b2/fail?rid=1"],
    ])("and tells the monitor %s so, late: %s", async (address, isLate, called) => {
      const asked: string[] = [];
      const beat = heartbeat(
        address,
        async () => ({ isLate, lastSweep: undefined, overdue: undefined }),
        async (url) => {
          asked.push(url);
          return undefined;
        },
      );
      await beat();
      expect(asked).toEqual([called]);
    });

    it("and says once why the monitor could not be called, until it could", async () => {
      const answers = ["the answer is 404", "the answer is 404", undefined, "the answer is 500"];
      const beat = heartbeat("https://hc.example/a1b2", vitalsOf(undefined), async () => answers.shift());
      await expect(beat()).rejects.toThrow("hc.example: the answer is 404");
      await beat();
      await beat();
      await expect(beat()).rejects.toThrow("hc.example: the answer is 500");
    });
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
