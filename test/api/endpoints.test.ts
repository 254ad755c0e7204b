import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { endpoints, pathOf } from "../../src/api/endpoints.ts";

test("the README names the address of every collection of the API", async () => {
  const readme = await readFile(join(import.meta.dirname, "../../README.md"), "utf8");
  const [, row = ""] = /^\| (.*) \| the API \|$/m.exec(readme) ?? [];
  const collections = Object.values(endpoints).map(({ path }) => `\`${path.split("/").slice(0, 3).join("/")}\``);
  expect(new Set(row.split(", "))).toEqual(new Set(collections));
});

test("the path of one post keeps its slashes and encodes all else", () => {
  expect(pathOf(endpoints.status, "ja/50 % & more?")).toBe("/api/posts/ja/50%20%25%20%26%20more%3F");
  expect(pathOf(endpoints.retry, "post.$&.1")).toBe("/api/deliveries/post.%24%26.1/retry");
});
