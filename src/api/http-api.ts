import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { SiteApi } from "../app/site-api.ts";
import { AmbiguousId, AmbiguousName, BadCursor, IsBeingRead, UnknownId } from "../domain/errors.ts";
import type { Log } from "../ports/runtime.ts";
import { bearer } from "./bearer.ts";
import { deliveryRoutes } from "./delivery-routes.ts";
import { endpoints } from "./endpoints.ts";
import { postRoutes } from "./post-routes.ts";
import { problem } from "./problem.ts";
import { selectSite } from "./site-of-request.ts";

export interface WebAppParts {
  /** One for each site. Without `?site=` a request is for the first. */
  readonly siteApis: readonly [SiteApi, ...(readonly SiteApi[])];
  /** The API's token; without one every request is refused. */
  readonly token: () => Promise<string | undefined>;
  readonly log?: Log;
}

/** The HTTP app: the same on Lambda and on one machine. */
export const webApp = ({ siteApis, token, log }: WebAppParts): Hono => {
  const web = new Hono();
  web.notFound((c) => problem(c, 404, `There is nothing at ${c.req.path}.`));
  web.onError((error, c) => {
    if (error instanceof BadCursor) return problem(c, 400, error.message);
    if (error instanceof AmbiguousName || error instanceof AmbiguousId)
      return problem(c, 409, error.message, { candidates: error.candidates });
    if (error instanceof UnknownId) return problem(c, 404, error.message, { candidates: error.candidates });
    if (error instanceof IsBeingRead) {
      c.header("Retry-After", String(error.retryAfter));
      return problem(c, 503, error.message);
    }
    log?.alarm("web", `${c.req.method} ${c.req.path} failed: ${error.message}`);
    return problem(c, 500, "This is a fault in Crier; its log has the details. It is safe to repeat the request.");
  });
  web.get("/healthz", (c) => c.json({ status: "ok" }, 200, { "Cache-Control": "no-store" }));
  web.use("/api/*", bearer({ token, log }));
  web.use("/api/*", async (c, next) => {
    await next();
    if (!c.res.headers.has("Cache-Control")) c.res.headers.set("Cache-Control", "no-store");
  });
  web.use("/api/*", selectSite(siteApis));
  web.use(
    "/api/deliveries/*",
    bodyLimit({
      maxSize: 10_000,
      onError: (c) => problem(c, 413, "The body is too large: send at most 10,000 bytes."),
    }),
  );
  web.route("/", postRoutes());
  web.route("/", deliveryRoutes());
  for (const [path, all] of Map.groupBy(Object.values(endpoints), (endpoint) => endpoint.path)) {
    const allow = [...new Set(all.map(({ method }) => method))].join(", ");
    web.all(path, (c) => {
      // RFC 9110 §15.5.6.
      c.header("Allow", allow);
      return problem(c, 405, `${c.req.path} allows ${allow}.`);
    });
  }
  return web;
};
