import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { networks } from "../../src/networks/index.ts";
import { drawnSeed as seed } from "../support/drawn-seed.ts";
import { type Act, type Batch, faults, type Point, roundOfBatches } from "./cells.ts";
import { changesTable, countOf, type Judged, matrixPage, repliesTable, sendsTable, summaryOf } from "./matrix-page.ts";
import { type Machine, runBatch } from "./run-batch.ts";
import { seededRandom } from "./seeded-random.ts";
import { expectedVerdict } from "./verdict.ts";
import type { Open } from "./worker-messages.ts";
import { type WorkerProcesses, workerProcesses } from "./worker-process.ts";

/** `all`: every cell with ten seeds, and docs/crash-matrix.md is written after each of them. Otherwise a tenth: one seed. */
const isWhole = process.env.CELLS === "all";
const rounds = isWhole ? 10 : 1;
const page = join(import.meta.dirname, "../../docs/crash-matrix.md");
/** `1` or `2`: every other network, from the first or from the second on. All networks without it. */
const half = z.enum(["1", "2"]).optional().parse(process.env.HALF);
const chosen = networks
  .filter((_, index) => half === undefined || (index % 2) + 1 === Number(half))
  .map(({ name }) => name);
const batchesOf = (round: number): readonly Batch[] =>
  roundOfBatches(seed, round).filter(({ network }) => chosen.includes(network));
/** Batches at the same time. Most of their time they wait for each other's processes. */
const lanes = 3;

let compiled: string;
let workers: WorkerProcesses;
let machines: readonly Machine[];

beforeAll(async () => {
  compiled = await mkdtemp(join(tmpdir(), "crier-compiled-"));
  workers = workerProcesses(compiled);
  machines = Array.from({ length: lanes }, () => ({
    workers,
    finishers: [workers.take(), workers.take()],
  }));
});
afterAll(async () => {
  await workers.end();
  await rm(compiled, { recursive: true, force: true });
});

const judgeBatch = async (
  batch: Batch,
  machine: Machine,
  procedure?: Open["procedure"],
): Promise<readonly Judged[]> => {
  const { network, act, point, engine } = batch;
  const verdicts = await runBatch(batch, machine, procedure);
  return batch.runs.flatMap((run, number) => {
    const verdict = verdicts[number];
    const expected = expectedVerdict(act, network, point, run);
    return verdict === undefined ? [] : { network, act, point, fault: run.fault, engine, verdict, expected };
  });
};

const judgeAll = async (batches: readonly Batch[]): Promise<readonly Judged[]> => {
  const waiting = batches.values();
  const judged = machines.map(async (machine) => {
    const own: Judged[] = [];
    for (const batch of waiting) own.push(...(await judgeBatch(batch, machine)));
    return own;
  });
  return (await Promise.all(judged)).flat();
};

describe("a worker that is killed at any point, whatever the network answers", () => {
  it(
    "loses nothing and posts nothing twice",
    async () => {
      console.log(`crash matrix: SEED=${seed}, ${rounds} for each cell of ${chosen.join(", ")}`);
      const judged: Judged[] = [];
      // One seed puts a cell on one of the two engines.
      const first = Math.trunc(seededRandom(String(seed))() * 10);
      for (let round = 1; round <= rounds; round += 1) {
        judged.push(...(await judgeAll(batchesOf(first + round))));
        const kills = workers.killed();
        console.log(`crash matrix: ${summaryOf(judged)}; ${kills} kills`);
        if (isWhole) await writeFile(page, matrixPage(judged, { seed, rounds: round, kills }));
      }
      console.log([sendsTable(judged), repliesTable(judged), changesTable(judged)].join("\n\n"));
      expect(judged.filter(({ verdict, expected }) => verdict !== expected)).toEqual([]);
      expect(judged).toHaveLength(rounds * batchesOf(1).length * faults.length);
    },
    4 * 3_600_000,
  );
});

describe("the same test finds", () => {
  const verdictsOf = async (act: Act, point: Point, procedure: Open["procedure"]): Promise<readonly Judged[]> => {
    const batch = roundOfBatches(seed, 0).find(
      (one) => one.network === "mastodon" && one.act === act && one.point === point,
    );
    const [machine] = machines;
    if (batch === undefined || machine === undefined) throw new Error("there is no such cell");
    return judgeBatch(batch, machine, procedure);
  };

  it("the duplicates of a worker that sends, then records", async () => {
    const judged = await verdictsOf("send", "before record", "send, then record");
    const applied = judged.filter(({ fault }) => fault.startsWith("applied"));
    expect(countOf(applied, "posted twice")).toBe(applied.length);
  });

  it("the second replies of a worker that replies, then records", async () => {
    const judged = await verdictsOf("reply", "before record", "reply, then record");
    const applied = judged.filter(({ fault }) => fault.startsWith("applied"));
    expect(countOf(applied, "posted twice")).toBe(applied.length);
  });

  it("the losses of a worker that records, then sends", async () => {
    const judged = await verdictsOf("send", "before send", "record, then send");
    expect(countOf(judged, "lost")).toBe(faults.length);
  });

  it("the lost edits of a worker that records, then edits", async () => {
    const judged = await verdictsOf("edit", "before send", "record, then change");
    expect(countOf(judged, "lost")).toBe(faults.length);
  });
});
