import { errorMessage } from "../domain/errors.ts";
import type { Cost } from "../domain/findings.ts";
import { second } from "../domain/time.ts";
import { TooSlow, withinTime } from "./within-time.ts";

/** In seconds. A function on AWS has a part of a core: what takes two seconds elsewhere takes longer in it. */
const limit = 5;

/** Calls a parser in this process: a text may take all of its memory, but not all of its time. */
export const inProcess = async <Result>(call: () => Result, refuse: (cost: Cost) => Result): Promise<Result> => {
  try {
    return withinTime(limit * second, call);
  } catch (error) {
    return refuse(
      error instanceof TooSlow ? { kind: "time", seconds: limit } : { kind: "error", message: errorMessage(error) },
    );
  }
};
