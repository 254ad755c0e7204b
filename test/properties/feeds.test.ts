import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { drawnSeed } from "../support/drawn-seed.ts";

/** The number of feeds that are rendered. A tenth as many documents are read. */
const cases = z.coerce.number().int().positive().default(100_000).parse(process.env.CASES);
/** The number of processes. The cases depend on it, so that it does not depend on the machine. */
const shares = z.coerce.number().int().positive().default(2).parse(process.env.SHARES);

const result = z.object({ passed: z.number(), report: z.string().optional() });
const outcome = z.object({ feeds: result, documents: result });
type Outcome = z.infer<typeof outcome>;

const runShare = async (number: number): Promise<Outcome> => {
  const runs = (all: number) => Math.ceil(all / shares);
  const worker = new Worker(new URL("./run-share.ts", import.meta.url), {
    workerData: { seed: drawnSeed + number, feeds: runs(cases), documents: runs(cases / 10) },
  });
  const [answer] = await once(worker, "message");
  await worker.terminate();
  return outcome.parse(answer);
};

describe("for all posts, sites and documents", () => {
  let outcomes: readonly Outcome[] = [];
  const passed = (kind: keyof Outcome) => outcomes.reduce((sum, one) => sum + one[kind].passed, 0);
  const reports = (kind: keyof Outcome) => outcomes.flatMap((one) => one[kind].report ?? []);

  beforeAll(async () => {
    outcomes = await Promise.all(Array.from({ length: shares }, (_, number) => runShare(number)));
  }, 600_000);
  afterAll(() => {
    console.log(
      `${passed("feeds")} feeds and ${passed("documents")} documents passed (SEED=${drawnSeed} SHARES=${shares} repeats them)`,
    );
  });

  it("feeds are well-formed, and contain each post once, with its texts", () => {
    expect(reports("feeds")).toEqual([]);
    expect(passed("feeds")).toBeGreaterThanOrEqual(cases);
  });

  it("a document is refused for named reasons, or is a post without active content that can be in every feed", () => {
    expect(reports("documents")).toEqual([]);
    expect(passed("documents")).toBeGreaterThanOrEqual(Math.ceil(cases / 10));
  });
});
