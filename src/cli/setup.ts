import { spawn } from "node:child_process";
import { access, mkdtemp, readFile, rm } from "node:fs/promises";
import { findPackageJSON } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import * as z from "zod";
import { type Client, CommandError, connect } from "../api/api-client.ts";
import { type AwsAccount, AwsAccountError, openAwsAccount } from "../aws-account/aws-account.ts";
import { defaultStage } from "../domain/installation.ts";
import { rowFormat } from "../store/row-format.ts";
import { type CommandResult, openInBrowser, printable, type Terminal } from "./command.ts";
import { readConfiguration, type SiteFlags, setUpConfiguration } from "./config-file.ts";
import { connectAccounts } from "./configured-secrets.ts";
import { type Dialog, openDialog } from "./dialog.ts";
import { existingOrNewToken, withParameters } from "./parameter-store.ts";

export interface DeployFlags {
  readonly json?: boolean;
  readonly yes?: boolean;
  readonly stage: string;
}

export interface SetupFlags extends DeployFlags, SiteFlags {
  /** False for `--no-open`. */
  readonly open: boolean;
}

const dialogFor = ({ yes = false, json = false }: DeployFlags, terminal: Terminal): Dialog =>
  openDialog(terminal, { yes, json });

const stageFlag = (stage: string): string => (stage === defaultStage ? "" : ` --stage ${stage}`);

/**
 * Leads from a clone to the first post. Each step checks what is done already, so that the command can be repeated at
 * any time.
 */
export const setup = async (flags: SetupFlags, terminal: Terminal): Promise<CommandResult> => {
  const { stage } = flags;
  const dialog = dialogFor(flags, terminal);
  const { say } = dialog;
  await findCdk(terminal.folder);
  say("1 of 6  The configuration");
  const config = await setUpConfiguration(dialog, flags);
  say("2 of 6  The AWS account");
  const { account, region } = await checkAwsAccount(stackName(stage), dialog);
  say("3 of 6  The deployment");
  const {
    FeedsUrl: feedsUrl,
    ApiUrl: apiUrl,
    UploadBucket: bucket,
    Table: table,
  } = await deployStage(stage, { account, region }, dialog);
  say("4 of 6  The accounts");
  const accounts = await connectAccounts(config, stage, dialog);
  say("5 of 6  The token of the API");
  const { result, parameter, token } = await existingOrNewToken({ stage, rotate: false, plan: false });
  say(`  ${result}: ${parameter} in ${region}`);
  say("6 of 6  A first post");
  const client = connect({ CRIER_URL: apiUrl, CRIER_TOKEN: token }, terminal.folder);
  const title = config.sites[0]?.title ?? "";
  const post = await publishFirstPost({ client, title, feedsUrl, pause }, dialog);
  if (dialog.interactive && flags.open) openInBrowser(feedsUrl);
  return {
    answer: { stage, account, region, feedsUrl, apiUrl, bucket, accounts, token: result, post },
    lines: [
      `Your feeds: ${feedsUrl}`,
      `  a post is a file:   aws s3 cp my-post.md s3://${bucket}/`,
      `  npx crier with it:  export CRIER_URL=${apiUrl} CRIER_TOKEN=$(npx crier token${stageFlag(stage)})`,
      `  protect its data:   aws dynamodb update-table --table-name ${table} --deletion-protection-enabled`,
    ],
  };
};

/** Runs only the second and third step of `setup`. */
export const deploy = async (flags: DeployFlags, terminal: Terminal): Promise<CommandResult> => {
  const { stage } = flags;
  const dialog = dialogFor(flags, terminal);
  await readConfiguration(terminal.folder);
  await findCdk(terminal.folder);
  const { account, region } = await checkAwsAccount(stackName(stage), dialog);
  const { FeedsUrl: feedsUrl, ApiUrl: apiUrl } = await deployStage(stage, { account, region }, dialog);
  return { answer: { stage, account, region, feedsUrl, apiUrl }, lines: [] };
};

/** Written by `cdk bootstrap` with its default qualifier ("DefaultStackSynthesizer" of the CDK). */
const bootstrapParameter = "/cdk-bootstrap/hnb659fds/version";

/** An account with fewer concurrent executions than these is a new one, in which a large import waits. */
const fewExecutions = 100;

/** Turns a refusal by AWS into an error of the command. */
const orCommandError = async <T>(call: () => Promise<T>): Promise<T> => {
  try {
    return await call();
  } catch (error) {
    if (error instanceof AwsAccountError) throw new CommandError(error.message, { cause: error });
    throw error;
  }
};

/** The statuses of a stack that has no resources: a first deployment failed, or was not begun. */
const withoutResources = /^(?:ROLLBACK_COMPLETE|REVIEW_IN_PROGRESS)$/;

/** Throws if a stage is deployed in another region: a second stack of it would post everything again. */
const checkOtherRegions = async (account: AwsAccount, name: string, region: string): Promise<void> => {
  for (const other of await account.preparedRegions()) {
    const stack = other === region ? undefined : await account.stack(name, other);
    if (stack !== undefined && !withoutResources.test(stack.status))
      throw new CommandError(
        `${name} is in ${other}, and a second one in ${region} would post everything again: set AWS_REGION=${other}, or deploy another stage in ${region} and move it into that (docs/one-machine.md, Export and restore)`,
      );
  }
};

const checkStack = async (account: AwsAccount, name: string, region: string, { say }: Dialog): Promise<void> => {
  const stack = await account.stack(name);
  if (stack === undefined) {
    await checkOtherRegions(account, name, region);
    return say(`  there is no ${name} in ${region} yet`);
  }
  const { status, isProtected, rowFormat: found = 0 } = stack;
  if (status.endsWith("_IN_PROGRESS"))
    throw new CommandError(`${name} is being changed (${status}): wait until that is done, and run this again`);
  if (isProtected && /^(?:CREATE_FAILED|ROLLBACK_COMPLETE|ROLLBACK_FAILED)$/.test(status))
    throw new CommandError(
      `the first deployment of ${name} failed, and its stack is still there, protected (${status}). Remove the protection of the stack, and run this again:\n  aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name ${name}`,
    );
  if (found > rowFormat.version)
    throw new CommandError(
      `${name} has the data of a newer Crier (format ${found}, this one knows up to ${rowFormat.version}), which this one neither reads nor changes: deploy that version or a newer one, or restore an export made before it into another stage (docs/operations.md, Roll back)`,
    );
  say(`  ${name} exists (${status})`);
};

const checkBootstrap = async (dialog: Dialog, region: string): Promise<void> => {
  const { say, confirm, terminal } = dialog;
  const version = await withParameters((parameters) => parameters.read(bootstrapParameter));
  if (version !== undefined) return say(`  ${region} is prepared for the CDK (bootstrap version ${version})`);
  say(`  ${region} is not prepared for the CDK (no parameter ${bootstrapParameter})`);
  const nextStep = "run npx cdk bootstrap, once per AWS account and region, and then this again";
  if (!(await confirm("Prepare it now, by npx cdk bootstrap?", nextStep))) throw new CommandError(nextStep);
  const { done } = await runCdk(["bootstrap"], terminal);
  if (!done) throw new CommandError("npx cdk bootstrap failed: the lines above name the reason");
};

const checkQuota = async (account: AwsAccount, { say }: Dialog): Promise<void> => {
  const executions = await account.concurrentExecutions();
  if (executions >= fewExecutions) return say(`  AWS runs ${executions} functions of this account at the same time`);
  say(
    `  AWS runs only ${executions} functions of this account at the same time, as in a new one: a large upload takes longer`,
    "  to have more, which is free: console, Service Quotas, AWS Lambda, Concurrent executions",
  );
};

export interface CheckedAccount {
  readonly account: string;
  readonly region: string;
}

/** Reports what the AWS account lacks for a deployment of this stack, before CloudFormation starts. */
const checkAwsAccount = (stack: string, dialog: Dialog): Promise<CheckedAccount> =>
  orCommandError(async () => {
    const aws = openAwsAccount();
    const region = await aws.region();
    const { account, user } = await aws.identity();
    dialog.say(`  signed in to the account ${account} as ${user}`);
    // First, so that nothing is made in a wrong region.
    await checkStack(aws, stack, region, dialog);
    await checkBootstrap(dialog, region);
    await checkQuota(aws, dialog);
    return { account, region };
  });

const outputs = z.object({ FeedsUrl: z.string(), ApiUrl: z.string(), UploadBucket: z.string(), Table: z.string() });

export type DeploymentOutputs = z.output<typeof outputs>;

const stackName = (stage: string): string => `Crier-${stage}`;

const deployInto = async (file: string, stage: string, { terminal }: Dialog): Promise<DeploymentOutputs> => {
  // The stack is named, because the app may have other ones.
  const { done, output } = await runCdk(
    ["deploy", stackName(stage), "-c", `stage=${stage}`, "--require-approval", "never", "--outputs-file", file],
    terminal,
  );
  if (!done) throw new CommandError(`the deployment failed: ${explainFailedDeployment(output)}`);
  const all = z.record(z.string(), z.unknown()).parse(JSON.parse(await readFile(file, "utf8")));
  return outputs.parse(all[stackName(stage)]);
};

/** Deploys the stage after a confirmation. Without changes the CDK does nothing. */
const deployStage = async (
  stage: string,
  { account, region }: CheckedAccount,
  dialog: Dialog,
): Promise<DeploymentOutputs> => {
  const byHand = `deploy by hand: npx cdk deploy -c stage=${stage}`;
  if (
    !(await dialog.confirm(
      `Deploy ${stackName(stage)} into ${region} of the account ${account}, in about five minutes?`,
      byHand,
    ))
  )
    throw new CommandError(`nothing was deployed: run this again, or ${byHand}`);
  const folder = await mkdtemp(join(tmpdir(), "crier-outputs-"));
  try {
    const deployed = await deployInto(join(folder, "outputs.json"), stage, dialog);
    dialog.say(`  deployed: ${deployed.FeedsUrl}`);
    return deployed;
  } finally {
    await rm(folder, { recursive: true });
  }
};

interface Cause {
  /** Matches the message of AWS or the CDK. */
  readonly sign: RegExp;
  readonly nextStep: string;
}

/**
 * Causes of a failed deployment; the first match wins. They are found by their text, because CloudFormation passes the
 * message of a service on without a code.
 */
const causes: readonly Cause[] = [
  {
    sign: /No stacks match the name/,
    nextStep:
      "the app in cdk.json makes no stack of that name: deploy one that you named yourself by npx cdk deploy, without this command",
  },
  {
    sign: /account must be verified before you can add/i,
    nextStep:
      "AWS has not verified this account for CloudFront yet: ask AWS Support for it (a case about account and billing, which is free), usually a day, and deploy again",
  },
  {
    sign: /CNAMEs? you provided (?:are|is) already associated|CNAMEAlreadyExists/i,
    nextStep:
      "the domain in deployment.domain belongs to another CloudFront distribution, of this AWS account or of another: remove it there, or choose another name, and deploy again",
  },
  {
    sign: /InvalidViewerCertificate|certificate .*(?:doesn't exist|isn't in us-east-1|isn't valid)/i,
    nextStep:
      "CloudFront does not take the certificate in deployment.domain: it has to be in us-east-1, issued (not pending), and for that very name; correct it, and deploy again",
  },
  {
    sign: /ExpiredToken|security token included in the request is (?:expired|invalid)|Unable to resolve AWS account|no credentials have been configured/i,
    nextStep:
      "AWS does not accept the credentials any more: sign in again with `aws sso login`, or set AWS_PROFILE, and deploy again",
  },
  {
    sign: /has not been bootstrapped|has it been bootstrapped|\/cdk-bootstrap\/\S+ (?:not found|does not exist)/i,
    nextStep: "this region is not prepared for the CDK: run npx cdk bootstrap once, and deploy again",
  },
  {
    sign: /UnreservedConcurrentExecution|concurrent executions|MaximumConcurrency/i,
    nextStep:
      "AWS runs too few functions of this account at the same time: ask for more in the console under Service Quotas, AWS Lambda, Concurrent executions (free), and deploy again",
  },
  {
    sign: /LimitExceeded|TooMany\w+|exceeded the (?:limit|maximum)/i,
    nextStep:
      "this AWS account has reached a quota, which the line above names: ask for more in the console under Service Quotas, or remove what is not used, and deploy again",
  },
  {
    sign: /TerminationProtection is enabled/i,
    nextStep:
      "the stack of a first deployment that failed is still there, and protected: switch its protection off by its name, as docs/deploy.md shows, and deploy again",
  },
  {
    sign: /AccessDenied|is not authorized to perform/i,
    nextStep:
      "the user or role that is signed in may not do this: sign in as one that may make resources, and deploy again",
  },
];

/** Returns the next step after a failed deployment, based on its output. */
export const explainFailedDeployment = (output: string): string =>
  causes.find(({ sign }) => sign.test(output))?.nextStep ??
  "the lines above name the resource and the reason; what was made is removed again, so correct it, and deploy again";

interface CdkResult {
  readonly done: boolean;
  /** Everything that the command printed. */
  readonly output: string;
}

const cdkPackages = ["aws-cdk", "aws-cdk-lib", "constructs"];

const Manifest = z.object({
  dependencies: z.record(z.string(), z.string()).default({}),
  devDependencies: z.record(z.string(), z.string()).default({}),
});

/** Throws, with the next step, if a folder lacks a part of what deploys it. Returns the command of the CDK. */
const findCdk = async (folder: string): Promise<string> => {
  await access(join(folder, "cdk.json")).catch((cause: unknown) => {
    throw new CommandError(
      `${folder} has no app of the CDK (cdk.json): make a folder with one by npm create crier@latest FOLDER -- --aws, and put crier.config.ts there`,
      { cause },
    );
  });
  const manifest = join(folder, "package.json");
  const found = cdkPackages.map((name) => {
    try {
      // Node finds what the app imports in the folders above it, too.
      return findPackageJSON(name, pathToFileURL(manifest));
    } catch {
      return undefined;
    }
  });
  const missing = cdkPackages.filter((_, at) => found[at] === undefined);
  const [cdk] = found;
  if (missing.length === 0 && cdk !== undefined) return join(dirname(cdk), "bin/cdk");
  const { dependencies, devDependencies } = Manifest.parse(JSON.parse(await readFile(manifest, "utf8")));
  const isListed = missing.every((name) => name in { ...dependencies, ...devDependencies });
  const nextStep = isListed ? "npm ci --include=dev" : `npm install --save-dev ${missing.join(" ")}`;
  throw new CommandError(`${folder} lacks ${missing.join(", ")}: run ${nextStep} there`);
};

/** Runs the command of the CDK in Crier's folder. Its output is shown on standard error. */
const runCdk = async (args: readonly string[], { folder, env, err }: Terminal): Promise<CdkResult> => {
  const command = await findCdk(folder);
  const child = spawn(process.execPath, [command, ...args], {
    cwd: folder,
    // The CDK starts the app with the command `node`, which must be this one.
    env: { ...env, PATH: `${dirname(process.execPath)}${delimiter}${env.PATH ?? ""}` },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  const show = async (stream: NodeJS.ReadableStream): Promise<void> => {
    for await (const line of createInterface({ input: stream })) {
      lines.push(line);
      if (line.trim() !== "") err(printable([`  | ${line}`]));
    }
  };
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  await Promise.all([show(child.stdout), show(child.stderr)]);
  return { done: (await ended) === 0, output: lines.join("\n") };
};

/** Waits for a number of milliseconds. */
type Pause = (milliseconds: number) => Promise<unknown>;

/** The files of the main feed, one for each format. */
const feedFiles = ["feed.xml", "atom.xml", "feed.json"] as const;

const slug = "hello";

const firstPost = (title: string): string => `---
title: Hello
socialShare: false
---
The feeds of ${title} work: this first post is in them, and on no network.
`;

/**
 * Retries for some minutes, because the DNS entry of a new address takes that long to spread. The pauses do not double: a
 * person waits for the end.
 */
const retryForMinutes = async <T>(action: () => Promise<T>, pause: Pause): Promise<T> => {
  for (let tries = 1; ; tries++) {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof CommandError) || tries === 120) throw error;
      await pause(Math.min(tries * 100, 3_000));
    }
  }
};

const checkFeed = async (address: URL, url: string): Promise<void> => {
  const text = await fetch(address, { signal: AbortSignal.timeout(30_000) }).then(
    (response) => response.text(),
    () => "",
  );
  if (!text.includes(url))
    throw new CommandError(`${address.href} does not have the first post yet: run this again in a few minutes`);
};

interface FirstPostOptions {
  readonly client: Client;
  readonly title: string;
  readonly feedsUrl: string;
  readonly pause: Pause;
}

/** Publishes a post to the feeds only, if there is no post yet, and waits until it is in every feed. */
const publishFirstPost = async (options: FirstPostOptions, { say }: Dialog): Promise<"published" | "kept"> => {
  const { client, title, feedsUrl, pause } = options;
  const { posts } = await retryForMinutes(() => client.request("list"), pause);
  const [newest] = posts;
  const present = posts.find((post) => post.slug === slug);
  // An existing post is never replaced, because a person may have written it.
  if (newest !== undefined && present === undefined) {
    say(`  there are posts already, the last ${JSON.stringify(newest.title)}: none is added`);
    return "kept";
  }
  const put = () => client.request("put", { name: slug, markdown: Buffer.from(firstPost(title)) });
  const { url = "" } = present ?? (await retryForMinutes(put, pause));
  say(`  ${present === undefined ? "published" : "there already"}: ${url}, to the feeds only`);
  for (const file of feedFiles) {
    const address = new URL(file, feedsUrl);
    await retryForMinutes(() => checkFeed(address, url), pause);
    say(`  in ${address.href}`);
  }
  say(`  to remove it: npx crier remove ${slug}`);
  return present === undefined ? "published" : "kept";
};
