import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "hono";
import { Hono } from "hono/tiny";
import type { SiteContexts } from "../app/site-context.ts";
import { decodePercent } from "../domain/address.ts";
import { AmbiguousId, AmbiguousName, BadCursor, IsBeingRead, NewerRow, UnknownId } from "../domain/errors.ts";
import { type ExpectedPost, UnexpectedPost } from "../domain/expected-post.ts";
import { cleanLine } from "../domain/text.ts";
import { type Instant, iso } from "../domain/time.ts";
import type { Log } from "../ports/runtime.ts";
import { type ApiEnv, bearer, bodyOf, descriptionAddress, problem, selectSite } from "./middleware.ts";
import { flag, type OperationRequest, type Refusal, type Reply } from "./operation.ts";
import { operationPath, operations, postFields, siteOperations } from "./operations.ts";

export interface WebAppParts {
  /** Without `?site=` a request is for the first one. */
  readonly sites: SiteContexts;
  /** The API's token; without one every request is refused. */
  readonly token: () => Promise<string | undefined>;
  /** The token that allows reading and planning only. */
  readonly planToken?: () => Promise<string | undefined>;
  readonly log?: Log;
  /** Absent on AWS, where an alarm says what this says of one machine. */
  readonly vitals?: () => Promise<Vitals>;
}

/** Whether the work is being done. */
export interface Vitals {
  readonly isLate: boolean;
  /** When the rows that are due were looked for. Undefined before the first time. */
  readonly lastSweep: Instant | undefined;
  /** The kind of a row that has been due for over half an hour. */
  readonly overdue: string | undefined;
}

const healthOf = ({ isLate, lastSweep, overdue }: Vitals) => ({
  status: isLate ? "late" : "ok",
  lastSweep: lastSweep === undefined ? null : iso(lastSweep),
  overdue: overdue ?? null,
});

/** Beside this file, and beside the bundle of a function. */
const descriptionFile = join(import.meta.dirname, "openapi.json");

/** The HTTP app: the same on Lambda and on one machine. */
export const webApp = ({ sites, token, planToken, log, vitals }: WebAppParts): Hono => {
  // Its router matches the routes one after another: the others are for more than 30 routes, and have 6 KB of code.
  const web = new Hono();
  web.notFound((c) =>
    problem(c, 404, `There is nothing at ${c.req.path}: ${operations.description.path} has all there is.`),
  );
  web.onError((error, c) => {
    const answered = problemOfError(c, error);
    if (answered !== undefined) return answered;
    log?.alarm("web", `${c.req.method} ${c.req.path} failed: ${error.message}`);
    return problem(c, 500, "This is a fault in Crier; its log has the details. It is safe to repeat the request.");
  });
  web.get(operations.health.path, async (c) => {
    const found = await vitals?.();
    const health = found === undefined ? { status: "ok" } : healthOf(found);
    return c.json(health, found?.isLate ? 503 : 200, { "Cache-Control": "no-store" });
  });
  web.all(operations.health.path, (c) => wrongMethod(c, "GET"));
  // It contains no secret, and a client can be made of it before there is a token.
  web.get(operations.description.path, async (c) =>
    c.body(await readFile(descriptionFile), 200, { "Content-Type": "application/json", "Cache-Control": "no-cache" }),
  );
  web.all(operations.description.path, (c) => wrongMethod(c, "GET"));
  web.use("/api/*", bearer({ token, planToken, log }, isRead));
  web.use("/api/*", async (c, next) => {
    await next();
    if (!c.res.headers.has("Cache-Control")) c.res.headers.set("Cache-Control", "no-store");
  });
  web.use("/api/*", selectSite(sites));
  web.route("/", siteRoutes());
  return web;
};

const reads = new Set(
  Object.values(siteOperations).flatMap(({ access, method, path }) =>
    access === "read-only token" ? [`${method} ${path}`] : [],
  ),
);

/** True for a request that changes nothing: a GET of any path, and the other operations that the read-only token allows. */
const isRead = ({ req }: Context): boolean =>
  ["GET", "HEAD"].includes(req.method) || reads.has(`${req.method} ${req.path}`);

const wrongMethod = (c: Context, allow: string): Response => {
  // RFC 9110 §15.5.6.
  c.header("Allow", allow);
  return problem(c, 405, `${c.req.path} allows ${allow}.`);
};

/** The mistakes of a request that a use case finds. */
const problemOfError = (c: Context, error: Error): Response | undefined => {
  if (error instanceof BadCursor) return problem(c, 400, error.message);
  if (error instanceof AmbiguousName || error instanceof AmbiguousId)
    return problem(c, 409, error.message, { candidates: error.candidates });
  if (error instanceof NewerRow) return problem(c, 503, error.message);
  if (error instanceof UnknownId) return problem(c, 404, error.message, { candidates: error.candidates });
  if (error instanceof IsBeingRead) {
    c.header("Retry-After", String(error.retryAfter));
    return problem(c, 503, error.message);
  }
  if (error instanceof UnexpectedPost)
    return problem(c, 412, error.message, {
      instance: c.req.path,
      ...(error.post && { post: postFields(error.post) }),
    });
  return undefined;
};

/** The routes need no more of an operation than this. */
interface Route {
  readonly method: string;
  readonly path: string;
  readonly body?: "document" | "query";
  readonly selectedBy?: string;
  readonly creates?: true;
  readonly takesPreconditions?: true;
  readonly handle: (request: OperationRequest) => Promise<Reply | Refusal>;
}

/** The path of an operation in Hono's syntax: a name may have slashes. */
const routePath = (path: string): string => path.replace(/\{(\w+)\}/, ":$1{.+}");

const siteRoutes = () => {
  const routes = new Hono<ApiEnv>();
  const all: readonly Route[] = Object.values(siteOperations);
  for (const [path, ofPath] of Map.groupBy(all, (route) => route.path)) {
    for (const [method, candidates] of Map.groupBy(ofPath, (route) => route.method))
      routes.on(method, routePath(path), (c) => serve(c, candidates));
    const allow = [...new Set(ofPath.map(({ method }) => method))].join(", ");
    routes.all(routePath(path), (c) => wrongMethod(c, allow));
  }
  return routes;
};

/** Several operations have one method and path where a flag in the query selects one. */
const selectRoute = (candidates: readonly Route[], query: Readonly<Record<string, string>>): Route | undefined =>
  candidates.find(({ selectedBy = "" }) => flag.safeParse(query[selectedBy]).data === true) ??
  candidates.find(({ selectedBy }) => selectedBy === undefined);

const serve = async (c: Context<ApiEnv>, candidates: readonly Route[]): Promise<Response> => {
  const { site, ...query } = c.req.query();
  const route = selectRoute(candidates, query);
  if (route === undefined) return c.notFound();
  const operation = descriptionAddress(route);
  const body = await bodyOf(c, route);
  if ("refusal" in body) return refuse(c, body, operation);
  const expected = expectedPost(c, route);
  if (typeof expected === "object" && "refusal" in expected) return refuse(c, expected, operation);
  const { name = "", id = name } = c.req.param();
  const reply = await route.handle({
    ...c.get("context"),
    name: id,
    query: { ...body.query, ...query },
    document: body.document,
    actor: readActor(c),
    expected,
  });
  if ("refusal" in reply) return refuse(c, reply, operation);
  const isCreated = route.creates === true && reply.body.result === "created";
  const path = reply.body.path;
  if (route.creates === true && typeof path === "string") c.header("Location", postLocation(path, site));
  return route.method === "GET" ? answerWithTag(c, reply) : c.json(reply.body, isCreated ? 201 : 200);
};

const longestActor = 64;

/** The person who acts, by the name that they give themselves: everybody with the token may use any name. Characters outside ASCII are percent-encoded. */
const readActor = (c: Context): string | undefined => {
  const name = cleanLine(decodePercent(c.req.header("Crier-Actor") ?? ""));
  return name === "" ? undefined : [...name].slice(0, longestActor).join("");
};

/** The entity tags of a header. Undefined where it has others than tags in quotes. */
const entityTags = (header: string): readonly string[] | undefined => {
  if (!/^\s*(?:W\/)?"[^"]*"\s*(?:,\s*(?:W\/)?"[^"]*"\s*)*$/.test(header)) return undefined;
  return header.match(/(?:W\/)?"[^"]*"/g) ?? undefined;
};

/** The post that the request may change. A weak tag matches none (RFC 9110 §13.1.1). */
const expectedPost = (c: Context, { takesPreconditions }: Route): ExpectedPost | Refusal | undefined => {
  if (takesPreconditions !== true) return undefined;
  const [match, noneMatch] = [c.req.header("If-Match")?.trim(), c.req.header("If-None-Match")?.trim()];
  if (noneMatch === "*" && match === undefined) return "none";
  if (noneMatch !== undefined)
    return {
      refusal: 400,
      detail: "A change takes `If-None-Match: *`, for a post that must not be there, or `If-Match`.",
    };
  if (match === undefined) return undefined;
  if (match === "*") return "any";
  const tags = entityTags(match);
  if (tags === undefined)
    return { refusal: 400, detail: 'Send the ETag of the post in quotes: `If-Match: "…"`, or `*` for any post.' };
  return tags.filter((tag) => !tag.startsWith("W/")).map((tag) => tag.slice(1, -1));
};

/** The tag changes with each byte of the answer. That of a post begins with the tag of the post itself. */
const answerWithTag = (c: Context, { body }: Reply): Response => {
  const text = JSON.stringify(body);
  const digest = createHash("sha256").update(text).digest("base64url").slice(0, 16);
  const tag = typeof body.etag === "string" ? `"${body.etag}.${digest}"` : `"${digest}"`;
  c.header("ETag", tag);
  const known = c.req.header("If-None-Match")?.trim();
  // RFC 9110 §13.1.2: a weak tag is as good as a strong one here.
  const isKnown =
    known === "*" || (known !== undefined && entityTags(known)?.some((one) => one.replace(/^W\//, "") === tag));
  return isKnown ? c.body(null, 304) : c.body(text, 200, { "Content-Type": "application/json" });
};

const refuse = (c: Context<ApiEnv>, { refusal, detail, ...more }: Refusal, operation: string): Response =>
  problem(c, refusal, detail, { ...more, instance: c.req.path, operation });

const postLocation = (path: string, site: string | undefined): string =>
  `${operationPath(operations.status, path)}${site === undefined ? "" : `?site=${site}`}`;
