import { marshall } from "@aws-sdk/util-dynamodb";
import * as z from "zod";
import { operations } from "../../src/api/operations.ts";
import { feedFiles } from "../../src/feeds/reader-files.ts";
import { dueAttributes, postKey } from "../../src/store/keys.ts";
import type { Resource } from "./synthesised.ts";

/**
 * Returns, in words, problems that would keep a deployed template from working. Each judge takes the resources of the
 * template.
 */
type Judge = (resources: readonly Resource[]) => readonly string[];

const list = z.union([z.array(z.unknown()), z.unknown().transform((one) => [one])]);
const Reference = z.union([
  z.object({ "Fn::GetAtt": z.tuple([z.string(), z.string()]) }).transform((value) => value["Fn::GetAtt"][0]),
  z.object({ Ref: z.string() }).transform(({ Ref }) => Ref),
]);
const Policy = z.object({
  Roles: z.array(Reference),
  PolicyDocument: z.object({ Statement: z.array(z.object({ Effect: z.string(), Action: list, Resource: list })) }),
});
const LambdaFunction = z.object({
  Role: Reference,
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }).default({ Variables: {} }),
});

const ofType = (resources: readonly Resource[], type: string) => resources.filter((one) => one.type === type);

/** Returns the rights of a role: each action with the text of each resource. */
const rightsOf = (resources: readonly Resource[], role: string) =>
  ofType(resources, "AWS::IAM::Policy")
    .map(({ properties }) => Policy.parse(properties))
    .filter(({ Roles }) => Roles.includes(role))
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .filter(({ Effect }) => Effect === "Allow")
    .flatMap(({ Action, Resource }) =>
      Action.flatMap((action) => Resource.map((one) => ({ action: String(action), resource: JSON.stringify(one) }))),
    );

/** The logical ids that a value refers to, without those of AWS itself. */
const referencedBy = (value: unknown): readonly string[] =>
  [...JSON.stringify(value).matchAll(/"(?:Ref|Fn::GetAtt)":(?:"([^"]+)"|\["([^"]+)")/g)]
    .map(([, ref = "", attribute = ""]) => ref + attribute)
    .filter((id) => !id.startsWith("AWS::"));

/** The right that a function needs for a resource that its environment names. */
const uses: Readonly<Record<string, string>> = {
  "AWS::DynamoDB::GlobalTable": "dynamodb:GetItem",
  "AWS::S3::Bucket": "s3:GetObject",
  "AWS::SQS::Queue": "sqs:SendMessage",
  "AWS::SNS::Topic": "sns:Publish",
  "AWS::Lambda::Function": "lambda:InvokeFunction",
};

/** Types that the environment may name without a right: the function knows its host, and sends it no request. */
const isNoted = (type: string): boolean => type === "AWS::CloudFront::Distribution";

const parametersIn = (resource: string): readonly string[] =>
  [...resource.matchAll(/:parameter(\/[^"]*)/g)].map(([, name = ""]) => name);

/** A function's environment names something that its role may not use, or its role may read a secret that it does not know of. */
export const environmentProblems: Judge = (resources) =>
  ofType(resources, "AWS::Lambda::Function").flatMap(({ id, properties }) => {
    const { Role, Environment } = LambdaFunction.parse(properties);
    const { SECRETS_PATH: path, ...variables } = Environment.Variables;
    const rights = rightsOf(resources, Role);
    const unusable = Object.entries(variables).flatMap(([name, value]) =>
      referencedBy(value).flatMap((named) => {
        const type = resources.find((one) => one.id === named)?.type ?? "nothing";
        const action = uses[type] ?? `use a ${type}`;
        const isAllowed = rights.some(
          (one) => one.action === action && referencedBy(JSON.parse(one.resource)).includes(named),
        );
        return isAllowed || isNoted(type) ? [] : [`${id}: ${name} names ${named}, and the role may not ${action}`];
      }),
    );
    const parameters = rights
      .filter(({ action }) => action === "ssm:GetParameter" || action === "ssm:ListTagsForResource")
      .flatMap(({ resource }) => parametersIn(resource));
    const unknown = parameters
      .filter((name) => !name.startsWith(`${path}/`))
      .map((name) => `${id}: the role may read ${name}, and SECRETS_PATH is ${path}`);
    const useless =
      path !== undefined && parameters.length === 0
        ? [`${id}: SECRETS_PATH is ${path}, and the role may read no parameter`]
        : [];
    return [...unusable, ...unknown, ...useless];
  });

/** A function may use something that its environment does not name, so that it cannot know of it. */
export const unnamedProblems: Judge = (resources) => {
  const named = ["sns:Publish", "sqs:SendMessage", "lambda:InvokeFunction"];
  return ofType(resources, "AWS::Lambda::Function").flatMap(({ id, properties }) => {
    const { Role, Environment } = LambdaFunction.parse(properties);
    const known = referencedBy(Environment.Variables);
    return rightsOf(resources, Role)
      .filter(({ action }) => named.includes(action))
      .flatMap(({ action, resource }) =>
        referencedBy(JSON.parse(resource))
          .filter((one) => !known.includes(one))
          .map((one) => `${id}: the role may ${action} on ${one}, which its environment does not name`),
      );
  });
};

const Notified = z.object({
  NotificationConfiguration: z.object({ QueueConfigurations: z.array(z.object({ Queue: Reference })) }).optional(),
});
const Permitted = z.object({
  Queues: z.array(Reference),
  PolicyDocument: z.object({
    Statement: z.array(
      z.object({
        Effect: z.string(),
        Action: list,
        Principal: z.union([z.string(), z.object({ Service: list.default([]) })]),
        Resource: z.unknown(),
      }),
    ),
  }),
});

/** A bucket tells a queue of its changes, and the queue takes no message of S3. */
export const notificationProblems: Judge = (resources) => {
  const policies = ofType(resources, "AWS::SQS::QueuePolicy").map(({ properties }) => Permitted.parse(properties));
  const takesMessages = (queue: string): boolean =>
    policies.some(({ Queues, PolicyDocument }) =>
      PolicyDocument.Statement.some(
        ({ Effect, Action, Principal, Resource }) =>
          Effect === "Allow" &&
          Action.includes("sqs:SendMessage") &&
          typeof Principal === "object" &&
          Principal.Service.includes("s3.amazonaws.com") &&
          Queues.includes(queue) &&
          referencedBy(Resource).includes(queue),
      ),
    );
  return ofType(resources, "AWS::S3::Bucket").flatMap(({ id, properties }) => {
    const told = Notified.parse(properties).NotificationConfiguration?.QueueConfigurations ?? [];
    return [...new Set(told.map(({ Queue }) => Queue))]
      .filter((queue) => !takesMessages(queue))
      .map((queue) => `${id} tells ${queue}, which takes no message of S3`);
  });
};

const Throttle = z.object({ ThrottlingRateLimit: z.number(), ThrottlingBurstLimit: z.number() });
const Throttled = z.object({
  RouteSettings: z.record(z.string(), Throttle).default({}),
  DefaultRouteSettings: Throttle.optional(),
});

/** A route of the API takes more requests than the cost of a flood is counted with. */
export const throttleProblems: Judge = (resources) => {
  const keys = ofType(resources, "AWS::ApiGatewayV2::Route").map(({ properties }) => String(properties.RouteKey));
  return ofType(resources, "AWS::ApiGatewayV2::Stage").flatMap(({ properties }) => {
    const { RouteSettings, DefaultRouteSettings } = Throttled.parse(properties);
    return [...keys.map((key) => [key, RouteSettings[key]] as const), ["any other", DefaultRouteSettings] as const]
      .filter(([, one]) => one === undefined || one.ThrottlingRateLimit > 5 || one.ThrottlingBurstLimit > 100)
      .map(([key]) => `${key} has no throttle, or one above 5 a second and 100 at once`);
  });
};

/** The functions that write objects, by a part of the bucket's logical id. */
const writers = {
  FeedsBucket: ["Publish", "Render", "Deliver", "Media"],
  // Deliver saves the URL of a copy in its post.
  DatabaseBodies: ["Ingest", "Reconcile", "Publish", "Deliver", "Web"],
  ContentBucket: [],
} as const;

/** A function that writes objects may not, or one that writes none may. */
export const writeProblems: Judge = (resources) => {
  const functions = ofType(resources, "AWS::Lambda::Function").map(({ id, properties }) => ({
    name: /^Functions([A-Z][a-z]+)/.exec(id)?.[1] ?? id,
    rights: rightsOf(resources, LambdaFunction.parse(properties).Role),
  }));
  return Object.entries(writers).flatMap(([bucket, names]) =>
    functions.flatMap(({ name, rights }) => {
      const isAllowed = rights.some(({ action, resource }) => action === "s3:PutObject" && resource.includes(bucket));
      const isNeeded = names.some((one) => one === name);
      return isAllowed === isNeeded ? [] : [`${name} ${isNeeded ? "may not" : "may"} write to ${bucket}`];
    }),
  );
};

const Mapping = z.object({
  EventSourceArn: z.unknown(),
  FilterCriteria: z.object({ Filters: z.array(z.object({ Pattern: z.string() })) }),
});
const Rules = z.array(z.union([z.string(), z.strictObject({ exists: z.boolean() })]));

/** Event filtering of Lambda: a list has alternatives, an object has all of its keys. */
const matches = (pattern: unknown, value: unknown): boolean => {
  const rules = Rules.safeParse(pattern);
  if (rules.success)
    return rules.data.some((rule) =>
      typeof rule === "string" ? rule === value : rule.exists === (value !== undefined),
    );
  const wanted = z.record(z.string(), z.unknown()).parse(pattern);
  const given = z.record(z.string(), z.unknown()).safeParse(value).data ?? {};
  return Object.entries(wanted).every(([key, inner]) => matches(inner, given[key]));
};

const key = postKey("blog", "post");
const record = (eventName: string, due: number | undefined) => ({
  eventName,
  dynamodb: { NewImage: marshall({ ...key, ...dueAttributes(key, due) }) },
});

/** The relay hears of no row that is due, or of rows that are not. */
export const streamProblems: Judge = (resources) => {
  const mappings = ofType(resources, "AWS::Lambda::EventSourceMapping").filter(({ properties }) =>
    JSON.stringify(properties.EventSourceArn).includes("StreamArn"),
  );
  const patterns = mappings.flatMap(({ properties }) =>
    Mapping.parse(properties).FilterCriteria.Filters.map(({ Pattern }) => JSON.parse(Pattern)),
  );
  const passes = (event: unknown) => patterns.some((pattern) => matches(pattern, event));
  const unheard = ["INSERT", "MODIFY"].filter((name) => !passes(record(name, 1)));
  const idle = [record("MODIFY", undefined), record("REMOVE", 1)].filter(passes);
  return [
    ...unheard.map((name) => `the filter of the stream holds back the ${name} of a row that is due`),
    ...idle.map(({ eventName }) => `the filter of the stream lets a ${eventName} through that makes nothing due`),
  ];
};

const Behaviour = z.object({ PathPattern: z.string().default("*"), TargetOriginId: z.string() });
const Distribution = z.object({
  DistributionConfig: z.object({
    CacheBehaviors: z.array(Behaviour),
    DefaultCacheBehavior: Behaviour,
    Origins: z.array(z.object({ Id: z.string(), DomainName: z.unknown() })),
  }),
});

/** `*` is any text ("Path pattern"). */
const isPattern = (pattern: string, path: string): boolean =>
  new RegExp(`^${pattern.replaceAll(".", "[.]").replaceAll("*", ".*")}$`).test(path);

const apiPaths = [
  ...Object.values(operations).map(({ path }) => path.replace(/\{\w+\}/, "some/name")),
  ...["/console", "/console/posts/some/name"],
];
const filePaths = [
  "/",
  ...Object.values(feedFiles).map((file) => `/${file}`),
  "/apis.xml",
  "/consolefeed.xml",
  "/sites/api/feed.xml",
];

const ErrorPages = z.object({
  DistributionConfig: z.object({
    CustomErrorResponses: z
      .array(z.object({ ErrorCode: z.number(), ResponseCode: z.number(), ResponsePagePath: z.string() }))
      .default([]),
  }),
});
const BucketPolicy = z.object({
  PolicyDocument: z.object({
    Statement: z.array(z.object({ Effect: z.string(), Action: list, Principal: z.unknown() })),
  }),
});

/** A reader gets the XML of S3 for a file that is missing, and not the page of the site. */
export const missingFileProblems: Judge = (resources) => {
  const pages = ofType(resources, "AWS::CloudFront::Distribution").flatMap(
    ({ properties }) => ErrorPages.parse(properties).DistributionConfig.CustomErrorResponses,
  );
  const hasPage = pages.some(
    ({ ErrorCode, ResponseCode, ResponsePagePath }) =>
      ErrorCode === 403 && ResponseCode === 404 && ResponsePagePath === "/404.html",
  );
  const listed = ofType(resources, "AWS::S3::BucketPolicy").filter(({ properties }) =>
    BucketPolicy.parse(properties).PolicyDocument.Statement.some(
      ({ Effect, Action, Principal }) =>
        Effect === "Allow" &&
        Action.includes("s3:ListBucket") &&
        JSON.stringify(Principal).includes("cloudfront.amazonaws.com"),
    ),
  );
  return [
    ...(hasPage ? [] : ["the answer of S3 for a missing file, 403, is not /404.html with 404"]),
    ...listed.map(({ id }) => `${id} lets CloudFront list the bucket: S3 answers 404 for a missing file, with its XML`),
  ];
};

/** A path leads to another origin than the one that answers it. */
export const pathProblems: Judge = (resources) =>
  ofType(resources, "AWS::CloudFront::Distribution").flatMap(({ properties }) => {
    const { CacheBehaviors, DefaultCacheBehavior, Origins } = Distribution.parse(properties).DistributionConfig;
    const originOf = (path: string): string => {
      const found = CacheBehaviors.find(({ PathPattern }) => isPattern(PathPattern, path)) ?? DefaultCacheBehavior;
      return JSON.stringify(Origins.find(({ Id }) => Id === found.TargetOriginId)?.DomainName);
    };
    const wrong = (paths: readonly string[], part: string) =>
      [...new Set(paths)]
        .filter((path) => !originOf(path).includes(part))
        .map((path) => `${path} is not answered by ${part}`);
    return [...wrong(apiPaths, "execute-api"), ...wrong(filePaths, "FeedsBucket")];
  });
