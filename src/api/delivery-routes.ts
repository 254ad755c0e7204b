import { type Context, Hono } from "hono";
import type { Resolved } from "../app/site-api.ts";
import { answer } from "./answer.ts";
import { endpoints } from "./endpoints.ts";
import { account, delivery, feed, source } from "./present.ts";
import { problem } from "./problem.ts";
import type { ApiEnv } from "./site-of-request.ts";

const answerChange = (c: Context<ApiEnv>, id: string, resolved: Resolved | undefined): Response => {
  if (resolved === undefined)
    return problem(c, 404, `There is no delivery ${id}: take the id from the status of its post.`);
  if ("problem" in resolved) return problem(c, 409, resolved.problem);
  return answer(c, endpoints.retry, delivery(resolved.delivery));
};

/** `?as=posted`, or `{"as": "posted"}` in the body. */
const readResolution = async (c: Context) => {
  const { data } = endpoints.resolve.query.safeParse(c.req.query());
  if (data !== undefined || c.req.query("as") !== undefined) return data?.as;
  const body: unknown = await c.req.json().catch(() => undefined);
  return endpoints.resolve.query.safeParse(body).data?.as;
};

export const deliveryRoutes = () =>
  new Hono<ApiEnv>()
    .get(endpoints.deliveries.path, async (c) => {
      const { data: query } = endpoints.deliveries.query.safeParse(c.req.query());
      if (query === undefined) {
        const states = endpoints.deliveries.query.shape.state.options;
        return problem(c, 400, `Name one state: \`?state=\` with one of ${states.join(", ")}.`);
      }
      const { rows, next } = await c.get("siteApi").deliveries(query.state, query.from);
      return answer(c, endpoints.deliveries, { deliveries: rows.map(delivery), next: next ?? null });
    })
    .post(endpoints.retry.path, async (c) => {
      const id = c.req.param("id");
      return answerChange(c, id, await c.get("siteApi").retry(id));
    })
    .post(endpoints.resolve.path, async (c) => {
      const id = c.req.param("id");
      const as = await readResolution(c);
      if (as === undefined)
        return problem(c, 400, 'Send {"as": "posted"} if the post is on the network, or {"as": "retry"} if it is not.');
      return answerChange(c, id, await c.get("siteApi").resolve(id, as));
    })
    .get(endpoints.accounts.path, async (c) =>
      answer(c, endpoints.accounts, { accounts: (await c.get("siteApi").accounts()).map(account) }),
    )
    .get(endpoints.feeds.path, async (c) =>
      answer(c, endpoints.feeds, { feeds: (await c.get("siteApi").feeds()).map(feed) }),
    )
    .get(endpoints.sources.path, async (c) =>
      answer(c, endpoints.sources, { sources: (await c.get("siteApi").sources()).map(source) }),
    );
