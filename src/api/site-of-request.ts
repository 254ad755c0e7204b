import { createMiddleware } from "hono/factory";
import type { Desk } from "../app/site-api.ts";
import { problem } from "./problem.ts";

/** What each request to the API has: the desk of its site. */
export interface AtDesk {
  readonly Variables: { desk: Desk };
}

/** `?site=` names a site; without it the first one is meant. */
export const siteOf = (desks: readonly [Desk, ...(readonly Desk[])]) =>
  createMiddleware<AtDesk>(async (c, next) => {
    const name = c.req.query("site");
    const desk = name === undefined ? desks[0] : desks.find(({ site }) => site.id === name);
    if (desk === undefined)
      return problem(c, 404, `There is no site ${name}: use ${desks.map(({ site }) => site.id).join(" or ")}.`);
    c.set("desk", desk);
    await next();
  });
