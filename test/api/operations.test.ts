import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { operationPath, operations } from "../../src/api/operations.ts";

test("docs/api.md has every request of the API, and no other", async () => {
  const page = await readFile(join(import.meta.dirname, "../../docs/api.md"), "utf8");
  const shown = [...page.matchAll(/^\| `([A-Z]+ \/\S+)` \|/gm)].map(([, request]) => request);
  const requests = Object.values(operations).map(({ method, path }) =>
    `${method} ${path}`.replace("{name}", "NAME").replace("{id}", "ID"),
  );
  expect(shown.toSorted()).toEqual([...new Set(requests)].toSorted());
});

test("the path of one post keeps its slashes and encodes all else", () => {
  expect(operationPath(operations.status, "ja/50 % & more?")).toBe("/api/posts/ja/50%20%25%20%26%20more%3F");
  // A file as it is named from another folder. Its segments name no other operation.
  expect(operationPath(operations.remove, "../../site/posts/a.md")).toBe("/api/posts/site/posts/a.md");
  expect(operationPath(operations.remove, "./a.md")).toBe("/api/posts/a.md");
  expect(operationPath(operations.remove, "a/../../feeds")).toBe("/api/posts/a%2F..%2F..%2Ffeeds");
  expect(operationPath(operations.remove, "..")).toBe("/api/posts/");
  expect(operationPath(operations.status, ".well-known/..a")).toBe("/api/posts/.well-known/..a");
  expect(operationPath(operations.retry, "post.$&.1")).toBe("/api/deliveries/post.%24%26.1/retry");
});
