import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Annotations, Match } from "aws-cdk-lib/assertions";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { expect, test } from "vitest";
import * as z from "zod";
import { limits } from "../../infra/limits.ts";
import { operations } from "../../src/api/operations.ts";
import { deadlineFor, leaseFor } from "../../src/app/deliver/admission.ts";
import { renderLease } from "../../src/app/render/render-feed.ts";
import { claimPicture } from "../../src/domain/picture.ts";
import { second } from "../../src/domain/time.ts";
import { indexes } from "../../src/store/keys.ts";
import { rowFormat } from "../../src/store/row-format.ts";
import { aDelivery } from "../support/builders.ts";
import { tableDefinition } from "../support/dynamodb.ts";
import { aStack, inApp, polled, type Resource, type StackOptions, synthesised } from "./synthesised.ts";

const { resources, outputs, ofType, functions } = synthesised();

const reference = z.union([
  z.object({ "Fn::GetAtt": z.tuple([z.string(), z.string()]) }).transform((value) => value["Fn::GetAtt"][0]),
  z.object({ Ref: z.string() }).transform(({ Ref }) => Ref),
]);
const isNamed = (part: string) => (resource: Resource) => resource.id.includes(part);
const deadLetterTarget = ({ properties }: Resource) =>
  z.object({ RedrivePolicy: z.object({ deadLetterTargetArn: reference }).optional() }).parse(properties).RedrivePolicy
    ?.deadLetterTargetArn;

test("the table is the one that the store defines, with a stream and recovery", () => {
  const [table, ...others] = ofType("AWS::DynamoDB::GlobalTable");
  expect(others).toEqual([]);
  expect(table?.properties).toMatchObject({
    BillingMode: tableDefinition.BillingMode,
    KeySchema: tableDefinition.KeySchema,
    GlobalSecondaryIndexes: tableDefinition.GlobalSecondaryIndexes,
    AttributeDefinitions: expect.arrayContaining(tableDefinition.AttributeDefinitions),
    StreamSpecification: { StreamViewType: "NEW_IMAGE" },
    Replicas: [{ PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }],
  });
});

test("resources with data are kept, but not when the first deployment fails: each try would leave empty ones", () => {
  const policies = new Set(resources.map(({ deletionPolicy }) => deletionPolicy));
  expect(policies).toEqual(new Set([undefined, "Delete", "RetainExceptOnCreate"]));
  // The table could not be deleted in that roll-back.
  expect(JSON.stringify(ofType("AWS::DynamoDB::GlobalTable"))).not.toContain('"DeletionProtectionEnabled":true');
  expect(outputs).toHaveProperty("Table");
});

test("nothing of a disposable stage is kept when it is deleted", () => {
  const trial = synthesised({ stage: "disposable-1" });
  const policies = new Set(trial.resources.map(({ deletionPolicy }) => deletionPolicy));
  expect(policies).toEqual(new Set(["Delete"]));
});

test("no deployment adds more than one index, which DynamoDB would refuse: the list changes by one in a commit that is deployed", () => {
  expect(Object.values(indexes).map(({ name }) => name)).toEqual(["due", "site", "state"]);
});

test("production cannot be deleted by a command that names no stage; another stage can", () => {
  inApp((app) => {
    expect(aStack(app, { stage: "production" }).terminationProtection).toBe(true);
  });
  inApp((app) => {
    expect(aStack(app, { stage: "preview" }).terminationProtection).toBe(false);
  });
});

/** The types without tags: `tagging.taggable` is false in their schemas of CloudFormation, as cfn-lint 1.51 has them. */
const untaggable = [
  "AWS::ApiGatewayV2::Authorizer",
  "AWS::ApiGatewayV2::Integration",
  "AWS::ApiGatewayV2::Route",
  "AWS::CloudFront::CachePolicy",
  "AWS::CloudFront::OriginAccessControl",
  "AWS::CloudFront::ResponseHeadersPolicy",
  "AWS::CloudWatch::Dashboard",
  "AWS::IAM::Policy",
  "AWS::Lambda::EventInvokeConfig",
  "AWS::Lambda::Permission",
  "AWS::S3::BucketPolicy",
  "AWS::SNS::Subscription",
  "AWS::SNS::TopicPolicy",
  "AWS::SQS::QueuePolicy",
];

/** A template has them as a list or, for a few types, as a map. A budget calls them `ResourceTags`. */
const Tags = z.union([
  z
    .array(z.object({ Key: z.string(), Value: z.string() }))
    .transform((list) => Object.fromEntries(list.map(({ Key, Value }) => [Key, Value]))),
  z.record(z.string(), z.string()),
]);

/** A global table has the tags of each replica with it. */
const replicaTags = ({ Replicas }: Resource["properties"]): unknown =>
  z.tuple([z.object({ Tags: z.unknown() })]).safeParse(Replicas).data?.[0].Tags;

test("every resource whose type can have tags names its stage", () => {
  const all = synthesised({
    stage: "production",
    site: polled,
    deployment: { alarmEmail: "ada@example.com" },
  });
  const withoutStage = all.resources.filter(({ type, properties }) => {
    const tags = Tags.safeParse(properties.Tags ?? properties.ResourceTags ?? replicaTags(properties)).data ?? {};
    return !untaggable.includes(type) && tags["crier:stage"] !== "production";
  });
  expect(withoutStage.map(({ id, type }) => `${type} ${id}`)).toEqual([]);
  expect(untaggable.filter((type) => all.ofType(type).length === 0)).toEqual([]);
});

test("every resource keeps its logical id, because CloudFormation would replace it by another, empty one", async () => {
  const domain = {
    name: "feeds.example.com",
    certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d",
    stage: "production",
  };
  // The ids of some resources have the name of the stack in them.
  const all = synthesised(
    {
      stage: "production",
      site: polled,
      deployment: { alarmEmail: "ada@example.com", domain },
    },
    "Crier-production",
  );
  const ids = all.resources.map(({ id, type }) => `${type} ${id}\n`).toSorted();
  expect(ids.join("")).toBe(await readFile(join(import.meta.dirname, "logical-ids.txt"), "utf8"));
});

test("one dead-letter queue has the failed records of all queues", () => {
  const targets = ofType("AWS::SQS::Queue").map(deadLetterTarget);
  const [failures, ...others] = new Set(targets.filter((target) => target !== undefined));
  expect(others).toEqual([]);
  expect(ofType("AWS::SQS::Queue").filter((queue) => deadLetterTarget(queue) === undefined)).toMatchObject([
    { id: failures },
  ]);
  expect(targets).toHaveLength(5);
});

const mappings = ofType("AWS::Lambda::EventSourceMapping").map(({ properties }) =>
  z
    .object({
      EventSourceArn: reference,
      FunctionName: reference,
      FunctionResponseTypes: z.array(z.string()).default([]),
      ScalingConfig: z.object({ MaximumConcurrency: z.number() }).optional(),
      MaximumRetryAttempts: z.number().optional(),
      MaximumRecordAgeInSeconds: z.number().optional(),
    })
    .parse(properties),
);
const find = (id: string) => resources.find((resource) => resource.id === id);

test("every queue has six times the timeout of its function as visibility timeout", () => {
  const pairs = mappings.flatMap(({ EventSourceArn, FunctionName }) => {
    const queue = find(EventSourceArn);
    return queue?.type === "AWS::SQS::Queue" ? [{ queue, worker: find(FunctionName) }] : [];
  });
  expect(pairs).toHaveLength(4);
  for (const { queue, worker } of pairs) {
    const { VisibilityTimeout } = z.object({ VisibilityTimeout: z.number() }).parse(queue.properties);
    const { Timeout } = z.object({ Timeout: z.number() }).parse(worker?.properties);
    expect(VisibilityTimeout).toBeGreaterThanOrEqual(6 * Timeout);
  }
});

/** Clocks and writes are not exact to the millisecond. */
const margin = 10 * second;

test("a render ends before its lease, so that no second render writes concurrently", () => {
  expect(renderLease).toBeGreaterThanOrEqual(limits.render.timeout.toMilliseconds() + margin);
});

test("the preparation of a picture ends before another one may begin", () => {
  const claimed = claimPicture("https://blog.example.com/a.png", [], undefined, 0);
  expect(limits.media.timeout.toMilliseconds()).toBeLessThan(claimed?.next ?? 0);
});

test("a delivery cannot run longer than its lease, and a look and a send fit into one invocation", () => {
  const delivery = aDelivery();
  const timeout = limits.deliver.timeout.toMilliseconds();
  expect(leaseFor(delivery)).toBeGreaterThanOrEqual(timeout + margin);
  expect(2 * deadlineFor(delivery)).toBeLessThan(timeout);
});

const workers = () =>
  resources.flatMap(({ type, properties }) => {
    if (type !== "AWS::Lambda::EventSourceMapping") return [];
    const { EventSourceArn, FunctionName } = z
      .object({ EventSourceArn: reference, FunctionName: reference })
      .parse(properties);
    return [[EventSourceArn, FunctionName].map((id) => id.replace(/(?:Queue|Function)?[0-9A-F]{8}$/, ""))];
  });

test("there are four queues, one for each function that works on records", () => {
  const queues = [
    ["ContentChanges", "FunctionsIngest"],
    ["WorkPublish", "FunctionsPublish"],
    ["WorkRender", "FunctionsRender"],
    ["WorkDeliver", "FunctionsDeliver"],
  ];
  const stream = ["DatabaseRows", "FunctionsRelay"];
  const byName = (pairs: readonly (readonly string[])[]) => pairs.map((pair) => pair.join(" → ")).toSorted();
  expect(byName(workers())).toEqual(byName([...queues, stream]));
});

test("every queue returns only the records that failed", () => {
  for (const mapping of mappings.filter(({ EventSourceArn }) => find(EventSourceArn)?.type === "AWS::SQS::Queue"))
    expect(mapping.FunctionResponseTypes).toEqual(["ReportBatchItemFailures"]);
});

test("an upload of thousands of documents leaves functions for the API; the other queues are polled as little as can be", () => {
  const limited = mappings.filter(({ ScalingConfig }) => ScalingConfig !== undefined);
  expect(limited).toMatchObject([
    { EventSourceArn: expect.stringContaining("ContentChanges"), ScalingConfig: { MaximumConcurrency: 2 } },
  ]);
});

test("the stream gives up after minutes, because the sweep finds what it has not told", () => {
  const stream = mappings.find(({ EventSourceArn }) => find(EventSourceArn)?.type === "AWS::DynamoDB::GlobalTable");
  expect(stream).toMatchObject({ MaximumRetryAttempts: 2, MaximumRecordAgeInSeconds: 300 });
});

const targetOf = (rule: unknown): string =>
  z.object({ Targets: z.tuple([z.object({ Arn: reference })]) }).parse(rule).Targets[0].Arn;

test.each([
  ["the relay sweeps every minute", "rate(1 minute)", /^FunctionsRelay/],
  ["what has changed is read each hour", "rate(1 hour)", /^FunctionsReconcile/],
  [
    "logins are checked four times a day, by the function that may read their secrets",
    "rate(6 hours)",
    /^FunctionsDeliver/,
  ],
])("%s", (_, schedule, target) => {
  const rule = ofType("AWS::Events::Rule").find(
    ({ properties }) => properties.ScheduleExpression === schedule && target.test(targetOf(properties)),
  );
  expect(rule?.properties).toMatchObject({ State: "ENABLED" });
});

test("feeds are polled every five minutes where a site has one, by the function of the hourly run, and otherwise never", () => {
  const polls = (options: StackOptions) =>
    synthesised(options)
      .ofType("AWS::Events::Rule")
      .filter(({ id }) => id.startsWith("FeedPolls"));
  expect(polls({})).toEqual([]);
  const [rule] = polls({ site: polled });
  expect(rule?.properties.ScheduleExpression).toBe("rate(5 minutes)");
  const Target = z.object({ Targets: z.tuple([z.object({ Arn: reference, Input: z.string() })]) });
  const [target] = Target.parse(rule?.properties).Targets;
  expect(target.Arn).toMatch(/^FunctionsReconcile/);
  expect(JSON.parse(target.Input)).toEqual({ source: "crier.poll" });
});

test("what a schedule or deliver invokes is not repeated by Lambda, and not kept until its next run", () => {
  const found = ofType("AWS::Lambda::EventInvokeConfig").map(({ properties }) => ({
    name: reference.parse(properties.FunctionName),
    retries: properties.MaximumRetryAttempts,
    age: properties.MaximumEventAgeInSeconds,
  }));
  expect(found).toEqual([
    { name: expect.stringContaining("FunctionsReconcile"), retries: 0, age: 600 },
    { name: expect.stringContaining("FunctionsMedia"), retries: 0, age: 60 },
    { name: expect.stringContaining("FunctionsDeliver"), retries: 0, age: 600 },
    { name: expect.stringContaining("FunctionsRelay"), retries: 0, age: 60 },
  ]);
  const Targets = z.object({ Targets: z.array(z.object({ Arn: reference })) });
  for (const { properties } of synthesised({ site: polled }).ofType("AWS::Events::Rule"))
    for (const { Arn } of Targets.parse(properties).Targets) expect(found.map(({ name }) => name)).toContain(Arn);
});

const [api] = ofType("AWS::ApiGatewayV2::Stage");

test("the stage is created after the routes that it names", () => {
  expect(api?.dependsOn).toEqual(expect.arrayContaining(ofType("AWS::ApiGatewayV2::Route").map(({ id }) => id)));
});

test("a request of the API without the header of a token invokes no function, except what anybody may ask for, and the console, whose session is a cookie", () => {
  const [authorizer, ...others] = ofType("AWS::ApiGatewayV2::Authorizer");
  expect(others).toEqual([]);
  expect(authorizer?.properties).toMatchObject({
    AuthorizerType: "REQUEST",
    EnableSimpleResponses: true,
    IdentitySource: ["$request.header.Authorization"],
  });
  const open = ofType("AWS::ApiGatewayV2::Route").filter(({ properties }) => properties.AuthorizationType !== "CUSTOM");
  const paths = open.map(({ properties }) => String(properties.RouteKey).replace("ANY ", ""));
  const console = ["/console", "/console/{proxy+}"];
  expect(paths.toSorted()).toEqual([operations.description.path, operations.health.path, ...console].toSorted());
});

test("no access log is written, which in a flood of requests would cost more than they do", () => {
  expect(api?.properties).not.toHaveProperty("AccessLogSettings");
});

test("there is one function for each entry point, on Node 24 and arm64, with a limited log", () => {
  expect(functions).toHaveLength(Object.keys(limits).length);
  for (const { properties } of functions) {
    expect(properties).toMatchObject({ Runtime: "nodejs24.x", Architectures: ["arm64"] });
    // Traces of a flood of requests would cost more than its requests.
    expect(properties).not.toHaveProperty("TracingConfig");
    const Logged = z.object({ LoggingConfig: z.object({ LogGroup: reference }) });
    const logs = find(Logged.parse(properties).LoggingConfig.LogGroup);
    expect(logs?.properties).toMatchObject({ RetentionInDays: expect.any(Number) });
  }
});

test("no two functions share a role, and none has a managed policy", () => {
  const roles = ofType("AWS::Lambda::Function").map(
    ({ properties }) => z.object({ Role: reference }).parse(properties).Role,
  );
  expect(new Set(roles).size).toBe(roles.length);
  for (const { properties } of ofType("AWS::IAM::Role")) expect(properties).not.toHaveProperty("ManagedPolicyArns");
});

test("buckets are not public and require TLS", () => {
  const buckets = ofType("AWS::S3::Bucket");
  expect(buckets).toHaveLength(3);
  const policies = ofType("AWS::S3::BucketPolicy");
  for (const bucket of buckets) {
    expect(bucket.properties).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
    const policy = policies.find(({ properties }) => reference.parse(properties.Bucket) === bucket.id);
    expect(JSON.stringify(policy)).toContain('"Condition":{"Bool":{"aws:SecureTransport":"false"}},"Effect":"Deny"');
  }
});

test("the content bucket reports every change to its queue, and is created after the policy of the queue", () => {
  const bucket = ofType("AWS::S3::Bucket").find(isNamed("Content"));
  expect(bucket?.properties.NotificationConfiguration).toMatchObject({
    QueueConfigurations: [{ Event: "s3:ObjectCreated:*" }, { Event: "s3:ObjectRemoved:*" }],
  });
  expect(bucket?.dependsOn.some((id) => find(id)?.type === "AWS::SQS::QueuePolicy")).toBe(true);
});

test("of a deleted document nothing is left after 90 days, no delete marker either", () => {
  const bucket = ofType("AWS::S3::Bucket").find(isNamed("Content"));
  expect(bucket?.properties.LifecycleConfiguration).toMatchObject({
    Rules: [
      {
        NoncurrentVersionExpiration: { NoncurrentDays: 90 },
        ExpiredObjectDeleteMarker: true,
        Status: "Enabled",
      },
    ],
  });
});

test("there is no custom resource", () => {
  const custom = resources.filter(({ type }) => type.startsWith("Custom::") || type.includes("::CustomResource"));
  expect(custom).toEqual([]);
});

test("no resource has a physical name, so that two stages or a replacement can exist in one account", () => {
  const names = ["TableName", "BucketName", "QueueName", "FunctionName", "RoleName", "LogGroupName"];
  for (const { type, properties } of resources.filter(({ type }) => type !== "AWS::Lambda::EventSourceMapping")) {
    const named = names.filter((name) => typeof properties[name] === "string");
    expect(named, `${type} is named`).toEqual([]);
  }
});

test("the outputs have the upload bucket, the feeds and the API", () => {
  expect(Object.keys(outputs)).toEqual(
    expect.arrayContaining(["FeedsUrl", "UploadBucket", "ApiUrl", "FeedsBucket", "CdnHost", "AlarmTopic"]),
  );
});

test("an output names the format of the rows, which a deployment reads first", () => {
  expect(outputs.RowFormat).toMatchObject({ Value: String(rowFormat.version) });
});

test("the synthesis has no warnings, which `--strict` would not accept", () => {
  const warnings = inApp((app) => Annotations.fromStack(aStack(app)).findWarning("*", Match.anyValue()));
  expect(warnings).toEqual([]);
});

/** Resources that CloudFormation cannot name: their names contain the stack's name, and so the stage. */
const mustBeNamed = [
  ["AWS::CloudFront::CachePolicy", "CachePolicyConfig"],
  ["AWS::CloudFront::ResponseHeadersPolicy", "ResponseHeadersPolicyConfig"],
  ["AWS::CloudFront::OriginAccessControl", "OriginAccessControlConfig"],
  ["AWS::CloudFront::Function", undefined],
] as const;

test("resources that need a name have the stage and the region in it: the same stage in two regions is two", () => {
  for (const [type, at] of mustBeNamed) {
    const found = ofType(type);
    expect(found.length).toBeGreaterThan(0);
    for (const { properties } of found)
      expect(JSON.stringify(z.object({ Name: z.unknown() }).parse(at ? properties[at] : properties))).toMatch(
        /(?=.*Crier-?test)(?=.*AWS::Region)/,
      );
  }
});

test("a finding of cdk-nag without a reason stops the synthesis", () => {
  inApp((app) => {
    new Bucket(aStack(app), "Planted");
    expect(() => app.synth()).toThrow(/AwsSolutions-S10/);
  });
});
