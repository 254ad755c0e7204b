import type { MiddlewareHandler } from "hono";
import { timingSafeEqual } from "hono/utils/buffer";
import type { Log } from "../ports/runtime.ts";
import { problem } from "./problem.ts";

/** Undefined where it cannot be read now. */
const read = async (token: BearerParts["token"], log: Log | undefined) => {
  try {
    return { token: await token() };
  } catch (error) {
    log?.warn("The API's token cannot be read.", { reason: error instanceof Error ? error.message : String(error) });
    return undefined;
  }
};

export interface BearerParts {
  /** The expected one; without one every request is refused. */
  readonly token: () => Promise<string | undefined>;
  readonly log?: Log | undefined;
}

/**
 * Without the right token every path below has the same 401, so that it does not show which exist. Compared in constant
 * time. The expected one is not read for a request that has none.
 */
export const bearer = ({ token, log }: BearerParts): MiddlewareHandler => {
  return async (c, next) => {
    const given = /^Bearer +(\S+)$/i.exec(c.req.header("Authorization") ?? "")?.[1];
    const expected = given === undefined ? { token: undefined } : await read(token, log);
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
