import { once } from "node:events";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";

/** How many feeds are rendered; a tenth as many documents are read besides. */
const cases = z.coerce.number().int().positive().default(100_000).parse(process.env.CASES);
/** Another one in each run; what a run found comes back with its seed, in as many shares. */
const seed = z.coerce
  .number()
  .int()
  .default(Date.now() % 2 ** 31)
  .parse(process.env.SEED);
const shares = z.coerce.number().int().positive().default(availableParallelism()).parse(process.env.SHARES);

const counted = z.object({ held: z.number(), report: z.string().optional() });
const outcome = z.object({ feeds: counted, documents: counted });
type Outcome = z.infer<typeof outcome>;

const shareOf = async (number: number): Promise<Outcome> => {
  const runs = (all: number) => Math.ceil(all / shares);
  const worker = new Worker(new URL("./share.ts", import.meta.url), {
    workerData: { seed: seed + number, feeds: runs(cases), documents: runs(cases / 10) },
  });
  const [answer] = await once(worker, "message");
  await worker.terminate();
  return outcome.parse(answer);
};

describe("whatever posts, sites and documents say", () => {
  let outcomes: readonly Outcome[] = [];
  const held = (kind: keyof Outcome) => outcomes.reduce((sum, one) => sum + one[kind].held, 0);
  const reports = (kind: keyof Outcome) => outcomes.flatMap((one) => one[kind].report ?? []);

  beforeAll(async () => {
    outcomes = await Promise.all(Array.from({ length: shares }, (_, number) => shareOf(number)));
  }, 600_000);
  afterAll(() => {
    console.log(
      `${held("feeds")} feeds and ${held("documents")} documents held (SEED=${seed} SHARES=${shares} repeats them)`,
    );
  });

  it("feeds are well-formed, and hold each post once, with its own words", () => {
    expect(reports("feeds")).toEqual([]);
    expect(held("feeds")).toBeGreaterThanOrEqual(cases);
  });

  it("a document is a post that every feed can carry and nothing in it is alive, or refused for named reasons", () => {
    expect(reports("documents")).toEqual([]);
    expect(held("documents")).toBeGreaterThanOrEqual(Math.ceil(cases / 10));
  });
});
