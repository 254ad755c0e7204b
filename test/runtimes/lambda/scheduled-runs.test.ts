import { expect, test } from "vitest";
import { scheduledHandler } from "../../../src/runtimes/lambda/scheduled-runs.ts";

const seenBy = async (event: unknown): Promise<readonly string[]> => {
  const seen: string[] = [];
  const see = (what: string) => async () => void seen.push(what);
  await scheduledHandler({
    reconcile: see("what has changed"),
    readEverything: see("everything"),
    poll: see("the feeds"),
  })(event);
  return seen;
};

test("the hourly schedule reads the documents that have changed", async () => {
  expect(await seenBy({ source: "aws.events", "detail-type": "Scheduled Event", detail: {} })).toEqual([
    "what has changed",
  ]);
});

test("a person has everything read", async () => {
  expect(await seenBy({ source: "crier.read-everything" })).toEqual(["everything"]);
});

test("the schedule of the feeds polls them", async () => {
  expect(await seenBy({ source: "crier.poll" })).toEqual(["the feeds"]);
});

test("a run that fails throws, because no queue keeps it", async () => {
  const run = scheduledHandler({
    reconcile: () => Promise.reject(new Error("Cannot list the bucket")),
    readEverything: async () => {},
    poll: async () => {},
  });
  await expect(run({ source: "aws.events" })).rejects.toThrow("Cannot list the bucket");
});

test("any other event is refused", async () => {
  await expect(seenBy({ hello: "there" })).rejects.toThrow();
});
