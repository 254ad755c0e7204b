import { type Context, Hono } from "hono";
import type { Resolved } from "../app/site-api.ts";
import { type DeliveryState, deliveryStates } from "../domain/delivery.ts";
import { account, delivery, feed } from "./present.ts";
import { problem } from "./problem.ts";
import { type ApiEnv, answered } from "./site-of-request.ts";

const isState = (text: string): text is DeliveryState => deliveryStates.some((state) => state === text);

const answer = (c: Context<ApiEnv>, id: string, resolved: Resolved | undefined): Response => {
  if (resolved === undefined)
    return problem(c, 404, `There is no delivery ${id}: take the id from the status of its post.`);
  if ("problem" in resolved) return problem(c, 409, resolved.problem);
  return answered(c, delivery(resolved.delivery));
};

/** `{"as": "posted"}` in the body or `?as=posted`. */
const wanted = async (c: Context): Promise<unknown> => {
  const query = c.req.query("as");
  if (query !== undefined) return query;
  const body: unknown = await c.req.json().catch(() => undefined);
  return typeof body === "object" && body !== null && "as" in body ? body.as : undefined;
};

export const deliveries = () =>
  new Hono<ApiEnv>()
    .get("/deliveries", async (c) => {
      const state = c.req.query("state") ?? "";
      if (!isState(state))
        return problem(c, 400, `Name one state: \`?state=\` with one of ${deliveryStates.join(", ")}.`);
      const { rows, next } = await c.get("siteApi").deliveries(state, c.req.query("from"));
      return answered(c, { deliveries: rows.map(delivery), next: next ?? null });
    })
    .post("/deliveries/:id{.+}/retry", async (c) => {
      const id = c.req.param("id");
      return answer(c, id, await c.get("siteApi").retry(id));
    })
    .post("/deliveries/:id{.+}/resolve", async (c) => {
      const id = c.req.param("id");
      const as = await wanted(c);
      if (as !== "posted" && as !== "retry")
        return problem(c, 400, 'Send {"as": "posted"} if the post is on the network, or {"as": "retry"} if it is not.');
      return answer(c, id, await c.get("siteApi").resolve(id, as));
    })
    .get("/accounts", async (c) => answered(c, { accounts: (await c.get("siteApi").accounts()).map(account) }))
    .get("/feeds", async (c) => answered(c, { feeds: (await c.get("siteApi").feeds()).map(feed) }));
