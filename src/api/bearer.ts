import type { MiddlewareHandler } from "hono";
import { timingSafeEqual } from "hono/utils/buffer";
import { problem } from "./problem.ts";

/** Without the right token every path below has the same 401, so that it does not show which exist. Compared in constant time. */
export const bearer =
  (token: () => Promise<string | undefined>): MiddlewareHandler =>
  async (c, next) => {
    const given = /^Bearer +(\S+)$/i.exec(c.req.header("Authorization") ?? "")?.[1];
    const expected = await token();
    if (given === undefined || expected === undefined || expected === "" || !(await timingSafeEqual(given, expected))) {
      c.header("WWW-Authenticate", 'Bearer realm="crier"');
      return problem(c, 401, "Send the API token as `Authorization: Bearer <token>`.");
    }
    await next();
  };
