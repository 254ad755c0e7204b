import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import { timingSafeEqual } from "hono/utils/buffer";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type * as z from "zod";
import type { SiteApi } from "../app/site-api.ts";
import { maxDocument } from "../domain/document.ts";
import type { Log } from "../ports/runtime.ts";
import type { Problem } from "./contract.ts";

/** Returns undefined where the token cannot be read now. */
const readToken = async (token: BearerParts["token"], log: Log | undefined) => {
  try {
    return { token: await token() };
  } catch (error) {
    log?.warn("The API's token cannot be read.", { reason: error instanceof Error ? error.message : String(error) });
    return undefined;
  }
};

export interface BearerParts {
  /** The expected token. Without one every request is refused. */
  readonly token: () => Promise<string | undefined>;
  readonly log?: Log | undefined;
}

/**
 * Without the right token every path below has the same 401, so that it does not show which exist. Tokens are compared
 * in constant time. The expected one is not read for a request that has none.
 */
export const bearer = ({ token, log }: BearerParts): MiddlewareHandler => {
  return async (c, next) => {
    const given = /^Bearer +(\S+)$/i.exec(c.req.header("Authorization") ?? "")?.[1];
    const expected = given === undefined ? { token: undefined } : await readToken(token, log);
    if (expected === undefined) {
      c.header("Retry-After", "5");
      return problem(c, 503, "The API's token cannot be read now: try again in some seconds.");
    }
    if (given === undefined || !expected.token || !(await timingSafeEqual(given, expected.token))) {
      c.header("WWW-Authenticate", 'Bearer realm="crier"');
      return problem(c, 401, "Send the API token as `Authorization: Bearer <token>`.");
    }
    await next();
  };
};

/** The context of each request to the API: the queries and commands of its site. */
export interface ApiEnv {
  readonly Variables: { siteApi: SiteApi };
}

/** `?site=` names a site; without it the first one is meant. */
export const selectSite = (siteApis: readonly [SiteApi, ...(readonly SiteApi[])]) =>
  createMiddleware<ApiEnv>(async (c, next) => {
    const name = c.req.query("site");
    const siteApi = name === undefined ? siteApis[0] : siteApis.find(({ site }) => site.id === name);
    if (siteApi === undefined)
      return problem(c, 404, `There is no site ${name}: use ${siteApis.map(({ site }) => site.id).join(" or ")}.`);
    c.set("siteApi", siteApi);
    await next();
  });

export const documentLimit: MiddlewareHandler = bodyLimit({
  maxSize: maxDocument,
  onError: (c) =>
    problem(c, 413, "A document may have at most 1 MiB: link to large material instead of including it.", {
      instance: c.req.path,
    }),
});

/** A browser cannot send this type from a form of another page without a preflight request. */
export const markdownOnly: MiddlewareHandler = async (c, next) => {
  const type = c.req.header("Content-Type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "text/markdown") return problem(c, 415, "Send the document with `Content-Type: text/markdown`.");
  await next();
};

export const documentBytes = async (c: Context): Promise<Uint8Array> => new Uint8Array(await c.req.arrayBuffer());

/** A successful answer of an endpoint, with the time zone in which the site's people read its moments. */
export const answer = <Answer extends z.ZodType>(
  c: Context<ApiEnv>,
  _endpoint: { readonly answer: Answer },
  body: Omit<z.output<Answer>, "timeZone">,
  status: 200 | 201 = 200,
): Response => c.json({ ...body, timeZone: c.get("siteApi").site.timeZone }, status);

export const readQuery = <Query extends z.ZodType>(c: Context, { query }: { readonly query: Query }): z.output<Query> =>
  query.parse(c.req.query());

const titles = {
  400: "Bad request",
  401: "Not authorised",
  404: "Not found",
  405: "Method not allowed",
  409: "Conflict",
  413: "Too large",
  415: "Unsupported media type",
  422: "Refused",
  500: "Something went wrong",
  503: "Not available now",
} as const satisfies Partial<Record<ContentfulStatusCode, string>>;

/** Every error of the API (RFC 9457). `detail` is for people: what is wrong and what to do. */
export const problem = (
  c: Context,
  status: keyof typeof titles,
  detail: string,
  more: Pick<Problem, "instance" | "reasons" | "refused" | "pages" | "candidates"> = {},
): Response => {
  const body: Problem = { type: "about:blank", title: titles[status], status, detail, ...more };
  return c.body(JSON.stringify(body), status, {
    "Content-Type": "application/problem+json",
    "Cache-Control": "no-store",
  });
};
