import * as z from "zod";
import type { Dependencies } from "../../compose-ports.ts";

const Urls = z.record(z.string(), z.url());

/**
 * The configuration with the addresses of feeds that only a deployment knows: the JSON in `FEEDS_URLS` has that of each
 * site which configures none, below the host of CloudFront or the domain.
 */
export const withFeedUrls = (config: Dependencies["config"], urls: string | undefined): Dependencies["config"] => {
  if (urls === undefined) return config;
  const known = Urls.parse(JSON.parse(urls));
  return { ...config, sites: config.sites.map((site) => ({ ...site, feedsUrl: known[site.id] ?? site.feedsUrl })) };
};
