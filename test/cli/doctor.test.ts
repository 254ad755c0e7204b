import { createServer } from "node:http";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { damagedPost } from "../../src/domain/post.ts";
import { aDeliveryAnswer, aFeedAnswer, anAccountAnswer, aSourceAnswer, aSummaryAnswer } from "../support/answers.ts";
import { anApi } from "../support/api-double.ts";
import { crier } from "../support/terminal.ts";

/** A Crier in which nothing is wrong. */
let api: Awaited<ReturnType<typeof anApi>>;
beforeEach(async () => {
  api = await anApi();
  api.replies.set("/healthz", { status: 200, body: "" });
  for (const [path, body] of [
    ["/feed.xml", "<rss></rss>"],
    ["/atom.xml", "<feed></feed>"],
    ["/feed.json", "{}"],
  ] as const)
    api.replies.set(path, { status: 200, body });
  api.answer("checkAccounts", { accounts: [] });
  api.answer("feeds", { feeds: [] });
  api.answer("sources", { sources: [] });
  api.answer("refused", { refused: [], waiting: [] }, "/api/posts?refused=true");
  api.answer("list", { posts: [], next: null }, "/api/posts");
  for (const state of ["failed", "unknown", "held"] as const)
    api.answer("deliveries", { deliveries: [], next: null }, `/api/deliveries?state=${state}`);
});

const doctor = () => crier(["doctor"], { env: api.env });

test("the doctor finds nothing wrong with a healthy Crier", async () => {
  const { code, out } = await doctor();
  expect(code).toBe(0);
  expect(out).not.toContain("!!");
});

test("the doctor names a feed that has not been rendered", async () => {
  api.replies.delete("/atom.xml");
  expect(await doctor()).toMatchObject({
    code: 1,
    out: expect.stringMatching(/!! {2}atom\.xml +answers 404: nothing has been rendered yet/),
  });
});

test("the doctor names a feed of which a part is lost, and how it is written anew", async () => {
  api.replies.set("/feed.xml", { status: 200, body: "<rss><channel><ti" });
  expect(await doctor()).toMatchObject({
    code: 1,
    out: expect.stringMatching(
      /!! {2}feed\.xml +it is cut off: start Crier again, or deploy again, and it is written anew/,
    ),
  });
});

/** A site with one page, at `/hello/`. */
const aSite = async (): Promise<string> => {
  const server = createServer(({ url }, response) => response.writeHead(url === "/hello/" ? 200 : 404).end("Hello"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
};

test("the doctor asks for the pages of the newest posts, and names those that are not there", async () => {
  const site = await aSite();
  const posts = [
    aSummaryAnswer({ url: `${site}/hello/` }),
    aSummaryAnswer({ slug: "moved", url: `${site}/blog/moved/` }),
    aSummaryAnswer({ slug: "later", url: `${site}/later/`, status: "scheduled" }),
    // An address of the example configuration is never there.
    aSummaryAnswer({ slug: "sample" }),
  ];
  api.answer("list", { posts, next: null }, "/api/posts");
  const { code, out } = await doctor();
  expect(code).toBe(1);
  const line = out.split("\n").find((one) => / pages /.test(one));
  expect(line).toContain(
    `!!  pages               ${site}/blog/moved/ answers 404: see npx crier doctor FOLDER --site URL`,
  );
  expect(line).not.toMatch(/later|hello|sample/);
});

test("the doctor names a page whose server does not answer", async () => {
  api.answer("list", { posts: [aSummaryAnswer({ url: "http://127.0.0.1:9/hello/" })], next: null }, "/api/posts");
  expect(await doctor()).toMatchObject({
    code: 1,
    out: expect.stringMatching(/!! {2}pages +http:\/\/127\.0\.0\.1:9\/hello\/ cannot be read \(.+\): see/),
  });
});

test("the doctor names a login that ends within a week, and no other", async () => {
  const ends = (name: string, days: number) =>
    anAccountAnswer({
      name,
      identity: "@ada",
      loginEndsAt: new Date(Date.now() + days * 86_400_000).toISOString(),
      loginProblem: "the login ends soon; connect it again",
    });
  api.answer("checkAccounts", { accounts: [ends("soon", 6.9), ends("later", 7.1)] });
  const done = await doctor();
  expect(done.out).toContain("soon: the login ends soon; connect it again");
  expect(done.out).not.toContain("later: the login");
  expect(done.code).toBe(1);
});

test("the doctor names a paused account and the reason", async () => {
  const paused = { since: "2026-03-01T08:00:00Z", reason: "the login is refused", until: "2026-03-01T09:00:00Z" };
  api.answer("checkAccounts", { accounts: [anAccountAnswer({ name: "x", paused }), anAccountAnswer({ name: "y" })] });
  expect(await doctor()).toMatchObject({
    code: 1,
    out: expect.stringContaining("x is paused: the login is refused"),
  });
});

test("the doctor separates what is wrong with each account", async () => {
  const accounts = ["x", "y"].map((name) => anAccountAnswer({ name, problem: `the secret of ${name} needs a, b` }));
  api.answer("checkAccounts", { accounts });
  expect((await doctor()).out).toContain("the secret of x needs a, b; the secret of y needs a, b\n");
});

test("the doctor says as whom the accounts are logged in", async () => {
  const accounts = [
    anAccountAnswer({ name: "mastodon", identity: "https://social.example, account 7" }),
    anAccountAnswer({ name: "x" }),
    anAccountAnswer({ name: "bluesky", reach: "sandbox" }),
  ];
  api.answer("checkAccounts", { accounts });
  expect((await doctor()).out).toMatch(
    /ok {2}token and accounts +2 for real \(mastodon as https:\/\/social\.example, account 7, x\), 1 in the sandbox, 0 not connected\n/,
  );
});

test("the doctor names an account whose secret is malformed", async () => {
  api.answer("checkAccounts", { accounts: [anAccountAnswer({ problem: "the secret of x needs appKey" })] });
  expect(await doctor()).toMatchObject({
    code: 1,
    out: expect.stringMatching(/!! {2}token and accounts +the secret of x needs appKey/),
  });
});

test.each([
  [1, "1 document refused: see npx crier list --refused"],
  [2, "2 documents refused: see npx crier list --refused"],
])("the doctor counts %i refused documents", async (count, detail) => {
  const document = { source: "folder", path: "a.md", reasons: [], at: "2026-03-01T08:00:00Z" };
  const refused = Array.from({ length: count }, () => document);
  api.answer("refused", { refused, waiting: [] }, "/api/posts?refused=true");
  expect((await doctor()).out).toContain(detail);
});

test("the doctor counts the deletions to be confirmed", async () => {
  const missing = { source: "folder", path: "a.md", slug: "a", since: "2026-03-01T08:00:00Z", reason: "empty" };
  api.answer("refused", { refused: [], waiting: [missing] }, "/api/posts?refused=true");
  expect(await doctor()).toMatchObject({
    code: 1,
    out: expect.stringContaining("1 deletion to confirm: see npx crier list --refused"),
  });
});

test("the doctor names the posts of deliveries that failed or are not known", async () => {
  const failed = aDeliveryAnswer({ state: "failed", slug: "a" });
  api.answer("deliveries", { deliveries: [failed, failed], next: null }, "/api/deliveries?state=failed");
  api.answer("deliveries", { deliveries: [failed], next: "more" }, "/api/deliveries?state=unknown");
  const { out } = await doctor();
  expect(out).toMatch(/!! {2}failed deliveries +2 \(a\): see npx crier status SLUG$/m);
  expect(out).toMatch(/!! {2}unknown deliveries +1 or more \(a\): see npx crier status SLUG$/m);
});

test("the doctor names the posts that cannot be read from the data, on all pages, with what heals them", async () => {
  const reason = `the post ${damagedPost("its stored body is damaged")}`;
  const posts = [aSummaryAnswer({ slug: "fine", path: "fine" }), aSummaryAnswer({ slug: "a", path: "a", reason })];
  api.answer("list", { posts, next: "more" }, "/api/posts");
  const others = [aSummaryAnswer({ slug: "b", path: "b", reason, status: "deleted" })];
  api.answer(
    "list",
    { posts: [...others, aSummaryAnswer({ slug: "c", path: "c", reason })], next: null },
    "/api/posts?from=more",
  );
  const { code, out } = await doctor();
  expect(code).toBe(1);
  expect(out).toMatch(
    /!! {2}stored posts +2 posts cannot be read from the data \(a, c\): save their documents again, or run npx crier remove SLUG$/m,
  );
});

test("the doctor counts the feeds with faults", async () => {
  const fault = { file: "feed.xml", problem: "is missing", entry: "tag:a" };
  api.answer("feeds", { feeds: [aFeedAnswer(), aFeedAnswer({ faults: [fault] })] });
  expect(await doctor()).toMatchObject({
    code: 1,
    out: expect.stringMatching(/!! {2}feeds +1 feed with faults: see npx crier feeds/),
  });
});

test("the doctor goes on after a check that the API cannot answer", async () => {
  api.replies.delete("/api/accounts/check");
  expect((await doctor()).out).toMatch(/!! {2}token and accounts +There is nothing here\.\nok {2}feed\.xml/);
});

test.each([
  [{ status: "late", lastSweep: "2026-03-01T08:00:00.000Z", overdue: null }, "was last looked for at 2026-03-01T08:00"],
  [{ status: "late", lastSweep: "2026-03-01T08:00:00.000Z", overdue: "delivery" }, "a delivery is overdue by half an"],
  [{ status: "late", lastSweep: null, overdue: null }, "nothing was looked for yet: the log of Crier says why"],
])("the doctor names work that is not being done, and goes on: %j", async (body, said) => {
  api.replies.set("/healthz", { status: 503, body: JSON.stringify(body) });
  const { code, out } = await doctor();
  expect(code).toBe(1);
  expect(out).toMatch(/^ok {2}answers +\S+ answers 503$/m);
  expect(out).toMatch(new RegExp(`^!! {2}work +.*${said}.*; start it again$`, "m"));
  expect(out).toMatch(/^ok {2}feed\.xml/m);
});

test("the doctor says when the work that is being done was last looked for", async () => {
  const lastSweep = "2026-03-01T08:00:00.000Z";
  api.replies.set("/healthz", { status: 200, body: JSON.stringify({ status: "ok", lastSweep, overdue: null }) });
  const { code, out } = await doctor();
  expect(code).toBe(0);
  expect(out).toMatch(/^ok {2}work +what is due was last looked for at 2026-03-01T08:00:00\.000Z$/m);
});

test("the doctor takes another server's 503 for no Crier", async () => {
  api.replies.set("/healthz", { status: 503, body: "<h1>Bad gateway</h1>" });
  expect((await doctor()).out).toMatch(/^!! {2}answers {2}\S+ answers 503\n$/);
});

test("the doctor stops where Crier itself is not well", async () => {
  api.replies.delete("/healthz");
  expect((await doctor()).out).toMatch(/^!! {2}answers {2}\S+ answers 404\n$/);
});

test("the doctor says, as JSON too, that there is no answer", async () => {
  const done = await crier(["doctor", "--json"], { env: { CRIER_URL: "http://127.0.0.1:1/", CRIER_TOKEN: "x" } });
  expect(done.code).toBe(1);
  expect(done.json()).toEqual({
    ok: false,
    findings: [{ check: "answers", ok: false, detail: expect.stringContaining("npm start") }],
  });
});

test("the doctor names a feed source that cannot be read", async () => {
  api.answer("sources", { sources: [aSourceAnswer({ problem: "it answered 503" }), aSourceAnswer()] });
  expect(await doctor()).toMatchObject({
    code: 1,
    out: expect.stringMatching(/!! {2}sources +feed:https:\S+: it answered 503: see npx crier sources/),
  });
});

test("the doctor names the commands for what is held, as they can be typed", async () => {
  const held = [
    aDeliveryAnswer({ slug: "a", state: "held", hold: "breaker" }),
    aDeliveryAnswer({ slug: "b", state: "posted", hold: "approval" }),
  ];
  api.answer("deliveries", { deliveries: held, next: null }, "/api/deliveries?state=held");
  expect((await doctor()).out).toContain(
    "2 (a, b): see npx crier status SLUG or npx crier release SLUG or npx crier approve SLUG\n",
  );
});
