import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { PutParameterCommand } from "@aws-sdk/client-ssm";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import * as z from "zod";
import config from "../../crier.config.ts";
import { type ConfigInput, loadConfig } from "../../src/config.ts";
import { second } from "../../src/domain/time.ts";
import { timelineInMemory } from "../../src/sandbox/timeline.ts";
import { emittedIn } from "../support/emf.ts";
import { type SandboxServer, startSandbox } from "../support/sandbox-server.ts";
import { type Aws, awsAt, type DeployedResource } from "./aws.ts";
import { type Cdk, cdkOn } from "./cdk.ts";
import { type Emulator, startEmulator } from "./emulator.ts";
import { httpRequest } from "./http-request.ts";
import { isIdle, untilIn } from "./until.ts";

export const accounts = loadConfig(config).accounts;
export const feedFiles = ["feed.xml", "atom.xml", "feed.json"] as const;

export const functionNames = [
  "Ingest",
  "Publish",
  "Render",
  "Deliver",
  "Relay",
  "Web",
  "Console",
  "Reconcile",
  "Media",
] as const;
export type FunctionName = (typeof functionNames)[number];

/** The event of the schedule, as EventBridge sends it. The emulator has no schedules. */
const tick = { source: "aws.events", "detail-type": "Scheduled Event", detail: {} };

/** The token is also a canary: it must not be in a template, an environment or a log. */
export const apiToken = "a-token-for-the-check";

const Reply = z.object({ statusCode: z.number(), body: z.string() });
const JsonFeed = z.object({ items: z.array(z.object({ title: z.string() })) });

export interface Deployment {
  readonly emulator: Emulator;
  readonly sandbox: SandboxServer;
  readonly aws: Aws;
  readonly cdk: Cdk;
  /** The time of the function ends when the sandbox has the next post of each of these accounts, before it answers. */
  timeOutAfterSend(name: string, accounts: readonly string[]): void;
  stop(): Promise<void>;
}

export interface AccountOptions {
  /** The default is the URL of the sandbox. */
  readonly sandboxUrl?: () => string;
  /** Replaces `crier.config.ts`. */
  readonly config?: ConfigInput;
}

/** An empty AWS account, a sandbox for its functions, and the CDK. Nothing is deployed yet. */
export const anAccount = async ({ sandboxUrl, config: own }: AccountOptions = {}): Promise<Deployment> => {
  const emulator = await startEmulator();
  const aws = awsAt(emulator.endpoint);
  const timeline = timelineInMemory();
  const killed = { name: "", accounts: new Set<string>() };
  const sandbox = await startSandbox(
    own === undefined ? accounts : loadConfig(own).accounts,
    Date.now,
    timeline,
    async (request, serve) => {
      const before = new Set(timeline.all());
      const reply = await serve(request);
      const sent = timeline.all().filter((post) => !before.has(post) && killed.accounts.delete(post.account));
      if (sent.length > 0) await aws.timeOut(killed.name);
      return reply;
    },
  );
  return {
    emulator,
    sandbox,
    aws,
    cdk: cdkOn(emulator, () => sandboxUrl?.() ?? sandbox.url, own),
    timeOutAfterSend: (name, accounts) => Object.assign(killed, { name, accounts: new Set(accounts) }),
    stop: async () => {
      await sandbox.close();
      await emulator.stop();
    },
  };
};

/** The actions of an owner on a deployed stack, and what the owner sees of it. */
export const inhabit = async ({ aws, cdk, sandbox, emulator }: Deployment) => {
  const { UploadBucket: content, FeedsBucket: feeds, AlarmTopic: topic } = await cdk.outputs();
  const resources = await aws.resources(cdk.stack);
  const named = (type: string, part: string): DeployedResource => {
    const found = resources.find((one) => one.type === type && one.id.includes(part));
    if (found === undefined) throw new Error(`the stack holds no ${type} with ${part} in its id`);
    return found;
  };
  const functionOf = (name: FunctionName): string => named("AWS::Lambda::Function", name).physical;
  const logs = resources.filter(({ type, id }) => type === "AWS::Logs::LogGroup" && id.startsWith("Functions"));
  const logGroup = (name: FunctionName): string => named("AWS::Logs::LogGroup", `Functions${name}`).physical;
  const mapping = async (name: FunctionName): Promise<string> => {
    const all = await aws.mappings();
    const found = all.find(({ FunctionArn }) => FunctionArn.includes(functionOf(name)));
    if (found === undefined) throw new Error(`nothing is mapped to ${name}`);
    return found.UUID;
  };
  const configure = async (
    name: FunctionName,
    variables: Readonly<Record<string, string>>,
  ): Promise<() => Promise<void>> => {
    const { Variables } = (await aws.configuration(functionOf(name))).Environment;
    const change = (changed: Readonly<Record<string, string>>) =>
      aws.configure(functionOf(name), { Environment: { Variables: changed } });
    await change({ ...Variables, ...variables });
    return () => change(Variables);
  };
  const waiting = async (url: string): Promise<number> => {
    const names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;
    const { Attributes = {} } = await aws.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...names] }),
    );
    return names.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
  };
  const { physical: rows } = named("AWS::DynamoDB::GlobalTable", "Database");
  const queues = resources.filter(({ type }) => type === "AWS::SQS::Queue");
  const failures = async (): Promise<number> => {
    const dead = queues.filter(({ id }) => id.includes("Failures"));
    return (await Promise.all(dead.map(({ physical }) => waiting(physical)))).reduce((sum, one) => sum + one, 0);
  };
  /** The rows that are due now or later with who works on them, what no function takes any more, and the last complaints. */
  const left = async (): Promise<readonly string[]> => {
    const { Items = [] } = await aws.dynamodb.send(
      new ScanCommand({ TableName: rows, FilterExpression: "attribute_exists(dueAt)" }),
    );
    const due = Items.map((item) => {
      const { pk, sk, dueAt, lease } = unmarshall(item);
      const seconds = Math.round((Date.now() - dueAt) / second);
      return `${pk} ${sk} is due since ${seconds} s${lease === undefined ? "" : `, leased ${JSON.stringify(lease)}`}`;
    });
    const printed = await Promise.all(logs.map(({ physical }) => aws.logged(physical)));
    const complaints = printed.flatMap((log) =>
      log
        .split("\n")
        .filter((line) => /"level":"(?:WARN|ERROR)"/.test(line))
        .slice(-3),
    );
    return [...due, `${await failures()} messages in the queues of failures`, ...complaints];
  };
  const until = untilIn(emulator.activity, left);
  const rests = async (): Promise<boolean> => isIdle(await emulator.activity());
  const titles = async (): Promise<readonly string[]> => {
    const text = await aws.text(feeds, "feed.json");
    return text === undefined ? [] : JsonFeed.parse(JSON.parse(text)).items.map(({ title }) => title);
  };
  const token = { isSet: false };
  const setToken = async (): Promise<void> => {
    if (token.isSet) return;
    const parameter = {
      Name: "/crier/production/token",
      Type: "SecureString",
      Value: apiToken,
      Overwrite: true,
    } as const;
    await aws.ssm.send(new PutParameterCommand(parameter));
    token.isSet = true;
  };
  const ask = async (method: string, path: string, body?: string): Promise<unknown> => {
    await setToken();
    const headers = { authorization: `Bearer ${apiToken}`, "content-type": "text/markdown" };
    const request = { ...httpRequest(method, path, headers), body };
    const reply = Reply.parse(await aws.invoke(functionOf("Web"), request));
    if (reply.statusCode >= 300) throw new Error(`${method} ${path} answered ${reply.statusCode}: ${reply.body}`);
    return JSON.parse(reply.body);
  };
  /** The number of live posts of each account, in the order of the configuration. */
  const posted = (): readonly number[] =>
    accounts.map(({ name }) => sandbox.posts(name).filter(({ deletedAt }) => deletedAt === null).length);
  return {
    content,
    feeds,
    topic,
    resources,
    named,
    functionOf,
    logGroup,
    mapping,
    /** Changes the environment of a function. Returns a function that restores them. */
    configure,
    /** Sets the clock of one function ahead. */
    clockAhead: (name: FunctionName, milliseconds: number) =>
      configure(name, { EMULATOR_CLOCK_AHEAD: String(milliseconds) }),
    write: async (path: string, document: string | Uint8Array) => {
      await aws.s3.send(new PutObjectCommand({ Bucket: content, Key: path, Body: document }));
    },
    remove: async (path: string) => {
      await aws.s3.send(new DeleteObjectCommand({ Bucket: content, Key: path }));
    },
    /** Runs the one-minute schedule once, now or so many milliseconds from now by the clock of that run. */
    sweep: (ahead?: number) => {
      const time = ahead === undefined ? {} : { time: new Date(Date.now() + ahead).toISOString() };
      return aws.invoke(functionOf("Relay"), { ...tick, ...time });
    },
    /** Runs the hourly schedule once. */
    reconcile: () => aws.invoke(functionOf("Reconcile"), tick),
    queue: (part: string): string => {
      const found = queues.find(({ id }) => id.includes(part) && !id.includes("Failures"));
      if (found === undefined) throw new Error(`the stack holds no queue with ${part} in its id`);
      return found.physical;
    },
    failures,
    until,
    /** Waits until nothing is under way: no function runs, and no message or record waits for one, but those that come later. */
    settled: () => until(rests, true),
    /** True if nothing is under way. */
    rests,
    waiting,
    /** The counts of all functions so far, as CloudWatch would have them. */
    counted: async (): Promise<readonly string[]> => {
      const printed = await Promise.all(logs.map(({ physical }) => aws.logged(physical)));
      return emittedIn(printed.join("\n")).map(({ metric }) => metric);
    },
    /** The response of the API to a request with the token. */
    get: (path: string) => ask("GET", path),
    ask,
    titles,
    /** Waits until the JSON feed has exactly these titles, the newest first. */
    untilTitles: async (expected: readonly string[], wake?: () => Promise<unknown>) => {
      const now = async () => {
        await wake?.();
        return titles();
      };
      await until(now, expected);
    },
    posted,
    untilPosted: (each: number) =>
      until(
        posted,
        accounts.map(() => each),
      ),
  };
};

export type Inhabited = Awaited<ReturnType<typeof inhabit>>;

export const aDocument = (title: string, date: Date = new Date(Date.now() - 60_000)): string =>
  `---\ntitle: ${JSON.stringify(title)}\ndate: ${date.toISOString()}\n---\nThese are the words of ${title}.\n`;
