import { expect, test } from "vitest";
import { parseNotification } from "../../../src/runtimes/lambda/queue-records.ts";
import { s3Notification, s3TestEvent } from "./recorded-events.ts";

test.each([
  ["2026/hello.md", "2026/hello.md"],
  ["my+first+post.md", "my first post.md"],
  ["c%2B%2B+%26+rust.md", "c++ & rust.md"],
  ["ja/%E3%81%93%E3%82%93.md", "ja/こん.md"],
  ["100%25.md", "100%.md"],
])("the key %s is the path %s", (key, path) => {
  expect(parseNotification(s3Notification(key))).toEqual([path]);
});

test("a notification can have several documents, each once", () => {
  expect(parseNotification(s3Notification("a.md", "b.md", "a.md"))).toEqual(["a.md", "b.md"]);
});

test("the test event of S3 has no documents", () => {
  expect(parseNotification(s3TestEvent)).toEqual([]);
});

test.each([
  ["SNS", { Type: "Notification", TopicArn: "arn:aws:sns:eu-central-1:1:t", Message: s3Notification("a.md") }],
  ["EventBridge", { source: "aws.s3", "detail-type": "Object Created", detail: { object: { key: "a.md" } } }],
])("a notification that came by %s is refused with its name, and not deleted unread", (service, body) => {
  expect(() => parseNotification(JSON.stringify(body))).toThrow(`came by ${service}: let the bucket send`);
});

test("anything else is refused", () => {
  for (const body of ['{"Records":[{}]}', "{}", "[]", '{"Event":"s3:Other"}'])
    expect(() => parseNotification(body)).toThrow(/is not a notification of S3/);
  expect(() => parseNotification("hello")).toThrow();
});
