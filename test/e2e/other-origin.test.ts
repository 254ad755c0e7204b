import { rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser } from "../support/browser.ts";
import { aDocument, aFolder } from "../support/machine.ts";
import { aProcess, listeningSockets } from "../support/started-process.ts";

let folder: string;
let crier: Awaited<ReturnType<typeof aProcess>>;
let browser: Browser;
let elsewhere: Server;
let page: string;

beforeAll(async () => {
  folder = await aFolder({
    "one.md": aDocument("One"),
    "later.md": aDocument("Later").replace(/date: .*/, "date: 2126-01-01"),
  });
  crier = await aProcess(folder);
  elsewhere = createServer((_, response) => response.setHeader("content-type", "text/html").end("<p>Elsewhere"));
  await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
  const address = elsewhere.address();
  page = `http://localhost:${typeof address === "object" ? address?.port : 0}/`;
  // Without the browser's own protection of this machine's addresses.
  browser = await openBrowser([
    "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests,PrivateNetworkAccessSendPreflights",
  ]);
});

afterAll(async () => {
  await browser?.close();
  elsewhere?.close();
  await crier?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** What a script could try, with and without asking the server for permission first (a preflight). */
const attempts = [
  ...["", "feed.xml", "feed.json", "sandbox", "sandbox/posts.json", "healthz", "api/posts", "api/deliveries"].map(
    (path) => ({ path, init: {} }),
  ),
  { path: "api/posts/evil", init: { method: "PUT", body: "---\ntitle: Evil\n---\nx" } },
  { path: "api/posts/evil", init: { method: "POST", body: "title: Evil", mode: "no-cors" } },
  { path: "sandbox/faults", init: { method: "POST", body: '{"account":"x","fault":"429"}', mode: "no-cors" } },
  { path: "", init: { method: "POST", body: "null", headers: { "X-Amz-Target": "DynamoDB_20120810.ListTables" } } },
  { path: "", init: { method: "POST", body: "null", mode: "no-cors" } },
  {
    path: "",
    init: {
      method: "POST",
      body: '{"TableName":"crier"}',
      headers: { "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "DynamoDB_20120810.Scan" },
    },
  },
];

test("a web page of another origin reads nothing of a Crier on this machine, changes nothing and does not stop it", async () => {
  const opened = await browser.newPage();
  await opened.goto(page);
  const ports = (listeningSockets(crier.pid) ?? [` 127.0.0.1:${new URL(crier.url).port} `]).map(
    (line) => / 127\.0\.0\.1:(\d+) /.exec(line)?.[1],
  );
  expect(ports).toEqual([new URL(crier.url).port]);
  const script = `Promise.all(${JSON.stringify(attempts)}.map(({ path, init }) =>
    fetch(${JSON.stringify(crier.url)} + path, init).then(
      (response) => response.type === "opaque" ? "nothing to read" : "read " + response.status,
      () => "refused")))`;
  const answers: readonly string[] = await opened.evaluate(script);
  await opened.close();
  expect(answers.map((answer, index) => [attempts[index]?.path, answer])).toEqual(
    attempts.map(({ path, init }) => [path, "mode" in init ? "nothing to read" : "refused"]),
  );
  expect((await fetch(new URL("healthz", crier.url))).status).toBe(200);
  const feed = await (await fetch(new URL("feed.json", crier.url))).json();
  expect(feed).toMatchObject({ items: [{ title: "One" }] });
});

test.each([
  { body: "null", target: "DynamoDB_20120810.ListTables" },
  { body: "null", target: "DynamoDB_20120810.PutItem" },
  { body: '{"TableName":"crier","Key":{}}', target: "DynamoDB_20120810.GetItem" },
])("a request of DynamoDB's API ($target, $body) finds no database, and Crier goes on", async ({ body, target }) => {
  const answer = await fetch(crier.url, {
    method: "POST",
    headers: { "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": target },
    body,
  });
  expect([404, 405]).toContain(answer.status);
  expect(await answer.text()).not.toContain("com.amazonaws");
  expect((await fetch(new URL("healthz", crier.url))).status).toBe(200);
});
