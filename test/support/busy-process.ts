import { serveParent } from "../../src/processes/child-process.ts";

/** Computes without an end, as a decoder does in its own thread: the events of the process go on. */
const compute = (): void => {
  for (let n = 0; n < 1_000_000; n += 1) Math.sqrt(n);
  setImmediate(compute);
};

serveParent(compute);
