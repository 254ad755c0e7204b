import { createHash } from "node:crypto";
import * as z from "zod";
import { aReply, type Headers, type Origin, type Reply } from "./http.ts";

export interface StoredObject {
  readonly bytes: Uint8Array;
  readonly contentType: string;
  readonly encoding: string | undefined;
}

const Cors = z.object({
  CorsConfiguration: z
    .object({
      CorsRules: z.array(
        z.object({
          AllowedOrigins: z.array(z.string()),
          AllowedMethods: z.array(z.string()),
          AllowedHeaders: z.array(z.string()).default([]),
          ExposedHeaders: z.array(z.string()).default([]),
          MaxAge: z.number().optional(),
        }),
      ),
    })
    .optional(),
});

/** S3 answers the CORS headers only for a request with an `Origin` that a rule of the bucket allows. */
const corsOf = (bucket: unknown, { method, headers }: { readonly method: string; readonly headers: Headers }) => {
  const rules = Cors.parse(bucket).CorsConfiguration?.CorsRules ?? [];
  const asked = headers["access-control-request-method"];
  const origin = headers.origin;
  const rule = rules.find(
    ({ AllowedOrigins, AllowedMethods }) =>
      origin !== undefined && AllowedOrigins.includes("*") && AllowedMethods.includes(asked ?? method),
  );
  if (rule === undefined) return undefined;
  return {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": rule.AllowedMethods.join(", "),
    ...(asked === undefined || headers["access-control-request-headers"] === undefined
      ? {}
      : { "access-control-allow-headers": headers["access-control-request-headers"] }),
    ...(rule.ExposedHeaders.length === 0 ? {} : { "access-control-expose-headers": rule.ExposedHeaders.join(", ") }),
    ...(rule.MaxAge === undefined ? {} : { "access-control-max-age": String(rule.MaxAge) }),
    vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
  };
};

const Policy = z.object({
  PolicyDocument: z.object({
    Statement: z.array(
      z.object({
        Effect: z.string(),
        Principal: z.unknown(),
        Action: z.union([z.string(), z.array(z.string())]),
        Resource: z.unknown(),
      }),
    ),
  }),
});

/**
 * Returns the rights that the policy grants to CloudFront: to read each object, and to list them. Without the second a
 * missing key looks forbidden.
 */
const rightsIn = (policy: unknown) => {
  const allowed = (Policy.safeParse(policy).data?.PolicyDocument.Statement ?? []).filter(
    ({ Effect, Principal }) =>
      Effect === "Allow" && JSON.stringify(Principal) === '{"Service":"cloudfront.amazonaws.com"}',
  );
  const may = (action: string, resource: RegExp): boolean =>
    allowed.some(({ Action, Resource }) => [Action].flat().includes(action) && resource.test(JSON.stringify(Resource)));
  return { read: may("s3:GetObject", /"\/\*"\]\]\}/), list: may("s3:ListBucket", /\{"Fn::GetAtt":\[[^\]]*"Arn"\]\}/) };
};

const failed = (status: number, code: string): Reply =>
  aReply(status, { "content-type": "application/xml" }, `<Error><Code>${code}</Code></Error>`);

export interface BucketParts {
  /** Its properties in the template. */
  readonly bucket: unknown;
  /** Those of its policy. */
  readonly policy: unknown;
  readonly read: (key: string) => Promise<StoredObject | undefined>;
}

/** A private bucket behind an origin access control: no folders, no negotiation, and nothing that its policy does not allow. */
export const s3Origin =
  ({ bucket, policy, read }: BucketParts): Origin =>
  async ({ method, url, headers }) => {
    const cors = corsOf(bucket, { method, headers });
    if (method === "OPTIONS")
      return cors === undefined ? aReply(403, {}, "<Error><Code>AccessForbidden</Code></Error>") : aReply(200, cors);
    const rights = rightsIn(policy);
    const found = rights.read ? await read(decodeURIComponent(url).slice(1)) : undefined;
    if (found === undefined) {
      const reply = rights.read && rights.list ? failed(404, "NoSuchKey") : failed(403, "AccessDenied");
      return { ...reply, headers: { ...reply.headers, ...cors } };
    }
    const { bytes, contentType, encoding } = found;
    return aReply(
      200,
      {
        "content-type": contentType,
        ...(encoding === undefined ? {} : { "content-encoding": encoding }),
        etag: `"${createHash("md5").update(bytes).digest("hex")}"`,
        ...cors,
      },
      bytes,
    );
  };
