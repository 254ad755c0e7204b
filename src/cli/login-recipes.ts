import * as z from "zod";
import { CommandError } from "../api/api-client.ts";
import { systemRuntime } from "../runtimes/system-runtime.ts";
import { postForm, type Recipe, requestTimeout } from "./authorise.ts";

const appBody = z.object({ client_id: z.string().min(1), client_secret: z.string().min(1) });

const threadsApi = "https://graph.threads.net";

const mastodonScopes = ["read:accounts", "read:statuses", "write:statuses", "write:media"];

/** Networks that give a login in a browser. Their adapters only read the secret. */
export const recipes: Readonly<Record<string, Recipe | undefined>> = {
  mastodon: {
    app: async (server, redirectUri, fetchJson) => {
      const form = postForm({ client_name: "Crier", redirect_uris: redirectUri, scopes: mastodonScopes.join(" ") });
      const signal = systemRuntime.deadline(requestTimeout);
      const result = await fetchJson(`${server}/api/v1/apps`, { ...form, signal });
      const app = result.kind === "response" ? appBody.safeParse(result.response.body).data : undefined;
      if (app !== undefined) return { clientId: app.client_id, clientSecret: app.client_secret };
      const said = result.kind === "response" ? `${server} answered ${result.response.status}` : result.reason;
      throw new CommandError(
        `Crier could not be registered as an app (${said}): check the server in crier.config.ts, or make a token there and use npx crier accounts set`,
      );
    },
    addresses: (server) => ({ authorize: `${server}/oauth/authorize`, token: `${server}/oauth/token` }),
    scopes: mastodonScopes,
    secretOf: async ({ accessToken }) => ({ accessToken }),
  },
  threads: {
    app: {
      steps: (redirectUri) => [
        "Crier logs in to Threads by an app of your own, which you make once:",
        '  1. developers.facebook.com/apps: "Create app", with the use case "Access the Threads API".',
        '  2. "App roles": add your profile as a Threads Tester. Accept it on Threads, in Settings under "Website permissions".',
        `  3. "Use cases", "Customize": allow threads_content_publish and threads_delete. In "Settings" there, enter as each of the three callback URLs: ${redirectUri}`,
        "  4. Copy the Threads app ID and the Threads app secret from there: the app has another ID and secret, too.",
      ],
      clientId: "Threads app ID",
      clientSecret: "Threads app secret",
    },
    addresses: () => ({
      authorize: "https://threads.net/oauth/authorize",
      token: `${threadsApi}/oauth/access_token`,
    }),
    scopes: ["threads_basic", "threads_content_publish", "threads_delete"],
    scopeSeparator: ",",
    withoutPkce: true,
    secretOf: async ({ accessToken: access_token }, { clientSecret }, ask) => {
      // The first token lasts an hour. Threads takes the secret only in the address of this request.
      const query = { grant_type: "th_exchange_token", client_secret: clientSecret, access_token };
      const { accessToken, expiresAt } = await ask(`${threadsApi}/access_token?${new URLSearchParams(query)}`);
      return { accessToken, ...(expiresAt && { expiresAt }) };
    },
  },
  linkedin: {
    app: {
      steps: (redirectUri) => [
        "At https://www.linkedin.com/developers/apps: Create app, with a company page.",
        'Under Products, add "Share on LinkedIn" and "Sign In with LinkedIn using OpenID Connect".',
        `Under Auth, add this redirect URL: ${redirectUri}`,
        "Copy the Client ID and the Primary Client Secret from the same page.",
        "Without a redirect: https://www.linkedin.com/developers/tools/oauth makes a token for npx crier accounts set.",
      ],
      clientId: "Client ID",
      clientSecret: "Primary Client Secret",
    },
    addresses: () => ({
      authorize: "https://www.linkedin.com/oauth/v2/authorization",
      token: "https://www.linkedin.com/oauth/v2/accessToken",
    }),
    scopes: ["openid", "profile", "w_member_social"],
    // LinkedIn has PKCE only for apps for which its staff have switched it on.
    withoutPkce: true,
    secretOf: async ({ accessToken, expiresAt }) => ({ accessToken, ...(expiresAt !== undefined && { expiresAt }) }),
  },
};
