import { brotliDecompressSync } from "node:zlib";
import { HeadBucketCommand } from "@aws-sdk/client-s3";
import { PutParameterCommand } from "@aws-sdk/client-ssm";
import { SaxesParser } from "saxes";
import { afterAll, beforeAll, expect } from "vitest";
import * as z from "zod";
import { makeCdn } from "./cdn.ts";
import {
  accounts,
  aDocument,
  anAccount,
  apiToken,
  type Deployment,
  feedFiles,
  type Inhabited,
  inhabit,
} from "./deployment.ts";
import { httpRequest } from "./http-request.ts";
import { stepwise } from "./steps.ts";

const minutes = (count: number) => count * 60_000;
const { step, table } = stepwise(() => account.emulator.printed());
const port = { other: false };
/**
 * The date of the first post, also after its edit, so that the order of the feed stays the same, however long the steps
 * before it took.
 */
const dateOfFirst = new Date(Date.now() - minutes(3));

/** Throws if the text is not XML with namespaces. */
const wellFormed = (xml: string): void => {
  const parser = new SaxesParser({ xmlns: true });
  parser.on("error", (error) => {
    throw error;
  });
  parser.write(xml).close();
};

const Refused = z.object({
  refused: z.array(z.object({ path: z.string(), reasons: z.array(z.object({ code: z.string() })) })),
});

/** The refused documents in the API, with path and reasons. */
const refused = async (): Promise<readonly string[]> =>
  Refused.parse(await stack.get("/api/posts?refused"))
    .refused.map(({ path, reasons }) => `${path}: ${reasons.map(({ code }) => code).join(", ")}`)
    .toSorted();

let account: Deployment;
let stack: Inhabited;

beforeAll(async () => {
  account = await anAccount({ sandboxUrl: () => (port.other ? "http://127.0.0.1:9" : account.sandbox.url) });
});

afterAll(async () => {
  table();
  await account?.stop();
});

step("cdk bootstrap prepares an empty account", async () => {
  await account.cdk.bootstrap();
  const toolkit = await account.aws.resources("CDKToolkit");
  expect(toolkit.length).toBeGreaterThan(5);
  return `${toolkit.length} resources`;
});

step("cdk deploy makes every resource of the template", async () => {
  await account.cdk.deploy();
  stack = await inhabit(account);
  const { Resources } = await account.cdk.template();
  const wanted = Object.entries(Resources).map(([id, { Type }]) => `${Type} ${id}`);
  expect(stack.resources.map(({ type, id }) => `${type} ${id}`).toSorted()).toEqual(wanted.toSorted());
  return `${wanted.length} of ${wanted.length} resources, ${new Set(stack.resources.map(({ type }) => type)).size} types`;
});

step("with no document and no secret there are feeds and a page, and no alarm fires", async () => {
  await stack.sweep();
  const files = [...feedFiles, "index.html"] as const;
  const missing = async () => {
    const texts = await Promise.all(files.map((file) => account.aws.text(stack.feeds, file)));
    return files.filter((_, at) => texts[at] === undefined);
  };
  await stack.until(missing, []);
  await stack.settled();
  for (const file of ["feed.xml", "atom.xml"] as const) wellFormed((await account.aws.text(stack.feeds, file)) ?? "");
  expect(await stack.titles()).toEqual([]);
  expect(await account.aws.text(stack.feeds, "index.html")).toMatch(/Nothing has been published here yet\. \w/);
  expect(await stack.failures()).toBe(0);
  expect(await stack.counted()).toEqual([]);
  return `${files.join(", ")}; nothing counted, no failure`;
});

step("the API answers 401 until a token is set, and then knows its owner", async () => {
  const get = (headers: Readonly<Record<string, string>>) =>
    account.aws.invoke(stack.functionOf("Web"), httpRequest("GET", "/api/posts", headers));
  expect(await get({ authorization: `Bearer ${apiToken}` })).toMatchObject({ statusCode: 401 });
  await account.aws.ssm.send(
    new PutParameterCommand({ Name: "/crier/production/token", Type: "SecureString", Value: apiToken }),
  );
  expect(await get({ authorization: `Bearer ${apiToken}` })).toMatchObject({ statusCode: 200 });
  expect(await get({ authorization: "Bearer another-token" })).toMatchObject({ statusCode: 401 });
  return "401, 200, 401";
});

/** Returns the time that it takes, in seconds. */
const secondsOf = async (wait: Promise<unknown>): Promise<string> => {
  const began = performance.now();
  await wait;
  return ((performance.now() - began) / 1000).toFixed(1);
};

step("documents become three feeds and one post per account", async () => {
  await stack.write("first post.md", aDocument("The First", dateOfFirst));
  await stack.write("notes/二.md", aDocument("The Second", new Date(Date.now() - minutes(2))));
  await stack.write("notes.txt", "no document");
  const [shown, posted] = await Promise.all([
    secondsOf(stack.untilTitles(["The Second", "The First"])),
    secondsOf(stack.untilPosted(2)),
  ]);
  await stack.settled();
  for (const file of feedFiles) expect(await account.aws.text(stack.feeds, file)).toContain("The Second");
  const names = accounts.map(({ name }) => name).join(", ");
  return `${feedFiles.join(", ")} after ${shown} s; 2 posts on each of ${names} after ${posted} s`;
});

step("readers get them through CloudFront: with encodings, ETags, 304, preflights, and the owner the API", async () => {
  const ask = await makeCdn(account, stack);
  const { FeedsUrl: feedsUrl } = await account.cdk.outputs();
  const origin = "https://reader.example";
  for (const file of feedFiles) {
    const plain = await ask(`/${file}`);
    expect([plain.status, plain.headers["content-encoding"], plain.headers.vary]).toEqual([
      200,
      undefined,
      "Accept-Encoding",
    ]);
    const text = Buffer.from(plain.body).toString();
    expect(text).toContain("The Second");
    // The feeds name the distribution as their address, without a second deployment.
    expect(text).toContain(`${feedsUrl}${file}`);
    const packed = await ask(`/${file}`, { "accept-encoding": "gzip, br", origin });
    expect(packed.headers).toMatchObject({ "content-encoding": "br", "access-control-allow-origin": "*" });
    expect(brotliDecompressSync(packed.body).equals(plain.body)).toBe(true);
    const etag = packed.headers.etag ?? "";
    expect((await ask(`/${file}`, { "accept-encoding": "br", "if-none-match": etag })).status).toBe(304);
    const preflight = {
      origin,
      "access-control-request-method": "GET",
      "access-control-request-headers": "if-none-match",
    };
    expect((await ask(`/${file}`, preflight, { method: "OPTIONS" })).status).toBe(200);
  }
  expect((await ask("/")).headers["content-type"]).toMatch(/^text\/html/);
  const missing = await ask("/nothing.xml", { "accept-encoding": "gzip, br" });
  expect([missing.status, missing.headers["content-type"]]).toEqual([404, "text/html; charset=utf-8"]);
  expect(Buffer.from(missing.body).toString()).toContain(`<a href="${feedsUrl}feed.xml"`);
  expect((await ask("/api/posts")).status).toBe(401);
  const authorization = `Bearer ${apiToken}`;
  expect((await ask("/api/posts", { authorization })).status).toBe(200);
  const planned = await ask(
    "/api/plan",
    { authorization, "content-type": "text/markdown" },
    { method: "POST", body: aDocument("Planned") },
  );
  expect([planned.status, Buffer.from(planned.body).toString()]).toEqual([200, expect.stringContaining("Planned")]);
  return `${feedFiles.join(", ")} in two encodings, 304, OPTIONS 200, a page with 404; the API 401, 200, 200`;
});

step("an edit changes the feeds and posts nothing anew", async () => {
  await stack.write("first post.md", aDocument("The First, edited", dateOfFirst));
  await stack.untilTitles(["The Second", "The First, edited"]);
  await stack.settled();
  expect(stack.posted()).toEqual(accounts.map(() => 2));
  for (const file of feedFiles) expect(await account.aws.text(stack.feeds, file)).toContain("The First, edited");
  return `still ${stack.posted().join(", ")} posts`;
});

step(
  "what is not Markdown, is too large or is not UTF-8 is refused once, and its neighbours are not kept waiting",
  async () => {
    await stack.write("broken.md", Uint8Array.of(0xff, 0xfe, 0x00, 0xd8));
    await stack.write("film.md", new Uint8Array(8 * 1024 * 1024).fill(0x61));
    await stack.write("third.md", aDocument("The Third"));
    await stack.untilTitles(["The Third", "The Second", "The First, edited"]);
    await stack.untilPosted(3);
    await stack.settled();
    const reasons = ["broken.md: encoding-invalid", "film.md: document-too-large", "notes.txt: no-markdown"];
    expect(await refused()).toEqual(reasons);
    expect(await stack.counted()).toEqual(["refused", "refused", "refused"]);
    expect(await stack.failures()).toBe(0);
    return `${reasons.join("; ")}; each counted once`;
  },
);

step("a deletion leaves the feeds after its grace", async () => {
  const back = await Promise.all(
    (["Relay", "Publish", "Render"] as const).map((name) => stack.clockAhead(name, minutes(3))),
  );
  await stack.remove("notes/二.md");
  await stack.untilTitles(["The Third", "The First, edited"], stack.sweep);
  await stack.settled();
  await Promise.all(back.map((put) => put()));
  expect(stack.posted()).toEqual(accounts.map(() => 3));
  return "copies still there";
});

step("the copies go a day later, each one", async () => {
  const clocks = ["Relay", "Publish", "Deliver"] as const;
  const back = await Promise.all(clocks.map((name) => stack.clockAhead(name, minutes(25 * 60))));
  await stack.until(
    async () => {
      await stack.sweep();
      return stack.posted();
    },
    accounts.map(() => 2),
  );
  await stack.settled();
  await Promise.all(back.map((put) => put()));
  return `${stack.posted().join(", ")} posts`;
});

step("cdk deploy again has nothing to do", async () => {
  expect(await account.cdk.deploy()).toMatch(/\(no changes\)/);
  return "no changes";
});

step("cdk diff finds no difference", async () => {
  expect(await account.cdk.diffSynthesised()).toMatch(/Number of stacks with differences: 0/);
  return "0 differences";
});

step("a change is an update in place", async () => {
  port.other = true;
  await expect(account.cdk.diff()).rejects.toThrow(/CRIER_SANDBOX/);
  await account.cdk.deploySynthesised();
  const after = await account.aws.resources(account.cdk.stack);
  expect(after.map(({ id, physical }) => [id, physical])).toEqual(
    stack.resources.map(({ id, physical }) => [id, physical]),
  );
  const { Environment } = await account.aws.configuration(stack.functionOf("Deliver"));
  expect(Environment.Variables).toMatchObject({ CRIER_SANDBOX: "http://127.0.0.1:9" });
  expect(await account.cdk.diffSynthesised()).toMatch(/Number of stacks with differences: 0/);
  return "an environment changed, no resource replaced";
});

step("a second stage stands beside the first, with nothing in common and without a dashboard", async () => {
  const preview = account.cdk.beside("preview");
  await preview.deploy();
  const theirs = await account.aws.resources(preview.stack);
  const ours = await account.aws.resources(account.cdk.stack);
  const types = (all: typeof ours) => all.map(({ type }) => type).toSorted();
  expect(types(theirs)).toEqual(types(ours).filter((type) => type !== "AWS::CloudWatch::Dashboard"));
  // These have names within their parent resource.
  const parts = ["AWS::Lambda::Permission", "AWS::ApiGatewayV2::Stage"];
  const shared = ours.filter(
    ({ type, physical }) => !parts.includes(type) && theirs.some((one) => one.physical === physical),
  );
  expect(shared.map(({ id }) => id)).toEqual([]);
  const web = theirs.find(({ type, id }) => type === "AWS::Lambda::Function" && id.includes("Web"))?.physical ?? "";
  expect((await account.aws.configuration(web)).Environment.Variables).toMatchObject({
    SECRETS_PATH: "/crier/preview",
  });
  await preview.destroy();
  expect(await stack.titles()).toEqual(["The Third", "The First, edited"]);
  return `${theirs.length} resources of its own`;
});

step("no secret stands in a template, an environment or a log", async () => {
  const groups = stack.resources.filter(({ type }) => type === "AWS::Logs::LogGroup");
  const logs = await Promise.all(groups.map(({ physical }) => account.aws.logged(physical)));
  const names = ["Ingest", "Publish", "Render", "Deliver", "Relay", "Web", "Console"] as const;
  const settings = await Promise.all(names.map((name) => account.aws.configuration(stack.functionOf(name))));
  const all = JSON.stringify([logs, settings, await account.cdk.template()]);
  expect(all).not.toContain(apiToken);
  return `${groups.length} log groups, ${names.length} environments`;
});

step(
  "cdk destroy without a stage names production, and does not take it: its protection comes off by name first",
  async () => {
    const refused = account.cdk.destroy();
    await expect(refused).rejects.toThrow(/Crier-production: the stage production, because no other is named/);
    await expect(refused).rejects.toThrow(/Crier-production.*TerminationProtection is enabled/s);
    expect(await account.aws.exists(stack.functionOf("Web"))).toBe(true);
    return "named, and refused";
  },
);

step("every request of a function was allowed by its role", async () => {
  const { rights, denied } = await account.aws.rights();
  expect(denied).toEqual([]);
  return `${rights} rights, none denied`;
});

step("cdk destroy removes all but what cannot be made again", async () => {
  const { Resources } = await account.cdk.template();
  const kept = Object.entries(Resources).flatMap(([id, { Type, DeletionPolicy }]) =>
    DeletionPolicy === "RetainExceptOnCreate" ? [{ id, type: Type }] : [],
  );
  await account.aws.unprotect(account.cdk.stack);
  await account.cdk.destroySynthesised();
  const physical = (id: string) => stack.resources.find((one) => one.id === id)?.physical ?? "";
  for (const { id, type } of kept) {
    if (type === "AWS::S3::Bucket") await account.aws.s3.send(new HeadBucketCommand({ Bucket: physical(id) }));
    else expect(await account.aws.tables()).toContain(physical(id));
  }
  expect(await stack.titles()).toEqual(["The Third", "The First, edited"]);
  for (const name of ["Ingest", "Publish", "Render", "Deliver", "Relay", "Web", "Console"] as const)
    expect(await account.aws.exists(stack.functionOf(name))).toBe(false);
  return `kept: ${kept.map(({ id }) => id).join(", ")}`;
});
