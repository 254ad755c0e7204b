import { createMiddleware } from "hono/factory";
import type { SiteApi } from "../app/site-api.ts";
import { problem } from "./problem.ts";

/** What each request to the API has: the queries and commands of its site. */
export interface ApiEnv {
  readonly Variables: { siteApi: SiteApi };
}

/** `?site=` names a site; without it the first one is meant. */
export const selectSite = (siteApis: readonly [SiteApi, ...(readonly SiteApi[])]) =>
  createMiddleware<ApiEnv>(async (c, next) => {
    const name = c.req.query("site");
    const siteApi = name === undefined ? siteApis[0] : siteApis.find(({ site }) => site.id === name);
    if (siteApi === undefined)
      return problem(c, 404, `There is no site ${name}: use ${siteApis.map(({ site }) => site.id).join(" or ")}.`);
    c.set("siteApi", siteApi);
    await next();
  });
