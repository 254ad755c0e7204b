import type { Context } from "hono";
import type * as z from "zod";
import type { ApiEnv } from "./site-of-request.ts";

/** A successful answer of an endpoint, with the time zone in which the site's people read its moments. */
export const answer = <Answer extends z.ZodType>(
  c: Context<ApiEnv>,
  _endpoint: { readonly answer: Answer },
  body: Omit<z.output<Answer>, "timeZone">,
  status: 200 | 201 = 200,
): Response => c.json({ ...body, timeZone: c.get("siteApi").site.timeZone }, status);

export const queryOf = <Query extends z.ZodType>(c: Context, { query }: { readonly query: Query }): z.output<Query> =>
  query.parse(c.req.query());
