import * as z from "zod";
import type { Clock } from "../../../src/ports/runtime.ts";
import { compressed } from "./compression.ts";
import type { Behave, Caching, ErrorPage } from "./distribution.ts";
import { aReply, type Headers, type Origin, type Reply, type Request } from "./http.ts";
import { underNjs } from "./njs.ts";
import { checkPolicy, withPolicy } from "./response-policy.ts";

export interface EdgeParts {
  readonly behaviours: readonly Behave[];
  readonly errorPages: readonly ErrorPage[];
  readonly origins: Readonly<Record<"bucket" | "api", Origin>>;
  readonly clock: Clock;
}

/** `*` is any text, `?` one character, letter case counts, and a pattern without its first slash is the same ("Path pattern"). */
const toExpression = (pattern: string): RegExp => {
  const text = pattern.replace(/^\/?/, pattern === "*" ? "" : "/");
  const escaped = text.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s");
};

const Values = z.record(z.string(), z.object({ value: z.string() }));
const textsOf = (given: z.output<typeof Values>): Headers =>
  Object.fromEntries(Object.entries(given).map(([name, { value }]) => [name, value]));
const FunctionAnswer = z.union([
  z.object({ statusCode: z.number(), headers: Values.default({}) }),
  z.object({ uri: z.string().startsWith("/"), headers: Values }),
]);

/** Runs the viewer function as CloudFront does ("CloudFront Functions event structure"). */
const afterFunction = (code: string | undefined, path: string, { method, headers }: Request) => {
  if (code === undefined) return { uri: path, headers: undefined };
  const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, { value }]));
  const event = {
    version: "1.0",
    context: { eventType: "viewer-request" },
    viewer: { ip: "192.0.2.1" },
    request: { method, uri: path, querystring: {}, headers: given, cookies: {} },
  };
  try {
    return FunctionAnswer.parse(underNjs(code, `handler(${JSON.stringify(event)})`));
  } catch (error) {
    return { failure: String(error) };
  }
};

/** Returns the seconds for which the edge keeps a response. Errors are kept for ten. */
const timeToLive = ({ MinTTL, DefaultTTL, MaxTTL }: Caching, { status, headers }: Reply): number => {
  if (MaxTTL === 0) return 0;
  if (status >= 400) return 10;
  const control = headers["cache-control"] ?? "";
  if (/no-store|no-cache|private/.test(control)) return MinTTL;
  const stated = /s-maxage=(\d+)/.exec(control) ?? /max-age=(\d+)/.exec(control);
  return Math.min(MaxTTL, Math.max(MinTTL, stated === null ? DefaultTTL : Number(stated[1])));
};

const isUnchanged = ({ method, headers }: Request, reply: Reply): boolean =>
  ["GET", "HEAD"].includes(method) &&
  reply.status === 200 &&
  reply.headers.etag !== undefined &&
  (headers["if-none-match"] ?? "")
    .split(",")
    .map((one) => one.trim().replace(/^W\//, ""))
    .includes(reply.headers.etag.replace(/^W\//, ""));

/**
 * CloudFront in small, as a template configures it: behaviours, methods, the viewer function under njs, the cache, what
 * the origin is sent, the pages for errors of origins, and what the response headers policies add. Ranges are not
 * emulated, nor a page for what CloudFront itself refuses, such as a method.
 */
export const anEdge = ({ behaviours, errorPages, origins, clock }: EdgeParts) => {
  for (const { headers } of behaviours) if (headers !== undefined) checkPolicy(headers);
  const cache = new Map<string, { readonly until: number; readonly reply: Reply }>();

  const fromOrigin = (behaviour: Behave, uri: string, query: string, request: Request): Promise<Reply> => {
    const { kind, headers } = behaviour.origin;
    const sent = Object.fromEntries(
      Object.entries(request.headers).filter(([name]) => behaviour.forwarding.isSent(name)),
    );
    return origins[kind]({
      ...request,
      url: `${uri}${behaviour.forwarding.query ? query : ""}`,
      headers: { "user-agent": "Amazon CloudFront", host: kind, ...sent, ...headers },
    });
  };

  const behaviourFor = (path: string): Behave => {
    const found = behaviours.find(({ PathPattern }) => toExpression(PathPattern).test(path));
    if (found === undefined) throw new Error("the distribution has no default behaviour");
    return found;
  };

  /**
   * Puts the page of the distribution in the place of an error, with the status of the page. No viewer function runs for
   * it. A page that cannot be read is answered with the error of its own origin ("How CloudFront processes HTTP 4xx and 5xx").
   */
  const withErrorPage = async (reply: Reply, request: Request): Promise<{ reply: Reply; seconds?: number }> => {
    const page = errorPages.find(({ ErrorCode }) => ErrorCode === reply.status);
    if (page === undefined) return { reply };
    const { ResponsePagePath: path, ResponseCode, ErrorCachingMinTTL: seconds } = page;
    const found = await fromOrigin(behaviourFor(path), path, "", { ...request, method: "GET", body: undefined });
    const { etag: _, ...headers } = found.headers;
    return { reply: found.status === 200 ? { ...found, headers, status: ResponseCode } : found, seconds };
  };

  const cached = async (behaviour: Behave, uri: string, query: string, request: Request) => {
    const isRead = ["GET", "HEAD"].includes(request.method);
    const known = isRead ? cache.get(uri) : undefined;
    if (known !== undefined && clock() < known.until) return { hit: true, reply: known.reply };
    const sent = isRead ? { ...request, method: "GET" } : request;
    const { reply, seconds } = await withErrorPage(await fromOrigin(behaviour, uri, query, sent), request);
    const kept = seconds ?? timeToLive(behaviour.caching, reply);
    if (isRead) cache.set(uri, { reply, until: clock() + 1_000 * kept });
    return { hit: false, reply };
  };

  const serve = async (behaviour: Behave, path: string, query: string, request: Request): Promise<Reply> => {
    const { scheme = "https", method } = request;
    if (scheme === "http" && behaviour.ViewerProtocolPolicy === "redirect-to-https")
      return aReply(301, { location: `https://${request.headers.host}${request.url}` });
    if (scheme === "http") return aReply(403);
    if (!behaviour.AllowedMethods.includes(method))
      return aReply(403, {}, `${method} is not allowed for this behaviour`);
    const answer = afterFunction(behaviour.code, path, request);
    // The body of CloudFront's own answer does not say why.
    if ("failure" in answer)
      return aReply(503, { "x-cache": "FunctionExecutionError from cloudfront" }, answer.failure);
    if ("statusCode" in answer)
      return aReply(answer.statusCode, withPolicy(behaviour.headers, textsOf(answer.headers), request));
    const sent = answer.headers === undefined ? request : { ...request, headers: textsOf(answer.headers) };
    const { hit, reply } = await cached(behaviour, answer.uri, query, sent);
    const small = compressed(behaviour, request, reply);
    const same = isUnchanged(request, small);
    return {
      status: same ? 304 : small.status,
      headers: {
        ...withPolicy(behaviour.headers, small.headers, request),
        "x-cache": hit ? "Hit from cloudfront" : small.status < 400 ? "Miss from cloudfront" : "Error from cloudfront",
      },
      body: same || method === "HEAD" ? new Uint8Array() : small.body,
    };
  };

  return async (request: Request): Promise<Reply> => {
    const [path = "/", ...rest] = request.url.split("?");
    // The behaviour is that of the path which the viewer sent: the function changes no other.
    return serve(behaviourFor(path), path, rest.length === 0 ? "" : `?${rest.join("?")}`, request);
  };
};
