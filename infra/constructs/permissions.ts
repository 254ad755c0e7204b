import { Stack } from "aws-cdk-lib";
import type { Table } from "aws-cdk-lib/aws-dynamodb";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { type Bucket, CfnBucket } from "aws-cdk-lib/aws-s3";
import type { Topic } from "aws-cdk-lib/aws-sns";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { indexes, type Partition, partitions } from "../../src/store/keys.ts";
import type { FunctionName } from "../limits.ts";
import { type RowWrites, readByOne } from "../row-writes.ts";

/** A permission of a function. With a wildcard it needs the reason why it cannot be narrower. */
export interface Permission {
  readonly statement: PolicyStatement;
  readonly wildcard?: { readonly id: string; readonly reason: string };
}

const allow = (service: string, actions: readonly string[], resources: readonly string[]): Permission => ({
  statement: new PolicyStatement({ actions: actions.map((name) => `${service}:${name}`), resources: [...resources] }),
});

const rowsOf = (partition: Partition): string => `${partitions[partition]}#*`;

/** Rows of every partition but those that another function alone reads. Crier needs no scan. */
export const readRows = (table: Table, reader: FunctionName): Permission => {
  const excluded = readByOne.filter(({ by }) => by !== reader).map(({ rows }) => rowsOf(rows));
  return {
    statement: new PolicyStatement({
      actions: ["dynamodb:GetItem", "dynamodb:Query"],
      resources: [table.tableArn],
      ...(excluded.length > 0 && {
        conditions: { "ForAllValues:StringNotLike": { "dynamodb:LeadingKeys": excluded } },
      }),
    }),
  };
};

/** A request always says its partition, and the names of attributes are those that it writes or compares. */
export const writeRows = (table: Table, writes: readonly RowWrites[]): readonly Permission[] =>
  writes.map(({ action, of, without }) => ({
    statement: new PolicyStatement({
      actions: [`dynamodb:${action}`],
      resources: [table.tableArn],
      conditions: {
        "ForAllValues:StringLike": { "dynamodb:LeadingKeys": of.map(rowsOf) },
        ...(without && { "ForAllValues:StringNotEquals": { "dynamodb:Attributes": [...without] } }),
      },
    }),
  }));

export const queryIndexes = (table: Table, names: readonly (keyof typeof indexes)[]): Permission =>
  allow(
    "dynamodb",
    ["Query"],
    names.map((name) => `${table.tableArn}/index/${indexes[name].name}`),
  );

export const resourceOf = (bucket: Bucket): CfnBucket => {
  const resource = bucket.node.defaultChild;
  if (resource instanceof CfnBucket) return resource;
  throw new Error(`The bucket ${bucket.node.path} has no resource of its own.`);
};

const allowObjects = (bucket: Bucket, actions: readonly string[], pattern = "*"): Permission => ({
  ...allow("s3", actions, [bucket.arnForObjects(pattern)]),
  wildcard: {
    id: `AwsSolutions-IAM5[Resource::<${Stack.of(bucket).getLogicalId(resourceOf(bucket))}.Arn>/${pattern}]`,
    reason: "Objects of this one bucket: their keys are not known before they are written.",
  },
});

/** With `ListBucket`: without it S3 answers 403 for a missing key, like for a missing permission. */
export const readObjects = (bucket: Bucket): readonly Permission[] => [
  allowObjects(bucket, ["GetObject"]),
  allow("s3", ["ListBucket"], [bucket.bucketArn]),
];

/** Objects whose keys are in rows: a missing one is an error, whatever S3 calls it. */
export const readBodies = (bucket: Bucket, pattern?: string): Permission =>
  allowObjects(bucket, ["GetObject"], pattern);

export const writeBodies = (bucket: Bucket): Permission => allowObjects(bucket, ["GetObject", "PutObject"]);

/** `patterns`: of the keys. */
export const writeObjects = (bucket: Bucket, patterns: readonly string[] = ["*"]): readonly Permission[] => [
  ...patterns.map((pattern) => allowObjects(bucket, ["GetObject", "PutObject"], pattern)),
  allow("s3", ["ListBucket"], [bucket.bucketArn]),
];

export const sendWork = (queues: readonly Queue[]): Permission =>
  allow(
    "sqs",
    ["SendMessage"],
    queues.map(({ queueArn }) => queueArn),
  );

export const tellOwner = (topic: Topic): Permission => allow("sns", ["Publish"], [topic.topicArn]);

const allowParameter =
  (action: string) =>
  (scope: Construct, name: string): Permission => {
    const { partition, region, account } = Stack.of(scope);
    const permission = allow("ssm", [action], [`arn:${partition}:ssm:${region}:${account}:parameter${name}`]);
    if (!name.includes("*")) return permission;
    return {
      ...permission,
      wildcard: {
        id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter${name}]`,
        reason:
          "The secrets of one kind and stage, which are this function's: a policy has no room for hundreds of names.",
      },
    };
  };

/** One at a time, by its name. SecureStrings have the key `aws/ssm`, whose policy allows everyone who may read the parameter. */
export const readSecret = allowParameter("GetParameter");

/** Whether there is a secret, and nothing of its value. */
export const seeSecret = allowParameter("ListTagsForResource");

export const invoke = ({ functionArn }: LambdaFunction): Permission =>
  allow("lambda", ["InvokeFunction"], [functionArn]);
