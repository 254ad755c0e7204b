import type { MiddlewareHandler } from "hono";
import { contentSecurityPolicy } from "../../domain/serving.ts";
import type { LocalEnv } from "./admit-request.ts";

/** The headers that every answer has, whatever it is. */
const forAll = {
  "Content-Security-Policy": contentSecurityPolicy,
  "Referrer-Policy": "strict-origin-when-cross-origin",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
} as const;

/**
 * Feeds are for pages of any origin at a public address. Of a Crier on this machine such a page gets nothing, not even what
 * it cannot read: as from a port on which nothing answers.
 */
export const securityHeaders: MiddlewareHandler<LocalEnv> = async (c, next) => {
  await next();
  for (const [name, value] of Object.entries(forAll)) c.res.headers.set(name, value);
  if (!c.res.headers.has("Access-Control-Allow-Origin"))
    c.res.headers.set("Cross-Origin-Resource-Policy", "same-origin");
};
