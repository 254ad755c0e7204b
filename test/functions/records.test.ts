import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { records } from "../../functions/events/records.ts";
import { sqsEvent } from "./recorded.ts";

const printed: string[] = [];

beforeEach(() => {
  printed.length = 0;
  vi.spyOn(process.stderr, "write").mockImplementation((line) => {
    printed.push(String(line));
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

test("every record is worked on, and none is handed back", async () => {
  const seen: string[] = [];
  const handler = records(async (body) => seen.push(body));
  expect(await handler(sqsEvent("a", "b"))).toEqual({ batchItemFailures: [] });
  expect(seen).toEqual(["a", "b"]);
});

test("a record that fails is handed back alone, and the log says why", async () => {
  const handler = records(async (body) => {
    if (body === "b") throw new Error("the table is asleep", { cause: new TypeError("no route") });
  });
  expect(await handler(sqsEvent("a", "b", "c"))).toEqual({ batchItemFailures: [{ itemIdentifier: "m1" }] });
  expect(printed.map((line) => JSON.parse(line))).toMatchObject([
    {
      level: "error",
      message: "The record m1 goes back to its queue.",
      causes: ["Error: the table is asleep", "TypeError: no route"],
    },
  ]);
});

test("a record that cannot be read is handed back, too: it ends in the dead-letter queue, where a person sees it", async () => {
  const handler = records(async (body) => JSON.parse(body));
  expect(await handler(sqsEvent("{}", "no JSON"))).toEqual({ batchItemFailures: [{ itemIdentifier: "m1" }] });
});

test("one that hangs does not hold up the rest of its batch", async () => {
  const seen: string[] = [];
  const last = Promise.withResolvers<void>();
  const handler = records(async (body) => {
    if (body === "waits for c") await last.promise;
    if (body === "c") last.resolve();
    seen.push(body);
  });
  await handler(sqsEvent("waits for c", "c"));
  expect(seen).toEqual(["c", "waits for c"]);
});

test("what an error carries besides its message stays out of the log", async () => {
  const handler = records(async () => {
    throw Object.assign(new Error("refused"), { request: { headers: { authorization: "Bearer hunter2" } } });
  });
  await handler(sqsEvent("a"));
  expect(printed.join("")).toContain("refused");
  expect(printed.join("")).not.toContain("hunter2");
});

test("what is thrown without being an error is a failure all the same", async () => {
  const handler = records(() => Promise.reject("text"));
  expect(await handler(sqsEvent("a"))).toEqual({ batchItemFailures: [{ itemIdentifier: "m0" }] });
});

test("an event that is no batch is refused", async () => {
  await expect(records(async () => undefined)({ source: "aws.events" })).rejects.toThrow(/Records/);
});
