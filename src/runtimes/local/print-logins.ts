import type { SiteApi } from "../../app/site-api.ts";
import type { Print } from "./console-log.ts";

/** Says as whom each account with credentials posts, or what is wrong with them, before the first post needs them. */
export const printLogins = async (siteApis: readonly Pick<SiteApi, "logIn">[], print: Print): Promise<void> => {
  const logins = await Promise.all(siteApis.map((siteApi) => siteApi.logIn()));
  for (const { name, reach, identity, problem } of logins.flat())
    if (problem !== undefined) print(`!! login: ${problem}`);
    else if (reach === "real") print(`${name} posts for real${identity === undefined ? "" : `, as ${identity}`}`);
};
