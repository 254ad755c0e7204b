import { isIP } from "node:net";
import { parseArgs } from "node:util";
import type { Config } from "../../config.ts";
import { hostWithoutWww } from "../../domain/address.ts";
import { errorMessage } from "../../domain/errors.ts";
import { isOwnFeed, ownFeed, type PolledFeed } from "../../domain/polled-feed.ts";
import { isCrierPath } from "../../domain/serving.ts";
import type { Site } from "../../domain/site.ts";
import type { ReadFeed } from "../../ports/content.ts";
import type { Poll } from "../../ports/outside.ts";
import type { Log } from "../../ports/runtime.ts";
import { localSources } from "../../sources/local-sources.ts";
import { isLoopbackName, StartError } from "./listen.ts";
import { BadConfig, withFeedsAt } from "./read-config.ts";

export interface Options {
  /** The address of a feed, which is read instead of the configured sources. */
  readonly feed: string | undefined;
  /**
   * The source that is read instead of the configured ones. Undefined: `sites[].sources`, or examples/posts if no site
   * has any.
   */
  readonly content: string | undefined;
  readonly data: string;
  /** The address to listen on besides the loopback. */
  readonly host: string | undefined;
  readonly port: number;
  /**
   * The address at which others reach this server, with a slash at its end. The `feedsUrl` of all sites is below it.
   */
  readonly publicUrl: string | undefined;
  /** The console is at the public address, too. */
  readonly console: boolean;
  /** The address of a monitor, which is called each minute. */
  readonly heartbeat: string | undefined;
  /** The configuration's file. Undefined: `crier.config.ts` in the current folder, if it exists. */
  readonly config: string | undefined;
}

/** The command line is invalid. The process exits with 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The kinds of sources that `--content` reads, for messages. */
export const contentPlaces = localSources.flatMap(({ about }) => about ?? []).join(", or ");

/** It is true in a clone and in a folder of one's own, which has no examples. */
export const usage = `npx crier start [--content PLACE | --feed URL] [--data DIR] [--config FILE]
                [--host ADDRESS] [--port N] [--public-url URL] [--console]
                [--heartbeat URL]

  --content PLACE   ${contentPlaces}   (the configured sources)
  --feed URL        the site's own feed: RSS, Atom or JSON Feed
  --data DIR        where state and rendered files are kept     (.crier)
  --config FILE     sites and accounts                          (crier.config.ts)
  --host ADDRESS    the address to listen on; all: 0.0.0.0 or ::  (127.0.0.1)
  --port N          the port                                    (4000)
  --public-url URL  where readers reach the feeds through your proxy
  --console         the console is there, too: only where nothing else is at that host
  --heartbeat URL   a monitor that is called each minute, such as that of healthchecks.io`;

const options = {
  content: { type: "string" },
  feed: { type: "string" },
  data: { type: "string", default: ".crier" },
  host: { type: "string" },
  port: { type: "string", default: "4000" },
  "public-url": { type: "string" },
  console: { type: "boolean", default: false },
  heartbeat: { type: "string" },
  config: { type: "string" },
  help: { type: "boolean", short: "h", default: false },
} as const;

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({ args: [...args], options, strict: true }).values;
  } catch (cause) {
    throw new UsageError(`${errorMessage(cause)}\n\n${usage}`, { cause });
  }
};

const isWebAddress = (text: string): boolean => /^https?:\/\//i.test(text) && URL.parse(text) !== null;

/** True for an address below which there can be files, and which contains no password. */
const isPlainAddress = (text: string): boolean => isWebAddress(text) && !/[?#]|^https?:\/\/[^/]*@/i.test(text);

/** Parses the command line. Undefined for `--help`. Throws `UsageError`. */
export const readOptions = (args: readonly string[]): Options | undefined => {
  const { content, feed, data, host, port, "public-url": publicUrl, console, heartbeat, config, help } = parse(args);
  if (help) return undefined;
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw new UsageError(`--port ${port} is not a port: give a number from 0 to 65535\n\n${usage}`);
  for (const [flag, value] of Object.entries({ content, feed, data, host, "public-url": publicUrl, heartbeat, config }))
    if (value === "") throw new UsageError(`--${flag} needs a value\n\n${usage}`);
  if (feed !== undefined && !isWebAddress(feed))
    throw new UsageError(`--feed ${feed} is not the address of a feed: give one that begins with https://\n\n${usage}`);
  if (feed !== undefined && content !== undefined)
    throw new UsageError(
      `--content and --feed are two sources: give one of them, or write both into the configuration\n\n${usage}`,
    );
  if (host !== undefined && host !== "localhost" && isIP(host) === 0)
    throw new UsageError(
      `--host ${host} is not an address of this machine: give one such as 0.0.0.0 for all of them\n\n${usage}`,
    );
  if (publicUrl !== undefined && !isPlainAddress(publicUrl))
    throw new UsageError(
      `--public-url ${publicUrl} is not an address for feeds: give one such as https://feeds.example.com\n\n${usage}`,
    );
  if (heartbeat !== undefined && !isWebAddress(heartbeat))
    throw new UsageError(
      `--heartbeat ${heartbeat} is not the address of a monitor: give one such as https://hc-ping.com/…\n\n${usage}`,
    );
  return {
    content,
    heartbeat: heartbeat && new URL(heartbeat).href,
    feed: feed && new URL(feed).href,
    data,
    host,
    port: Number(port),
    publicUrl: publicUrl && new URL(publicUrl).href.replace(/\/?$/, "/"),
    console,
    config,
  };
};

const checkPath = ({ feedsUrl, folder }: Config["sites"][number]): void => {
  const { pathname } = new URL(feedsUrl);
  if (isCrierPath(pathname) && pathname !== `/${folder}`)
    throw new BadConfig(`Crier itself answers at ${pathname}, which is in ${feedsUrl}: use another path`);
};

/**
 * Each script of a host can press every button of a console there, so that nothing else may be at it: an address with a
 * path says that something is. Without encryption the session could be read on the way.
 */
const checkConsole = ({ sites }: Pick<Config, "sites">): void => {
  const feedsUrl = sites[0]?.feedsUrl ?? "";
  const { protocol, pathname, hostname } = new URL(feedsUrl);
  if (protocol !== "https:" && !isLoopbackName(hostname))
    throw new BadConfig(`--console needs an address with https, and ${feedsUrl} has none: anyone could read a session`);
  if (pathname !== "/")
    throw new BadConfig(
      `--console needs a host of its own, and ${feedsUrl} shares one: give --public-url without a path, or leave --console out`,
    );
};

/**
 * The configuration of a server that others reach at a public address: the one of `--public-url`, or with `--host` the
 * configured `feedsUrl`. Undefined if everything is at this machine's own address, for example when a configuration that is
 * deployed elsewhere is tried out. Throws `BadConfig`.
 */
export const publicConfig = (
  config: Config,
  { host, publicUrl, console }: Pick<Options, "host" | "publicUrl" | "console">,
): Config | undefined => {
  const ownUrls = Object.keys(config.ownFeedsUrls);
  if (publicUrl !== undefined && ownUrls.length > 0)
    throw new BadConfig(
      `--public-url and ${ownUrls.join(", ")} of the configuration both say where the feeds are: remove --public-url, or remove feedsUrl`,
    );
  const isConfigured = publicUrl !== undefined || (host !== undefined && ownUrls.includes("sites[0].feedsUrl"));
  if (isConfigured) {
    const served = publicUrl === undefined ? config : withFeedsAt(config, publicUrl);
    for (const site of served.sites) checkPath(site);
    if (console) checkConsole(served);
    return served;
  }
  if (console)
    throw new BadConfig(
      "--console is about a public address, and there is none: add --public-url https://…, or leave --console out, and use the console on this machine",
    );
  if (host === undefined || isLoopbackName(host)) return undefined;
  throw new BadConfig(
    `--host ${host} gives other machines access, and the feeds need the address that they use: add --public-url https://…, or sites[0].feedsUrl to the configuration`,
  );
};

/** Logs one line for each public address without encryption, which protects neither the token nor the feeds. */
export const warnOfPlainAddresses = ({ sites }: Pick<Config, "sites">, log: Log): void => {
  const origins = new Set(sites.map(({ feedsUrl }) => new URL(feedsUrl)).map(({ origin }) => `${origin}/`));
  for (const origin of origins) {
    const { protocol, hostname } = new URL(origin);
    if (protocol === "http:" && !isLoopbackName(hostname))
      log.warn(
        `${origin} is not encrypted: anyone on the network path can read the API's token and change the feeds. Use an address with https`,
      );
  }
};

const canonicalLanguage = (tag: string | undefined): string | undefined => {
  try {
    return tag && Intl.getCanonicalLocales(tag.replaceAll("_", "-"))[0];
  } catch {
    return undefined;
  }
};

const describedSite = (
  site: Site,
  { title = site.title, homePage, language: tag }: PolledFeed,
  address: string,
): Site => {
  const url = new URL("./", homePage ?? address).href;
  if (hostWithoutWww(url) === hostWithoutWww(site.url)) return site;
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
 * Makes `--feed URL` work without a configuration: if the feed belongs to another site than the configured one, the first
 * site becomes the one that the feed describes. Throws `StartError` if there is no feed.
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
  const sites = config.sites.map((site, index) => (index === 0 ? describedSite(site, feed, answer.bytes.url) : site));
  if (sites.some((site) => isOwnFeed(feed, site))) throw refuse(ownFeed);
  return { ...config, sites };
};
