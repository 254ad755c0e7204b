import { rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser } from "../support/browser.ts";
import { aDocument, aFolder } from "../support/machine.ts";
import { aProcess, listeningSockets } from "../support/started-process.ts";

const publicName = "feeds.example.test";
const rebound = "rebound.example.test";

let folders: readonly string[];
let trial: Awaited<ReturnType<typeof aProcess>>;
let server: Awaited<ReturnType<typeof aProcess>>;
let browser: Browser;
let elsewhere: Server;
let page: string;

const aFolderWithScheduled = (): Promise<string> =>
  aFolder({
    "one.md": aDocument("One"),
    "later.md": aDocument("Later").replace(/date: .*/, "date: 2126-01-01"),
  });

beforeAll(async () => {
  folders = [await aFolderWithScheduled(), await aFolderWithScheduled()];
  const [first = "", second = ""] = folders;
  trial = await aProcess(first);
  server = await aProcess(second, ["--host", "0.0.0.0", "--public-url", `https://${publicName}`]);
  elsewhere = createServer((_, response) => response.setHeader("content-type", "text/html").end("<p>Elsewhere"));
  await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
  const address = elsewhere.address();
  page = `http://localhost:${typeof address === "object" ? address?.port : 0}/`;
  // The browser's own protection of this machine's addresses is off.
  browser = await openBrowser([
    "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests,PrivateNetworkAccessSendPreflights",
    `--host-resolver-rules=MAP ${publicName} 127.0.0.1, MAP ${rebound} 127.0.0.1`,
  ]);
});

afterAll(async () => {
  await browser?.close();
  elsewhere?.close();
  await trial?.stop();
  await server?.stop();
  for (const folder of folders ?? []) await rm(folder, { recursive: true, force: true });
});

const read = [
  ...["", "feed.xml", "feed.json", "categories/news/", "sandbox", "sandbox/posts.json", "healthz"],
  ...["api/posts", "api/posts/later", "api/deliveries", "crier.db", "token", "plan-token"],
].map((path) => ({ path, init: {} }));

const text = { "Content-Type": "text/plain" };
const written = [
  { path: "api/posts/evil", init: { method: "PUT", body: "---\ntitle: Evil\n---\nx" } },
  { path: "api/posts/evil", init: { method: "POST", body: "title: Evil", mode: "no-cors" } },
  { path: "api/deliveries/release?all=true", init: { method: "POST", mode: "no-cors" } },
  {
    path: "sandbox/faults",
    init: { method: "POST", body: '{"account":"x","fault":"429"}', headers: text, mode: "no-cors" },
  },
  {
    path: "sandbox/api/x/x/2/tweets",
    init: { method: "POST", body: '{"text":"Evil"}', headers: text, mode: "no-cors" },
  },
  {
    path: "sandbox/api/mastodon/mastodon/api/v1/statuses",
    init: { method: "POST", body: '{"status":"Evil"}', headers: text, mode: "no-cors" },
  },
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

/** The requests that a script could try, with and without a preflight, which asks the server for permission. */
const attempts = [...read, ...read.map(({ path }) => ({ path, init: { mode: "no-cors" } })), ...written];

const inPage = async <T>(use: (opened: Page) => Promise<T>): Promise<T> => {
  const opened = await browser.newPage();
  try {
    await opened.goto(page);
    return await use(opened);
  } finally {
    await opened.close();
  }
};

/** Returns the result that a script of the page gets for each attempt. */
const tried = async (opened: Page, base: string, all: readonly object[] = attempts): Promise<readonly string[]> =>
  opened.evaluate(`Promise.all(${JSON.stringify(all)}.map(({ path, init }) =>
    fetch(${JSON.stringify(base)} + path, init).then(
      (response) => response.type === "opaque" ? "an answer" : "read " + response.status,
      () => "refused")))`);

const unchanged = async ({ url }: { readonly url: string }): Promise<void> => {
  expect((await fetch(new URL("healthz", url))).status).toBe(200);
  expect(await (await fetch(new URL("feed.json", url))).json()).toMatchObject({ items: [{ title: "One" }] });
  const posts: unknown = await (await fetch(new URL("sandbox/posts.json", url))).json();
  expect(posts).toHaveLength(3);
  expect(JSON.stringify(posts)).not.toContain("Evil");
};

test.each(["trial", "server"] as const)("a %s opens one port", async (which) => {
  const crier = which === "trial" ? trial : server;
  const { port } = new URL(crier.url);
  const address = which === "trial" ? "127.0.0.1" : "0.0.0.0";
  const sockets = listeningSockets(crier.pid) ?? [` ${address}:${port} `];
  expect(sockets.map((line) => / ([\d.]+:\d+) /.exec(line)?.[1])).toEqual([`${address}:${port}`]);
});

describe("a web page of another origin", () => {
  test("gets no answer from a Crier on this machine, as if no port were open, and changes nothing", async () => {
    for (const base of [
      trial.url,
      trial.url.replace("127.0.0.1", "localhost"),
      trial.url.replace("127.0.0.1", "0.0.0.0"),
    ])
      expect(await inPage((opened) => tried(opened, base)), base).toEqual(attempts.map(() => "refused"));
    await unchanged(trial);
  });

  test("reads the public feeds of a server, and nothing else of it", async () => {
    expect(await inPage((opened) => tried(opened, server.url))).toEqual(attempts.map(() => "refused"));
    const base = server.url.replace("127.0.0.1", publicName);
    const answers = await inPage((opened) => tried(opened, base));
    const readable = attempts.filter((_, index) => answers[index]?.startsWith("read 2"));
    expect(readable).toEqual([
      { path: "", init: {} },
      ...["feed.xml", "feed.json"].map((path) => ({ path, init: {} })),
    ]);
    const ofApi = attempts.map(({ path }, index) => [path, answers[index]] as const).filter(([path]) => path !== "");
    for (const [path, answer] of ofApi)
      if (/^(?:api|healthz)/.test(path)) expect([path, answer]).toEqual([path, "refused"]);
    await unchanged(server);
  });

  test("finds no other port of Crier among those around it", async () => {
    const own = Number(new URL(trial.url).port);
    const ports = Array.from({ length: 40 }, (_, index) => own - 20 + index);
    const open: readonly number[] = await inPage((opened) =>
      opened.evaluate(`Promise.all(${JSON.stringify(ports)}.map((port) =>
        fetch("http://127.0.0.1:" + port, { mode: "no-cors" }).then(() => [port], () => [])))
        .then((found) => found.flat())`),
    );
    expect(open).not.toContain(own);
    const sockets = (listeningSockets(trial.pid) ?? []).map((line) => Number(/:(\d+) /.exec(line)?.[1]));
    expect(open.filter((port) => sockets.includes(port))).toEqual([]);
  });

  test.each(["trial", "server"] as const)("posts nothing to a %s by a form", async (which) => {
    const crier = which === "trial" ? trial : server;
    for (const { path } of written)
      for (const enctype of ["text/plain", "application/x-www-form-urlencoded"])
        await inPage(async (opened) => {
          const answer = opened.waitForResponse((response) => response.request().method() === "POST");
          await opened.evaluate(`{
            const form = Object.assign(document.createElement("form"),
              { method: "post", enctype: ${JSON.stringify(enctype)}, action: ${JSON.stringify(crier.url + path)} });
            form.append(Object.assign(document.createElement("input"), { name: '{"text":"Evil","status":"Evil","a":"', value: '"}' }));
            document.body.append(form);
            form.submit();
          }`);
          expect([path, (await answer).status()]).toEqual([path, expect.toSatisfy((status: number) => status >= 400)]);
        });
    await unchanged(crier);
  });

  test("shows none of Crier's pages in a frame, and runs none of its files as a script", async () => {
    const loaded: readonly string[] = await inPage((opened) =>
      opened.evaluate(`Promise.all(["", "sandbox"].map((path) => new Promise((resolve) => {
        const script = Object.assign(document.createElement("script"), { src: ${JSON.stringify(trial.url)} + path });
        script.onload = () => resolve("loaded");
        script.onerror = () => resolve("refused");
        document.head.append(script);
      })))`),
    );
    expect(loaded).toEqual(["refused", "refused"]);
    await inPage(async (opened) => {
      await opened.evaluate(`Promise.all(["", "sandbox"].map((path) => new Promise((resolve) => {
        const frame = Object.assign(document.createElement("iframe"), { src: ${JSON.stringify(trial.url)} + path });
        frame.onload = resolve;
        document.body.append(frame);
      })))`);
      const error = "chrome-error://chromewebdata/";
      // The address of a frame is known here a little after the page knows that it has loaded.
      await expect.poll(() => opened.frames().map((frame) => frame.url())).toEqual([expect.any(String), error, error]);
    });
  });
});

describe("a web page whose own name is rebound to this machine", () => {
  test.each(["trial", "server"] as const)("is refused by a %s for everything that it asks", async (which) => {
    const crier = which === "trial" ? trial : server;
    const base = crier.url.replace("127.0.0.1", rebound);
    const opened = await browser.newPage();
    // Its own server answered the first request; the name is another machine's since then.
    await opened.route(base, (route) => route.fulfill({ contentType: "text/html", body: "<p>Elsewhere" }), {
      times: 1,
    });
    await opened.goto(base);
    const sameOrigin = attempts.map(({ path, init }) => ({ path, init: { ...init, mode: "same-origin" } }));
    const answers = await tried(opened, base, sameOrigin);
    await opened.close();
    expect(answers).toEqual(attempts.map(() => "read 421"));
    await unchanged(crier);
  });
});

test.each([
  { body: "null", target: "DynamoDB_20120810.ListTables" },
  { body: "null", target: "DynamoDB_20120810.PutItem" },
  { body: '{"TableName":"crier","Key":{}}', target: "DynamoDB_20120810.GetItem" },
])("a request of DynamoDB's API ($target, $body) finds no database, and Crier goes on", async ({ body, target }) => {
  const answer = await fetch(trial.url, {
    method: "POST",
    headers: { "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": target },
    body,
  });
  expect([404, 405]).toContain(answer.status);
  expect(await answer.text()).not.toContain("com.amazonaws");
  expect((await fetch(new URL("healthz", trial.url))).status).toBe(200);
});
