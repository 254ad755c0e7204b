import type { Config } from "../../config.ts";
import { isOwnFeed, ownFeed, type PolledFeed } from "../../domain/polled-feed.ts";
import type { Site } from "../../domain/site.ts";
import type { ReadFeed } from "../../ports/content.ts";
import type { Poll } from "../../ports/outside.ts";
import { StartError } from "./listen.ts";

const hostOf = (url: string): string => new URL(url).host.replace(/^www\./, "");

const canonicalLanguage = (tag: string | undefined): string | undefined => {
  try {
    return tag && Intl.getCanonicalLocales(tag.replaceAll("_", "-"))[0];
  } catch {
    return undefined;
  }
};

const siteOf = (site: Site, { title = site.title, home, language: tag }: PolledFeed, address: string): Site => {
  const url = new URL("./", home ?? address).href;
  if (hostOf(url) === hostOf(site.url)) return site;
  const language = canonicalLanguage(tag) ?? site.language;
  const authority = `${new URL(url).hostname},2026`;
  return {
    ...site,
    title,
    url,
    description: title,
    author: { name: title },
    language,
    languages: [language],
    authority,
  };
};

/**
 * `--feed URL` tries a feed without a configuration: where the feed is another site's than the configured one, the first
 * site is the one that the feed describes. Throws `StartError` where there is no feed.
 */
export const withSiteOfFeed = async (
  config: Config,
  address: string,
  { poll, readFeed }: { readonly poll: Poll; readonly readFeed: ReadFeed },
): Promise<Config> => {
  const refuse = (problem: string) => new StartError(`--feed ${address} could not be read: ${problem}`);
  const answer = await poll(address, {});
  if (answer.kind === "failed") throw refuse(answer.reason);
  if (answer.kind !== "content") throw refuse("it is gone for good (410)");
  const read = await readFeed(answer.bytes);
  if (read.kind === "no-feed") throw refuse(read.problem);
  const { feed } = read;
  const sites = config.sites.map((site, index) => (index === 0 ? siteOf(site, feed, answer.bytes.url) : site));
  if (sites.some((site) => isOwnFeed(feed, site))) throw refuse(ownFeed);
  return { ...config, sites };
};
