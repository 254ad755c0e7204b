import { DescribeTableCommand, DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, ListBucketsCommand, NoSuchKey, S3Client } from "@aws-sdk/client-s3";
import { ListTopicsCommand, SNSClient } from "@aws-sdk/client-sns";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { SSMClient } from "@aws-sdk/client-ssm";
import * as z from "zod";
import { credentials, region } from "./emulator.ts";

/** Plain requests, without signatures that the emulator would check: the project has no clients for CloudFormation, Lambda and logs. */
const signed = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
});

const answered = async (reply: Response): Promise<string> => {
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${reply.url} answered ${reply.status}: ${text.slice(0, 500)}`);
  return text;
};

const fieldOf = (xml: string, name: string): string => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? "";

export interface DeployedResource {
  readonly id: string;
  readonly type: string;
  readonly physical: string;
  readonly status: string;
}

const Invoked = z.json();
const Mapping = z.object({ UUID: z.string(), EventSourceArn: z.string(), FunctionArn: z.string() });
const Described = z.object({
  StreamDescription: z.object({ Shards: z.array(z.object({ ShardId: z.string() })).min(1) }),
});
const Iterator = z.object({ ShardIterator: z.string() });
const Records = z.object({ Records: z.array(z.looseObject({ eventID: z.string() })) });
const LogEvents = z.object({ events: z.array(z.object({ message: z.string() })) });
const Functions = z.object({ Functions: z.array(z.object({ FunctionName: z.string() })) });
const LogGroups = z.object({ logGroups: z.array(z.object({ logGroupName: z.string() })) });
const Configuration = z.object({
  Environment: z.object({ Variables: z.record(z.string(), z.string()) }),
});

const Rights = z.object({
  rights: z.number(),
  unused: z.array(z.object({ who: z.string(), action: z.string(), resource: z.string(), condition: z.string() })),
  denied: z.array(z.object({ who: z.string(), action: z.string(), resource: z.string(), why: z.string() })),
});

const FunctionCredentials = z
  .object({ AWS_ACCESS_KEY_ID: z.string(), AWS_SECRET_ACCESS_KEY: z.string(), AWS_SESSION_TOKEN: z.string() })
  .transform((one) => ({
    accessKeyId: one.AWS_ACCESS_KEY_ID,
    secretAccessKey: one.AWS_SECRET_ACCESS_KEY,
    sessionToken: one.AWS_SESSION_TOKEN,
  }));

export const awsAt = (endpoint: string) => {
  const common = { endpoint, region, credentials };
  const s3 = new S3Client({ ...common, forcePathStyle: true });

  const cloudFormation = async (action: string, parameters: Readonly<Record<string, string>>) =>
    answered(
      await fetch(endpoint, {
        method: "POST",
        headers: signed("cloudformation"),
        body: new URLSearchParams({ Action: action, Version: "2010-05-15", ...parameters }),
      }),
    );
  const lambda = async (method: string, path: string, body?: unknown) =>
    fetch(`${endpoint}/2015-03-31/${path}`, {
      method,
      headers: { ...signed("lambda"), "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const json = async (service: string, target: string, body: unknown): Promise<unknown> =>
    JSON.parse(
      await answered(
        await fetch(endpoint, {
          method: "POST",
          headers: { ...signed(service), "content-type": "application/x-amz-json-1.0", "x-amz-target": target },
          body: JSON.stringify(body),
        }),
      ),
    );
  const streams = (action: string, body: unknown) => json("dynamodb", `DynamoDBStreams_20120810.${action}`, body);

  const credentialsOf = async (name: string) => {
    const given = await answered(await fetch(`${endpoint}/emulator/credentials?${name}`));
    return FunctionCredentials.parse(JSON.parse(given));
  };

  const dynamodb = new DynamoDBClient(common);
  const [sns, sqs] = [new SNSClient(common), new SQSClient(common)];
  return {
    s3,
    dynamodb,
    tables: async () => (await dynamodb.send(new ListTablesCommand({}))).TableNames ?? [],
    sns,
    sqs,
    ssm: new SSMClient(common),
    resources: async (stack: string): Promise<readonly DeployedResource[]> => {
      const xml = await cloudFormation("ListStackResources", { StackName: stack });
      return xml
        .split("<member>")
        .slice(1)
        .map((member) => ({
          id: fieldOf(member, "LogicalResourceId"),
          type: fieldOf(member, "ResourceType"),
          physical: fieldOf(member, "PhysicalResourceId"),
          status: fieldOf(member, "ResourceStatus"),
        }));
    },
    /** Returns the names of the resources of a stack that store data, run or cost money. */
    holdings: async (): Promise<readonly string[]> => {
      const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
      const { TableNames = [] } = await dynamodb.send(new ListTablesCommand({}));
      const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
      const { Topics = [] } = await sns.send(new ListTopicsCommand({}));
      const functions = Functions.parse(JSON.parse(await answered(await lambda("GET", "functions/")))).Functions;
      const groups = LogGroups.parse(await json("logs", "Logs_20140328.DescribeLogGroups", {})).logGroups;
      return [
        ...Buckets.map(({ Name }) => `bucket ${Name}`),
        ...TableNames.map((name) => `table ${name}`),
        ...QueueUrls.map((url) => `queue ${url}`),
        ...Topics.map(({ TopicArn }) => `topic ${TopicArn}`),
        ...functions.map(({ FunctionName }) => `function ${FunctionName}`),
        ...groups.map(({ logGroupName }) => `log group ${logGroupName}`),
      ].toSorted();
    },
    /** The names of all stacks. */
    stacks: async () =>
      [...(await cloudFormation("ListStacks", {})).matchAll(/<StackName>([^<]*)/g)].map(([, name]) => name ?? ""),
    outputs: async (stack: string): Promise<Readonly<Record<string, string>>> => {
      const xml = await cloudFormation("DescribeStacks", { StackName: stack });
      const outputs = xml.split("<OutputKey>").slice(1);
      return Object.fromEntries(
        outputs.map((one) => [fieldOf(`<OutputKey>${one}`, "OutputKey"), fieldOf(one, "OutputValue")]),
      );
    },
    unprotect: async (stack: string): Promise<void> => {
      await cloudFormation("UpdateTerminationProtection", { StackName: stack, EnableTerminationProtection: "false" });
    },
    text: async (bucket: string, key: string): Promise<string | undefined> => {
      try {
        return await (await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }))).Body?.transformToString();
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
    /** The result of the handler. Throws its error. */
    invoke: async (name: string, event: unknown) => {
      const reply = await lambda("POST", `functions/${name}/invocations`, event);
      const failed = reply.headers.has("x-amz-function-error");
      const answer = await answered(reply);
      if (failed) throw new Error(`${name} failed: ${answer.slice(0, 500)}`);
      return Invoked.parse(JSON.parse(answer));
    },
    exists: async (name: string): Promise<boolean> => (await lambda("GET", `functions/${name}`)).ok,
    configuration: async (name: string) =>
      Configuration.parse(JSON.parse(await answered(await lambda("GET", `functions/${name}/configuration`)))),
    configure: async (name: string, change: Readonly<Record<string, unknown>>) => {
      await answered(await lambda("PUT", `functions/${name}/configuration`, change));
    },
    mappings: async () =>
      z
        .object({ EventSourceMappings: z.array(Mapping) })
        .parse(JSON.parse(await answered(await lambda("GET", "event-source-mappings/")))).EventSourceMappings,
    switchMapping: async (uuid: string, on: boolean) => {
      await answered(await lambda("PUT", `event-source-mappings/${uuid}`, { Enabled: on }));
    },
    /** Every record of a table's stream so far, in the form of the function's event. */
    streamed: async (table: string) => {
      const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: table }));
      const stream = { StreamArn: Table?.LatestStreamArn };
      const { StreamDescription } = Described.parse(await streams("DescribeStream", stream));
      const shard = { ...stream, ShardId: StreamDescription.Shards[0]?.ShardId, ShardIteratorType: "TRIM_HORIZON" };
      return Records.parse(await streams("GetRecords", Iterator.parse(await streams("GetShardIterator", shard))))
        .Records;
    },
    /** The rights of all functions, with those that no request has needed, and the requests that were denied: each a line. */
    rights: async () => {
      const { rights, unused, denied } = Rights.parse(
        JSON.parse(await answered(await fetch(`${endpoint}/emulator/rights`))),
      );
      return {
        rights,
        unused: unused.map(({ who, action, resource, condition }) => `${who} ${action} ${resource} ${condition}`),
        denied: denied.map(({ who, action, resource, why }) => `${who} ${action} ${resource} ${why}`),
      };
    },
    /** Ends the running invocations of a function, as its timeout does. */
    timeOut: async (name: string) => void (await answered(await fetch(`${endpoint}/emulator/timeout?${name}`))),
    /** DynamoDB with the rights of a function. */
    dynamodbOf: async (name: string) => new DynamoDBClient({ ...common, credentials: await credentialsOf(name) }),
    /** Parameter Store with the rights of a function. */
    ssmOf: async (name: string) => new SSMClient({ ...common, credentials: await credentialsOf(name) }),
    /** Every message in a log group. */
    logged: async (group: string): Promise<string> =>
      LogEvents.parse(await json("logs", "Logs_20140328.FilterLogEvents", { logGroupName: group }))
        .events.map(({ message }) => message)
        .join("\n"),
  };
};

export type Aws = ReturnType<typeof awsAt>;
