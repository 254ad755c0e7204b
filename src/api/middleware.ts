import type { Context, MiddlewareHandler } from "hono";
import { createMiddleware } from "hono/factory";
import { timingSafeEqual } from "hono/utils/buffer";
import * as z from "zod";
import type { SiteContext, SiteContexts } from "../app/site-context.ts";
import {
  type Problem,
  type ProblemStatus,
  problem as problemSchema,
  problemTitles,
  readOnlyCode,
} from "../contract/problem.ts";
import { maxDocument } from "../domain/document.ts";
import type { Log } from "../ports/runtime.ts";
import type { Refusal } from "./operation.ts";

/** Reads an expected token; undefined if none is set. */
type ReadToken = () => Promise<string | undefined>;

export interface BearerParts {
  /** The expected token. Without one every request is refused. */
  readonly token: ReadToken;
  /** The expected read-only token, if there may be one. */
  readonly planToken?: ReadToken | undefined;
  readonly log?: Log | undefined;
}

const isOneOf = async (given: string, expected: ReadToken | undefined): Promise<boolean> => {
  const token = await expected?.();
  return token !== undefined && token !== "" && timingSafeEqual(given, token);
};

/** Returns what the given token allows. Undefined where a token cannot be read now. */
const grantOf = async (given: string, { token, planToken, log }: BearerParts) => {
  try {
    if (await isOneOf(given, token)) return "all";
    return (await isOneOf(given, planToken)) ? "reads" : "nothing";
  } catch (error) {
    log?.warn("The API's token cannot be read.", { reason: error instanceof Error ? error.message : String(error) });
    return undefined;
  }
};

/**
 * Without the right token every path below has the same 401, so that it does not show which exist. Tokens are compared
 * in constant time. The expected ones are not read for a request that has none. `isRead` says which requests the
 * read-only token allows.
 */
export const bearer = (parts: BearerParts, isRead: (c: Context) => boolean = () => false): MiddlewareHandler => {
  return async (c, next) => {
    const given = /^Bearer +(\S+)$/i.exec(c.req.header("Authorization") ?? "")?.[1];
    const grant = given === undefined ? "nothing" : await grantOf(given, parts);
    if (grant === undefined) {
      c.header("Retry-After", "5");
      return problem(c, 503, "The API's token cannot be read now: try again in some seconds.");
    }
    if (grant === "nothing") {
      c.header("WWW-Authenticate", 'Bearer realm="crier"');
      return problem(c, 401, "Send the API token as `Authorization: Bearer <token>`.");
    }
    if (grant === "reads" && !isRead(c)) {
      c.header("WWW-Authenticate", 'Bearer realm="crier", error="insufficient_scope"');
      return problem(c, 401, readOnlyRefusal, { reasons: [{ code: readOnlyCode, message: readOnlyRefusal }] });
    }
    await next();
  };
};

/**
 * The answer to the read-only token where it is not enough. The status is 401 and not 403, which RFC 6750 recommends:
 * CloudFront answers a 403 of any origin with the page for what is not there.
 */
const readOnlyRefusal =
  "This is the read-only token, which allows `GET` and `POST /api/plan`, and no export: send the API token for this request.";

/** Each request to the API is about one site. */
export interface ApiEnv {
  readonly Variables: { context: SiteContext };
}

/** `?site=` names a site; without it the first one is meant. */
export const selectSite = (sites: SiteContexts) =>
  createMiddleware<ApiEnv>(async (c, next) => {
    const name = c.req.query("site");
    const context = name === undefined ? sites[0] : sites.find(({ site }) => site.id === name);
    if (context === undefined)
      return problem(c, 404, `There is no site ${name}: use ${sites.map(({ site }) => site.id).join(" or ")}.`);
    c.set("context", context);
    await next();
  });

/** The address of an operation in the description of the API (RFC 6901). */
export const descriptionAddress = ({ method, path }: { readonly method: string; readonly path: string }): string =>
  `/api/openapi.json#/paths/${path.replaceAll("/", "~1")}/${method.toLowerCase()}`;

interface Body {
  readonly document: Uint8Array;
  readonly query: Readonly<Record<string, unknown>>;
}

interface BodyRule {
  /** The media types that are taken. A browser cannot send them from a form of another page without a preflight request. */
  readonly types: readonly string[];
  readonly maxSize: number;
  readonly tooLarge: string;
  readonly otherType: string;
}

const documentRule: BodyRule = {
  types: ["text/markdown"],
  maxSize: maxDocument,
  tooLarge:
    "A document may have at most 5 MiB, or about 4 MiB where Crier runs on AWS, whose functions take no larger request: link to large material instead of including it, or put the document into the bucket.",
  otherType: "Send the document with `Content-Type: text/markdown`.",
};

const queryRule: BodyRule = {
  types: ["application/json"],
  maxSize: 10_000,
  tooLarge: "The body is too large: send at most 10,000 bytes.",
  otherType: "Send the body as `Content-Type: application/json`, or send none and put its fields into the query.",
};

const noBodyRule: BodyRule = {
  ...queryRule,
  types: [],
  otherType: "This request takes no body: what it needs is in its path and its query.",
};

const emptyBody: Body = { document: new Uint8Array(), query: {} };

/** The bytes of the body, or undefined where there are more than these. */
const readBytes = async ({ req }: Context, maxSize: number): Promise<Uint8Array | undefined> => {
  if (Number(req.header("Content-Length") ?? 0) > maxSize) return undefined;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of req.raw.body ?? []) {
    size += chunk.byteLength;
    if (size > maxSize) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

const isJsonObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const parseQuery = (bytes: Uint8Array): Body | Refusal => {
  try {
    const query: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (isJsonObject(query)) return { ...emptyBody, query };
  } catch {
    // The refusal is the same for text that is not JSON.
  }
  return {
    refusal: 400,
    detail: "The body is not a JSON object: send one with the fields that the description names.",
  };
};

/** Reads the body that an operation takes. */
export const bodyOf = async (
  c: Context,
  { body: kind }: { readonly body?: "document" | "query" },
): Promise<Body | Refusal> => {
  const rule = kind === "document" ? documentRule : kind === "query" ? queryRule : noBodyRule;
  const type = c.req.header("Content-Type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (kind === "document" && !rule.types.includes(type)) return { refusal: 415, detail: rule.otherType };
  const bytes = await readBytes(c, rule.maxSize);
  if (bytes === undefined) return { refusal: 413, detail: rule.tooLarge };
  if (kind === "document") return { ...emptyBody, document: bytes };
  if (bytes.byteLength === 0) return emptyBody;
  return rule.types.includes(type) ? parseQuery(bytes) : { refusal: 415, detail: rule.otherType };
};

/** Every error of the API (RFC 9457). `detail` is for people: what is wrong and what to do. */
export const problem = (
  c: Context,
  status: ProblemStatus,
  detail: string,
  more: Omit<Problem, "type" | "title" | "status" | "detail"> = {},
): Response => {
  const body: Problem = { type: "about:blank", title: problemTitles[status], status, detail, ...more };
  return c.body(JSON.stringify(z.encode(problemSchema, body)), status, {
    "Content-Type": "application/problem+json",
    "Cache-Control": "no-store",
  });
};
