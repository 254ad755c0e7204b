import { expect, test } from "vitest";
import { contentHandler } from "../../../src/runtimes/lambda/queue-records.ts";
import { keptLog } from "../../support/kept-log.ts";
import { s3Notification, sqsEvent } from "./recorded-events.ts";

const aBucket = (refuses: (path: string) => boolean = () => false) => {
  const seen: string[] = [];
  const { log, lines } = keptLog();
  const ingest = {
    ingest: async (path: string) => {
      if (refuses(path)) throw Object.assign(new Error("the table is asleep"), { request: { token: "canary-7f3a9c" } });
      seen.push(path);
    },
  };
  return { handler: contentHandler(ingest, log), seen, lines };
};

test("each document of a notification is read once, in order", async () => {
  const { handler, seen } = aBucket();
  expect(await handler(sqsEvent(s3Notification("a+b.md", "c.md", "a+b.md")))).toEqual({ batchItemFailures: [] });
  expect(seen).toEqual(["a b.md", "c.md"]);
});

test("a document that fails returns its own record, and only the messages of the error are logged", async () => {
  const { handler, seen, lines } = aBucket((path) => path === "bad.md");
  const answer = await handler(sqsEvent(s3Notification("bad.md"), s3Notification("good.md")));
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "m0" }] });
  expect(seen).toEqual(["good.md"]);
  expect(JSON.stringify(lines)).toContain("the table is asleep");
  expect(JSON.stringify(lines)).not.toContain("canary-7f3a9c");
});

test("any other event is refused", async () => {
  await expect(aBucket().handler({ hello: "there" })).rejects.toThrow();
});
