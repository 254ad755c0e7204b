import { Hono } from "hono";
import { bearer } from "../../api/bearer.ts";
import type { Fetch } from "./listen.ts";
import { loopbackOnly } from "./loopback-only.ts";
import { notFoundPage } from "./not-found.ts";

export interface ServerParts {
  /** The app that also runs on Lambda. */
  readonly web: Hono;
  readonly sandbox: Fetch;
  /** The API's token. */
  readonly token: () => Promise<string>;
  readonly files: Hono;
}

/** Everything on one port. */
export const localServer = ({ web, sandbox, token, files }: ServerParts): Fetch => {
  const app = new Hono<{ Bindings: object }>();
  app.use(loopbackOnly);
  // The body of a refused request may be unread: the next request must use another connection.
  app.use(async (c, next) => {
    await next();
    if (c.res.status >= 400 && c.req.raw.body !== null) c.res.headers.set("Connection", "close");
  });
  app.use(notFoundPage);
  // Protected, because planned faults decide whether posts succeed.
  app.use("/sandbox/faults", bearer({ token }));
  app.all("/sandbox", (c) => sandbox(c.req.raw, c.env));
  app.all("/sandbox/*", (c) => sandbox(c.req.raw, c.env));
  app.route("/", files);
  app.mount("/", web.fetch, { replaceRequest: false });
  return (request, env) => app.fetch(request, env);
};
