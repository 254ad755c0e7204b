import { Stack } from "aws-cdk-lib";
import type { TableV2 } from "aws-cdk-lib/aws-dynamodb";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { type Bucket, CfnBucket } from "aws-cdk-lib/aws-s3";
import type { Topic } from "aws-cdk-lib/aws-sns";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { indexes, type Partition, partitions } from "../../src/store/keys.ts";
import type { FunctionName } from "../limits.ts";
import { type RowWrites, readByOne } from "../row-writes.ts";

/** A permission of a function. A wildcard needs the reason why it cannot be narrower. */
export interface Permission {
  readonly statement: PolicyStatement;
  readonly wildcard?: { readonly id: string; readonly reason: string };
}

const allow = (service: string, actions: readonly string[], resources: readonly string[]): Permission => ({
  statement: new PolicyStatement({ actions: actions.map((name) => `${service}:${name}`), resources: [...resources] }),
});

const rowPattern = (partition: Partition): string => `${partitions[partition]}#*`;

/**
 * Allows reading the rows of every partition, except those that only another function may read. Crier needs no scan.
 */
export const readRows = (table: TableV2, reader: FunctionName): Permission => {
  const excluded = readByOne.filter(({ by }) => by !== reader).map(({ rows }) => rowPattern(rows));
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

/**
 * Allows writing rows. A request always names its partition, and the attributes in the condition are those that it
 * writes or compares.
 */
export const writeRows = (table: TableV2, writes: readonly RowWrites[]): readonly Permission[] =>
  writes.map(({ action, of, without }) => ({
    statement: new PolicyStatement({
      actions: [`dynamodb:${action}`],
      resources: [table.tableArn],
      conditions: {
        "ForAllValues:StringLike": { "dynamodb:LeadingKeys": of.map(rowPattern) },
        ...(without && { "ForAllValues:StringNotEquals": { "dynamodb:Attributes": [...without] } }),
      },
    }),
  }));

export const queryIndexes = (table: TableV2, names: readonly (keyof typeof indexes)[]): Permission =>
  allow(
    "dynamodb",
    ["Query"],
    names.map((name) => `${table.tableArn}/index/${indexes[name].name}`),
  );

export const bucketResource = (bucket: Bucket): CfnBucket => {
  const resource = bucket.node.defaultChild;
  if (resource instanceof CfnBucket) return resource;
  throw new Error(`The bucket ${bucket.node.path} has no resource of its own.`);
};

const allowObjects = (bucket: Bucket, actions: readonly string[], pattern = "*"): Permission => ({
  ...allow("s3", actions, [bucket.arnForObjects(pattern)]),
  wildcard: {
    id: `AwsSolutions-IAM5[Resource::<${Stack.of(bucket).getLogicalId(bucketResource(bucket))}.Arn>/${pattern}]`,
    reason: "Objects of this one bucket: their keys are not known before they are written.",
  },
});

/** Allows reading objects. Without `ListBucket`, S3 would answer 403 for a missing key, as for a missing permission. */
export const readObjects = (bucket: Bucket): readonly Permission[] => [
  allowObjects(bucket, ["GetObject"]),
  allow("s3", ["ListBucket"], [bucket.bucketArn]),
];

/** Allows reading objects whose keys are in rows. A missing one is an error, so 403 is as good as 404. */
export const readBodies = (bucket: Bucket, pattern?: string): Permission =>
  allowObjects(bucket, ["GetObject"], pattern);

export const writeBodies = (bucket: Bucket): Permission => allowObjects(bucket, ["GetObject", "PutObject"]);

/** Allows writing objects whose keys match `patterns`. */
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

/**
 * Allows reading a secret by its name. SecureStrings use the key `aws/ssm`, whose policy allows everyone who may read
 * the parameter.
 */
export const readSecret = allowParameter("GetParameter");

/** Allows checking whether a secret exists, without reading its value. */
export const seeSecret = allowParameter("ListTagsForResource");

export const invoke = ({ functionArn }: LambdaFunction): Permission =>
  allow("lambda", ["InvokeFunction"], [functionArn]);
