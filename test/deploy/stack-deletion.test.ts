import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  ListStackResourcesCommand,
} from "@aws-sdk/client-cloudformation";
import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Aws, awsAt } from "./aws.ts";
import { credentials, type Emulator, region, startEmulator } from "./emulator.ts";

let emulator: Emulator;
let aws: Aws;
let client: CloudFormationClient;

beforeAll(async () => {
  emulator = await startEmulator();
  aws = awsAt(emulator.endpoint);
  client = new CloudFormationClient({ endpoint: emulator.endpoint, region, credentials });
});

afterAll(() => emulator?.stop());

/** The later resource is deleted first. */
const template = {
  Resources: {
    Files: { Type: "AWS::S3::Bucket" },
    News: { Type: "AWS::SNS::Topic", DependsOn: "Files" },
  },
};

test("a stack with a bucket that is not empty stays, says what is gone, and is deleted when the bucket is empty", async () => {
  const { StackId } = await client.send(
    new CreateStackCommand({ StackName: "one", TemplateBody: JSON.stringify(template) }),
  );
  const described = async (name: string | undefined) => {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    return Stacks.map(({ StackStatus, StackStatusReason = "" }) => [StackStatus, StackStatusReason]);
  };
  const resources = async () => {
    const { StackResourceSummaries = [] } = await client.send(new ListStackResourcesCommand({ StackName: StackId }));
    return StackResourceSummaries.map(({ LogicalResourceId, ResourceStatus }) => [LogicalResourceId, ResourceStatus]);
  };
  const [bucket] = (await aws.resources("one")).filter(({ id }) => id === "Files");
  const file = { Bucket: bucket?.physical, Key: "a.txt" };
  await aws.s3.send(new PutObjectCommand({ ...file, Body: "a" }));

  await client.send(new DeleteStackCommand({ StackName: "one" }));
  expect(await described("one")).toEqual([["DELETE_FAILED", expect.stringContaining("is not empty")]]);
  expect(await resources()).toEqual([
    ["Files", "DELETE_FAILED"],
    ["News", "DELETE_COMPLETE"],
  ]);

  await aws.s3.send(new DeleteObjectCommand(file));
  await client.send(new DeleteStackCommand({ StackName: "one" }));
  await expect(described("one")).rejects.toThrow("does not exist");
  expect(await described(StackId)).toEqual([["DELETE_COMPLETE", ""]]);
  expect(await resources()).toEqual([
    ["Files", "DELETE_COMPLETE"],
    ["News", "DELETE_COMPLETE"],
  ]);
  expect(await aws.holdings()).toEqual([]);
});
