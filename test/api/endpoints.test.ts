import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { endpointPath, endpoints } from "../../src/api/endpoints.ts";

test("docs/api.md has every request of the API, and no other", async () => {
  const page = await readFile(join(import.meta.dirname, "../../docs/api.md"), "utf8");
  const shown = [...page.matchAll(/^\| `([A-Z]+ \/api\/\S+)` \|/gm)].map(([, request]) => request);
  const requests = Object.values(endpoints).map(({ method, path }) =>
    `${method} ${path}`.replace(":name{.+}", "NAME").replace(":id{.+}", "ID"),
  );
  expect(shown.toSorted()).toEqual([...new Set(requests)].toSorted());
});

test("the path of one post keeps its slashes and encodes all else", () => {
  expect(endpointPath(endpoints.status, "ja/50 % & more?")).toBe("/api/posts/ja/50%20%25%20%26%20more%3F");
  expect(endpointPath(endpoints.retry, "post.$&.1")).toBe("/api/deliveries/post.%24%26.1/retry");
});
