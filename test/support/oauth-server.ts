import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { Provider } from "oidc-provider";
import { vi } from "vitest";
import * as z from "zod";
import { freePort } from "./free-port.ts";

const registered = z.looseObject({ client_id: z.string(), client_secret: z.string() });

interface Deviations {
  /** The scopes that it says it has granted. */
  readonly grants?: string;
  readonly registersApps?: false;
  /** What is wrong with the code when it is exchanged. */
  readonly code?: "used" | "stolen" | "expired";
  readonly givesTokens?: false;
  /** How its API answers who has a token. */
  readonly whoAmI?: 401 | 404;
}

/**
 * A server with the API of Mastodon whose logins are judged by oidc-provider, a certified implementation of OAuth 2: it
 * demands PKCE, compares redirects, and takes a code once.
 */
export const anOauthServer = async ({ grants, registersApps, code, givesTokens, whoAmI }: Deviations = {}) => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const warnings = [vi.spyOn(console, "warn"), vi.spyOn(console, "info")].map((spy) =>
    spy.mockImplementation(() => {}),
  );
  const provider = new Provider(url, {
    scopes: ["read:accounts", "read:statuses", "write:statuses", "write:media"],
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: true },
      registration: { enabled: true, initialAccessToken: false },
    },
    routes: { authorization: "/oauth/authorize" },
    cookies: { keys: ["a key"] },
    ttl: {
      AccessToken: 600,
      AuthorizationCode: 60,
      Interaction: 60,
      Session: 60,
      Grant: 600,
    },
    findAccount: async (_: unknown, id: string) => ({ accountId: id, claims: async () => ({ sub: id }) }),
  });
  for (const spy of warnings) spy.mockRestore();
  const oauth = provider.callback();
  /** The bodies of the requests for a token. */
  const tokenRequests: URLSearchParams[] = [];
  const statuses: string[] = [];
  /** Tokens that the owner has revoked. */
  const revoked = new Set<string>();

  const registerApp = async (form: URLSearchParams) => {
    const response = await fetch(`${url}/reg`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        client_name: form.get("client_name"),
        redirect_uris: form.getAll("redirect_uris"),
        scope: form.get("scopes"),
        application_type: "native",
        token_endpoint_auth_method: "client_secret_post",
        grant_types: ["authorization_code"],
        response_types: ["code"],
      }),
    });
    const body: unknown = await response.json();
    return { status: response.status, body: registered.safeParse(body).data ?? body };
  };
  const exchange = async (form: URLSearchParams) => {
    tokenRequests.push(form);
    // Whoever has stolen the code does not have the verifier.
    if (code === "stolen") form.set("code_verifier", "v".repeat(43));
    if (code === "expired") vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
    if (code === "used") await fetch(`${url}/token`, { method: "POST", body: form });
    if (givesTokens === false) return { status: 200, body: {} };
    const response = await fetch(`${url}/token`, { method: "POST", body: form });
    const body: unknown = await response.json();
    if (code === "expired") vi.useRealTimers();
    return { status: response.status, body: { ...z.looseObject({}).parse(body), ...(grants && { scope: grants }) } };
  };
  const api = async (method: string, path: string, request: IncomingMessage) => {
    const token = request.headers.authorization?.replace("Bearer ", "") ?? "";
    const login = revoked.has(token) ? undefined : await provider.AccessToken.find(token);
    if (login === undefined) return { status: 401, body: { error: "The access token is invalid" } };
    if (path.startsWith("/api/v1/accounts/verify_credentials"))
      return { status: whoAmI ?? 200, body: whoAmI ? { error: "no" } : { id: login.accountId, acct: login.accountId } };
    if (method !== "POST") return { status: path.includes("/statuses") ? 200 : 404, body: [] };
    const { status } = z.object({ status: z.string() }).parse(JSON.parse(await text(request)));
    statuses.push(status);
    const id = String(statuses.length);
    return { status: 200, body: { id, url: `${url}/@${login.accountId}/${id}` } };
  };
  const answer = async (request: IncomingMessage) => {
    const { method = "", url: path = "" } = request;
    const form = async () => new URLSearchParams(await text(request));
    if (path === "/api/v1/apps") return registersApps === false ? { status: 403, body: {} } : registerApp(await form());
    if (path === "/oauth/token") return exchange(await form());
    return path.startsWith("/api/") ? api(method, path, request) : undefined;
  };
  const server = createServer(async (request, response) => {
    const answered = await answer(request);
    if (answered === undefined) return oauth(request, response);
    response.writeHead(answered.status, { "content-type": "application/json" }).end(JSON.stringify(answered.body));
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    url,
    statuses,
    tokenRequests,
    revoke: (token: string) => void revoked.add(token),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};

interface BrowserOptions {
  /** As whom the owner logs in. */
  readonly as?: string;
  readonly deny?: boolean;
}

const attribute = (html: string, pattern: RegExp): string | undefined => pattern.exec(html)?.[1];

/**
 * A browser whose owner logs in and agrees. Returns the address that the server sends it to at the end, which it has not
 * opened.
 */
export const browse = async (page: string, { as = "ada", deny = false }: BrowserOptions = {}): Promise<string> => {
  const { origin } = new URL(page);
  const cookies = new Map<string, string>();
  let next: { readonly url: string; readonly form?: string } = { url: page };
  for (;;) {
    const { url, form } = next;
    if (new URL(url).origin !== origin) return url;
    const response = await fetch(url, {
      redirect: "manual",
      headers: {
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
        ...(form !== undefined && { "content-type": "application/x-www-form-urlencoded" }),
      },
      ...(form !== undefined && { method: "POST", body: form }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [name = "", value = ""] = cookie.split(/[=;]/);
      cookies.set(name, value);
    }
    const location = response.headers.get("location");
    const html = location === null ? await response.text() : "";
    const target = location ?? attribute(html, deny ? /href="([^"]*abort)"/ : /<form[^>]*action="([^"]+)"/);
    if (target === undefined) throw new Error(`${url} answered ${response.status}: ${html}`);
    const fields =
      attribute(html, /name="prompt" value="(\w+)"/) === "login"
        ? { prompt: "login", login: as, password: "x" }
        : { prompt: "consent" };
    next = {
      url: new URL(target, url).href,
      ...(location === null && !deny && { form: String(new URLSearchParams(fields)) }),
    };
  }
};
