import { expect, test } from "vitest";
import { records } from "../../../src/runtimes/lambda/queue-records.ts";
import { keptLog } from "../../support/kept-log.ts";
import { sqsEvent } from "./recorded-events.ts";

test("every record is worked on, and none is handed back", async () => {
  const seen: string[] = [];
  const handler = records(async (body) => seen.push(body), keptLog().log);
  expect(await handler(sqsEvent("a", "b"))).toEqual({ batchItemFailures: [] });
  expect(seen).toEqual(["a", "b"]);
});

test("a record that fails is handed back alone, and the log says why", async () => {
  const { log, lines } = keptLog();
  const handler = records(async (body) => {
    if (body === "b") throw new Error("the table is asleep", { cause: new TypeError("no route") });
  }, log);
  expect(await handler(sqsEvent("a", "b", "c"))).toEqual({ batchItemFailures: [{ itemIdentifier: "m1" }] });
  expect(lines).toMatchObject([
    {
      level: "warn",
      message: "The record m1 is returned to its queue.",
      fields: {
        causes: ["Error: the table is asleep", "TypeError: no route"],
        stack: expect.stringContaining("records.test.ts"),
      },
    },
  ]);
});

test("a record that cannot be read is handed back, too: it ends in the dead-letter queue, where a person sees it", async () => {
  const handler = records(async (body) => JSON.parse(body), keptLog().log);
  expect(await handler(sqsEvent("{}", "no JSON"))).toEqual({ batchItemFailures: [{ itemIdentifier: "m1" }] });
});

test("one that hangs does not hold up the rest of its batch", async () => {
  const seen: string[] = [];
  const last = Promise.withResolvers<void>();
  const handler = records(async (body) => {
    if (body === "waits for c") await last.promise;
    if (body === "c") last.resolve();
    seen.push(body);
  }, keptLog().log);
  await handler(sqsEvent("waits for c", "c"));
  expect(seen).toEqual(["c", "waits for c"]);
});

test("what an error carries besides its message stays out of the log", async () => {
  const { log, lines } = keptLog();
  const handler = records(async () => {
    throw Object.assign(new Error("refused"), { request: { headers: { authorization: "Bearer hunter2" } } });
  }, log);
  await handler(sqsEvent("a"));
  expect(JSON.stringify(lines)).toContain("refused");
  expect(JSON.stringify(lines)).not.toContain("hunter2");
});

test("what is thrown without being an error is a failure all the same", async () => {
  const handler = records(() => Promise.reject("text"), keptLog().log);
  expect(await handler(sqsEvent("a"))).toEqual({ batchItemFailures: [{ itemIdentifier: "m0" }] });
});

test("an event that is no batch is refused", async () => {
  await expect(records(async () => undefined, keptLog().log)({ source: "aws.events" })).rejects.toThrow(/Records/);
});
