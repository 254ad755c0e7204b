import type { Config } from "../../config.ts";
import { isCrierPath } from "../../domain/serving.ts";
import type { Log } from "../../ports/runtime.ts";
import type { Options } from "./options.ts";
import { BadConfig, withFeedsAt } from "./read-config.ts";
import { isLoopbackName } from "./request-reach.ts";

const checkPath = ({ feedsUrl, folder }: Config["sites"][number]): void => {
  const { pathname } = new URL(feedsUrl);
  if (isCrierPath(pathname) && pathname !== `/${folder}`)
    throw new BadConfig(`Crier itself answers at ${pathname}, which is in ${feedsUrl}: use another path`);
};

/**
 * The configuration of a server that others reach by an address of its own: that of `--public-url`, or the configured
 * `feedsUrl` where `--host` asks for a server. Undefined where everything is at this machine's own address, as when a
 * configuration that is deployed elsewhere is tried out. Throws `BadConfig`.
 */
export const publicConfig = (
  config: Config,
  { host, publicUrl }: Pick<Options, "host" | "publicUrl">,
): Config | undefined => {
  const places = Object.keys(config.ownFeedsUrls);
  if (publicUrl !== undefined && places.length > 0)
    throw new BadConfig(
      `--public-url and ${places.join(", ")} of the configuration both say where the feeds are: remove --public-url, or remove feedsUrl`,
    );
  const isConfigured = publicUrl !== undefined || (host !== undefined && places.includes("sites[0].feedsUrl"));
  if (isConfigured) {
    const served = publicUrl === undefined ? config : withFeedsAt(config, publicUrl);
    for (const site of served.sites) checkPath(site);
    return served;
  }
  if (host === undefined || isLoopbackName(host)) return undefined;
  throw new BadConfig(
    `--host ${host} lets other machines in, and the feeds need the address by which they ask: add --public-url https://…, or sites[0].feedsUrl to the configuration`,
  );
};

/** Addresses on which the token and the feeds are not protected: one line for each. */
export const warnOfPlainAddresses = ({ sites }: Pick<Config, "sites">, log: Log): void => {
  const origins = new Set(sites.map(({ feedsUrl }) => new URL(feedsUrl)).map(({ origin }) => `${origin}/`));
  for (const origin of origins) {
    const { protocol, hostname } = new URL(origin);
    if (protocol === "http:" && !isLoopbackName(hostname))
      log.warn(
        `${origin} is not encrypted: whoever is on the way can read the API's token and change the feeds. Use an address with https`,
      );
  }
};
