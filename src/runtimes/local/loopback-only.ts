import type { MiddlewareHandler } from "hono";

/**
 * Answers only requests whose host is this machine: a web page whose domain is rebound to 127.0.0.1 sends its own name as
 * Host, and is refused.
 */
export const loopbackOnly: MiddlewareHandler = async (c, next) => {
  const { hostname } = new URL(c.req.url);
  if (!["127.0.0.1", "localhost", "[::1]"].includes(hostname))
    return c.text("This Crier answers only at http://127.0.0.1.\n", 421);
  await next();
};
