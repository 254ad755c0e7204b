import * as z from "zod";
import type { Headers } from "./http.ts";

/** The distribution of a template, as CloudFront would know it. Unknown settings are refused: nothing here acts on them. */

const Name = z.union([
  z.object({ Ref: z.string() }).transform(({ Ref }) => Ref),
  z.object({ "Fn::GetAtt": z.tuple([z.string(), z.string()]) }).transform((found) => found["Fn::GetAtt"][0]),
  z.string(),
]);
const Items = z.object({ Items: z.array(z.string()) }).transform((list) => list.Items);

const Behaviour = z.strictObject({
  PathPattern: z.string().default("*"),
  TargetOriginId: z.string(),
  ViewerProtocolPolicy: z.enum(["https-only", "redirect-to-https"]),
  AllowedMethods: z.array(z.string()).default(["GET", "HEAD"]),
  CachePolicyId: Name,
  OriginRequestPolicyId: Name.optional(),
  ResponseHeadersPolicyId: Name.optional(),
  FunctionAssociations: z
    .array(z.strictObject({ EventType: z.literal("viewer-request"), FunctionARN: Name }))
    .max(1)
    .default([]),
  Compress: z.boolean(),
});

const ErrorResponse = z.strictObject({
  ErrorCode: z.number(),
  ResponseCode: z.number(),
  ResponsePagePath: z.string().startsWith("/"),
  ErrorCachingMinTTL: z.number(),
});

const Distribution = z.object({
  DistributionConfig: z.strictObject({
    Aliases: z.array(z.string()).default([]),
    CacheBehaviors: z.array(Behaviour).default([]),
    Comment: z.string(),
    CustomErrorResponses: z.array(ErrorResponse).default([]),
    DefaultCacheBehavior: Behaviour,
    DefaultRootObject: z.string(),
    Enabled: z.literal(true),
    HttpVersion: z.string(),
    IPV6Enabled: z.boolean(),
    Origins: z.array(
      z.object({
        Id: z.string(),
        S3OriginConfig: z.object({}).optional(),
        OriginCustomHeaders: z
          .array(z.strictObject({ HeaderName: z.string().toLowerCase(), HeaderValue: z.string() }))
          .default([]),
      }),
    ),
    ViewerCertificate: z.unknown().optional(),
  }),
});

const CachePolicy = z
  .object({
    CachePolicyConfig: z.object({
      MinTTL: z.number(),
      DefaultTTL: z.number(),
      MaxTTL: z.number(),
      ParametersInCacheKeyAndForwardedToOrigin: z.strictObject({
        EnableAcceptEncodingBrotli: z.boolean(),
        EnableAcceptEncodingGzip: z.boolean(),
        HeadersConfig: z.object({ HeaderBehavior: z.literal("none") }),
        QueryStringsConfig: z.object({ QueryStringBehavior: z.literal("none") }),
        CookiesConfig: z.object({ CookieBehavior: z.literal("none") }),
      }),
    }),
  })
  .transform(({ CachePolicyConfig: { ParametersInCacheKeyAndForwardedToOrigin: keys, ...times } }) => ({
    ...times,
    brotli: keys.EnableAcceptEncodingBrotli,
    gzip: keys.EnableAcceptEncodingGzip,
  }));

const Overridable = { Override: z.boolean() };
const HeadersPolicy = z
  .object({
    ResponseHeadersPolicyConfig: z.strictObject({
      Name: z.unknown(),
      Comment: z.string().optional(),
      CorsConfig: z
        .object({
          AccessControlAllowOrigins: Items,
          AccessControlAllowMethods: Items,
          AccessControlAllowHeaders: Items,
          AccessControlExposeHeaders: Items.optional(),
          OriginOverride: z.boolean(),
        })
        .optional(),
      CustomHeadersConfig: z
        .object({
          Items: z.array(z.strictObject({ Header: z.string().toLowerCase(), Value: z.string(), ...Overridable })),
        })
        .optional(),
      SecurityHeadersConfig: z
        .strictObject({
          ContentSecurityPolicy: z.strictObject({ ContentSecurityPolicy: z.string(), ...Overridable }).optional(),
          ContentTypeOptions: z.strictObject(Overridable).optional(),
          FrameOptions: z.strictObject({ FrameOption: z.string(), ...Overridable }).optional(),
          ReferrerPolicy: z.strictObject({ ReferrerPolicy: z.string(), ...Overridable }).optional(),
          StrictTransportSecurity: z.strictObject({ AccessControlMaxAgeSec: z.number(), ...Overridable }).optional(),
        })
        .default({}),
    }),
  })
  .transform(({ ResponseHeadersPolicyConfig }) => ResponseHeadersPolicyConfig);

const ViewerFunction = z
  .object({ FunctionCode: z.string(), FunctionConfig: z.object({ Runtime: z.literal("cloudfront-js-2.0") }) })
  .transform(({ FunctionCode }) => FunctionCode);

export type ResponsePolicy = z.output<typeof HeadersPolicy>;
export type Caching = z.output<typeof CachePolicy>;

/** "Use managed cache policies". */
const managedCaching: Readonly<Record<string, Caching>> = {
  // CachingDisabled
  "4135ea2d-6df8-44a3-9df3-4b5a84be39ad": { MinTTL: 0, DefaultTTL: 0, MaxTTL: 0, brotli: false, gzip: false },
};

const cors = ["origin", "access-control-request-headers", "access-control-request-method"];

/** The viewer's headers that the origin gets, by policy ("Use managed origin request policies"). */
const managedForwarding: Readonly<Record<string, { readonly query: boolean; isSent(name: string): boolean }>> = {
  // AllViewerExceptHostHeader
  "b689b0a8-53d0-40ab-baf2-68738e2966ac": { query: true, isSent: (name) => name !== "host" },
  // CORS-S3Origin
  "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf": { query: false, isSent: (name) => cors.includes(name) },
};
const nothing = { query: false, isSent: () => false };

interface Named {
  readonly id: string;
  readonly type: string;
  readonly properties: unknown;
}

const managed = <Policy>(policies: Readonly<Record<string, Policy>>, id: string): Policy => {
  const found = policies[id];
  if (found === undefined) throw new Error(`The managed policy ${id} is not known here: add it.`);
  return found;
};

export interface Behave extends Omit<z.output<typeof Behaviour>, "CachePolicyId"> {
  readonly caching: Caching;
  readonly forwarding: { readonly query: boolean; isSent(name: string): boolean };
  readonly headers: ResponsePolicy | undefined;
  /** The source of the viewer function. */
  readonly code: string | undefined;
  readonly origin: { readonly kind: "bucket" | "api"; readonly headers: Headers };
}

const configOf = (resources: readonly Named[]) => {
  const [one] = resources.filter(({ type }) => type === "AWS::CloudFront::Distribution");
  return Distribution.parse(one?.properties).DistributionConfig;
};

export type ErrorPage = z.output<typeof ErrorResponse>;

/** The pages that the whole distribution has for statuses of its origins. */
export const errorPagesOf = (resources: readonly Named[]): readonly ErrorPage[] =>
  configOf(resources).CustomErrorResponses;

/** The behaviours in the order in which CloudFront tries them. */
export const behavioursOf = (resources: readonly Named[]): readonly Behave[] => {
  const DistributionConfig = configOf(resources);
  const at = (id: string) => resources.find((resource) => resource.id === id)?.properties;
  const originOf = (id: string): Behave["origin"] => {
    const found = DistributionConfig.Origins.find(({ Id }) => Id === id);
    if (found === undefined) throw new Error(`No origin has the id ${id}.`);
    const headers = found.OriginCustomHeaders.map(({ HeaderName, HeaderValue }) => [HeaderName, HeaderValue]);
    return { kind: found.S3OriginConfig === undefined ? "api" : "bucket", headers: Object.fromEntries(headers) };
  };
  return [...DistributionConfig.CacheBehaviors, DistributionConfig.DefaultCacheBehavior].map((behaviour) => {
    const { CachePolicyId, OriginRequestPolicyId, ResponseHeadersPolicyId, FunctionAssociations } = behaviour;
    const own = at(CachePolicyId);
    const code = FunctionAssociations.map(({ FunctionARN }) => ViewerFunction.parse(at(FunctionARN)));
    return {
      ...behaviour,
      caching: own === undefined ? managed(managedCaching, CachePolicyId) : CachePolicy.parse(own),
      forwarding: OriginRequestPolicyId === undefined ? nothing : managed(managedForwarding, OriginRequestPolicyId),
      headers: ResponseHeadersPolicyId === undefined ? undefined : HeadersPolicy.parse(at(ResponseHeadersPolicyId)),
      code: code[0],
      origin: originOf(behaviour.TargetOriginId),
    };
  });
};
