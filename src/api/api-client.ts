import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** The command was understood and could not be done: exit 1. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  /** The API's problem (RFC 9457), for `--json`. */
  readonly problem: unknown;

  constructor(message: string, options: { readonly problem?: unknown; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.problem = options.problem;
  }
}

/** The command names something that does not exist, or its configuration cannot be used: exit 2. */
export class UsageError extends CommandError {}

export interface Client {
  readonly url: string;
  /** A command as it is typed, for the same site: the next step in a message. */
  command(words: string): string;
  get(path: string): Promise<unknown>;
  send(method: "POST" | "PUT" | "DELETE", path: string, markdown?: Uint8Array): Promise<unknown>;
  /** The answer at a path, whatever its status; throws only when there is no answer. */
  probe(path: string): Promise<{ readonly status: number; readonly contentType: string }>;
}

const tokenFile = ".crier/token";

const readToken = async (env: NodeJS.ProcessEnv, folder: string): Promise<string> => {
  const given = env.CRIER_TOKEN?.trim();
  if (given) return given;
  try {
    return (await readFile(join(folder, tokenFile), "utf8")).trim();
  } catch (cause) {
    throw new CommandError(
      `no API token: run this in the folder where \`npm start\` runs (it creates ${tokenFile}), or set CRIER_TOKEN`,
      { cause },
    );
  }
};

/** A token sent over plain HTTP to another machine can be read on the way. */
const baseOf = (env: NodeJS.ProcessEnv): string => {
  const given = env.CRIER_URL?.trim() || "http://127.0.0.1:4000";
  if (!URL.canParse(given)) throw new CommandError(`CRIER_URL is not a URL: ${given}`);
  const { protocol, hostname, href } = new URL(given);
  const near = ["127.0.0.1", "localhost", "[::1]"].includes(hostname);
  if (protocol !== "https:" && !(protocol === "http:" && near))
    throw new CommandError(`CRIER_URL must start with https://, because the token is sent to it: ${given}`);
  return href.endsWith("/") ? href : `${href}/`;
};

const detailOf = (body: unknown): string | undefined =>
  typeof body === "object" && body !== null && "detail" in body && typeof body.detail === "string"
    ? body.detail
    : undefined;

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const ask = async (url: string, init: RequestInit): Promise<Response> => {
  try {
    return await fetch(url, { ...init, redirect: "error", signal: AbortSignal.timeout(60_000) });
  } catch (cause) {
    throw new CommandError(`no answer from ${new URL(url).origin}: start Crier with \`npm start\`, or set CRIER_URL`, {
      cause,
    });
  }
};

/** `folder` is where the command runs: the token of a local Crier is below it. Without a `site` the first one is meant. */
export const connect = (env: NodeJS.ProcessEnv, folder: string, site?: string): Client => {
  const url = baseOf(env);
  const call = async (method: string, path: string, markdown?: Uint8Array): Promise<unknown> => {
    const address = new URL(path, url);
    if (site !== undefined) address.searchParams.set("site", site);
    const response = await ask(address.href, {
      method,
      headers: {
        Authorization: `Bearer ${await readToken(env, folder)}`,
        ...(markdown === undefined ? {} : { "Content-Type": "text/markdown" }),
      },
      ...(markdown === undefined ? {} : { body: new Uint8Array(markdown) }),
    });
    const body = parse(await response.text());
    if (response.status === 401)
      throw new CommandError(
        "the API does not accept this token: set CRIER_TOKEN, or run this in the folder where `npm start` runs",
        { problem: body },
      );
    if (!response.ok)
      throw new CommandError(detailOf(body) ?? `${url} answered ${response.status}: check CRIER_URL`, {
        problem: body,
      });
    if (body === undefined) throw new CommandError(`the answer of ${url} is not Crier's API: check CRIER_URL`);
    return body;
  };
  return {
    url,
    command: (words) => `npx crier ${words}${site === undefined ? "" : ` --site ${site}`}`,
    get: (path) => call("GET", path),
    send: call,
    probe: async (path) => {
      const response = await ask(new URL(path, url).href, {});
      await response.body?.cancel();
      return { status: response.status, contentType: response.headers.get("Content-Type") ?? "" };
    },
  };
};
