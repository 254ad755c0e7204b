import { Hono, type MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import { bearer, problem } from "../../api/middleware.ts";
import { isOwnPath } from "../../domain/serving.ts";
import type { Log } from "../../ports/runtime.ts";
import type { Admitted, LocalEnv } from "./admit-request.ts";
import type { Fetch } from "./listen.ts";
import { notFoundPage } from "./not-found.ts";
import type { Connection } from "./request-reach.ts";
import { securityHeaders } from "./security-headers.ts";

export interface ServerParts {
  /** The app that also runs on Lambda. */
  readonly web: Hono;
  readonly sandbox: Fetch;
  /** The API's token. */
  readonly token: () => Promise<string>;
  readonly files: Hono<LocalEnv>;
  readonly admit: (request: Request, connection: Connection) => Admitted;
  /** Where others find the feeds. Undefined where they are at this machine's own address. */
  readonly publicUrl: string | undefined;
  /** Answers with an export of the database. */
  readonly exportDatabase: MiddlewareHandler<LocalEnv>;
  readonly log: Log;
}

const refusal = (publicUrl: string | undefined): string =>
  publicUrl === undefined
    ? "This Crier answers only at http://127.0.0.1.\n"
    : `This Crier answers at ${publicUrl}, and at http://127.0.0.1 on its own machine.\n`;

/** Feed readers in a browser fetch feeds from another origin. */
const readableByPages = cors({ origin: "*", allowMethods: ["GET", "HEAD"], exposeHeaders: ["ETag", "Last-Modified"] });

/** Everything on one port. */
export const localServer = ({
  web,
  sandbox,
  token,
  files,
  admit,
  publicUrl,
  exportDatabase,
  log,
}: ServerParts): Fetch => {
  const app = new Hono<LocalEnv>();
  app.onError((error, c) => {
    log.alarm("web", `${c.req.method} ${c.req.path} failed: ${error.message}`);
    return problem(c, 500, "This is a fault in Crier; its log has the details. It is safe to repeat the request.");
  });
  app.use(securityHeaders);
  app.use(async (c, next) => {
    if (c.env.reach === undefined) return c.text(refusal(publicUrl), 421);
    await next();
    // The body of a refused request may be unread: the next request must use another connection.
    if (c.res.status >= 400 && c.req.raw.body !== null) c.res.headers.set("Connection", "close");
  });
  app.use(notFoundPage(publicUrl));
  const forLocal =
    (handler: MiddlewareHandler<LocalEnv>): MiddlewareHandler<LocalEnv> =>
    (c, next) =>
      c.env.reach === "local" ? handler(c, next) : next();
  // Protected, because planned faults decide whether posts succeed.
  app.use("/sandbox/faults", forLocal(bearer({ token })));
  for (const path of ["/sandbox", "/sandbox/*"])
    app.all(
      path,
      forLocal(async (c) => sandbox(c.req.raw, c.env)),
    );
  // All that Crier knows: never for another machine. Who has a deployment reads its table.
  app.get("/api/export", forLocal(bearer({ token })), forLocal(exportDatabase));
  app.use((c, next) =>
    publicUrl !== undefined && c.env.reach === "public" && !isOwnPath(c.req.path) ? readableByPages(c, next) : next(),
  );
  app.route("/", files);
  app.mount("/", web.fetch, { replaceRequest: false });
  return (request, env) => {
    const admitted = admit(request, env);
    return app.fetch(admitted.request, { ...env, reach: admitted.reach });
  };
};
