import { expect, test } from "vitest";
import { recordsHandler } from "../../../src/runtimes/lambda/queue-records.ts";
import { keptLog } from "../../support/kept-log.ts";
import { deliveredAgain, sqsEvent } from "./recorded-events.ts";

test("every record is processed, and none is returned", async () => {
  const seen: string[] = [];
  const handler = recordsHandler(async (body) => seen.push(body), keptLog().log);
  expect(await handler(sqsEvent("a", "b"))).toEqual({ batchItemFailures: [] });
  expect(seen).toEqual(["a", "b"]);
});

test("only the record that fails is returned, and the reason is logged", async () => {
  const { log, lines } = keptLog();
  const handler = recordsHandler(async (body) => {
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

test("an invalid record is returned, too: it ends in the dead-letter queue", async () => {
  const handler = recordsHandler(async (body) => JSON.parse(body), keptLog().log);
  expect(await handler(sqsEvent("{}", "no JSON"))).toEqual({ batchItemFailures: [{ itemIdentifier: "m1" }] });
});

test("a record that hangs does not delay the others of its batch", async () => {
  const seen: string[] = [];
  const last = Promise.withResolvers<void>();
  const handler = recordsHandler(async (body) => {
    if (body === "waits for c") await last.promise;
    if (body === "c") last.resolve();
    seen.push(body);
  }, keptLog().log);
  await handler(sqsEvent("waits for c", "c"));
  expect(seen).toEqual(["c", "waits for c"]);
});

test("records that may end their process are handled one after another once one of them was delivered before", async () => {
  const seen: string[] = [];
  const work = async (body: string, isRepeated: boolean) => {
    seen.push(`${body} begins${isRepeated ? " again" : ""}`);
    await Promise.resolve();
    seen.push(`${body} ends`);
    if (body === "a") throw new Error("the table is asleep");
  };
  const handler = recordsHandler(work, keptLog().log, { alone: true });
  const [first] = sqsEvent("a").Records;
  const [, again] = deliveredAgain(2, "", "b").Records;
  expect(await handler({ Records: [first, again] })).toEqual({ batchItemFailures: [{ itemIdentifier: "m0" }] });
  expect(seen).toEqual(["a begins", "a ends", "b begins again", "b ends"]);
  seen.length = 0;
  await handler(sqsEvent("a", "b"));
  expect(seen).toEqual(["a begins", "b begins", "a ends", "b ends"]);
});

test("only the message of an error is logged", async () => {
  const { log, lines } = keptLog();
  const handler = recordsHandler(async () => {
    throw Object.assign(new Error("refused"), { request: { headers: { authorization: "Bearer hunter2" } } });
  }, log);
  await handler(sqsEvent("a"));
  expect(JSON.stringify(lines)).toContain("refused");
  expect(JSON.stringify(lines)).not.toContain("hunter2");
});

test("a thrown value that is not an error is a failure, too", async () => {
  const handler = recordsHandler(() => Promise.reject("text"), keptLog().log);
  expect(await handler(sqsEvent("a"))).toEqual({ batchItemFailures: [{ itemIdentifier: "m0" }] });
});

test("an event that is not a batch is refused", async () => {
  await expect(recordsHandler(async () => undefined, keptLog().log)({ source: "aws.events" })).rejects.toThrow(
    /Records/,
  );
});
