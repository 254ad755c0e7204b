import { expect, test } from "vitest";
import { scheduledHandler } from "../../../src/runtimes/lambda/scheduled-runs.ts";

const seenBy = async (event: unknown): Promise<readonly string[]> => {
  const seen: string[] = [];
  const see = (what: string) => async () => void seen.push(what);
  await scheduledHandler({ reconcile: see("all documents"), poll: see("the feeds") })(event);
  return seen;
};

test("the hourly schedule reads all documents", async () => {
  expect(await seenBy({ source: "aws.events", "detail-type": "Scheduled Event", detail: {} })).toEqual([
    "all documents",
  ]);
});

test("the schedule of the feeds polls them", async () => {
  expect(await seenBy({ source: "crier.poll" })).toEqual(["the feeds"]);
});

test("a run that fails throws, because no queue keeps it", async () => {
  const run = scheduledHandler({
    reconcile: () => Promise.reject(new Error("Cannot list the bucket")),
    poll: async () => {},
  });
  await expect(run({ source: "aws.events" })).rejects.toThrow("Cannot list the bucket");
});

test("any other event is refused", async () => {
  await expect(seenBy({ hello: "there" })).rejects.toThrow();
});
