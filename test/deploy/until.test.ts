import { expect, test } from "vitest";
import { type Activity, untilIn } from "./until.ts";

const nothingLeft = async () => [];
const idle: Activity = { runs: 0, records: 0, messages: 0, later: 0, batches: 3 };

/** Answers one after the other, and then the last for ever. */
const inTurn = <T>(first: T, ...more: readonly T[]) => {
  const left = [first, ...more];
  let last = first;
  return async (): Promise<T> => {
    last = left.shift() ?? last;
    return last;
  };
};

test("a result is waited for while a function runs or a message comes later, also when asking for it fails at first", async () => {
  const activity = inTurn<Activity>({ ...idle, later: 1 }, { ...idle, runs: 1 }, idle);
  let polls = 0;
  const ask = () => {
    polls += 1;
    if (polls < 3) throw new Error("not there yet");
    return polls;
  };
  await untilIn(activity, nothingLeft)(ask, 3);
});

test("where nothing is under way any more, the wait ends with what is missing and what is left", async () => {
  const until = untilIn(inTurn<Activity>({ ...idle, records: 1 }, idle), async () => ["a ping, due since 3 s"]);
  const waiting = until(() => ["delivery"], ["delivery", "ping"]);
  await expect(waiting).rejects.toThrow(/nothing is under way any more, and expected \[ 'delivery' \] to deeply equal/);
  await expect(waiting).rejects.toThrow("what is left:\n  a ping, due since 3 s");
});

test("batches that begin and end between two polls keep the wait from ending", async () => {
  let batches = 0;
  const activity = async () => ({ ...idle, batches: batches++ });
  await untilIn(activity, nothingLeft)(() => batches, 14);
});
