import { isIP } from "node:net";
import { parseArgs } from "node:util";
import { errorMessage } from "../../domain/errors.ts";
import { localSources } from "../../sources/local-sources.ts";

export interface Options {
  /** The address of a feed, which is read instead of the configured sources. */
  readonly feed: string | undefined;
  /** Read instead of the configured sources. Undefined: `sites[].sources`, or examples/posts where no site has any. */
  readonly content: string | undefined;
  readonly data: string;
  /** Where to listen besides the loopback. */
  readonly host: string | undefined;
  readonly port: number;
  /** Where others reach this server, with a slash at its end: the `feedsUrl` of all sites. */
  readonly publicUrl: string | undefined;
  /** The configuration's file. Undefined: `crier.config.ts` in the current folder, if it exists. */
  readonly config: string | undefined;
}

/** The command line is invalid: exit 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What `--content` reads. */
export const contentPlaces = localSources.flatMap(({ about }) => about ?? []).join(", or ");

export const usage = `npm start -- [--content PLACE | --feed URL] [--data DIR] [--config FILE]
             [--host ADDRESS] [--port N] [--public-url URL]

  --content PLACE   ${contentPlaces}   (examples/posts)
  --feed URL        the site's own feed: RSS, Atom or JSON Feed
  --data DIR        where state and rendered files are kept     (.crier)
  --config FILE     sites and accounts                          (crier.config.ts)
  --host ADDRESS    the address to listen on; all: 0.0.0.0 or ::  (127.0.0.1)
  --port N          the port                                    (4000)
  --public-url URL  where readers reach the feeds through your proxy`;

const options = {
  content: { type: "string" },
  feed: { type: "string" },
  data: { type: "string", default: ".crier" },
  host: { type: "string" },
  port: { type: "string", default: "4000" },
  "public-url": { type: "string" },
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

const isWebAddress = (text: string): boolean => /^https?:\/\//i.test(text) && URL.canParse(text);

/** Files can be below it, and everybody may see it. */
const isPlainAddress = (text: string): boolean => isWebAddress(text) && !/[?#]|^https?:\/\/[^/]*@/i.test(text);

/** Undefined for `--help`. Throws `UsageError`. */
export const readOptions = (args: readonly string[]): Options | undefined => {
  const { content, feed, data, host, port, "public-url": publicUrl, config, help } = parse(args);
  if (help) return undefined;
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw new UsageError(`--port ${port} is not a port: give a number from 0 to 65535\n\n${usage}`);
  for (const [flag, value] of Object.entries({ content, feed, data, host, "public-url": publicUrl, config }))
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
  return {
    content,
    feed: feed && new URL(feed).href,
    data,
    host,
    port: Number(port),
    publicUrl: publicUrl && new URL(publicUrl).href.replace(/\/?$/, "/"),
    config,
  };
};
