import { expect, test } from "vitest";
import * as z from "zod";
import { synthesised } from "./synthesised.ts";

const { resources, ofType } = synthesised();

const Behaviour = z.object({
  PathPattern: z.string().optional(),
  TargetOriginId: z.string(),
  ViewerProtocolPolicy: z.string(),
  AllowedMethods: z.array(z.string()),
  CachePolicyId: z.unknown(),
  ResponseHeadersPolicyId: z.object({ Ref: z.string() }),
  FunctionAssociations: z.array(z.object({ EventType: z.string() })).default([]),
  Compress: z.boolean(),
});
const Distribution = z.object({
  DistributionConfig: z.object({
    Aliases: z.array(z.string()).default([]),
    ViewerCertificate: z.record(z.string(), z.unknown()).optional(),
    DefaultCacheBehavior: Behaviour,
    CacheBehaviors: z.array(Behaviour),
    Origins: z.array(
      z.object({ Id: z.string(), DomainName: z.unknown(), OriginAccessControlId: z.unknown().optional() }),
    ),
  }),
});
const configOf = (stack: Pick<ReturnType<typeof synthesised>, "ofType">) =>
  Distribution.parse(stack.ofType("AWS::CloudFront::Distribution")[0]?.properties).DistributionConfig;
const { DefaultCacheBehavior: files, CacheBehaviors: others, Origins, ...rest } = configOf({ ofType });
const headersOf = ({ ResponseHeadersPolicyId }: z.infer<typeof Behaviour>) =>
  resources.find(({ id }) => id === ResponseHeadersPolicyId.Ref)?.properties.ResponseHeadersPolicyConfig;

test("files come from the private bucket, which only this distribution may read", () => {
  const origin = Origins.find(({ Id }) => Id === files.TargetOriginId);
  expect(JSON.stringify(origin?.DomainName)).toContain("FeedsBucket");
  expect(origin?.OriginAccessControlId).toBeDefined();
  const policy = ofType("AWS::S3::BucketPolicy").find(({ id }) => id.startsWith("Feeds"));
  const Statements = z.object({ PolicyDocument: z.object({ Statement: z.array(z.record(z.string(), z.unknown())) }) });
  const open = Statements.parse(policy?.properties).PolicyDocument.Statement.filter(({ Effect }) => Effect === "Allow");
  const readsAll = ({ Action, Resource }: (typeof open)[number]) =>
    [Action].flat().includes("s3:GetObject") && JSON.stringify(Resource).includes('"/*"]]}');
  // Without it CloudFront answers 403 for every feed.
  expect(open.filter(readsAll)).toHaveLength(1);
  for (const statement of open) {
    expect(statement.Principal).toEqual({ Service: "cloudfront.amazonaws.com" });
    expect(JSON.stringify(statement.Condition)).toMatch(/AWS:SourceArn.*distribution/);
  }
});

test("files are cached for their s-maxage, or a minute without one, whatever encoding the client accepts", () => {
  const [policy] = ofType("AWS::CloudFront::CachePolicy");
  expect(policy?.properties.CachePolicyConfig).toMatchObject({
    MinTTL: 0,
    DefaultTTL: 60,
    ParametersInCacheKeyAndForwardedToOrigin: {
      EnableAcceptEncodingBrotli: false,
      EnableAcceptEncodingGzip: false,
      QueryStringsConfig: { QueryStringBehavior: "none" },
      CookiesConfig: { CookieBehavior: "none" },
    },
  });
  expect(files.CachePolicyId).toEqual({ Ref: policy?.id });
});

test("the encoding is selected before the cache, and CloudFront does not compress", () => {
  expect(files.FunctionAssociations).toEqual([{ EventType: "viewer-request" }]);
  expect(files.Compress).toBe(false);
  expect(ofType("AWS::CloudFront::Function")[0]?.properties).toMatchObject({
    AutoPublish: true,
    FunctionConfig: { Runtime: "cloudfront-js-2.0" },
  });
});

test("files are readable from every origin, have a maximum age, and are read-only", () => {
  expect(files.AllowedMethods).toEqual(["GET", "HEAD", "OPTIONS"]);
  const bucket = ofType("AWS::S3::Bucket").find(({ id }) => id.startsWith("Feeds"));
  expect(bucket?.properties.CorsConfiguration).toMatchObject({
    CorsRules: [{ AllowedOrigins: ["*"], AllowedMethods: ["GET", "HEAD"] }],
  });
  expect(headersOf(files)).toMatchObject({
    CustomHeadersConfig: {
      Items: [
        { Header: "Cache-Control", Value: "public, max-age=60, s-maxage=60", Override: false },
        { Header: "Vary", Value: "Accept-Encoding", Override: true },
      ],
    },
  });
  // Its settings would own the header Vary, and drop this one.
  expect(headersOf(files)).not.toHaveProperty("CorsConfig");
});

test("every response has the security headers", () => {
  for (const behaviour of [files, ...others]) {
    expect(headersOf(behaviour)).toMatchObject({
      SecurityHeadersConfig: {
        ContentTypeOptions: { Override: true },
        StrictTransportSecurity: { AccessControlMaxAgeSec: 31_536_000 },
        FrameOptions: { FrameOption: "DENY" },
        ReferrerPolicy: { ReferrerPolicy: "strict-origin-when-cross-origin" },
      },
    });
  }
});

test("the API, the health check and the console go to the HTTP API, uncached and never unencrypted", () => {
  expect(others.map(({ PathPattern }) => PathPattern)).toEqual(["/api/*", "/healthz", "/console", "/console/*"]);
  for (const behaviour of others) {
    const origin = Origins.find(({ Id }) => Id === behaviour.TargetOriginId);
    expect(JSON.stringify(origin?.DomainName)).toContain("execute-api");
    // The managed policy CachingDisabled.
    expect(behaviour.CachePolicyId).toBe("4135ea2d-6df8-44a3-9df3-4b5a84be39ad");
    expect(behaviour.ViewerProtocolPolicy).toBe("https-only");
    expect(behaviour.AllowedMethods).toContain("DELETE");
    expect(behaviour.FunctionAssociations).toEqual([]);
  }
});

test("without a domain the host is CloudFront's own", () => {
  expect(rest.Aliases).toEqual([]);
});

const domain = {
  name: "feeds.example.com",
  certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d",
  stage: "test",
};

test("a domain has its certificate and TLS 1.2, and is in the outputs", () => {
  const stack = synthesised({ deployment: { domain } });
  expect(configOf(stack)).toMatchObject({
    Aliases: ["feeds.example.com"],
    ViewerCertificate: { AcmCertificateArn: domain.certificateArn, MinimumProtocolVersion: "TLSv1.2_2021" },
  });
  expect(stack.outputs.FeedsUrl).toMatchObject({ Value: "https://feeds.example.com/" });
});

const environments = (stack: ReturnType<typeof synthesised>) =>
  stack.functions.map(({ id, properties }) => [
    id.replace(/^Functions|Function.{8}$/g, ""),
    JSON.stringify(properties.Environment),
  ]);

test("feeds and mails name the host of the distribution without a second deployment", () => {
  const named = environments(synthesised()).filter(([, env]) => env?.includes("FEEDS_HOST"));
  expect(named.map(([name]) => name)).toEqual(["Render", "Deliver", "Relay", "Web", "Console"]);
  for (const [, env = ""] of named)
    expect(env).toMatch(/"FEEDS_HOST":\{"Fn::GetAtt":\["CdnDistribution\w+","DomainName"\]\}/);
});

test("with a domain, feeds name the domain", () => {
  const stack = synthesised({ deployment: { domain } });
  const [, env] = environments(stack).find(([name]) => name === "Render") ?? [];
  expect(env).toContain('"FEEDS_HOST":"feeds.example.com"');
});

test("the domain of one stage is not used by another", () => {
  const stack = synthesised({ deployment: { domain: { ...domain, stage: "other" } } });
  expect(configOf(stack).Aliases).toEqual([]);
});

test("the configured redirects are in the function that runs for each request", () => {
  const redirects = { "/rss.xml": "/feed.xml" };
  const [viewer] = synthesised({ deployment: { redirects } }).ofType("AWS::CloudFront::Function");
  expect(viewer?.properties.FunctionCode).toContain(`const redirects = ${JSON.stringify(redirects)};`);
});
