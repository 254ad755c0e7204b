import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { drawnSeed } from "../support/drawn-seed.ts";
import { measureGrowth, mostGrowth } from "../support/growth.ts";
import { constructPumps } from "./construct-pumps.ts";
import { makePumps, type Pump, pumped } from "./pattern-pumps.ts";
import type { PumpRead, Share } from "./run-share.ts";
import { wholePaths } from "./whole-paths.ts";

/**
 * A commit samples this many constructs and this many parts of our own patterns. `PUMPS=all` takes every one, and
 * `SEED=…` another sample.
 */
const { PUMPS = "24" } = process.env;
const shares = Math.max(1, Math.min(8, availableParallelism()));

/** Every fault is printed when it is found: the whole run takes its time. */
const runShare = (index: number, onRead: (read: PumpRead) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    const share: Share = { index, of: shares, seed: drawnSeed, pumps: PUMPS === "all" ? undefined : Number(PUMPS) };
    const worker = new Worker(new URL("./run-share.ts", import.meta.url), { workerData: share });
    worker.on("message", onRead);
    worker.once("error", reject);
    worker.once("exit", () => resolve());
  });

it(
  `what takes more than about 4 times as long for 4 times the length (SEED=${drawnSeed} PUMPS=${PUMPS})`,
  async () => {
    const found: string[] = [];
    let pumps = 0;
    const began = Date.now();
    const onRead = ({ faults }: PumpRead): void => {
      pumps += 1;
      found.push(...faults);
      for (const fault of faults) console.log(fault);
      if (pumps % 250 === 0) console.log(`${pumps} pumps, ${found.length} faults`);
    };
    await Promise.all(Array.from({ length: shares }, (_, index) => runShare(index, onRead)));
    const readers = Object.keys(wholePaths).length;
    const minutes = ((Date.now() - began) / 60_000).toFixed(1);
    console.log(`${pumps} pumps × ${readers} readers in ${minutes} minutes: ${found.length} faults`);
    expect(found).toEqual([]);
  },
  24 * 3_600_000,
);

describe("a planted reader whose time grows with the square is found:", () => {
  const isFound = (pumps: readonly Pump[], read: (text: string) => void): boolean =>
    pumps.some((pump) => measureGrowth((length) => read(pumped(pump, length))) > mostGrowth);

  it.each([/<x [^>]*>/g, /(?:ab)+c/g])("%s, by pumps made of it", (pattern) => {
    expect(isFound(makePumps(pattern), (text) => text.replace(pattern, ""))).toBe(true);
  });

  it("one that looks for the end of each bracket, by the constructs", () => {
    const read = (text: string): void => {
      for (let at = text.indexOf("["); at >= 0; at = text.indexOf("[", at + 1)) /[)\]]/.test(text.slice(at));
    };
    expect(isFound(constructPumps.slice(0, 5), read)).toBe(true);
  });

  it("and one whose time grows with the length is not", () => {
    const read = (text: string) => [...text].map((character) => character.charCodeAt(0) ** 2).sort();
    expect(isFound(constructPumps.slice(0, 5), read)).toBe(false);
  });
});
