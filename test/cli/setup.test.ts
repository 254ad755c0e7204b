import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { aSummaryAnswer } from "../support/answers.ts";
import { anApi } from "../support/api-double.ts";
import { anAws } from "../support/aws-double.ts";
import { awsEnvironment, signIn } from "../support/aws-environment.ts";
import { aCdk, failWith } from "../support/cdk-double.ts";
import { type AMachine, aMachine, clear } from "../support/machine.ts";
import { crier, whoAnswers } from "../support/terminal.ts";

const bootstrap = "/cdk-bootstrap/hnb659fds/version";
const token = "/crier/production/token";
const flags = ["--title", "Ada's Blog", "--url", "https://blog.ada.example/", "--time-zone", "Europe/Berlin"] as const;

let machine: AMachine;
let url = "";
beforeAll(async () => {
  machine = await aMachine();
  url = new URL(machine.env.CRIER_URL).origin;
});
afterAll(() => clear(machine));

let folder = "";
let aws: Awaited<ReturnType<typeof anAws>>;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "crier-setup-"));
  // The file of the repository, without an import that this folder does not have.
  const shipped = await readFile(join(import.meta.dirname, "../../crier.config.ts"), "utf8");
  await writeFile(
    join(folder, "crier.config.ts"),
    shipped.replace(/import .*\n/, "const defineConfig = <T>(config: T): T => config;\n"),
  );
  await aCdk(folder, { FeedsUrl: `${url}/`, ApiUrl: url, UploadBucket: "uploads", Table: "table" });
  aws = await anAws();
  aws.parameters.set(bootstrap, "30");
  aws.parameters.set(token, machine.env.CRIER_TOKEN);
  signIn(awsEnvironment(aws));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const setup = (...args: readonly string[]) => crier(["setup", ...args], { folder });
const file = (name: string) => readFile(join(folder, name), "utf8");

describe("crier setup", () => {
  test("goes from the configuration that Crier comes with to a first post in the feeds", async () => {
    const done = await setup("--yes", ...flags, "--networks", "mastodon");
    expect(done).toMatchObject({ code: 0, err: expect.stringContaining("| this is the CDK") });
    expect(done.out).toBe(`1 of 6  The configuration
  written: crier.config.ts
2 of 6  The AWS account
  signed in to the account 123456789012 as arn:aws:iam::123456789012:user/ada
  there is no Crier-production in us-east-1 yet
  us-east-1 is prepared for the CDK (bootstrap version 30)
  AWS runs 1000 functions of this account at the same time
3 of 6  The deployment
  deployed: ${url}/
4 of 6  The accounts
  mastodon: not connected: posts are in the feeds only until npx crier accounts connect mastodon --stage production
5 of 6  The token of the API
  read: ${token} in us-east-1
6 of 6  A first post
  published: https://blog.example.com/hello/, to the feeds only
  in ${url}/feed.xml
  in ${url}/atom.xml
  in ${url}/feed.json
  to remove it: npx crier remove hello
Your feeds: ${url}/
  a post is a file:   aws s3 cp my-post.md s3://uploads/
  npx crier with it:  export CRIER_URL=${url} CRIER_TOKEN=$(npx crier token)
  protect its data:   aws dynamodb update-table --table-name table --deletion-protection-enabled
`);
    expect(await file("crier.config.ts")).toBe(`import { defineConfig } from "crier";

/** Secrets stay out of this file. */
export default defineConfig({
  sites: [
    { id: "blog", title: "Ada's Blog", url: "https://blog.ada.example/", timeZone: "Europe/Berlin" },
  ],
  accounts: [
    { name: "mastodon", network: "mastodon" },
  ],
});
`);
    expect(await file("cdk.log")).toBe(
      "deploy Crier-production -c stage=production --require-approval never --outputs-file\n",
    );
    expect(await machine.sandbox()).toEqual([]);
  });

  test("asks for a site whose address is still that of the example, whatever its title is", async () => {
    const site = { id: "blog", title: "My feeds", url: "https://blog.example.com/" };
    await writeFile(join(folder, "crier.config.ts"), `export default ${JSON.stringify({ sites: [site] })};\n`);
    expect(await setup("--yes", ...flags)).toMatchObject({
      code: 0,
      out: expect.stringContaining("written: crier.config.ts"),
    });
    expect(await file("crier.config.ts")).toContain("https://blog.ada.example/");
  });

  test("keeps where the posts of a folder are that npm create crier made without an address", async () => {
    const site = {
      id: "blog",
      title: "my-feeds",
      url: "https://blog.example.com/",
      permalink: "/:path/",
      sources: [{ folder: "../site/content", exclude: ["drafts/**"] }, { feed: "https://notes.example/feed.xml" }],
    };
    await writeFile(join(folder, "crier.config.ts"), `export default ${JSON.stringify({ sites: [site] })};\n`);
    expect(await setup("--yes", ...flags)).toMatchObject({ code: 0 });
    expect(await file("crier.config.ts")).toContain(
      'url: "https://blog.ada.example/", timeZone: "Europe/Berlin", sources: [{ folder: "../site/content", exclude: ["drafts/**"] }, { feed: "https://notes.example/feed.xml" }], permalink: "/:path/" },',
    );
  });

  test("adds no post where there is one", async () => {
    const api = await anApi();
    await aCdk(folder, { FeedsUrl: url, ApiUrl: api.env.CRIER_URL, UploadBucket: "uploads", Table: "table" });
    api.answer("list", { posts: [aSummaryAnswer({ slug: "mine", title: "Mine" })], next: null });
    const done = await setup("--yes", ...flags);
    expect(done.out).toContain('there are posts already, the last "Mine": none is added');
    expect(done.code).toBe(0);
  });

  test("run again, says what is done already and goes on", async () => {
    const site = { id: "blog", title: "Ada's Blog", url: "https://blog.ada.example/" };
    const config = { sites: [site], accounts: [{ name: "mastodon", network: "mastodon" }] };
    await writeFile(join(folder, "crier.config.ts"), `export default ${JSON.stringify(config)};\n`);
    aws.parameters.set("/crier/production/accounts/mastodon", '{"accessToken":"t"}');
    await setup("--yes");
    aws.stacks.set("Crier-production", { status: "UPDATE_COMPLETE", isProtected: true });
    const again = await setup("--yes");
    expect(again.code).toBe(0);
    for (const line of [
      "crier.config.ts is kept: Ada's Blog, https://blog.ada.example/",
      "Crier-production exists (UPDATE_COMPLETE)",
      "mastodon: already connected",
      "there already: https://blog.example.com/hello/, to the feeds only",
    ])
      expect(again.out).toContain(`  ${line}\n`);
  });

  test.each([1, undefined])("goes on where the deployed rows have the format %s", async (rowFormat) => {
    aws.stacks.set("Crier-production", { status: "UPDATE_COMPLETE", isProtected: true, rowFormat });
    expect(await setup("--yes", ...flags)).toMatchObject({ code: 0 });
  });

  test("says before it asks for secrets that the stage posts to no network", async () => {
    aws.parameters.set("/crier/trial/token", machine.env.CRIER_TOKEN);
    const done = await setup("--yes", ...flags, "--networks", "mastodon", "--stage", "trial");
    expect(done.out).toContain(`4 of 6  The accounts
  the stage trial makes feeds and posts to no network: to post from it, name it in deployment.posts of crier.config.ts and deploy it again
  mastodon: not connected`);
  });

  test("asks in a terminal, shows no secret, and asks once more where an answer is not valid", async () => {
    const secret = "canary-9f2c";
    const person = whoAnswers({
      "Title of the site": "Ada's Blog",
      "Its address": ["blog.ada.example", "https://blog.ada.example/"],
      "Its time zone": "",
      "Networks to post to": "mastodon",
      "Server of mastodon": "https://social.example",
      "Deploy Crier-production": "",
      "Connect mastodon": "yes",
      accessToken: secret,
    });
    const done = await crier(["setup", "--no-open"], { folder, input: person.keyboard, onErr: person.read });
    expect(done).toMatchObject({ code: 0, out: expect.stringContaining("use an absolute URL") });
    expect(done.all).not.toContain(secret);
    expect(aws.parameters.get("/crier/production/accounts/mastodon")).toBe(`{"accessToken":"${secret}"}`);
    expect(await file("crier.config.ts")).toContain('server: "https://social.example"');
    expect(done.out).toContain("  mastodon: connected\n");
  });

  test("Ctrl-D at a question ends it, and nothing is written", async () => {
    const before = await file("crier.config.ts");
    const person = whoAnswers({ "Title of the site": "Ada's Blog", "Its address": undefined });
    const done = await crier(["setup"], { folder, input: person.keyboard, onErr: person.read });
    expect(done).toMatchObject({ code: 1, err: expect.stringContaining("stopped: run the same command again") });
    expect(await file("crier.config.ts")).toBe(before);
    expect((await readdir(folder)).filter((name) => name.startsWith("crier.config"))).toEqual(["crier.config.ts"]);
    expect(aws.requests).toEqual([]);
  });

  test("without a terminal and without the answers, names the flag that is missing", async () => {
    expect(await setup("--yes")).toMatchObject({ code: 2, err: expect.stringMatching(/--title is missing/) });
    expect(await setup("--yes", ...flags, "--networks", "mastdon")).toMatchObject({
      code: 2,
      err: expect.stringMatching(/--networks: there is no network "mastdon": use x, bluesky, mastodon, /),
    });
    expect(aws.requests).toEqual([]);
  });

  test("without a terminal, deploys only with --yes", async () => {
    expect(await setup(...flags)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/add --yes, or deploy by hand: npx cdk deploy -c stage=production/),
    });
    expect(await readdir(folder)).not.toContain("cdk.log");
  });

  test("--json prints the result alone, and no token", async () => {
    const done = await setup("--yes", "--json", ...flags);
    expect(done.json()).toMatchObject({ stage: "production", account: "123456789012", token: "read", accounts: {} });
    expect(done.all).not.toContain(machine.env.CRIER_TOKEN);
  });
});

describe("before CloudFormation starts, crier deploy says what is missing:", () => {
  const deploy = (...args: readonly string[]) => crier(["deploy", ...args], { folder });
  const untouched = async () => expect(await readdir(folder)).not.toContain("cdk.log");

  test("credentials that have expired", async () => {
    aws.refuseQuery(403, "ExpiredToken");
    expect(await deploy("--yes")).toMatchObject({
      code: 1,
      err: "crier: AWS does not accept the credentials (ExpiredToken): sign in again, or set AWS_PROFILE\n",
    });
    await untouched();
  });

  test("a budget that a month at rest exceeds, before AWS is asked", async () => {
    const site = { id: "blog", title: "Ada's Blog", url: "https://blog.ada.example/" };
    const config = { sites: [site], deployment: { monthlyBudget: 0.1 } };
    await writeFile(join(folder, "crier.config.ts"), `export default ${JSON.stringify(config)};\n`);
    const done = await deploy("--yes");
    expect(done.code).not.toBe(0);
    expect(done.err).toMatch(/^crier: .*deployment\.monthlyBudget: use 1 US dollar or more: a month at rest costs /);
    expect(done.err.trim().split("\n")).toHaveLength(1);
    expect(aws.requests).toEqual([]);
    await untouched();
  });

  test("credentials at all", async () => {
    signIn({ AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined });
    expect(await deploy("--yes")).toMatchObject({
      code: 1,
      err: expect.stringMatching(/no AWS credentials were found/),
    });
    await untouched();
  });

  test("a region that is not bootstrapped; with --yes it is", async () => {
    aws.parameters.delete(bootstrap);
    expect(await deploy()).toMatchObject({
      code: 2,
      out: expect.stringContaining(`us-east-1 is not prepared for the CDK (no parameter ${bootstrap})`),
      err: expect.stringContaining("run npx cdk bootstrap, once per AWS account and region"),
    });
    await untouched();
    await deploy("--yes");
    expect(await file("cdk.log")).toMatch(/^bootstrap\ndeploy /);
  });

  test("a quota of 10 functions at the same time, which is no obstacle", async () => {
    aws.executions.value = 10;
    const done = await deploy("--yes");
    expect(done.code).toBe(0);
    expect(done.out).toMatch(/runs only 10 functions .*\n.*Service Quotas, AWS Lambda, Concurrent executions\n/);
  });

  test("a stage name of 40 characters", async () => {
    expect(await deploy("--stage", "s".repeat(40))).toMatchObject({
      code: 2,
      err: expect.stringContaining("at most 31 characters"),
    });
  });

  test("a certificate of another region", async () => {
    const certificateArn = "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b";
    const site = { id: "blog", title: "A", url: "https://a.example/" };
    const config = { sites: [site], deployment: { domain: { name: "feeds.a.example", certificateArn } } };
    await writeFile(join(folder, "crier.config.ts"), `export default ${JSON.stringify(config)};\n`);
    expect(await deploy("--yes")).toMatchObject({
      code: 2,
      err: expect.stringMatching(/certificateArn: the certificate is in eu-central-1, .*request it there/),
    });
    await untouched();
  });

  test.each([
    ["CREATE_IN_PROGRESS", /is being changed \(CREATE_IN_PROGRESS\): wait/],
    ["ROLLBACK_COMPLETE", /first deployment of Crier-production failed.*\n.*--stack-name Crier-production/],
  ])("a stack that is %s", async (status, message) => {
    aws.stacks.set("Crier-production", { status, isProtected: true });
    expect(await deploy("--yes")).toMatchObject({ code: 1, err: expect.stringMatching(message) });
    await untouched();
  });

  describe("a stage that is in another region,", () => {
    const prepare = (...regions: readonly string[]) =>
      aws.buckets.push(...regions.map((region) => `cdk-hnb659fds-assets-123456789012-${region}`));

    test("with that region and no change, not even the preparation of the wrong one", async () => {
      prepare("us-east-1", "eu-west-1", "eu-central-1");
      aws.stacks.set("Crier-production", { status: "UPDATE_COMPLETE", region: "eu-central-1" });
      aws.parameters.delete(bootstrap);
      expect(await deploy("--yes")).toMatchObject({
        code: 1,
        err: "crier: Crier-production is in eu-central-1, and a second one in us-east-1 would post everything again: set AWS_REGION=eu-central-1, or deploy another stage in us-east-1 and move it into that (docs/one-machine.md, Export and restore)\n",
      });
      await untouched();
    });

    test("and is deployed where AWS_REGION names that region", async () => {
      prepare("us-east-1", "eu-central-1");
      aws.stacks.set("Crier-production", { status: "UPDATE_COMPLETE", region: "eu-central-1" });
      signIn({ AWS_REGION: "eu-central-1" });
      expect(await deploy("--yes")).toMatchObject({
        code: 0,
        out: expect.stringContaining("Crier-production exists (UPDATE_COMPLETE)"),
      });
    });

    test.each(["ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS"])("unless nothing of it is there (%s)", async (status) => {
      prepare("eu-central-1");
      aws.stacks.set("Crier-production", { status, region: "eu-central-1" });
      expect(await deploy("--yes")).toMatchObject({ code: 0 });
    });

    test("or cannot be looked at there, with the right that is missing", async () => {
      prepare("eu-central-1");
      // The identity, the stack in this region and the buckets are answered.
      for (let answered = 0; answered < 3; answered += 1) aws.passOne();
      aws.refuseQuery(403, "AccessDenied");
      expect(await deploy("--yes")).toMatchObject({
        code: 1,
        err: "crier: AWS refuses access to the stack Crier-production in eu-central-1: sign in as a user or role that is allowed cloudformation:DescribeStacks there\n",
      });
      await untouched();
    });

    test("or cannot be looked for, with the right that is missing", async () => {
      prepare("eu-central-1");
      // The identity and the stack in this region are answered.
      aws.passOne();
      aws.passOne();
      aws.answerNext(403, "AccessDenied");
      expect(await deploy("--yes")).toMatchObject({
        code: 1,
        err: "crier: AWS refuses access to the account: sign in as a user or role that is allowed s3:ListAllMyBuckets there\n",
      });
      await untouched();
    });
  });

  test("rows of a newer format, which a rollback would leave where they are", async () => {
    aws.stacks.set("Crier-production", { status: "UPDATE_COMPLETE", isProtected: true, rowFormat: 2 });
    expect(await deploy("--yes")).toMatchObject({
      code: 1,
      err: expect.stringMatching(
        /Crier-production has the data of a newer Crier \(format 2, this one knows up to 1\).*: deploy that version or a newer one, or restore an export made before it into another stage/,
      ),
    });
    await untouched();
  });
});

test("a deployment that failed for a domain that is taken is explained with the next step", async () => {
  await failWith(folder, "One or more of the CNAMEs you provided are already associated with a different resource.");
  expect(await crier(["deploy", "--yes"], { folder })).toMatchObject({
    code: 1,
    err: expect.stringMatching(
      /crier: the deployment failed: the domain .* belongs to another CloudFront distribution/,
    ),
  });
});

describe.each([["deploy"], ["setup", ...flags]])("crier %s", (...command) => {
  const refused = async () => {
    const before = await file("crier.config.ts");
    const { code, err } = await crier([...command, "--yes"], { folder });
    expect(code).toBe(1);
    expect(await file("crier.config.ts")).toBe(before);
    return err;
  };

  test("without an app of the CDK says how to have one, and changes nothing", async () => {
    await rm(join(folder, "cdk.json"));
    expect(await refused()).toContain(
      `crier: ${folder} has no app of the CDK (cdk.json): make a folder with one by npm create crier@latest FOLDER -- --aws, and put crier.config.ts there`,
    );
  });

  test("without a package of the CDK says which to install, and changes nothing", async () => {
    await rm(join(folder, "node_modules/aws-cdk-lib"), { recursive: true });
    expect(await refused()).toContain(
      `crier: ${folder} lacks aws-cdk-lib: run npm install --save-dev aws-cdk-lib there`,
    );
    await writeFile(join(folder, "package.json"), '{ "devDependencies": { "aws-cdk-lib": "^2.269.0" } }');
    expect(await refused()).toContain(`crier: ${folder} lacks aws-cdk-lib: run npm ci --include=dev there`);
  });
});
