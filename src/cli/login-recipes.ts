import * as z from "zod";
import { CommandError } from "../api/api-client.ts";
import { systemRuntime } from "../runtimes/system-runtime.ts";
import { postForm, type Recipe, requestTimeout } from "./authorise.ts";

const appBody = z.object({ client_id: z.string().min(1), client_secret: z.string().min(1) });

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
};
