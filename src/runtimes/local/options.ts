import { parseArgs } from "node:util";
import { errorMessage } from "../../domain/error-message.ts";
import { localSources } from "../../sources/local-sources.ts";

export interface Options {
  /** The address of a feed, which is read instead of the configured sources. */
  readonly feed: string | undefined;
  /** Read instead of the configured sources. Undefined: `sites[].sources`, or examples/posts where no site has any. */
  readonly content: string | undefined;
  readonly data: string;
  readonly port: number;
  /** The configuration's file. Undefined: `crier.config.ts` in the current folder, if it exists. */
  readonly config: string | undefined;
}

/** The command line is invalid: exit 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What `--content` reads. */
export const contentPlaces = localSources.flatMap(({ about }) => about ?? []).join(", or ");

export const usage = `npm start -- [--content PLACE | --feed URL] [--data DIR] [--port N] [--config FILE]

  --content PLACE ${contentPlaces}   (examples/posts)
  --feed URL      the site's own feed: RSS, Atom or JSON Feed
  --data DIR      where state and rendered files are kept     (.crier)
  --port N        the port on 127.0.0.1                       (4000)
  --config FILE   sites and accounts                          (crier.config.ts)`;

const options = {
  content: { type: "string" },
  feed: { type: "string" },
  data: { type: "string", default: ".crier" },
  port: { type: "string", default: "4000" },
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

/** Undefined for `--help`. Throws `UsageError`. */
export const readOptions = (args: readonly string[]): Options | undefined => {
  const { content, feed, data, port, config, help } = parse(args);
  if (help) return undefined;
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw new UsageError(`--port ${port} is not a port: give a number from 0 to 65535\n\n${usage}`);
  for (const [flag, value] of Object.entries({ content, feed, data, config }))
    if (value === "") throw new UsageError(`--${flag} needs a value\n\n${usage}`);
  if (feed !== undefined && !isWebAddress(feed))
    throw new UsageError(`--feed ${feed} is not the address of a feed: give one that begins with https://\n\n${usage}`);
  if (feed !== undefined && content !== undefined)
    throw new UsageError(
      `--content and --feed are two sources: give one of them, or write both into the configuration\n\n${usage}`,
    );
  return { content, feed: feed && new URL(feed).href, data, port: Number(port), config };
};
