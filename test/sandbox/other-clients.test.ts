import { AtpAgent } from "@atproto/api";
import { startSandbox } from "crier/sandbox";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as z from "zod";

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

const texts = async () => {
  const posts = await (await fetch(`${sandbox.url}/sandbox/posts.json`)).json();
  return z
    .array(z.object({ network: z.string(), text: z.string() }))
    .parse(posts)
    .map(({ network, text }) => `${network}: ${text}`);
};

test("a client that keeps only the origin of its server's address reaches the account of its network", async () => {
  const agent = new AtpAgent({ service: sandbox.url });
  await agent.login({ identifier: "sandbox-bluesky", password: "sandbox-bluesky" });
  await agent.com.atproto.repo.putRecord({
    repo: agent.assertDid,
    collection: "app.bsky.feed.post",
    rkey: "3mabcdefghij2",
    record: { $type: "app.bsky.feed.post", text: "From a client", createdAt: "2026-11-30T09:00:00Z" },
  });
  const headers = { authorization: "Bearer sandbox-mastodon", "content-type": "application/json" };
  const statuses = { method: "POST", headers, body: '{"status":"From another"}' };
  expect((await fetch(`${sandbox.url}/api/v1/statuses`, statuses)).status).toBe(200);
  expect(await texts()).toEqual(["bluesky: From a client", "mastodon: From another"]);
});

test("what no network has, or more than one may mean, is not answered at the origin", async () => {
  for (const path of ["/", "/api/v1/timelines/home", "/sandboxes"])
    expect((await fetch(sandbox.url + path, { method: "POST" })).status).toBe(404);
});
