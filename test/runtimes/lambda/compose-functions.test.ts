import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { maxDocument } from "../../../src/domain/document.ts";
import { raise } from "../../../src/domain/notice.ts";
import {
  composeDeliverFunction,
  composeIngestFunction,
  composePublishFunction,
  composeReconcileFunction,
  composeRelayFunction,
  composeRenderFunction,
  composeWebFunction,
} from "../../../src/runtimes/lambda/compose-functions.ts";
import { Question } from "../../../src/runtimes/lambda/questions-to-deliver.ts";
import { anAws } from "../../support/aws-double.ts";
import { keptLog } from "../../support/kept-log.ts";
import { aDynamoStore } from "../../support/store.ts";
import { aDocument } from "../../support/world.ts";

/** The functions' environment, as the stack sets it, over an embedded database and AWS acted out on loopback. */
const aDeployment = async () => {
  const { store, dynamo, stop } = await aDynamoStore();
  onTestFinished(stop);
  const aws = await anAws();
  const { endpoint } = aws.client;
  vi.stubEnv("AWS_ENDPOINT_URL", endpoint);
  vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB", dynamo.endpoint);
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  vi.stubEnv("AWS_REGION", "us-east-1");
  const env = {
    STAGE: "production",
    AWS_REGION: "us-east-1",
    TABLE: dynamo.name,
    BODIES_BUCKET: "bodies",
    CONTENT_BUCKET: "content",
    FEEDS_BUCKET: "feeds",
    SECRETS_PATH: "/crier/test",
    PUBLISH_QUEUE: `${endpoint}/publish`,
    RENDER_QUEUE: `${endpoint}/render`,
    DELIVER_QUEUE: `${endpoint}/deliver`,
    PROGRAM: "1",
    ALARM_TOPIC: "arn:aws:sns:us-east-1:123456789012:alarms",
    DELIVER_FUNCTION: "deliver",
    MEDIA_FUNCTION: "media",
  };
  aws.functions.set("deliver", (event) => composeDeliverFunction(env, keptLog().log).answer(Question.parse(event)));
  const put = (path: string, text: string) =>
    aws.files.set(path, { bytes: new TextEncoder().encode(text), headers: {} });
  return { store, aws, env, put };
};

afterEach(() => vi.unstubAllEnvs());

test("a document in the bucket goes through ingest, publish and render into the feeds", async () => {
  const { store, aws, env, put } = await aDeployment();
  put("a.md", aDocument({ slug: "s" }));
  const documents = composeIngestFunction(env, keptLog().log);
  await documents.ingest("a.md");
  await composeReconcileFunction(env, keptLog().log).reconcile();
  const id = (await store.aliases.read("blog", "address", "s")) ?? "";
  await composePublishFunction(env, keptLog().log).work({ kind: "post", site: "blog", id });
  await composeRenderFunction(env, keptLog().log).work({ kind: "feed", site: "blog", key: "main" });
  expect([...aws.files.keys()]).toEqual(expect.arrayContaining(["feed.xml", "atom.xml", "feed.json", "index.html"]));
  // Without a secret the account is not connected, and nothing is planned for it.
  expect(await store.deliveries.ofPost("blog", id)).toEqual([]);
});

test("the first upload to an empty bucket completes its first listing; in a full bucket the hourly run does", async () => {
  const { store, env, put } = await aDeployment();
  const documents = composeIngestFunction(env, keptLog().log);
  const isListed = async () => (await store.sourceStates.read("blog", "bucket")).listed !== undefined;
  put("a.md", aDocument({ slug: "a" }));
  put("b.md", aDocument({ slug: "b" }));
  await documents.ingest("a.md");
  expect(await isListed()).toBe(false);
  await documents.ingest("b.md");
  expect(await isListed()).toBe(true);
  put("c.md", aDocument({ slug: "c" }));
  await documents.ingest("c.md");
  const historyOf = async (slug: string) =>
    (await store.posts.read("blog", (await store.aliases.read("blog", "address", slug)) ?? ""))?.history;
  expect(await Promise.all(["a", "b", "c"].map(historyOf))).toEqual([true, true, false]);
});

test("what is uploaded before the first hourly run is history; after a run over an empty bucket the first upload is none", async () => {
  const historyOfUpload = async (isAfterRun: boolean) => {
    const { store, env, put } = await aDeployment();
    if (isAfterRun) await composeReconcileFunction(env, keptLog().log).reconcile();
    put("a.md", aDocument({ slug: "s" }));
    await composeIngestFunction(env, keptLog().log).ingest("a.md");
    const id = (await store.aliases.read("blog", "address", "s")) ?? "";
    return (await store.posts.read("blog", id))?.history;
  };
  expect([await historyOfUpload(false), await historyOfUpload(true)]).toEqual([true, false]);
});

test("a refused document is logged with its reasons, and counted", async () => {
  const { env, put } = await aDeployment();
  put("b.md", "---\ndate: 2026-02-30\n---\n");
  const { log, lines, counted, alarms } = keptLog();
  await composeIngestFunction(env, log).ingest("b.md");
  const reasons = expect.arrayContaining([expect.objectContaining({ code: "date-impossible" })]);
  expect(lines).toEqual([{ level: "warn", message: "b.md is refused", fields: { reasons } }]);
  expect(counted).toEqual(["refused"]);
  expect(alarms).toEqual([]);
});

test.each([
  ["notes.txt", "no-markdown", new TextEncoder().encode("# Not for the feed")],
  ["picture.png", "no-markdown", Uint8Array.of(0x89, 0x50, 0x4e, 0x47)],
  ["empty.txt", "no-markdown", new Uint8Array()],
  ["long.md", "document-too-large", new Uint8Array(maxDocument + 1_000_000).fill(0x61)],
  ["latin.md", "encoding-invalid", Uint8Array.of(0xe9, 0x74, 0xe9)],
])("%s is recorded as refused: %s", async (path, code, bytes) => {
  const { store, aws, env } = await aDeployment();
  aws.files.set(path, { bytes, headers: {} });
  const { log, counted } = keptLog();
  await composeIngestFunction(env, log).ingest(path);
  expect(counted).toEqual(["refused"]);
  expect(await store.documents.read("blog", "bucket", path)).toMatchObject({ refusal: { reasons: [{ code }] } });
  expect(aws.sent).toBeLessThan(maxDocument + 2_000);
});

test("the relay offers rows that are long overdue, raises an alarm, and sends each kind to the function that works on it", async () => {
  const { aws, env, store } = await aDeployment();
  await store.feeds.touch("blog", "main", "A Blog", Date.UTC(2026, 0, 1));
  const { log, alarms } = keptLog();
  const relay = composeRelayFunction(env, log);
  await relay.sweep();
  await relay.offer(
    [
      { kind: "delivery", site: "blog", post: "p", account: "mastodon", generation: 1 },
      { kind: "ping", site: "blog", key: "main", hub: "https://hub.example/" },
      { kind: "notice", site: "blog", to: "owner", about: "unauthorised:mastodon" },
      { kind: "post", site: "blog", id: "p" },
    ],
    0,
  );
  const sent = [...aws.queues].map(([url, bodies]) => [new URL(url).pathname, bodies.length]);
  expect(Object.fromEntries(sent)).toEqual({ "/render": 1, "/deliver": 3, "/publish": 1 });
  expect(alarms).toEqual(["overdue"]);
});

test("the relay asks for the feeds at the host of the deployment, as readers do", async () => {
  const { env } = await aDeployment();
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 30) });
  onTestFinished(() => void vi.useRealTimers());
  const { log, lines } = keptLog();
  // A name that is never found (RFC 6761).
  await composeRelayFunction({ ...env, FEEDS_HOST: "feeds.invalid" }, log).sweep();
  const messages = lines.map(({ message }) => message);
  expect(messages).toContainEqual(expect.stringMatching(/^Readers do not get https:\/\/feeds\.invalid\/feed\.xml: /));
});

test("the function for deliveries also notifies hubs", async () => {
  const { env, store } = await aDeployment();
  const ping = { kind: "ping", site: "blog", key: "main", hub: "https://former.example/" } as const;
  await store.pings.nudge(ping, [], Date.UTC(2026, 0, 1));
  await composeDeliverFunction(env, keptLog().log).work(ping);
  expect(await store.pings.read(ping)).toMatchObject({ reason: "the hub was removed from the configuration" });
});

test("the function for deliveries tells the owner what needs them, by the topic of the alarms", async () => {
  const { env, store, aws } = await aDeployment();
  const about = "unauthorised:mastodon";
  const notice = { kind: "notice", site: "blog", to: "owner", about } as const;
  await store.accounts.save({
    ...(await store.accounts.read("mastodon")),
    paused: { since: 1, reason: "401", login: undefined },
  });
  await store.notices.save(raise(await store.notices.read(notice), { id: "mastodon", from: 1 }));
  const { log, alarms } = keptLog();
  await composeDeliverFunction({ ...env, FEEDS_HOST: "feeds.example.com" }, log).work(notice);
  const secret = "AWS_REGION=us-east-1 npx crier accounts set mastodon --stage production";
  const token = "AWS_REGION=us-east-1 npx crier token --stage production";
  const preparation = `export CRIER_URL=https://feeds.example.com CRIER_TOKEN=$(${token})`;
  expect(aws.published).toMatchObject([
    {
      TopicArn: env.ALARM_TOPIC,
      Subject: "Crier, blog: mastodon is paused",
    },
  ]);
  expect(aws.published[0]?.Message).toContain(`\n  ${secret}\n`);
  expect(aws.published[0]?.Message).toContain(`: ${preparation}\n`);
  expect(await store.notices.read(notice)).toMatchObject({ count: 1, items: [], due: undefined });
  expect(alarms).toEqual([]);
});

test("a topic that refuses is told again, without a word of the message in the row", async () => {
  const { env, store, aws } = await aDeployment();
  const notice = { kind: "notice", site: "blog", to: "owner", about: "unauthorised:mastodon" } as const;
  await store.accounts.save({
    ...(await store.accounts.read("mastodon")),
    paused: { since: 1, reason: "401", login: undefined },
  });
  await store.notices.save(raise(await store.notices.read(notice), { id: "mastodon", from: 1 }));
  aws.answerNext(403, "AuthorizationError");
  await composeDeliverFunction(env, keptLog().log).work(notice);
  const { reason, attempts, items } = await store.notices.read(notice);
  expect([reason, attempts, items.length]).toEqual([
    expect.stringMatching(/^the topic of the alarms answered \w+$/),
    1,
    1,
  ]);
});

test("the API answers 401 until a token is set, then with it", async () => {
  const { aws, env } = await aDeployment();
  const ask = () =>
    composeWebFunction(env, keptLog().log).request("/api/posts", { headers: { authorization: "Bearer secret" } });
  expect((await ask()).status).toBe(401);
  aws.parameters.set("/crier/test/token", "secret");
  expect((await ask()).status).toBe(200);
});

test("the read-only token plans and reads, and is refused where it would change something", async () => {
  const { aws, env } = await aDeployment();
  aws.parameters.set("/crier/test/plan-token", "only-plans");
  const ask = async (method: string, path: string) => {
    const headers = { authorization: "Bearer only-plans", "content-type": "text/markdown" };
    const body = method === "GET" ? null : aDocument({ slug: "s" });
    const answer = await composeWebFunction(env, keptLog().log).request(path, { method, headers, body });
    return answer.status;
  };
  expect(await ask("GET", "/api/posts")).toBe(200);
  expect(await ask("POST", "/api/plan")).toBe(200);
  expect(await ask("PUT", "/api/posts/s")).toBe(401);
});

test("a request without a token does not make the API read a token, and many with a wrong one make it read each once", async () => {
  const { aws, env } = await aDeployment();
  aws.parameters.set("/crier/test/token", "secret");
  const web = composeWebFunction(env, keptLog().log);
  const ask = async (headers: Readonly<Record<string, string>>) =>
    (await web.request("/api/posts", { headers })).status;
  for (const headers of [{}, { authorization: "Basic eDp5" }, { authorization: "Bearer" }])
    expect(await ask(headers)).toBe(401);
  expect(aws.requests).toEqual([]);
  for (let i = 0; i < 5; i += 1) expect(await ask({ authorization: `Bearer wrong-${i}` })).toBe(401);
  expect(aws.requests).toEqual(["GetParameter", "GetParameter"]);
});

test("a token that cannot be read is a 503 that says when to try again, and no 401; the log has the reason", async () => {
  const { aws, env } = await aDeployment();
  const { log, lines, alarms } = keptLog();
  const web = composeWebFunction(env, log);
  aws.answerNext(400, "AccessDeniedException", "json");
  const answer = await web.request("/api/posts", { headers: { authorization: "Bearer secret" } });
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"]);
  expect(await answer.json()).toMatchObject({ status: 503, detail: expect.stringContaining("try again") });
  expect(lines).toMatchObject([{ level: "warn", fields: { reason: expect.stringContaining("/crier/test/token") } }]);
  expect(JSON.stringify(lines)).not.toContain("Bearer");
  expect(alarms).toEqual([]);
});

test("a malformed secret does not break the list of accounts or a post; its deliveries wait, with the reason", async () => {
  const { store, aws, env, put } = await aDeployment();
  aws.parameters.set("/crier/test/token", "secret");
  aws.parameters.set("/crier/test/accounts/mastodon", '{"accessToken":{"hunter2":1}}');
  const documents = composeIngestFunction(env, keptLog().log);
  await composeReconcileFunction(env, keptLog().log).reconcile();
  put("a.md", aDocument({ slug: "s", date: new Date().toISOString() }));
  await documents.ingest("a.md");
  const id = (await store.aliases.read("blog", "address", "s")) ?? "";
  await composePublishFunction(env, keptLog().log).work({ kind: "post", site: "blog", id });
  const ref = { kind: "delivery", site: "blog", post: id, account: "mastodon", generation: 1 } as const;
  await composeDeliverFunction(env, keptLog().log).work(ref);
  const reason = expect.stringMatching(/^the secret of mastodon needs accessToken: set it/);
  expect(await store.deliveries.read(ref)).toMatchObject({ state: "pending", reason });
  const web = composeWebFunction(env, keptLog().log);
  const headers = { authorization: "Bearer secret" };
  const answer = await web.request("/api/accounts/check", { method: "POST", headers });
  const text = await answer.text();
  expect([answer.status, JSON.parse(text)]).toMatchObject([200, { accounts: [{ name: "mastodon", problem: reason }] }]);
  expect(text).not.toContain("hunter2");
  const asked = aws.requests.length;
  const listed = await web.request("/api/accounts", { headers });
  expect(await listed.json()).toMatchObject({ accounts: [{ problem: reason, checked: expect.any(String) }] });
  expect(aws.requests.slice(asked).filter((request) => request.includes("/invocations"))).toEqual([]);
});

test("in a stage that the configuration does not name, the function for posts plans no delivery", async () => {
  const { store, aws, env, put } = await aDeployment();
  aws.parameters.set("/crier/test/accounts/mastodon", '{"accessToken":"t"}');
  const preview = { ...env, STAGE: "preview" };
  await composeReconcileFunction(preview, keptLog().log).reconcile();
  put("a.md", aDocument({ slug: "s", date: new Date().toISOString() }));
  await composeIngestFunction(preview, keptLog().log).ingest("a.md");
  const id = (await store.aliases.read("blog", "address", "s")) ?? "";
  await composePublishFunction(preview, keptLog().log).work({ kind: "post", site: "blog", id });
  expect(await store.deliveries.ofPost("blog", id)).toEqual([]);
  expect((await store.posts.read("blog", id))?.audience?.note).toMatch(/^mastodon: .* the stage preview makes feeds/);
});

test("a row of another kind is an error, and so is an environment that lacks a variable", async () => {
  const { env } = await aDeployment();
  const deliver = composeDeliverFunction(env, keptLog().log);
  await expect(deliver.work({ kind: "feed", site: "blog", key: "main" })).rejects.toThrow(
    "a feed came to the function",
  );
  await deliver.work({ kind: "delivery", site: "blog", post: "p", account: "mastodon", generation: 1 });
  expect(() => composeDeliverFunction({ ...env, TABLE: "" }, keptLog().log)).toThrow("TABLE is missing");
});
