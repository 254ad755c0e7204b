import { errorMessage } from "../domain/errors.ts";
import { type MessageAnswer, retryAfter } from "../domain/retry.ts";
import type { TellHub } from "../ports/outside.ts";
import type { Deadline } from "../ports/runtime.ts";
import type { Client, ClientResponse } from "./guarded-client.ts";

/** In ms. The few topics of a feed, one after the other, fit into one invocation of a function. */
const timeout = 8_000;

/** For the message: where a redirect leads that may not be followed. */
const redirectNote = (headers: Headers, url: string): string => {
  const location = headers.get("location");
  if (location === null) return "";
  const host = URL.parse(location, url)?.host ?? "nowhere";
  return ` and redirects to ${host}, which is not followed: check the site's hubs`;
};

const hubAnswer = ({ status, headers, url }: ClientResponse): MessageAnswer =>
  status >= 200 && status < 300
    ? { kind: "taken" }
    : {
        kind: "refused",
        reason: `${new URL(url).host} answered ${status}${redirectNote(headers, url)}`,
        retryAfter: retryAfter(headers),
      };

/**
 * Tells a hub that a topic has changed. W3C WebSub §6 does not specify how; hubs accept the form of PubSubHubbub 0.3 §7.1,
 * with `hub.mode=publish` and `hub.url`. Never throws.
 */
export const tellHubWith =
  (client: Client, deadline: Deadline): TellHub =>
  async (hub, topic) => {
    try {
      const body = new URLSearchParams({ "hub.mode": "publish", "hub.url": topic }).toString();
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      return hubAnswer(await client(hub, { method: "POST", headers, body, signal: deadline(timeout), maxBytes: 0 }));
    } catch (error) {
      return { kind: "refused", reason: errorMessage(error), retryAfter: undefined };
    }
  };
