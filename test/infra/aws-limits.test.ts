import { describe, expect, test } from "vitest";
import * as z from "zod";
import { synthesised } from "./synthesised.ts";

// "Lambda quotas" and "IAM and AWS STS quotas": 4 KB of environment variables, 10,240 characters of inline policies of a role.

/** The longest name that a stage may have: it is a part of all names. */
const stage = `s${"t".repeat(30)}`;
const { ofType, functions } = synthesised({ stage });

const Reference = z.union([
  z.object({ Ref: z.string() }),
  z.object({ "Fn::GetAtt": z.tuple([z.string(), z.string()]) }),
]);
const Joined = z.object({ "Fn::Join": z.tuple([z.string(), z.array(z.unknown())]) });
const account: Readonly<Record<string, string>> = {
  "AWS::Partition": "aws-us-gov",
  "AWS::Region": "ap-southeast-99",
  "AWS::AccountId": "123456789012",
};

/** A value as CloudFormation would resolve it, with long ARNs and URLs for all resources. */
const deployed = (value: unknown): unknown => {
  const joined = Joined.safeParse(value).data?.["Fn::Join"];
  if (joined !== undefined) return joined[1].map(deployed).join(joined[0]);
  const reference = Reference.safeParse(value).data;
  if (reference !== undefined) return ("Ref" in reference && account[reference.Ref]) || "x".repeat(160);
  if (Array.isArray(value)) return value.map(deployed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, deployed(inner)]));
};

const Configured = z.object({ Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }) });

const environments = functions.map(({ id, properties }) => ({
  id,
  variables: Configured.parse(properties).Environment.Variables,
}));
const policies = ofType("AWS::IAM::Policy").map(({ id, properties }) => ({
  id,
  document: deployed(properties.PolicyDocument),
}));

describe("with the longest names", () => {
  test.each(environments)("the environment of $id has at most 4 KB, names and values", ({ variables }) => {
    const texts = Object.entries(variables).flatMap(([name, value]) => [name, String(deployed(value))]);
    expect(Buffer.byteLength(texts.join(""))).toBeLessThanOrEqual(4_096);
  });

  test.each(policies)("the inline policy $id has at most 10,240 characters", ({ document }) => {
    expect(JSON.stringify(document).length).toBeLessThanOrEqual(10_240);
  });

  test("each role has one policy: the CDK moves what is too much into others, which may be too long for AWS", () => {
    expect(policies).toHaveLength(environments.length);
    expect(ofType("AWS::IAM::ManagedPolicy")).toEqual([]);
  });
});
