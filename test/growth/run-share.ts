import { fileURLToPath } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import * as z from "zod";
import { mayGrow, measureFloor, measureGrowth, mostGrowth } from "../support/growth.ts";
import { ownPatterns } from "./built-patterns.ts";
import { constructPumps } from "./construct-pumps.ts";
import { loadedBy } from "./loaded-modules.ts";
import { makePumps, type Pump, pumped } from "./pattern-pumps.ts";

const share = z.object({ index: z.int(), of: z.int(), seed: z.int(), pumps: z.int().optional() });
export type Share = z.infer<typeof share>;

/** The result of reading one pump with each of the readers. */
export interface PumpRead {
  readonly faults: readonly string[];
}

const { index, of, seed, pumps } = share.parse(workerData);

/** The order of a seed (mulberry32): the first ones are the sample. */
const shuffled = <T>(all: readonly T[]): readonly T[] => {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return all
    .map((one) => ({ one, key: next() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ one }) => one);
};

const patterns = await ownPatterns();
// `ownPatterns` must be first: it sees patterns that modules build only when they are loaded for the first time.
const { firstPaths, wholePaths } = await import("./whole-paths.ts");

const sampleOf = (all: readonly Pump[]): readonly Pump[] =>
  shuffled(all)
    .slice(0, pumps ?? all.length)
    .filter((_, at) => at % of === index);

/**
 * The times of the texts that are read first. If all pumps are read, shorter texts decide which of the longer ones are
 * read.
 */
const floors = new Map(
  pumps === undefined
    ? Object.entries(firstPaths).map(([what, read]) => [what, measureFloor((length) => read("a ".repeat(length / 2)))])
    : [],
);

const mayBeSlow = (what: string, pump: Pump): boolean => {
  const [first, floor] = [firstPaths[what], floors.get(what)];
  return first === undefined || floor === undefined || mayGrow((length) => first(pumped(pump, length)), floor);
};

const faultOf = (what: string, pump: Pump, read: (text: string) => void): readonly string[] => {
  try {
    const growth = mayBeSlow(what, pump) ? measureGrowth((length) => read(pumped(pump, length))) : 1;
    return growth > mostGrowth ? [`${what} takes ${growth.toFixed(1)} times as long: ${JSON.stringify(pump)}`] : [];
  } catch (error) {
    return [`${what} throws ${String(error).slice(0, 200)}: ${JSON.stringify(pump).slice(0, 200)}`];
  }
};

const loaded = loadedBy(fileURLToPath(import.meta.resolve("./whole-paths.ts")));
const everyPump = [...constructPumps, ...patterns.filter(({ file }) => loaded.has(file)).flatMap(makePumps)];
const unique = [...new Map(everyPump.map((pump) => [JSON.stringify(pump), pump])).values()];

const whole = sampleOf(unique);
const sample = pumps === undefined ? whole : [...sampleOf(constructPumps), ...whole];
for (const pump of sample) {
  const faults = Object.entries(wholePaths).flatMap(([what, read]) => faultOf(what, pump, read));
  parentPort?.postMessage({ faults } satisfies PumpRead);
}
