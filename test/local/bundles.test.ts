import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { S3Client } from "@aws-sdk/client-s3";
import type { Metafile } from "esbuild";
import { afterAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { budgets, overBudget } from "../../bench/budgets.ts";
import { lambdaEnvironment } from "../../bench/lambda-environment.ts";
import { bundle, bundleFile, functionNames } from "../../infra/bundling/bundle-functions.ts";
import { completeFunction } from "../../infra/bundling/function-folder.ts";
import { hash } from "../../src/compose.ts";
import { loadConfig } from "../../src/config.ts";
import { scriptFile, styleSheet } from "../../src/console/assets.ts";
import { claimPicture } from "../../src/domain/picture.ts";
import { s3Objects } from "../../src/objects/s3-objects.ts";
import { storedPictures } from "../../src/pictures/stored-pictures.ts";
import { contentOf } from "../documents/sample-documents.ts";
import { halves } from "../pictures/files.ts";
import { deliveredAgain, s3Notification, sqsEvent } from "../runtimes/lambda/recorded-events.ts";
import { anAws } from "../support/aws-double.ts";
import { aDynamoStore } from "../support/store.ts";
import { canary, planted } from "./planted-environment.ts";

const hugo = await readFile(join(import.meta.dirname, "../golden/source-feeds/hugo.xml"));
const picture = await halves(60, 30).png().toBuffer();
const feedServer = createServer(({ url }, response) => response.end(url === "/picture.png" ? picture : hugo)).listen(
  0,
  "127.0.0.1",
);
await once(feedServer, "listening");
afterAll(() => void feedServer.close());
const feedAddress = feedServer.address();
const feed = `http://127.0.0.1:${typeof feedAddress === "object" ? feedAddress?.port : ""}/index.xml`;

const config = loadConfig({
  sites: [{ id: "blog", title: "A Blog", url: "https://blog.example.com/", sources: [{ feed }] }],
  accounts: [{ name: "blog-x", network: "x" }],
});

const folder = await mkdtemp(join(tmpdir(), "crier-bundles-"));
afterAll(() => rm(folder, { recursive: true }));

const fileOf = (name: string): string => join(folder, name, bundleFile);

for (const [name, value] of Object.entries(planted)) vi.stubEnv(name, value);
const machine = process.arch === "arm64" ? "arm64" : "x64";
const outputs = (await bundle(folder)).flatMap((one) => Object.entries(one.outputs));
for (const name of functionNames) completeFunction(join(folder, name), name, { config, machine });
vi.unstubAllEnvs();

const built = async (name: (typeof functionNames)[number]) => ({
  name,
  outputs: outputs.flatMap(([file, output]) => (file.includes(`/${name}/`) ? [output] : [])),
  bytes: (await stat(fileOf(name))).size,
});
const bundles = await Promise.all(functionNames.map(built));

type Output = Metafile["outputs"][string];

const inputsOf = (outputs: readonly Output[]): readonly string[] =>
  outputs.flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
  );

/** The functions whose bundles contain one of these packages. */
const having = (...packages: readonly string[]): readonly string[] =>
  bundles
    .filter(({ outputs }) =>
      inputsOf(outputs).some((file) => packages.some((name) => file.includes(`node_modules/${name}/`))),
    )
    .map(({ name }) => name);

describe("a bundle contains only what its function uses:", () => {
  test.each([
    ["Markdown and its sanitiser", ["markdown-it", "sanitize-html", "htmlparser2"], ["ingest", "reconcile", "web"]],
    ["front matter", ["gray-matter", "js-yaml", "smol-toml"], ["ingest", "reconcile", "web"]],
    ["the writer of feeds and its judge", ["feed", "saxes"], ["render"]],
    ["the client of X", ["twitter-api-v2"], ["deliver"]],
    ["the client of relays, and what signs for them", ["ws", "@noble/secp256k1"], ["deliver"]],
    ["X's rules for links", ["twitter-text"], ["deliver", "web", "console"]],
    ["requests to other servers", ["ipaddr.js"], ["reconcile", "publish", "deliver", "relay", "media"]],
    ["objects", ["@aws-sdk/client-s3"], ["ingest", "reconcile", "publish", "render", "deliver", "web", "media"]],
    ["secrets", ["@aws-sdk/client-ssm"], ["publish", "deliver", "web", "console"]],
    ["queues", ["@aws-sdk/client-sqs"], ["relay"]],
    ["mail to the owner", ["@aws-sdk/client-sns"], ["deliver"]],
    ["HTTP routes", ["hono/dist/router"], ["web", "console"]],
    ["the text of pages", ["hono/dist/helper/html"], ["render", "console"]],
  ])("%s", (_, packages, functions) => {
    for (const name of packages) expect([name, ...having(name)]).toEqual([name, ...functions]);
  });

  test("the decoder of pictures, in media alone: sharp, with its library for the machine that runs it", async () => {
    const importing = bundles.filter(({ outputs }) =>
      outputs.some(({ imports }) => imports.some(({ path }) => path === "sharp")),
    );
    expect(importing.map(({ name }) => name)).toEqual(["media"]);
    const beside = await Promise.all(functionNames.map(async (name) => [name, await readdir(join(folder, name))]));
    const withPackages = beside.filter(([, files]) => files?.includes("node_modules"));
    expect(withPackages.map(([name]) => name)).toEqual(["media"]);
    expect((await readdir(join(folder, "media/node_modules/@img"))).toSorted()).toEqual([
      "colour",
      `sharp-libvips-linux-${machine}`,
      `sharp-linux-${machine}`,
    ]);
  });

  test.each([
    ["x", "media/metadata"],
    ["bluesky", "com.atproto.server.createSession"],
    ["mastodon", "accounts/verify_credentials"],
    ["discord", "?wait=true"],
    ["slack", "invalid_blocks"],
    ["telegram", "editMessageText"],
    ["devto", "articles/me/all"],
    ["nostr", "rate-limited"],
    ["webhook", "webhook-signature"],
  ])("what logs in to %s, in deliver alone", async (network, text) => {
    const texts = await Promise.all(functionNames.map(async (name) => [name, await readFile(fileOf(name), "utf8")]));
    const holding = texts.filter(([, bundle]) => bundle?.includes(text)).map(([name]) => name);
    expect([network, ...holding]).toEqual([network, "deliver"]);
  });

  test("no session of a network, but in deliver", () => {
    const holding = bundles.filter(({ outputs }) =>
      inputsOf(outputs).includes("src/networks/bluesky/bluesky-session.ts"),
    );
    expect(holding.map(({ name }) => name)).toEqual(["deliver"]);
  });

  test("nothing that only the local runtime, the CLI, the stack and the tests use", () => {
    expect(having("aws-cdk-lib", "constructs", "dynalite", "commander", "@hono/node-server")).toEqual([]);
  });

  test("no library that a stand-in replaces", () => {
    expect(
      having(
        "postcss",
        "source-map-js",
        "dayjs",
        "domutils",
        "mdurl",
        "punycode.js",
        "core-js",
        "@aws-sdk/credential-provider-node",
      ),
    ).toEqual([]);
  });

  test("nothing of the deploying environment", async () => {
    const files = functionNames.flatMap((name) =>
      [bundleFile, `${bundleFile}.map`, "config.mjs"].map((file) => join(folder, name, file)),
    );
    const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
    expect(files.filter((_, index) => texts[index]?.includes(canary))).toEqual([]);
  });

  test("no deprecated module of Node", () => {
    const imports = outputs.flatMap(([, { imports }]) => imports);
    expect(imports.filter(({ path }) => path === "punycode")).toEqual([]);
  });
});

test("every entry point is a bundle", async () => {
  const files = await readdir(new URL("../../functions", import.meta.url));
  const entries = files.filter((file) => file.endsWith(".ts") && file !== "log.ts");
  expect(entries.map((file) => file.slice(0, -".ts".length)).toSorted()).toEqual(functionNames.toSorted());
});

describe("a budget", () => {
  test("is not exceeded by any bundle", () => {
    expect(overBudget(bundles)).toEqual([]);
  });

  test("is a megabyte at most", () => {
    expect(Object.entries(budgets).filter(([, kilobytes]) => kilobytes > 1_000)).toEqual([]);
  });

  test("that is exceeded is an error with the function, both sizes and the next step", () => {
    const bundles = [
      { name: "relay", bytes: 380_001 },
      { name: "web", bytes: 990_000 },
    ] as const;
    expect(overBudget(bundles, { ...budgets, relay: 380, web: 990 })).toEqual([
      "relay has 381 KB, and its budget is 380 KB: look in esbuild's metafile for what was added, or raise the budget in bench/budgets.ts.",
    ]);
  });
});

/** Calls the handler of a bundle in another process. Returns the result of the handler and the errors of the process. */
const call = async (name: string, event: unknown, environment: Readonly<Record<string, string>>) => {
  const script =
    "const { handler } = await import(process.argv[1]); console.log(JSON.stringify((await handler(JSON.parse(process.argv[2]))) ?? null));";
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ["--input-type=module", "-e", script, fileOf(name), JSON.stringify(event)],
    { env: { ...lambdaEnvironment, ...environment } },
  );
  const answer: unknown = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  return { answer, stderr };
};

const documents = {
  "yaml.md": "---\ntitle: In YAML\ndate: 2026-03-01T08:00:00Z\ntags: [a, 007]\n---\nText",
  "toml.md": '+++\ntitle = "In TOML"\ndate = 2026-03-01T08:00:00Z\n+++\nText',
  "json.md": '---json\n{"title": "In JSON", "date": "2026-03-01"}\n---\nText',
  "style.md":
    '---\ntitle: Styled\ndate: 2026-03-01\n---\n<p style="color: red">Red</p> <a href="/a" style="x">a</a> <b style="color">b</b>',
};

/** A database and AWS, both emulated on loopback, and the environment variables for them. */
const aDeployment = async () => {
  const { store, dynamo, stop } = await aDynamoStore();
  onTestFinished(stop);
  const aws = await anAws();
  const environment = {
    TABLE: dynamo.name,
    AWS_ENDPOINT_URL: aws.client.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint,
  };
  return { store, aws, environment };
};

describe("a bundle does what its source does:", () => {
  test("ingest reads YAML, TOML, JSON and styled HTML", async () => {
    const { store, aws, environment } = await aDeployment();
    for (const [path, text] of Object.entries(documents))
      aws.files.set(path, { bytes: new TextEncoder().encode(text), headers: {} });
    const called = await call("ingest", sqsEvent(s3Notification(...Object.keys(documents))), environment);
    expect(called).toEqual({ answer: { batchItemFailures: [] }, stderr: "" });
    for (const [path, text] of Object.entries(documents)) {
      const { title, html, categories } = contentOf(text, path, config.sites[0]);
      const id = await store.aliases.read("blog", "address", path.slice(0, -".md".length));
      const names = categories.map(({ name }) => ({ name }));
      expect(await store.posts.read("blog", id ?? "")).toMatchObject({ title, html, categories: names });
    }
  });

  test("a document that exhausts the memory of ingest is refused at the third delivery; those beside it are read", async () => {
    const { store, aws, environment } = await aDeployment();
    const put = (path: string, text: string) =>
      aws.files.set(path, { bytes: new TextEncoder().encode(text), headers: {} });
    put("a.md", "---\ntitle: A\ndate: 2026-03-01\n---\nText");
    put("bad.md", `---\ntitle: Bad\ndate: 2026-03-01\n---\n${"*a* ".repeat(250_000)}`);
    put("c.md", "---\ntitle: C\ndate: 2026-03-01\n---\nText");
    const small = { ...environment, NODE_OPTIONS: "--max-old-space-size=48" };
    const deliver = (times: number) =>
      call("ingest", deliveredAgain(times, ...["a.md", "bad.md", "c.md"].map((path) => s3Notification(path))), small);
    await expect(deliver(1)).rejects.toMatchObject({ signal: "SIGABRT" });
    await expect(deliver(2)).rejects.toMatchObject({ signal: "SIGABRT" });
    const row = await store.documents.read("blog", "bucket", "bad.md");
    expect(row).toMatchObject({ attempt: { reading: expect.any(String) } });
    if (row?.attempt === undefined) throw new Error("no attempt was counted");
    // The visibility timeout of the queue is longer than the time for which an attempt may still be at work.
    await store.documents.put({ ...row, attempt: { ...row.attempt, at: 0 } });
    expect(await deliver(3)).toMatchObject({ answer: { batchItemFailures: [] } });
    expect(await store.documents.read("blog", "bucket", "bad.md")).toMatchObject({
      refusal: { reasons: [{ code: "too-costly" }] },
    });
    for (const slug of ["a", "c"]) expect(await store.aliases.read("blog", "address", slug)).toBeDefined();
  });

  test("deliver checks the logins of accounts", async () => {
    const { environment } = await aDeployment();
    expect(await call("deliver", { source: "crier.logins" }, environment)).toMatchObject({ answer: null });
  });

  test("reconcile polls the feed of a site", async () => {
    const { store, environment } = await aDeployment();
    expect(await call("reconcile", { source: "crier.poll" }, environment)).toEqual({ answer: null, stderr: "" });
    const ids = await Promise.all(
      ["first", "second", "third"].map((name) => store.aliases.read("blog", "address", `posts/${name}`)),
    );
    const posts = await Promise.all(ids.map((id) => store.posts.read("blog", id ?? "")));
    expect(posts.map((post) => post?.title)).toEqual([
      'Ampersands & "quotes" in a title',
      "Grüße aus Łódź – 日本語",
      "The <b> element",
    ]);
  });

  test("media fetches a picture that was claimed, scales it and stores it beside the feeds, and nothing else", async () => {
    const { aws, environment } = await aDeployment();
    const objects = s3Objects({ client: new S3Client(aws.client), bucket: "feeds" });
    const store = storedPictures(objects, hash);
    const url = feed.replace("index.xml", "picture.png");
    const caps = [{ maxBytes: 1_000_000, maxSide: 40 }];
    const claimed = claimPicture(url, caps, undefined, Date.now());
    if (claimed === undefined) throw new Error("the picture was not claimed");
    await store.save(claimed, undefined);
    const { attempts, next } = claimed;
    const before = aws.requests.length;
    const job = { url, caps, attempts, next };
    expect(await call("media", job, environment)).toEqual({ answer: null, stderr: "" });
    const { record } = await store.find(url);
    expect(record?.pictures).toMatchObject([{ picture: { mediaType: "image/jpeg", width: 40, height: 20 } }]);
    const names = [...aws.files.keys()].toSorted();
    expect(names).toEqual(names.filter((name) => /^pictures\/[0-9a-f]{64}\.(?:jpg|json)$/.test(name)));
    // A second delivery of the same event, which Lambda does not rule out, finds that it is done.
    const written = aws.requests.filter((one) => one.startsWith("PUT")).length;
    await call("media", job, environment);
    expect(aws.requests.filter((one) => one.startsWith("PUT"))).toHaveLength(written);
    expect(aws.requests.length).toBeGreaterThan(before);
  });

  test("web plans for X, which counts README.md as a link of length 23, with the token of Parameter Store", async () => {
    const { aws, environment } = await aDeployment();
    aws.parameters.set("/crier/test/token", "secret");
    const event = {
      version: "2.0",
      rawPath: "/api/plan",
      rawQueryString: "name=a.md",
      headers: { authorization: "Bearer secret", "content-type": "text/markdown", host: "api.example.com" },
      requestContext: { http: { method: "POST", path: "/api/plan" }, domainName: "api.example.com" },
      body: "---\ntitle: See README.md\ndate: 2026-03-01\n---\nWords",
      isBase64Encoded: false,
    };
    // "See ", a link, an empty line, and the link of the post.
    const body = expect.stringContaining('"length":52');
    expect(await call("web", event, environment)).toMatchObject({ answer: { statusCode: 200, body }, stderr: "" });
  });

  test("web answers with the description of the API that is beside it, to a request without a token", async () => {
    const { environment } = await aDeployment();
    const path = "/api/openapi.json";
    const event = {
      version: "2.0",
      rawPath: path,
      rawQueryString: "",
      headers: { host: "api.example.com" },
      requestContext: { http: { method: "GET", path }, domainName: "api.example.com" },
      isBase64Encoded: false,
    };
    const body = await readFile(join(import.meta.dirname, "../../src/api/openapi.json"), "utf8");
    expect(await call("web", event, environment)).toMatchObject({ answer: { statusCode: 200, body }, stderr: "" });
  });

  test("the console signs in at the host of the CDN with the token of Parameter Store, and is not at the host of the API", async () => {
    const { aws, environment } = await aDeployment();
    aws.parameters.set("/crier/test/token", "secret");
    const event = (method: string, path: string, headers: Readonly<Record<string, string>>, more: object = {}) => ({
      version: "2.0",
      rawPath: path,
      rawQueryString: "",
      headers: { host: "api.example.com", ...headers },
      requestContext: { http: { method, path }, domainName: "api.example.com" },
      isBase64Encoded: false,
      ...more,
    });
    const cdn = { "x-crier-cdn": "1" };
    const path = "/console/sign-in";
    const page = await call("console", event("GET", path, cdn), environment);
    expect(page).toMatchObject({ answer: { statusCode: 200, body: expect.stringContaining("<h1>Sign in</h1>") } });
    const [, token = ""] = /name="form" value="([^"]*)"/.exec(JSON.stringify(page.answer).replaceAll('\\"', '"')) ?? [];
    const body = Buffer.from(`${new URLSearchParams({ form: token, token: "secret", name: "Ada" })}`).toString(
      "base64",
    );
    const type = { "content-type": "application/x-www-form-urlencoded" };
    const signIn = (headers: Readonly<Record<string, string>>) =>
      call("console", event("POST", path, { ...type, ...headers }, { body, isBase64Encoded: true }), environment);
    expect(await signIn({ ...cdn, origin: "https://feeds.example.com" })).toMatchObject({
      answer: {
        statusCode: 303,
        cookies: [expect.stringMatching(/^__Host-crier=.*Path=\/; HttpOnly; Secure; SameSite=Strict$/)],
      },
    });
    expect(await signIn({ ...cdn, origin: "https://api.example.com" })).toMatchObject({ answer: { statusCode: 400 } });
    // Their addresses are their hashes: the bundle decompresses the files as they are in the sources.
    for (const file of [styleSheet, scriptFile])
      expect(await call("console", event("GET", file.path, cdn), environment)).toMatchObject({
        answer: { statusCode: 200, body: file.text },
      });
    const elsewhere = { statusCode: 421, body: "The console is at https://feeds.example.com/console.\n" };
    expect(await call("console", event("GET", path, {}), environment)).toMatchObject({ answer: elsewhere });
  });
});
