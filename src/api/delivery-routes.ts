import { type Context, Hono } from "hono";
import type { Resolved } from "../app/site-api.ts";
import { acts } from "../domain/delivery-commands.ts";
import { answer, queryOf } from "./answer.ts";
import { endpoints } from "./endpoints.ts";
import { account, delivery, feed, source } from "./present.ts";
import { problem } from "./problem.ts";
import type { ApiEnv } from "./site-of-request.ts";

const answerChange = (c: Context<ApiEnv>, resolved: Resolved): Response =>
  "problem" in resolved ? problem(c, 409, resolved.problem) : answer(c, endpoints.retry, delivery(resolved.delivery));

/** `?as=posted`, or `{"as": "posted"}` in the body. */
const readResolution = async (c: Context) => {
  const { data } = endpoints.resolve.query.safeParse(c.req.query());
  if (data !== undefined || c.req.query("as") !== undefined) return data?.as;
  const body: unknown = await c.req.json().catch(() => undefined);
  return endpoints.resolve.query.safeParse(body).data?.as;
};

/** What a person decides about one delivery, or about many. */
const actRoutes = () => {
  const routes = new Hono<ApiEnv>();
  for (const act of acts) {
    const many = endpoints[`${act}Many`];
    routes.post(endpoints[act].path, async (c) =>
      answerChange(c, await c.get("siteApi").act(act, c.req.param("id") ?? "")),
    );
    routes.post(many.path, async (c) => {
      const { post, all, from } = queryOf(c, many);
      const siteApi = c.get("siteApi");
      if (post !== undefined) {
        const changed = await siteApi.actOnPost(act, post);
        if (changed === undefined) return problem(c, 404, `There is no post ${post}.`);
        return answer(c, many, { deliveries: changed.map(delivery), next: null });
      }
      if (!all) return problem(c, 400, "Name a post with `?post=`, or say `?all=true` to mean all deliveries.");
      const { rows, next } = await siteApi.actOnAll(act, from);
      return answer(c, many, { deliveries: rows.map(delivery), next: next ?? null });
    });
  }
  return routes;
};

export const deliveryRoutes = () =>
  new Hono<ApiEnv>()
    .route("/", actRoutes())
    .get(endpoints.deliveries.path, async (c) => {
      const { data: query } = endpoints.deliveries.query.safeParse(c.req.query());
      if (query === undefined) {
        const states = endpoints.deliveries.query.shape.state.options;
        return problem(c, 400, `Name one state: \`?state=\` with one of ${states.join(", ")}.`);
      }
      const { rows, next } = await c.get("siteApi").deliveries(query.state, query.from);
      return answer(c, endpoints.deliveries, { deliveries: rows.map(delivery), next: next ?? null });
    })
    .post(endpoints.retry.path, async (c) => answerChange(c, await c.get("siteApi").retry(c.req.param("id"))))
    .post(endpoints.resolve.path, async (c) => {
      const as = await readResolution(c);
      if (as === undefined)
        return problem(c, 400, 'Send {"as": "posted"} if the post is on the network, or {"as": "retry"} if it is not.');
      return answerChange(c, await c.get("siteApi").resolve(c.req.param("id"), as));
    })
    .get(endpoints.accounts.path, async (c) =>
      answer(c, endpoints.accounts, { accounts: (await c.get("siteApi").reportAccounts()).map(account) }),
    )
    .get(endpoints.feeds.path, async (c) =>
      answer(c, endpoints.feeds, { feeds: (await c.get("siteApi").feeds()).map(feed) }),
    )
    .get(endpoints.sources.path, async (c) =>
      answer(c, endpoints.sources, { sources: (await c.get("siteApi").sources()).map(source) }),
    );
