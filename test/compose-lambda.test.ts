import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import {
  composeDeliverFunction,
  composeIngestFunction,
  composePublishFunction,
  composeRelayFunction,
  composeRenderFunction,
  composeWebFunction,
} from "../src/compose-lambda.ts";
import { anAws } from "./support/aws-double.ts";
import { aStore } from "./support/store.ts";
import { aDocument } from "./support/world.ts";

/** The functions' environment, as the stack sets it, over an embedded database and AWS acted out on loopback. */
const aDeployment = async () => {
  const { store, client, table, stop } = await aStore();
  onTestFinished(stop);
  const aws = await anAws();
  const database = await client.config.endpoint?.();
  const { endpoint } = aws.client;
  vi.stubEnv("AWS_ENDPOINT_URL", endpoint);
  vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB", `http://${database?.hostname}:${database?.port}`);
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  vi.stubEnv("AWS_REGION", "us-east-1");
  const env = {
    TABLE: table,
    BODIES_BUCKET: "bodies",
    CONTENT_BUCKET: "content",
    FEEDS_BUCKET: "feeds",
    SECRETS_PATH: "/crier/test",
    POST_QUEUE: `${endpoint}/posts`,
    FEED_QUEUE: `${endpoint}/feeds`,
    DELIVERY_QUEUE: `${endpoint}/deliveries`,
    DELIVERY_QUEUES: JSON.stringify([{ url: `${endpoint}/mastodon`, accounts: ["mastodon"] }]),
  };
  const put = (path: string, text: string) =>
    aws.files.set(path, { bytes: new TextEncoder().encode(text), headers: {} });
  return { store, aws, env, put };
};

beforeEach(() => {
  const written = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  return () => {
    written.mockRestore();
    vi.unstubAllEnvs();
  };
});

test("a document in the bucket goes through ingest, publish and render into the feeds", async () => {
  const { store, aws, env, put } = await aDeployment();
  put("a.md", aDocument({ slug: "s" }));
  const documents = composeIngestFunction(env);
  await documents.ingest("a.md");
  await documents.reconcile();
  const id = (await store.aliases.read("blog", "slug", "s")) ?? "";
  await composePublishFunction(env).work({ kind: "post", site: "blog", id });
  await composeRenderFunction(env).work({ kind: "feed", site: "blog", key: "main" });
  expect([...aws.files.keys()]).toEqual(expect.arrayContaining(["feed.xml", "atom.xml", "feed.json", "index.html"]));
  // Without a secret the account is not connected, and nothing is planned for it.
  expect(await store.deliveries.ofPost("blog", id)).toEqual([]);
});

test("a refused document is said in the log", async () => {
  const { env, put } = await aDeployment();
  put("b.md", "---\ndate: 2026-02-30\n---\n");
  await composeIngestFunction(env).ingest("b.md");
  expect(vi.mocked(process.stdout.write).mock.calls.flat().join("")).toContain("b.md is refused");
});

test("the relay offers what is long overdue, rings for it, and keeps deliveries in their network's queue", async () => {
  const { aws, env, store } = await aDeployment();
  await store.feeds.touch("blog", "main", "A Blog", Date.UTC(2026, 0, 1));
  const relay = composeRelayFunction(env);
  await relay.sweep();
  await relay.offer([{ kind: "delivery", site: "blog", post: "p", account: "mastodon", generation: 1 }]);
  expect([...aws.queues.keys()].map((url) => new URL(url).pathname)).toEqual(["/feeds", "/mastodon"]);
  expect(vi.mocked(process.stdout.write).mock.calls.flat().join("")).toContain('"alarm":"overdue"');
});

test("the API answers 401 until a token is set, then with it", async () => {
  const { aws, env } = await aDeployment();
  const web = composeWebFunction(env);
  const ask = () => web.request("/api/posts", { headers: { authorization: "Bearer secret" } });
  expect((await ask()).status).toBe(401);
  aws.parameters.set("/crier/test/token", "secret");
  expect((await ask()).status).toBe(200);
});

test("a row of another kind is an error, and so is an environment that lacks a variable", async () => {
  const { env } = await aDeployment();
  const deliver = composeDeliverFunction(env);
  await expect(deliver.work({ kind: "feed", site: "blog", key: "main" })).rejects.toThrow(
    "a feed came to the function",
  );
  await deliver.work({ kind: "delivery", site: "blog", post: "p", account: "mastodon", generation: 1 });
  expect(() => composeDeliverFunction({ ...env, TABLE: "" })).toThrow("TABLE is missing");
});
