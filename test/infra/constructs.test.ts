import { Stack } from "aws-cdk-lib";
import { TableV2 } from "aws-cdk-lib/aws-dynamodb";
import { Code, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { expect, test } from "vitest";
import { bucketResource } from "../../infra/constructs/permissions.ts";
import { RelayTriggers } from "../../infra/constructs/relay-triggers.ts";
import { inApp } from "./synthesised.ts";

/** A stack whose files are deleted after the test: without an app, the CDK leaves a folder behind. */
const inStack = (use: (stack: Stack) => void) => inApp((app) => use(new Stack(app, "Stack")));

test("a table without a stream is refused, because nothing would invoke the relay", () => {
  inStack((stack) => {
    const table = TableV2.fromTableName(stack, "Table", "rows");
    const relay = new LambdaFunction(stack, "Function", {
      runtime: Runtime.NODEJS_24_X,
      handler: "index.handler",
      code: Code.fromInline("export const handler = () => {};"),
    });
    expect(() => new RelayTriggers(stack, "Relay", { table, relay })).toThrow(/needs the table's stream/);
  });
});

test("a bucket without a resource is refused with its path", () => {
  inStack((stack) => {
    const bucket = new Bucket(stack, "Content");
    bucket.node.defaultChild = bucket;
    expect(() => bucketResource(bucket)).toThrow(/Content has no resource/);
  });
});
