import { expect, test } from "vitest";
import * as z from "zod";
import { type Resource, synthesised } from "./synthesised.ts";

const { ofType } = synthesised();

const list = z.union([z.array(z.unknown()), z.unknown().transform((one) => [one])]);
const Conditions = z.record(z.string(), z.record(z.string(), list));
const Statements = z
  .object({
    PolicyDocument: z.object({
      Statement: z.array(
        z.object({ Effect: z.string(), Action: list, Resource: list.default([]), Condition: Conditions.default({}) }),
      ),
    }),
  })
  .transform(({ PolicyDocument }) => PolicyDocument.Statement);

const allowed = ({ properties }: Resource) => Statements.parse(properties).filter(({ Effect }) => Effect === "Allow");
const policies = [
  ...ofType("AWS::IAM::Policy"),
  ...ofType("AWS::SQS::QueuePolicy"),
  ...ofType("AWS::S3::BucketPolicy"),
];
const allowances = policies.flatMap(allowed);

/** The actions of a role with `*` in their resources, and why they cannot be narrower. */
const reasoned = [
  { actions: ["s3:GetObject"], because: "keys are not known before they are written" },
  { actions: ["s3:GetObject", "s3:ListBucket"], because: "the CDN: the same, and 404 for what is not there" },
  { actions: ["s3:GetObject", "s3:PutObject"], because: "the same" },
  {
    actions: ["ssm:GetParameter"],
    because: "the configuration has hundreds of accounts, and a policy 6,144 characters",
  },
  { actions: ["ssm:ListTagsForResource"], because: "the same" },
];

test("no action is a pattern", () => {
  expect(allowances.flatMap(({ Action }) => Action).filter((action) => String(action).includes("*"))).toEqual([]);
});

test("no resource is a pattern without a reason", () => {
  const wide = allowances.filter(({ Resource }) => JSON.stringify(Resource).includes("*"));
  for (const { Action } of wide) expect(reasoned.map(({ actions }) => actions)).toContainEqual(Action);
});

test("nothing is allowed on all resources", () => {
  expect(allowances.filter(({ Resource }) => Resource.includes("*"))).toEqual([]);
});

const names = ["Ingest", "Publish", "Render", "Deliver", "Relay", "Web", "Console", "Media"];
const rightsOf = (name: string) =>
  ofType("AWS::IAM::Policy")
    .filter(({ id }) => id.startsWith(`Functions${name}`))
    .flatMap(allowed);
const actionsOf = (name: string) => rightsOf(name).flatMap(({ Action }) => Action);
/** The functions that are allowed an action on a resource whose id contains `part`. */
const who = (action: string, part: string) =>
  names.filter((name) =>
    rightsOf(name).some(({ Action, Resource }) => Action.includes(action) && JSON.stringify(Resource).includes(part)),
  );

test("the hourly reconcile has the permissions of ingest, except for the queue of changes, and finds deliveries by state", () => {
  const own = (name: string) => actionsOf(name).filter((action) => !String(action).startsWith("sqs:"));
  expect(new Set(own("Reconcile"))).toEqual(new Set(own("Ingest")));
  expect(who("sqs:ReceiveMessage", "ContentChanges")).toEqual(["Ingest"]);
});

test("each index is queried by the functions that need it alone", () => {
  const whoQueries = (index: string) =>
    [...names, "Reconcile"].filter((name) =>
      rightsOf(name).some(
        ({ Action, Resource }) =>
          Action.includes("dynamodb:Query") && JSON.stringify(Resource).includes(`/index/${index}`),
      ),
    );
  expect(whoQueries("due")).toEqual(["Relay", "Console"]);
  expect(whoQueries("site")).toEqual(["Web", "Console"]);
  expect(whoQueries("state")).toEqual(["Deliver", "Web", "Console", "Reconcile"]);
});

test("rows are deleted by the functions that save posts and feeds or shorten the log, and not by those that send", () => {
  expect([...who("dynamodb:DeleteItem", "DatabaseRows")].toSorted()).toEqual([
    "Console",
    "Ingest",
    "Publish",
    "Render",
    "Web",
  ]);
});

const writeActions = ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"];
/** The partitions that a function may write, and the names that it may not use there, by action. */
const writesOf = (name: string) =>
  rightsOf(name)
    .filter(({ Action }) => Action.some((action) => writeActions.includes(String(action))))
    .map(({ Action, Condition }) => ({
      action: String(Action[0]).slice("dynamodb:".length),
      partitions: (Condition["ForAllValues:StringLike"]?.["dynamodb:LeadingKeys"] ?? ["any"]).map(String),
      without: Condition["ForAllValues:StringNotEquals"]?.["dynamodb:Attributes"] ?? [],
    }));

test("every function writes rows of the partitions that it owns, and no other", () => {
  const written = [...names, "Reconcile"].map((name) => [
    name,
    new Set(writesOf(name).flatMap((one) => one.partitions)),
  ]);
  const documents = ["SOURCE", "ALIAS", "SHARED", "TRANSLATION", "WINDOW", "POST", "SITE"];
  const partitions: Readonly<Record<string, readonly string[]>> = {
    Ingest: documents,
    Reconcile: [...documents, "LISTING", "ROUND"],
    Publish: ["POST", "ALIAS", "NOTICE", "WINDOW", "FEED", "SITE"],
    Render: ["FEED", "NOTICE", "SITE"],
    Deliver: ["POST", "ACCOUNT", "SERVER", "NOTICE", "TOKEN", "FEED", "STOP"],
    Relay: ["FEED", "SITE", "ROUND"],
    Web: [...documents.filter((one) => one !== "SITE"), "ACCOUNT", "SERVER", "STOP", "LOG"],
    Console: ["POST", "ACCOUNT", "SERVER", "STOP", "LOG"],
    Media: [],
  };
  expect(Object.fromEntries(written)).toEqual(
    Object.fromEntries(
      Object.entries(partitions).map(([name, all]) => [name, new Set(all.map((partition) => `${partition}#*`))]),
    ),
  );
});

test("only deliver reads what networks issued to logins", () => {
  const notRead = [...names, "Reconcile"].map((name) => [
    name,
    rightsOf(name)
      .filter(({ Action }) => Action.includes("dynamodb:GetItem"))
      .map(({ Condition }) => Condition["ForAllValues:StringNotLike"]?.["dynamodb:LeadingKeys"] ?? []),
  ]);
  const others = names.filter((name) => !["Deliver", "Media"].includes(name));
  expect(Object.fromEntries(notRead)).toEqual({
    ...Object.fromEntries([...others, "Reconcile"].map((name) => [name, [["TOKEN#*"]]])),
    Deliver: [[]],
    Media: [],
  });
});

test("what reads documents makes no delivery, and what makes deliveries due changes none", () => {
  const inPosts = (name: string, action: string) =>
    writesOf(name).filter((one) => one.action === action && one.partitions.includes("POST#*"));
  for (const name of ["Ingest", "Reconcile"])
    for (const { without } of inPosts(name, "PutItem")) expect(without).toContain("account");
  for (const name of ["Reconcile", "Publish"])
    for (const { without } of inPosts(name, "UpdateItem")) expect(without).toContain("state");
});

test("publish writes the receipts beside the feeds and nothing else", () => {
  const written = rightsOf("Publish")
    .filter(({ Action }) => Action.includes("s3:PutObject"))
    .flatMap(({ Resource }) => Resource.map((one) => JSON.stringify(one)))
    .filter((one) => one.includes("FeedsBucket"));
  expect(written.flatMap((one) => one.match(/"\/[^"]*\*"/g))).toEqual(['"/sites/*/syndication/*"', '"/syndication/*"']);
});

test("neither the relay nor the console may read the long bodies of posts: the console asks deliver", () => {
  expect(who("s3:GetObject", "DatabaseBodies")).toEqual(["Ingest", "Publish", "Render", "Deliver", "Web"]);
});

test("functions that read objects may list them, because a missing one would look forbidden otherwise", () => {
  for (const bucket of ["FeedsBucket", "ContentBucket"]) {
    expect(who("s3:ListBucket", bucket)).toEqual(who("s3:GetObject", bucket));
  }
});

test("only deliver reads the secrets of accounts; publish, web and the console see that they are there", () => {
  const parameter = ":parameter/crier/test/accounts/*";
  expect(who("ssm:GetParameter", parameter)).toEqual(["Deliver"]);
  expect(who("ssm:ListTagsForResource", parameter)).toEqual(["Publish", "Web", "Console"]);
  expect(who("ssm:GetParameter", ":parameter/crier/test/token")).toEqual(["Web", "Console"]);
  expect(who("ssm:GetParameter", ":parameter/crier/test/plan-token")).toEqual(["Web"]);
});

test("web and the console invoke deliver, which says whose logins the secrets are; deliver invokes media, which prepares pictures", () => {
  const invoked = names.flatMap((name) =>
    rightsOf(name)
      .filter(({ Action }) => Action.includes("lambda:InvokeFunction"))
      .map(({ Resource }) => [name, /Functions[A-Z][a-z]+/.exec(JSON.stringify(Resource))?.[0]]),
  );
  expect(invoked).toEqual([
    ["Deliver", "FunctionsMedia"],
    ["Web", "FunctionsDeliver"],
    ["Console", "FunctionsDeliver"],
  ]);
});

/** The keys in a bucket on which a function may do something. */
const keysOf = (name: string, action: string, bucket: string) =>
  rightsOf(name)
    .filter(({ Action }) => Action.includes(action))
    .flatMap(({ Resource }) => Resource.map((one) => JSON.stringify(one)))
    .filter((one) => one.includes(bucket))
    .flatMap((one) => one.match(/"\/[^"]*"/g) ?? []);

test("what decodes files of strangers has its folder beside the feeds, and no row, no secret, no queue", () => {
  const services = new Set(actionsOf("Media").map((action) => String(action).split(":")[0]));
  expect(services).toEqual(new Set(["logs", "s3"]));
  for (const action of ["s3:GetObject", "s3:PutObject"])
    expect([action, ...keysOf("Media", action, "Bucket")]).toEqual([action, '"/pictures/*"']);
});

test("deliver reads pictures, and writes of them what is known of their addresses alone", () => {
  expect(keysOf("Deliver", "s3:PutObject", "FeedsBucket")).toEqual(['"/pictures/*.json"']);
  expect(keysOf("Deliver", "s3:GetObject", "FeedsBucket").toSorted()).toEqual(['"/pictures/*"', '"/pictures/*.json"']);
});

test("the console has nothing to do with documents and their bucket", () => {
  expect(who("s3:GetObject", "ContentBucket")).toEqual(["Ingest", "Web"]);
});

test("only deliver publishes to the topic of the alarms, and to no other", () => {
  const allowed = rightsOf("Deliver").filter(({ Action }) => Action.includes("sns:Publish"));
  expect(allowed.map(({ Resource }) => Resource)).toEqual([[{ Ref: expect.stringMatching(/^NotificationsTopic/) }]]);
  expect(names.filter((name) => actionsOf(name).some((action) => String(action).startsWith("sns:")))).toEqual([
    "Deliver",
  ]);
});

test("only deliver reads the secrets of webhooks", () => {
  expect(who("ssm:GetParameter", ":parameter/crier/test/sites/*/webhook")).toEqual(["Deliver"]);
});

test("no function reads parameters of another stage, or all of its own", () => {
  const read = allowances
    .filter(({ Action }) => Action.some((action) => String(action).startsWith("ssm:")))
    .flatMap(({ Resource }) => Resource.map((one) => /:parameter[^"]*/.exec(JSON.stringify(one))?.[0]));
  const stage = ":parameter/crier/test";
  expect(new Set(read)).toEqual(
    new Set([`${stage}/accounts/*`, `${stage}/sites/*/webhook`, `${stage}/token`, `${stage}/plan-token`]),
  );
});

test.each(["dynamodb:Scan", "dynamodb:BatchGetItem", "s3:DeleteObject", "sqs:ChangeMessageVisibility"])(
  "no function may call %s",
  (action) => {
    expect(allowances.flatMap(({ Action }) => Action)).not.toContain(action);
  },
);
