import { spawn } from "node:child_process";
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { createInterface } from "node:readline";
import * as z from "zod";
import { type Client, CommandError, connect } from "../api/api-client.ts";
import type { AccountJson } from "../contract/installation-status.ts";
import { minute, second } from "../domain/time.ts";
import { answerReason, type FetchJson, fetchJsonWith } from "../networks/http.ts";
import { fetchWithRelays } from "../outside/network-fetch.ts";
import { systemRuntime } from "../runtimes/system-runtime.ts";
import { type CommandResult, type Input, printable, type Terminal } from "./command.ts";
import { findAccount, stageOfSecrets, storeCredentials } from "./configured-secrets.ts";
import { accountLines } from "./output.ts";

const { clock, deadline } = systemRuntime;

/** How long the command waits for a person who reads a page and agrees. */
const patience = 10 * minute;
/** The time limit of a request to the network. */
const requestTimeout = 20 * second;

export interface ConnectOptions {
  readonly stage?: string;
  /** Another account of the network may take the place of the one that has posted. */
  readonly replace?: boolean;
  /** Opens the page in a browser of this machine. */
  readonly open: boolean;
  /** Standard output contains only the answer. */
  readonly json?: boolean;
}

/**
 * Connects an account by a click: its owner agrees in a browser, and the network gives Crier a token. Nothing is stored
 * before the token has proved whose it is.
 */
export const connectAccount = async (
  name: string,
  { stage: given, replace, open, json }: ConnectOptions,
  terminal: Terminal,
): Promise<CommandResult> => {
  const found = await findAccount(name, terminal);
  const { account, network } = found;
  const recipe = recipes[network.name];
  if (recipe === undefined)
    throw new CommandError(`${network.name} gives no login in a browser: use npx crier accounts set ${name}`, {
      exitCode: 2,
    });
  const stage = stageOfSecrets(given, terminal);
  const isReachable = stage === undefined || Boolean(terminal.env.CRIER_URL?.trim());
  const client = isReachable ? connect(terminal.env, terminal.folder, { site: account.site }) : undefined;
  const before = await readStatus(name, "accounts", client);

  const fetch = fetchWithRelays({ deadline });
  const server = network.server(account);
  const login = { name, recipe, server, fetchJson: fetchJsonWith(fetch, clock) };
  const isRemote = Boolean(terminal.env.SSH_CONNECTION);
  const secret = await logIn(login, {
    input: terminal.input,
    signal: deadline(patience),
    hint: (line) => terminal.err(printable([line])),
    show: (page) => {
      const say = json ? terminal.err : terminal.out;
      say(
        printable([
          "Agree in a browser, as the account that is to post:",
          `  ${page}`,
          "If the browser is on another machine, it cannot open the last page: paste the address of that page here.",
        ]),
      );
      if (open && !isRemote) openInBrowser(page);
    },
  });

  const connected = network.connect({ account, secret, fetch, clock });
  if ("problem" in connected) throw new CommandError(`${connected.problem}; nothing was written`);
  const answer = await connected.connection.whoAmI(deadline(requestTimeout), true);
  if (answer.kind !== "identity")
    throw new CommandError(`${name}: ${answer.reason}; nothing was written: run the command again`);
  const { id, handle = id } = answer;
  if (id === undefined || handle === undefined)
    throw new CommandError(
      `${server} does not say whose login it gave; nothing was written: use npx crier accounts set ${name}`,
    );
  const known = before?.account?.identity;
  if (known && !isSameIdentity(known, id) && !replace)
    throw new CommandError(
      `${name} was ${known}, and this is ${handle}; nothing was written: log out there and log in as the other one, or add --replace`,
    );

  const { answer: stored, written, next } = await storeCredentials(found, secret, stage, terminal);
  // A deployment reads its secrets once a minute: only Crier on one machine can be asked at once.
  const status = stage === undefined ? await readStatus(name, "checkAccounts", client) : undefined;
  const problem = status && whyUnused(name, status.account, id);
  return {
    answer: { ...stored, identity: handle, status: status?.account ?? null },
    failed: problem !== undefined,
    lines: [
      `${name} is connected as ${handle}`,
      written,
      ...(status === undefined ? [next] : []),
      ...(status?.account ? accountLines({ accounts: [status.account], timeZone: status.timeZone }) : []),
      ...(problem === undefined ? [] : [`!! ${problem}`]),
    ],
    notes:
      before === undefined
        ? [`No Crier answered: it was not compared with the account that ${name} has posted as.`]
        : [],
  };
};

interface Status {
  /** Undefined if that Crier does not have the account. */
  readonly account: AccountJson | undefined;
  readonly timeZone: string;
}

/** Asks the running Crier about the account. Undefined where none answers: the login does not depend on it. */
const readStatus = async (
  name: string,
  operation: "accounts" | "checkAccounts",
  client: Client | undefined,
): Promise<Status | undefined> => {
  try {
    const answer = await client?.request(operation);
    return answer && { account: answer.accounts.find((one) => one.name === name), timeZone: answer.timeZone };
  } catch (error) {
    if (error instanceof CommandError) return undefined;
    throw error;
  }
};

/** `known`: the identity as Crier shows it, which is the id, or the handle with the id in brackets. */
const isSameIdentity = (known: string, id: string): boolean => known === id || known.endsWith(`(${id})`);

/** Says why the running Crier does not use the login that was stored. */
const whyUnused = (name: string, account: AccountJson | undefined, id: string): string | undefined => {
  if (account === undefined) return `the Crier that runs does not know ${name}: start it again`;
  const { problem, identity } = account;
  if (problem === null && identity !== null && isSameIdentity(identity, id)) return undefined;
  return `Crier does not use this login: ${problem ?? `it posts to ${name} as ${identity ?? "nobody"}`}. A variable that its process has of its own comes before .env`;
};

interface App {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** How a network gives a token to an owner who agrees in a browser (RFC 6749 §4.1). Paths are relative to the server. */
interface Recipe {
  readonly authorizePath: string;
  readonly tokenPath: string;
  readonly scopes: readonly string[];
  readonly makeApp: (server: string, redirectUri: string, fetchJson: FetchJson) => Promise<App>;
  readonly credentials: (accessToken: string) => Readonly<Record<string, string>>;
}

interface NetworkLogin {
  /** The account. */
  readonly name: string;
  readonly recipe: Recipe;
  readonly server: string;
  readonly fetchJson: FetchJson;
}

const postForm = (fields: Readonly<Record<string, string>>) => ({
  method: "POST",
  body: String(new URLSearchParams(fields)),
  headers: { "content-type": "application/x-www-form-urlencoded" },
  signal: deadline(requestTimeout),
});

const appBody = z.object({ client_id: z.string().min(1), client_secret: z.string().min(1) });

const mastodonScopes = ["read:accounts", "read:statuses", "write:statuses", "write:media"];

/** Networks that give a login in a browser. Their adapters only read the secret. */
const recipes: Readonly<Record<string, Recipe | undefined>> = {
  mastodon: {
    authorizePath: "/oauth/authorize",
    tokenPath: "/oauth/token",
    scopes: mastodonScopes,
    /** The app is for this redirect alone, and its secret is forgotten with the command. */
    makeApp: async (server, redirectUri, fetchJson) => {
      const fields = { client_name: "Crier", redirect_uris: redirectUri, scopes: mastodonScopes.join(" ") };
      const result = await fetchJson(`${server}/api/v1/apps`, postForm(fields));
      const app = result.kind === "response" ? appBody.safeParse(result.response.body).data : undefined;
      if (app !== undefined) return { clientId: app.client_id, clientSecret: app.client_secret };
      const said = result.kind === "response" ? `${server} answered ${result.response.status}` : result.reason;
      throw new CommandError(
        `Crier could not be registered as an app (${said}): check the server in crier.config.ts, or make a token there and use npx crier accounts set`,
      );
    },
    credentials: (accessToken) => ({ accessToken }),
  },
};

const tokenBody = z.object({ access_token: z.string().min(1), scope: z.string().optional() });
const errorBody = z.object({ error: z.string(), error_description: z.string().optional() });

/** Gets a token from the network, and returns it as the account's secret. */
const logIn = async (
  { name, recipe, server, fetchJson }: NetworkLogin,
  owner: Owner,
): Promise<Readonly<Record<string, string>>> => {
  let app: App = { clientId: "", clientSecret: "" };
  const { code, verifier, redirectUri } = await authorise({
    ...owner,
    pageFor: async ({ state, challenge, redirectUri: redirect_uri }) => {
      app = await recipe.makeApp(server, redirect_uri, fetchJson);
      const query = new URLSearchParams({
        response_type: "code",
        client_id: app.clientId,
        redirect_uri,
        scope: recipe.scopes.join(" "),
        state,
        code_challenge: challenge,
        code_challenge_method: "S256",
      });
      return `${server}${recipe.authorizePath}?${query}`;
    },
  });
  // In the body: an address would be in the logs of the server.
  const form = postForm({
    grant_type: "authorization_code",
    code,
    code_verifier: verifier,
    redirect_uri: redirectUri,
    client_id: app.clientId,
    client_secret: app.clientSecret,
    scope: recipe.scopes.join(" "),
  });
  const result = await fetchJson(`${server}${recipe.tokenPath}`, form);
  if (result.kind !== "response") throw new CommandError(`${name}: ${result.reason}: run the command again`);
  const { status, body } = result.response;
  const token = status < 300 ? tokenBody.safeParse(body).data : undefined;
  if (token === undefined) {
    const error = errorBody.safeParse(body).data;
    throw new CommandError(
      `${name} gave no token (${answerReason(server, status, error?.error_description ?? error?.error)}): a code is for one use and a few minutes, so run the command again`,
    );
  }
  const missing = missingScopes(recipe.scopes, token.scope);
  if (missing.length > 0)
    throw new CommandError(
      `${name} did not grant ${missing.join(", ")}; nothing was written: run the command again, and agree to all that Crier asks for`,
    );
  return recipe.credentials(token.access_token);
};

/** `granted`: what the network says, if it does. `write` has `write:statuses` in it. */
const missingScopes = (scopes: readonly string[], granted = ""): readonly string[] => {
  const names = granted.split(/[ ,]+/).filter((name) => name !== "");
  return names.length === 0
    ? []
    : scopes.filter((scope) => !names.includes(scope) && !names.includes(scope.replace(/:.*/, "")));
};

/** The person who agrees, and the terminal at which they started the command. */
interface Owner {
  /** Lines that are pasted. */
  readonly input: Input;
  readonly show: (page: string) => void;
  /** Says that a pasted line is not the answer. */
  readonly hint: (line: string) => void;
  readonly signal: AbortSignal;
}

interface AuthorisationRequest {
  readonly redirectUri: string;
  readonly state: string;
  readonly challenge: string;
}

interface AuthoriseOptions extends Owner {
  /** Returns the page on which the owner agrees. */
  readonly pageFor: (request: AuthorisationRequest) => Promise<string>;
}

export interface Authorised {
  readonly code: string;
  readonly verifier: string;
  readonly redirectUri: string;
}

/** Compares by hash, so that the time of the comparison says nothing of the text. */
const isEqual = (one: string, other: string): boolean => {
  const hash = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(one), hash(other));
};

type BrowserAnswer = { readonly code: string } | { readonly denied: string };

/** Returns undefined if the parameters are not the answer to the request with this state (RFC 6749 §10.12). */
const answerIn = (params: URLSearchParams, state: string): BrowserAnswer | undefined => {
  if (!isEqual(params.get("state") ?? "", state)) return undefined;
  const [code, error, description] = ["code", "error", "error_description"].map((name) => params.get(name));
  if (error) return { denied: [error, ...(description ? [description] : [])].join(": ").slice(0, 300) };
  return code ? { code } : undefined;
};

/**
 * A pasted line: an address, its query, or a code alone, which has no state. PKCE binds a code to this process, and a
 * person has pasted it.
 */
const answerInLine = (line: string, state: string): BrowserAnswer | undefined => {
  const params = URL.parse(line)?.searchParams ?? new URLSearchParams(line);
  return answerIn(params, state) ?? (/^[\w.~-]{16,2048}$/.test(line) ? { code: line } : undefined);
};

const replyHeaders = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  connection: "close",
};

const replyPage = (text: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>Crier</title><p>${text}</p></html>\n`;

/** A server for the answer of the browser, on the loopback address alone (RFC 8252 §7.3). */
const answerServer = (state: string, take: (answer: BrowserAnswer) => void): Server =>
  createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const isCallback = request.method === "GET" && url.pathname === "/callback";
    const answer = isCallback ? answerIn(url.searchParams, state) : undefined;
    // The wait ends when the page was sent.
    if (answer !== undefined) response.once("close", () => take(answer));
    response.writeHead(answer === undefined ? (isCallback ? 400 : 404) : 200, replyHeaders);
    response.end(
      replyPage(
        answer === undefined
          ? "This is not the answer that Crier waits for."
          : "You may close this window. Crier goes on in the terminal.",
      ),
    );
  });

/** Waits for an owner who agrees in a browser, with a state, and PKCE (RFC 7636) with S256. Another answer ends nothing. */
export const authorise = async ({ pageFor, input, show, hint, signal }: AuthoriseOptions): Promise<Authorised> => {
  const [verifier, state] = [randomBytes(32).toString("base64url"), randomBytes(16).toString("base64url")];
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  const answered = Promise.withResolvers<BrowserAnswer>();
  const server = answerServer(state, answered.resolve);
  server.listen(0, "127.0.0.1");
  const lines = createInterface({ input, terminal: false });
  const giveUp = () =>
    answered.reject(new CommandError("no answer came from the browser; nothing was written: run the command again"));
  signal.addEventListener("abort", giveUp, { once: true });
  // It may be rejected while the page is made.
  answered.promise.catch(() => undefined);
  try {
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const redirectUri = `http://127.0.0.1:${port}/callback`;
    show(await pageFor({ redirectUri, state, challenge }));
    lines.on("line", (text) => {
      const line = text.trim();
      const answer = answerInLine(line, state);
      if (answer !== undefined) answered.resolve(answer);
      else if (line !== "")
        hint("That is not the answer: paste the whole address of the page that the browser could not open.");
    });
    const answer = await answered.promise;
    if ("denied" in answer)
      throw new CommandError(
        `the login was not given (${answer.denied}); nothing was written: run the command again, and agree in the browser`,
      );
    return { code: answer.code, verifier, redirectUri };
  } finally {
    signal.removeEventListener("abort", giveUp);
    lines.close();
    server.close();
    server.closeAllConnections();
  }
};

const browsers: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: ["open"],
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};

/** Opens the address in a browser on this machine. Without a browser nothing happens. */
export const openInBrowser = (url: string): void => {
  const [command = "xdg-open", ...args] = browsers[process.platform] ?? [];
  const child = spawn(command, [...args, url], { stdio: "ignore", detached: true });
  child.on("error", () => undefined);
  child.unref();
};
