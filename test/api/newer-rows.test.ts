import { expect, test } from "vitest";
import { webApp } from "../../src/api/http-api.ts";
import { postKey } from "../../src/store/keys.ts";
import { aDocument, aWorld } from "../support/world.ts";

const authorised = { headers: { Authorization: "Bearer token", "Content-Type": "text/markdown" } };

test("a request about a row of a newer format is answered by 503 with the next step, and others go on", async () => {
  const world = await aWorld();
  world.write("a.md", aDocument({ slug: "a" }));
  world.write("b.md", aDocument({ slug: "b" }));
  for (const path of ["a.md", "b.md"]) await world.ingest(path);
  const key = postKey("blog", (await world.post("a")).id);
  await world.table.update(key, { set: { format: 2 } }, { kind: "present" });
  const web = webApp({ sites: world.app.sites, token: async () => "token" });
  const ask = (method: string, path: string, body?: string) =>
    web.request(path, { ...authorised, method, ...(body !== undefined && { body }) });
  for (const answer of [await ask("GET", "/api/posts/a"), await ask("DELETE", "/api/posts/a")]) {
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({
      detail: "This data has format 2, and this version of Crier knows up to 1: install the newer version again.",
    });
  }
  expect((await ask("GET", "/api/posts/b")).status).toBe(200);
  expect(await (await ask("GET", "/api/posts")).json()).toMatchObject({ posts: [{ slug: "b" }] });
});
