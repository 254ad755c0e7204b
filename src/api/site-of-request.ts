import type { Context } from "hono";
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

/** A successful answer, with the time zone in which the site's people read its moments. */
export const answered = (c: Context<AtDesk>, body: object, status: 200 | 201 = 200): Response =>
  c.json({ ...body, timeZone: c.get("desk").site.timeZone }, status);
