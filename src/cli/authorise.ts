import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { createInterface } from "node:readline";
import * as z from "zod";
import { CommandError } from "../api/api-client.ts";
import { minute, second } from "../domain/time.ts";
import { answerReason, ellipsis, type FetchJson, type JsonRequest } from "../networks/http.ts";
import { systemRuntime } from "../runtimes/system-runtime.ts";
import type { Input } from "./command.ts";

const { deadline } = systemRuntime;

/** How long the command waits for a person who reads a page and agrees. */
const patience = 10 * minute;
/** The time limit of a request to the network. */
export const requestTimeout = 20 * second;

/** The program for which the owner agrees, as the network knows it. */
interface App {
  readonly clientId: string;
  readonly clientSecret: string;
}

/**
 * An app that the owner makes on the website of the network, once. Such networks send a browser only to https, where
 * nothing of Crier can listen: the owner pastes the last address.
 */
interface OwnersApp {
  /** The lines say what to do there. */
  readonly steps: (redirectUri: string) => readonly string[];
  /** The website gives these names to the two texts that the owner copies. */
  readonly clientId: string;
  readonly clientSecret: string;
}

/** A network gives a login to an owner who agrees in a browser (RFC 6749 §4.1). */
export interface Recipe {
  /** The app, or how the command registers one for this login alone. Its secret is forgotten with the command. */
  readonly app: OwnersApp | ((server: string, redirectUri: string, fetchJson: FetchJson) => Promise<App>);
  /** Where the owner agrees, and where the code is exchanged for a token. */
  readonly addresses: (server: string) => { readonly authorize: string; readonly token: string };
  readonly scopes: readonly string[];
  /** What is between the scopes. A space by RFC 6749. */
  readonly scopeSeparator?: string;
  /** The network refuses PKCE (RFC 7636). */
  readonly withoutPkce?: true;
  /** The secret of the account. `ask` gets another token from the network. */
  readonly secretOf: (
    token: Token,
    app: App,
    ask: (address: string, request?: Omit<JsonRequest, "signal">) => Promise<Token>,
  ) => Promise<Readonly<Record<string, string>>>;
}

const tokenBody = z.object({
  access_token: z.string().min(1),
  scope: z.string().optional(),
  /** Seconds. */
  expires_in: z.number().positive().optional(),
});

/** A token, and when it ends, as an ISO 8601 date, if it does. */
interface Token {
  readonly accessToken: string;
  readonly expiresAt?: string;
}

interface NetworkLogin {
  /** The account. */
  readonly name: string;
  readonly recipe: Recipe;
  readonly server: string;
  readonly fetchJson: FetchJson;
}

/** The person who agrees, and the terminal at which they started the command. */
interface Owner {
  /** Lines that are pasted. */
  readonly input: Input;
  readonly show: (page: string) => void;
  /** Says that a pasted line is not the answer. */
  readonly hint: (line: string) => void;
}

interface OwnerWithApp extends Owner {
  /** Shows the steps, and asks for what the owner has copied. */
  readonly askForApp: (app: OwnersApp, redirectUri: string) => Promise<App>;
}

export const postForm = (fields: Readonly<Record<string, string>>) => ({
  method: "POST",
  body: String(new URLSearchParams(fields)),
  headers: { "content-type": "application/x-www-form-urlencoded" },
});

/** The error of a request for a token (RFC 6749 §5.2), and those of Meta. */
const errorBody = z.union([
  z
    .object({ error: z.string(), error_description: z.string().optional() })
    .transform((body) => body.error_description ?? body.error),
  z.object({ error: z.object({ message: z.string() }) }).transform(({ error }) => error.message),
  z.object({ error_message: z.string() }).transform((body) => body.error_message),
]);

/** The owner enters it on the website of the network. Nothing listens there. */
const pastedRedirect = "https://127.0.0.1:8477/callback";

/** Gets a token from the network, and returns it as the account's secret. */
export const logIn = async (
  { name, recipe, server, fetchJson }: NetworkLogin,
  { askForApp, ...owner }: OwnerWithApp,
): Promise<Readonly<Record<string, string>>> => {
  const { scopes, scopeSeparator = " ", withoutPkce } = recipe;
  const addresses = recipe.addresses(server);
  const scope = scopes.join(scopeSeparator);
  // Before the wait begins: a person may take longer to make an app than the command waits for an answer.
  let app = typeof recipe.app === "function" ? undefined : await askForApp(recipe.app, pastedRedirect);
  const authorised = await authorise({
    ...owner,
    redirectUri: app && pastedRedirect,
    signal: deadline(patience),
    pageFor: async ({ state, challenge, redirectUri: redirect_uri }) => {
      if (typeof recipe.app === "function") app = await recipe.app(server, redirect_uri, fetchJson);
      const query = new URLSearchParams({
        response_type: "code",
        client_id: app?.clientId ?? "",
        redirect_uri,
        scope,
        state,
        ...(!withoutPkce && { code_challenge: challenge, code_challenge_method: "S256" }),
      });
      return `${addresses.authorize}?${query}`;
    },
  });
  const { clientId = "", clientSecret = "" } = app ?? {};
  /** An answer may repeat what it got. */
  const hidden = [clientSecret, authorised.code].filter((secret) => secret !== "");
  const ask = async (address: string, request: Omit<JsonRequest, "signal"> = { method: "GET" }) => {
    const sentAt = systemRuntime.clock();
    const result = await fetchJson(address, { ...request, signal: deadline(requestTimeout) });
    if (result.kind !== "response")
      throw new CommandError(`${name}: ${result.reason}; nothing was written: run the command again`);
    const { status, body } = result.response;
    const token = status < 300 ? tokenBody.safeParse(body).data : undefined;
    if (token === undefined) {
      const said = answerReason(new URL(address).origin, status, errorBody.safeParse(body).data);
      const reason = hidden.reduce((text, secret) => text.replaceAll(secret, ellipsis), said);
      throw new CommandError(
        `${name} gave no token (${reason}); nothing was written: a code is for one use and a few minutes, so run the command again`,
      );
    }
    const { access_token: accessToken, expires_in: life } = token;
    hidden.push(accessToken);
    const expiresAt = life === undefined ? {} : { expiresAt: new Date(sentAt + life * second).toISOString() };
    return { accessToken, ...expiresAt, granted: token.scope };
  };
  // In the body: an address would be in the logs of the server.
  const form = postForm({
    grant_type: "authorization_code",
    code: authorised.code,
    ...(!withoutPkce && { code_verifier: authorised.verifier }),
    redirect_uri: authorised.redirectUri,
    client_id: clientId,
    client_secret: clientSecret,
    scope,
  });
  const { granted, ...token } = await ask(addresses.token, form);
  const missing = missingScopes(scopes, granted);
  if (missing.length > 0)
    throw new CommandError(
      `${name} did not grant ${missing.join(", ")}; nothing was written: run the command again, and agree to all that Crier asks for`,
    );
  return recipe.secretOf(token, { clientId, clientSecret }, ask);
};

/** `granted`: what the network says, if it does. `write` has `write:statuses` in it. */
const missingScopes = (scopes: readonly string[], granted = ""): readonly string[] => {
  const names = granted.split(/[ ,]+/).filter((name) => name !== "");
  return names.length === 0
    ? []
    : scopes.filter((scope) => !names.includes(scope) && !names.includes(scope.replace(/:.*/, "")));
};

interface AuthorisationRequest {
  readonly redirectUri: string;
  readonly state: string;
  readonly challenge: string;
}

interface AuthoriseOptions extends Owner {
  /** Where the browser goes with the answer, if that is not to this process. */
  readonly redirectUri?: string | undefined;
  readonly signal: AbortSignal;
  /** Returns the page on which the owner agrees. */
  readonly pageFor: (request: AuthorisationRequest) => Promise<string>;
}

interface Authorised {
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
const answerInLine = (pasted: string, state: string): BrowserAnswer | undefined => {
  // Meta adds `#_`. Some browsers leave out the scheme, and some people add quotation marks.
  const line = pasted.replaceAll(/^["'<]|["'>]$/g, "").split("#")[0] ?? "";
  const address = URL.parse(line) ?? (line.includes("/") ? URL.parse(`http://${line}`) : null);
  const params = address?.searchParams ?? new URLSearchParams(line);
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

/** Returns the address of the server, on a free port. */
const listen = async (server: Server): Promise<string> => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return `http://127.0.0.1:${port}/callback`;
};

/** Waits for an owner who agrees in a browser, with a state, and PKCE (RFC 7636) with S256. Another answer ends nothing. */
export const authorise = async ({
  pageFor,
  redirectUri: given,
  input,
  show,
  hint,
  signal,
}: AuthoriseOptions): Promise<Authorised> => {
  const [verifier, state] = [randomBytes(32).toString("base64url"), randomBytes(16).toString("base64url")];
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  const answered = Promise.withResolvers<BrowserAnswer>();
  const server = answerServer(state, answered.resolve);
  const lines = createInterface({ input, terminal: false });
  const giveUp = () =>
    answered.reject(new CommandError("no answer came from the browser; nothing was written: run the command again"));
  signal.addEventListener("abort", giveUp, { once: true });
  // It may be rejected while the page is made.
  answered.promise.catch(() => undefined);
  try {
    const redirectUri = given ?? (await listen(server));
    lines.on("line", (text) => {
      const line = text.trim();
      const answer = answerInLine(line, state);
      if (answer !== undefined) answered.resolve(answer);
      else if (line !== "")
        hint(
          `That is not the answer: paste the whole address of the page that the browser could not open. It begins with ${redirectUri}?`,
        );
    });
    show(await pageFor({ redirectUri, state, challenge }));
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
