import { parentPort, workerData } from "node:worker_threads";
import fc from "fast-check";
import * as z from "zod";
import { generatedDocument } from "../documents/grammar.ts";
import { anyFeed } from "./arbitraries.ts";
import { anyDocument, faultsOfDocument } from "./documents.ts";
import { faultsOf } from "./faults.ts";

const { seed, feeds, documents } = z.object({ seed: z.int(), feeds: z.int(), documents: z.int() }).parse(workerData);

const expectNone = (faults: readonly string[]): void => {
  if (faults.length > 0) throw new Error(faults.join("\n"));
};

const check = <T>(arbitrary: fc.Arbitrary<T>, faults: (value: T) => readonly string[], numRuns: number) => {
  const details = fc.check(
    fc.property(arbitrary, (value) => expectNone(faults(value))),
    { seed, numRuns },
  );
  return { passed: details.failed ? details.numRuns - 1 : details.numRuns, report: fc.defaultReportMessage(details) };
};

parentPort?.postMessage({
  feeds: check(anyFeed, faultsOf, feeds),
  documents: check(fc.oneof(anyDocument, generatedDocument), faultsOfDocument, documents),
});
