import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { type Problem, problem, readOnlyCode } from "../contract/problem.ts";
import { commandLine } from "../domain/delivery-commands.ts";
import { second } from "../domain/time.ts";
import type { Pause } from "../ports/runtime.ts";
import type { Answer, Query, SiteOperationName } from "./operations.ts";

/** Loaded with the first request: the use cases come with it, and no help and no usage error waits for them. */
const loadOperations = () => import("./operations.ts");

interface CommandErrorOptions {
  readonly problem?: Problem;
  readonly exitCode?: 1 | 2;
  readonly cause?: unknown;
}

/** Thrown when a command cannot be done. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  /** The API's error, for `--json`. */
  readonly problem: Problem | undefined;
  /** The exit code is 2 where the command line or the configuration has to change. */
  readonly exitCode: 1 | 2;

  constructor(message: string, { problem: error, exitCode = 1, cause }: CommandErrorOptions = {}) {
    super(message, { cause });
    this.problem = error;
    this.exitCode = exitCode;
  }
}

const tokenFile = ".crier/token";
/** The file with the address at which the last start of Crier in this folder listens. */
const addressFile = ".crier/address";
const tokenAdvice = `run this in the folder where \`npm start\` runs (it creates ${tokenFile}), or set CRIER_TOKEN (npx crier token prints a deployment's)`;

const readToken = async (env: NodeJS.ProcessEnv, folder: string): Promise<string> => {
  const token = env.CRIER_TOKEN?.trim();
  if (token) return token;
  try {
    return (await readFile(join(folder, tokenFile), "utf8")).trim();
  } catch (cause) {
    throw new CommandError(`no API token: ${tokenAdvice}`, { cause });
  }
};

const isLoopback = ({ hostname }: URL): boolean => ["127.0.0.1", "localhost", "[::1]"].includes(hostname);

const readAddress = async (folder: string): Promise<string | undefined> => {
  try {
    return (await readFile(join(folder, addressFile), "utf8")).trim() || undefined;
  } catch {
    return undefined;
  }
};

/** Refuses plain HTTP to another machine, because the token could be read on the way. */
const readUrl = async (env: NodeJS.ProcessEnv, folder: string): Promise<URL> => {
  const given = env.CRIER_URL?.trim();
  const text = given || ((await readAddress(folder)) ?? "http://127.0.0.1:4000");
  const [source, advice] = given
    ? ["CRIER_URL", ""]
    : [`the address in ${addressFile}`, "; start Crier again, or delete the file"];
  const url = URL.parse(text);
  if (url === null) throw new CommandError(`${source} is not a URL: ${text}${advice}`);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url)))
    throw new CommandError(`${source} must start with https://, because the token is sent to it: ${text}${advice}`);
  return url.href.endsWith("/") ? url : new URL(`${url.href}/`);
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const request = async (url: URL, init: RequestInit = {}): Promise<Response> => {
  try {
    return await fetch(url, { signal: AbortSignal.timeout(60_000), ...init, redirect: "manual" });
  } catch (cause) {
    const nextStep = isLoopback(url) ? "start Crier with `npm start`, or set" : "check";
    throw new CommandError(`no answer from ${url.origin}: ${nextStep} CRIER_URL`, { cause });
  }
};

/** In seconds. API Gateway refuses what is above the throttle of its route, and names no time. */
const waits = [1, 2, 4, 8, 16];
const longestWait = 60;

/** Sends a request again that was refused because there were too many (RFC 6585 §4): such a request was not applied. */
const requestInTime = async (send: () => Promise<Response>, pause: Pause): Promise<Response> => {
  for (const wait of waits) {
    const response = await send();
    if (response.status !== 429) return response;
    await response.body?.cancel();
    const asked = Number(response.headers.get("Retry-After") ?? Number.NaN);
    await pause((asked >= 1 && asked <= longestWait ? asked : wait) * second);
  }
  return send();
};

/** The JSON of a successful answer. */
const readBody = async (response: Response, url: URL): Promise<unknown> => {
  const body = parseJson(await response.text());
  const error = problem.safeParse(body).data;
  const options = error === undefined ? {} : { problem: error };
  const isReadOnly = error?.reasons?.some(({ code }) => code === readOnlyCode) === true;
  if (response.status === 401 && !isReadOnly)
    throw new CommandError(`the API does not accept this token: ${tokenAdvice}`, options);
  // AWS answers itself, and not Crier, what is too large for a function.
  if (response.status === 413 && error === undefined)
    throw new CommandError(
      `a request to ${url.href} may have about 4 MiB on AWS, and this document has more: put it into the bucket, or shorten it`,
    );
  if (response.status === 429)
    throw new CommandError(`${url.href} takes no more requests now: try again in a minute`, options);
  if (!response.ok)
    throw new CommandError(
      error?.detail ?? `${url.href} answered ${response.status} without a reason: check CRIER_URL, and try again`,
      options,
    );
  if (body === undefined) throw new CommandError(`the answer of ${url.href} is not Crier's API: check CRIER_URL`);
  return body;
};

type Checks = { readonly [Name in SiteOperationName]: { readonly checkAnswer: (body: unknown) => Answer<Name> } };

/** The JSON of an answer, without the fields that this client does not know. */
const checkAnswer = <Name extends SiteOperationName>(checks: Checks, name: Name, body: unknown): Answer<Name> => {
  try {
    return checks[name].checkAnswer(body);
  } catch (cause) {
    throw new CommandError("the answer does not fit this command: use the same version of Crier on both sides", {
      cause,
    });
  }
};

const queryParameters = z.record(z.string(), z.union([z.string(), z.number()]).optional());

interface CallOptions<Query> {
  /** The slug or id in the path. */
  readonly name?: string;
  readonly query?: Query;
  readonly markdown?: Uint8Array;
}

/** The client needs no more of an operation than this, whatever its types are. */
interface Called {
  readonly method: string;
  readonly path: string;
  readonly query: z.ZodType;
  readonly body?: "document" | "query";
}

interface ConnectOptions {
  /** The first site, if it is absent. */
  readonly site?: string | undefined;
  /** The name of the person who acts, which the history keeps. */
  readonly actor?: string | undefined;
  readonly pause?: Pause;
}

const timerPause: Pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** `folder` is where the command runs: the token and the address of a local Crier are below it. */
export const connect = (
  env: NodeJS.ProcessEnv,
  folder: string,
  { site, actor = "", pause = timerPause }: ConnectOptions = {},
) => {
  let known: Promise<URL> | undefined;
  const readAddressOnce = (): Promise<URL> => {
    known ??= readUrl(env, folder);
    return known;
  };
  const call = async (
    { method, path, query: querySchema, body }: Called,
    { name = "", query = {}, markdown }: CallOptions<unknown>,
  ): Promise<unknown> => {
    const { operationPath } = await loadOperations();
    const url = await readAddressOnce();
    const address = new URL(`.${operationPath({ path }, name)}`, url);
    const given = queryParameters.parse(z.encode(querySchema, query));
    // A text may be longer than an address.
    const isInBody = body === "query" && !markdown;
    for (const [key, value] of Object.entries({ ...(!isInBody && given), site }))
      if (value !== undefined) address.searchParams.set(key, String(value));
    const init = {
      method,
      headers: {
        Authorization: `Bearer ${await readToken(env, folder)}`,
        ...(actor !== "" && { "Crier-Actor": encodeURIComponent(actor) }),
        ...(markdown && { "Content-Type": "text/markdown" }),
        ...(isInBody && { "Content-Type": "application/json" }),
      },
      ...(isInBody && { body: JSON.stringify(given) }),
      ...(markdown && { body: new Uint8Array(markdown) }),
    };
    return readBody(await requestInTime(() => request(address, init), pause), url);
  };
  return {
    address: async (): Promise<string> => (await readAddressOnce()).href,
    /** Returns what the console asks for: the API's token, and the name of the person. */
    signIn: async () => ({ token: await readToken(env, folder), name: actor }),
    /** The command line of a next step, for the same site, as messages show it. */
    command: (words: string): string => commandLine(words, site),
    /** The answer of an operation, as the JSON that a command prints. */
    request: async <Name extends SiteOperationName>(
      name: Name,
      options: CallOptions<Query<Name>> = {},
    ): Promise<Answer<Name>> => {
      const { siteOperations } = await loadOperations();
      return checkAnswer(siteOperations, name, await call(siteOperations[name], options));
    },
    /** The bytes of an export of a Crier on this machine. */
    exportDatabase: async (): Promise<AsyncIterable<Uint8Array>> => {
      const { operations } = await loadOperations();
      const url = await readAddressOnce();
      const address = new URL(`.${operations.exportDatabase.path}`, url);
      const headers = { Authorization: `Bearer ${await readToken(env, folder)}` };
      const response = await request(address, { headers, signal: null });
      if (response.headers.get("Content-Type") === operations.exportDatabase.answer && response.body !== null)
        return response.body;
      await readBody(response, address);
      throw new CommandError(
        `the answer of ${address.href} is not an export: use the same version of Crier on both sides`,
      );
    },
    /** The answer at a path, whatever its status; throws only when there is no whole answer. */
    probe: async (path: string) => {
      const response = await request(new URL(path, await readAddressOnce()));
      const contentType = response.headers.get("Content-Type") ?? "";
      return { status: response.status, contentType, text: await response.text() };
    },
  };
};

export type Client = ReturnType<typeof connect>;
