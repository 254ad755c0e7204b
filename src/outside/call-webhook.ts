import { errorMessage } from "../domain/errors.ts";
import { retryAfter } from "../domain/retry.ts";
import type { Site } from "../domain/site.ts";
import { second } from "../domain/time.ts";
import type { CallWebhook, WebhookSecrets } from "../ports/outside.ts";
import type { Clock, Deadline } from "../ports/runtime.ts";
import { guardedClient } from "./guarded-client.ts";
import { isPublic } from "./public-address.ts";
import { isWebhookSecret, webhookHeaders } from "./webhook-signature.ts";

/** In ms. */
const timeout = 15 * second;

/** Without a secret nothing is sent: a receiver could not tell the message from a stranger's. */
const secretProblem = (secret: string | undefined, place: string): string | undefined => {
  if (secret === undefined) return `the webhook has no secret: set ${place}`;
  return isWebhookSecret(secret) ? undefined : `${place} is not whsec_ and 24 to 64 bytes in base64`;
};

export interface WebhookOptions {
  readonly sites: readonly Site[];
  readonly secrets: WebhookSecrets;
  readonly deadline: Deadline;
  readonly clock: Clock;
}

/** Sends messages with the headers of Standard Webhooks. The owner wrote the addresses, which may be in their own network. */
export const connectWebhooks = ({ sites, secrets, deadline, clock }: WebhookOptions): CallWebhook => {
  const own = sites.flatMap(({ webhook }) => (webhook === undefined ? [] : [webhook.url]));
  const client = guardedClient({ about: sites[0]?.url ?? "", allow: isPublic, own });
  return async ({ site, url, id, body }) => {
    try {
      const secret = await secrets.read(site);
      const problem = secretProblem(secret, secrets.place(site));
      if (secret === undefined || problem !== undefined)
        return { kind: "refused", reason: problem ?? "", retryAfter: undefined };
      const signature = await webhookHeaders({ id, at: clock(), body, secret });
      const headers = { "content-type": "application/json", ...signature };
      const response = await client(url, { method: "POST", headers, body, signal: deadline(timeout), maxBytes: 0 });
      if (response.status >= 200 && response.status < 300) return { kind: "taken" };
      const reason = `${new URL(response.url).host} answered ${response.status}`;
      return { kind: "refused", reason, retryAfter: retryAfter(response.headers) };
    } catch (error) {
      return { kind: "refused", reason: errorMessage(error), retryAfter: undefined };
    }
  };
};
