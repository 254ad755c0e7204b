import { GetObjectCommand, NoSuchKey } from "@aws-sdk/client-s3";
import * as z from "zod";
import { isConsolePath } from "../../src/domain/serving.ts";
import { behavioursOf, errorPagesOf } from "../support/cloudfront/distribution.ts";
import { anEdge } from "../support/cloudfront/edge.ts";
import { aReply, type Headers, type Origin } from "../support/cloudfront/http.ts";
import { requireNjs } from "../support/cloudfront/njs.ts";
import { type StoredObject, s3Origin } from "../support/cloudfront/s3-origin.ts";
import type { Deployment, Inhabited } from "./deployment.ts";
import { httpRequest } from "./http-request.ts";

// A file that needs the viewer function ends here, and not after its deployment with a feed that never comes.
requireNjs();

const Answered = z.object({
  statusCode: z.number(),
  headers: z.record(z.string(), z.string()).default({}),
  cookies: z.array(z.string()).max(1).default([]),
  body: z.string().default(""),
  isBase64Encoded: z.boolean().default(false),
});

/** An HTTP API passes on a form in base64, as everything that is not text or JSON. */
const sentBody = (headers: Headers, body: string | undefined) => {
  if (body === undefined) return {};
  const isForm = headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true;
  return isForm ? { body: Buffer.from(body).toString("base64"), isBase64Encoded: true } : { body };
};

/** CloudFront, as the deployed template configures it, in front of the deployed bucket and the deployed functions. */
export const makeCdn = async ({ aws, cdk }: Deployment, stack: Inhabited) => {
  const { Resources } = await cdk.template();
  const resources = Object.entries(Resources).map(([id, { Type, Properties }]) => ({
    id,
    type: Type,
    properties: Properties,
  }));
  const ofBucket = (type: string) =>
    resources.find((one) => one.type === type && one.id.startsWith("Feeds"))?.properties;

  const read = async (key: string): Promise<StoredObject | undefined> => {
    try {
      const found = await aws.s3.send(new GetObjectCommand({ Bucket: stack.feeds, Key: key }));
      const bytes = await found.Body?.transformToByteArray();
      return {
        bytes: bytes ?? new Uint8Array(),
        contentType: found.ContentType ?? "binary/octet-stream",
        encoding: found.ContentEncoding,
      };
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  };

  const api: Origin = async ({ method, url, headers, body }) => {
    // An HTTP API answers 403 to another host name.
    if (headers.host !== "api") return aReply(403);
    const name = isConsolePath(url.split("?")[0] ?? "") ? "Console" : "Web";
    const request = { ...httpRequest(method, url, headers), ...sentBody(headers, body) };
    const { statusCode, ...answer } = Answered.parse(await aws.invoke(stack.functionOf(name), request));
    const bytes = answer.isBase64Encoded ? Buffer.from(answer.body, "base64") : answer.body;
    const cookies = answer.cookies.map((cookie) => ["set-cookie", cookie] as const);
    return aReply(statusCode, { ...answer.headers, ...Object.fromEntries(cookies) }, bytes);
  };

  const bucket = s3Origin({
    bucket: ofBucket("AWS::S3::Bucket"),
    policy: ofBucket("AWS::S3::BucketPolicy"),
    read,
  });
  const edge = anEdge({
    behaviours: behavioursOf(resources),
    errorPages: errorPagesOf(resources),
    origins: { bucket, api },
    clock: () => Date.now(),
  });
  return async (
    url: string,
    headers: Headers = {},
    { method = "GET", body }: { method?: string; body?: string } = {},
  ) => edge({ method, url, headers: { host: "feeds.example", ...headers }, body });
};
