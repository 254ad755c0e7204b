import { Hono } from "hono";
import { bearer } from "../../api/bearer.ts";
import type { Fetch } from "./listen.ts";
import { loopbackOnly } from "./loopback-only.ts";
import { notFoundForPeople } from "./not-found.ts";

export interface Server {
  /** The app that also runs on Lambda. */
  readonly web: Hono;
  readonly sandbox: Fetch;
  /** The API's token. */
  readonly token: () => Promise<string>;
  readonly files: Hono;
}

/** Everything on one port. */
export const server = ({ web, sandbox, token, files }: Server): Fetch => {
  const own = new Hono<{ Bindings: object }>();
  own.use(loopbackOnly);
  // A body that was refused may be unread: the next request must not come down the same connection.
  own.use(async (c, next) => {
    await next();
    if (c.res.status >= 400 && c.req.raw.body !== null) c.res.headers.set("Connection", "close");
  });
  own.use(notFoundForPeople);
  // Whoever plans faults decides whether posts get through.
  own.use("/sandbox/faults", bearer(token));
  own.all("/sandbox", (c) => sandbox(c.req.raw, c.env));
  own.all("/sandbox/*", (c) => sandbox(c.req.raw, c.env));
  own.route("/", files);
  own.mount("/", web.fetch, { replaceRequest: false });
  return (request, env) => own.fetch(request, env);
};
