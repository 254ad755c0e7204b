import type { Dependencies } from "../../compose.ts";

type Configured = Dependencies["config"] & {
  /** What the configuration says itself, by its place: `{ "sites[0].feedsUrl": "https://…/" }`. */
  readonly ownFeedsUrls: Readonly<Record<string, string>>;
};

/**
 * The configuration with the addresses of feeds that only a deployment knows: each site which configures none is below
 * `host`, that of CloudFront or the domain. A site without one is in a folder below the first site: where that has an
 * address, all have.
 */
export const withFeedsHost = <Given extends Configured>(config: Given, host: string | undefined): Given => {
  const isConfigured = (index: number): boolean => config.ownFeedsUrls[`sites[${index}].feedsUrl`] !== undefined;
  if (host === undefined || isConfigured(0)) return config;
  const sites = config.sites.map((site, index) =>
    isConfigured(index) ? site : { ...site, feedsUrl: `https://${host}/${site.folder}` },
  );
  return { ...config, sites };
};
