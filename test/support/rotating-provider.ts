import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import { Provider } from "oidc-provider";
import { vi } from "vitest";
import * as z from "zod";
import { freePort } from "./free-port.ts";
import { browse } from "./oauth-server.ts";

const given = z.object({ access_token: z.string(), refresh_token: z.string() });
const redirect = "http://127.0.0.1/callback";

/** What becomes of a request for a token: an answer that is lost was applied before. */
type Fate = "answered" | "lost" | "slow";

/**
 * oidc-provider, a certified implementation of OAuth 2, with refresh tokens for one use: one that is shown again ends all
 * tokens of its login (RFC 9700 §4.14.2).
 */
export const aRotatingProvider = async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const warnings = [vi.spyOn(console, "warn"), vi.spyOn(console, "info")].map((spy) =>
    spy.mockImplementation(() => {}),
  );
  const provider = new Provider(url, {
    clients: [
      {
        client_id: "crier",
        token_endpoint_auth_method: "none",
        application_type: "native",
        redirect_uris: [redirect],
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        scope: "openid offline_access",
      },
    ],
    ttl: {
      AccessToken: 7200,
      RefreshToken: 86_400,
      AuthorizationCode: 60,
      Interaction: 60,
      Session: 60,
      Grant: 86_400,
    },
    rotateRefreshToken: () => true,
    issueRefreshToken: async () => true,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: true }, userinfo: { enabled: true } },
    cookies: { keys: ["a key"] },
    findAccount: async (_: unknown, id: string) => ({ accountId: id, claims: async () => ({ sub: id }) }),
  });
  for (const spy of warnings) spy.mockRestore();
  const answer = provider.callback();
  const refreshes: Fate[] = [];
  let fate: Fate = "answered";
  const server = createServer((request, response) => {
    if (request.url === "/token") {
      const becomes = fate;
      refreshes.push(becomes);
      const end = response.end.bind(response);
      if (becomes === "lost")
        response.end = () => {
          request.socket.resetAndDestroy();
          return response;
        };
      if (becomes === "slow")
        response.end = (...body: readonly unknown[]) => {
          void setTimeout(300).then(() => Reflect.apply(end, response, body));
          return response;
        };
    }
    void answer(request, response);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const post = (fields: Readonly<Record<string, string>>) =>
    fetch(`${url}/token`, { method: "POST", body: new URLSearchParams({ client_id: "crier", ...fields }) });
  return {
    url,
    /** The requests for a token since the login. */
    refreshes,
    become: (next: Fate): void => {
      fate = next;
    },
    /** An owner logs in and agrees. */
    logIn: async () => {
      const verifier = randomBytes(32).toString("base64url");
      const page = new URLSearchParams({
        client_id: "crier",
        response_type: "code",
        redirect_uri: redirect,
        scope: "openid offline_access",
        prompt: "consent",
        state: "a-state",
        code_challenge: createHash("sha256").update(verifier).digest("base64url"),
        code_challenge_method: "S256",
      });
      const code = new URL(await browse(`${url}/auth?${page}`)).searchParams.get("code") ?? "";
      const response = await post({
        grant_type: "authorization_code",
        code,
        code_verifier: verifier,
        redirect_uri: redirect,
      });
      const tokens = given.parse(await response.json());
      refreshes.length = 0;
      return { accessToken: tokens.access_token, refreshToken: tokens.refresh_token };
    },
    isGood: async (token: string) =>
      (await fetch(`${url}/me`, { headers: { authorization: `Bearer ${token}` } })).status === 200,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};
