import { expect, test } from "vitest";
import { pathsOfNotification } from "../../../src/runtimes/lambda/s3-notification.ts";
import { s3Notification, s3TestEvent } from "./recorded-events.ts";

test.each([
  ["2026/hello.md", "2026/hello.md"],
  ["my+first+post.md", "my first post.md"],
  ["c%2B%2B+%26+rust.md", "c++ & rust.md"],
  ["ja/%E3%81%93%E3%82%93.md", "ja/こん.md"],
  ["100%25.md", "100%.md"],
])("the key %s is the path %s", (key, path) => {
  expect(pathsOfNotification(s3Notification(key))).toEqual([path]);
});

test("a notification can have several documents, each once", () => {
  expect(pathsOfNotification(s3Notification("a.md", "b.md", "a.md"))).toEqual(["a.md", "b.md"]);
});

test("the test event of S3 has no documents", () => {
  expect(pathsOfNotification(s3TestEvent)).toEqual([]);
});

test("anything else is refused", () => {
  expect(() => pathsOfNotification('{"Records":[{}]}')).toThrow();
  expect(() => pathsOfNotification("hello")).toThrow();
});
