import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as z from "zod";
import { python } from "./emulator.ts";

/** Runs the lines of Python in the emulator's folder. Returns what they printed, which is JSON. */
const printedBy = (lines: string, input: unknown): unknown =>
  JSON.parse(
    execFileSync(python, ["-B", "-c", `import json, sys\ninput = json.load(sys.stdin)\n${lines}`], {
      cwd: join(import.meta.dirname, "emulator"),
      input: JSON.stringify(input),
      encoding: "utf8",
    }),
  );

type Statement = Readonly<Record<string, unknown>>;
interface Asked {
  readonly action?: string;
  readonly resource?: string;
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

const role = { role: "arn:aws:iam::1:role/deliver", account: "1" };
const table = "arn:aws:dynamodb:us-east-1:1:table/crier";

/** Returns the reason why a request is denied, in IAM's words, or null if it is allowed. */
const denial = (
  asked: Asked,
  identity: readonly Statement[],
  resource: readonly Statement[] = [],
  caller: Readonly<Record<string, string>> = role,
): unknown => {
  const request = { action: "dynamodb:GetItem", resource: table, ...asked };
  return printedBy("import policies\nprint(json.dumps(policies.refusal(*input)))", [
    request,
    caller,
    identity,
    resource,
  ]);
};
const allow = (more: Statement = {}): Statement => ({
  Effect: "Allow",
  Action: "dynamodb:GetItem",
  Resource: table,
  ...more,
});
const denied = "because no policy allows the dynamodb:GetItem action";

test("what no statement allows is denied, and a denial wins over every allowance", () => {
  expect(denial({}, [])).toBe(denied);
  expect(denial({}, [allow()])).toBeNull();
  expect(denial({}, [allow(), allow({ Effect: "Deny" })])).toBe("with an explicit deny");
});

test("an action is compared without case, a resource with it, and both may have wildcards", () => {
  expect(denial({}, [allow({ Action: ["s3:GetObject", "DynamoDB:getitem"] })])).toBeNull();
  expect(denial({}, [allow({ Resource: table.toUpperCase() })])).toBe(denied);
  expect(denial({ resource: `${table}/index/due` }, [allow()])).toBe(denied);
  expect(denial({ resource: `${table}/index/due` }, [allow({ Resource: `${table}/index/d?e` })])).toBeNull();
  expect(
    denial({ resource: "arn:aws:s3:::feeds/a/b.xml" }, [allow({ Resource: "arn:aws:s3:::feeds/*.xml" })]),
  ).toBeNull();
});

const keys = (...given: readonly string[]) => ({ context: { "dynamodb:LeadingKeys": given } });
const leading = (operator: string) => [
  allow({ Condition: { [operator]: { "dynamodb:LeadingKeys": ["POST#*", "FEED#*"] } } }),
];

test("ForAllValues holds where every value fits, also without one; ForAnyValue where one does", () => {
  const all = leading("ForAllValues:StringLike");
  expect(denial(keys("POST#1", "FEED#1"), all)).toBeNull();
  expect(denial(keys("POST#1", "ACCOUNT#1"), all)).toBe(denied);
  expect(denial({}, all)).toBeNull();
  const any = leading("ForAnyValue:StringLike");
  expect(denial(keys("ACCOUNT#1", "POST#1"), any)).toBeNull();
  expect(denial({}, any)).toBe(denied);
});

test("a condition on what the request does not say fails, unless it is negated or says IfExists", () => {
  expect(denial({}, leading("StringLike"))).toBe(denied);
  expect(denial({}, leading("StringNotLike"))).toBeNull();
  expect(denial({}, leading("StringLikeIfExists"))).toBeNull();
  expect(denial(keys("POST#1"), leading("StringNotLike"))).toBe(denied);
});

test("every request has TLS: a denial without it denies nothing", () => {
  const without = {
    ...allow({ Effect: "Deny", Principal: "*" }),
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
  expect(denial({}, [allow()], [without])).toBeNull();
});

test("the policy of a resource allows its principals, with their conditions, and nobody else", () => {
  const asked = { action: "sqs:SendMessage", resource: "arn:aws:sqs:us-east-1:1:changes" };
  const policy = {
    Effect: "Allow",
    Principal: { Service: "s3.amazonaws.com" },
    Action: "sqs:SendMessage",
    Resource: asked.resource,
    Condition: { StringEquals: { "aws:SourceAccount": "1" } },
  };
  const by = (service: string, account: string) =>
    denial({ ...asked, context: { "aws:SourceAccount": account } }, [], [policy], { service });
  expect(by("s3.amazonaws.com", "1")).toBeNull();
  expect(by("s3.amazonaws.com", "2")).toMatch(/no policy allows/);
  expect(by("sns.amazonaws.com", "1")).toMatch(/no policy allows/);
});

test.each([
  [{ Condition: { DateGreaterThan: { "aws:CurrentTime": "2026-01-01" } } }],
  [{ NotAction: "s3:*" }],
] as const)("what the emulator does not know is an error and no allowance: %j", (more) => {
  expect(() => denial({}, [allow(more)])).toThrow(/does not know/);
});

interface Sent {
  readonly service: string;
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const Requests = z.array(
  z.object({ action: z.string(), resource: z.string(), context: z.record(z.string(), z.unknown()) }),
);

const askedBy = ({ service, method = "POST", path = "/", query = "", headers = {}, body = "" }: Sent) =>
  Requests.parse(
    printedBy(
      "import requests_of_functions\nprint(json.dumps(requests_of_functions.asked_by(*input[:5], input[5].encode())))",
      [service, method, path, query, headers, typeof body === "string" ? body : JSON.stringify(body)],
    ),
  );
const target = (name: string) => ({ headers: { "x-amz-target": name } });
const dynamodb = (call: string, body: Readonly<Record<string, unknown>>) =>
  askedBy({ service: "dynamodb", ...target(`DynamoDB_20120810.${call}`), body: { TableName: "crier", ...body } });

test("a request for rows names the table or the index, the partition and the attributes", () => {
  const key = { pk: { S: "POST#1" }, sk: { S: "POST" } };
  expect(dynamodb("PutItem", { Item: { ...key, title: { S: "Title" } } })).toEqual([
    {
      action: "dynamodb:PutItem",
      resource: "arn:aws:dynamodb:us-east-1:123456789012:table/crier",
      context: { "dynamodb:LeadingKeys": ["POST#1"], "dynamodb:Attributes": ["pk", "sk", "title"] },
    },
  ]);
  const query = {
    IndexName: "due",
    KeyConditionExpression: "#dueShard = :v1 AND #dueAt <= :v2",
    ExpressionAttributeNames: { "#dueShard": "dueShard", "#dueAt": "dueAt" },
    ExpressionAttributeValues: { ":v1": { S: "due#0" }, ":v2": { N: "7" } },
  };
  const [asked] = dynamodb("Query", query);
  expect(asked?.resource).toMatch(/table\/crier\/index\/due$/);
  expect(asked?.context["dynamodb:LeadingKeys"]).toEqual(["due#0"]);
});

test("an object that is written over another one is read, too; one that is copied is unknown", () => {
  const put = { service: "s3", method: "PUT", path: "/feeds/a%20b.xml" };
  const actions = (sent: Sent) => askedBy(sent).map(({ action, resource }) => `${action} ${resource}`);
  expect(actions(put)).toEqual(["s3:PutObject arn:aws:s3:::feeds/a b.xml"]);
  expect(actions({ ...put, headers: { "if-match": "etag" } })).toEqual([
    "s3:PutObject arn:aws:s3:::feeds/a b.xml",
    "s3:GetObject arn:aws:s3:::feeds/a b.xml",
  ]);
  expect(() => askedBy({ ...put, headers: { "x-amz-copy-source": "/other/key" } })).toThrow(/LookupError/);
  expect(actions({ service: "s3", method: "GET", path: "/feeds", query: "list-type=2&prefix=a" })).toEqual([
    "s3:ListBucket arn:aws:s3:::feeds",
  ]);
});

test("messages, parameters and mails are named by what they are sent to", () => {
  const actions = [
    askedBy({ service: "sqs", ...target("AmazonSQS.SendMessageBatch"), body: { QueueUrl: "http://a/1/work" } }),
    askedBy({ service: "ssm", ...target("AmazonSSM.GetParameter"), body: { Name: "/crier/token" } }),
    askedBy({
      service: "ssm",
      ...target("AmazonSSM.ListTagsForResource"),
      body: { ResourceType: "Parameter", ResourceId: "/crier/accounts/x" },
    }),
    askedBy({ service: "sns", body: "Action=Publish&TopicArn=arn%3Aaws%3Asns%3Aus-east-1%3A1%3Atopic&Message=m" }),
  ].flat();
  expect(actions.map(({ action, resource }) => `${action} ${resource}`)).toEqual([
    "sqs:SendMessage arn:aws:sqs:us-east-1:123456789012:work",
    "ssm:GetParameter arn:aws:ssm:us-east-1:123456789012:parameter/crier/token",
    "ssm:ListTagsForResource arn:aws:ssm:us-east-1:123456789012:parameter/crier/accounts/x",
    "sns:Publish arn:aws:sns:us-east-1:1:topic",
  ]);
});

test.each([
  { service: "dynamodb", ...target("DynamoDB_20120810.BatchWriteItem"), body: { TableName: "crier" } },
  { service: "s3", method: "DELETE", path: "/feeds/feed.xml" },
  { service: "ssm", ...target("AmazonSSM.GetParametersByPath"), body: { Path: "/" } },
  { service: "kms", ...target("TrentService.Decrypt"), body: {} },
] as const)("a call that functions do not make is unknown: %j", (sent) => {
  expect(() => askedBy(sent)).toThrow(/LookupError/);
});
