import type { HubAnswer } from "../domain/ping.ts";
import { readRetryAfter } from "../domain/retry-after.ts";
import type { TellHub } from "../ports/outside.ts";
import type { Answer, Client } from "./guarded-client.ts";

/** A few topics of a feed, one after the other, fit into one run of a function. */
const patience = 8_000;

/** In ms; where the hub names a date, counted from the hub's own clock. */
const waitOf = (headers: Headers): number | undefined => {
  const after = readRetryAfter(headers);
  if (after === undefined) return undefined;
  const wait = "wait" in after ? after.wait : after.at - Date.parse(headers.get("date") ?? "");
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
};

/** What a POST that is redirected may not be followed to, in words. */
const elsewhere = (headers: Headers, url: string): string => {
  const location = headers.get("location");
  if (location === null) return "";
  const host = URL.parse(location, url)?.host ?? "nowhere";
  return ` and points to ${host}, which is not followed: check the site's hubs`;
};

const answerOf = ({ status, headers, url }: Answer): HubAnswer =>
  status >= 200 && status < 300
    ? { kind: "taken" }
    : {
        kind: "refused",
        reason: `${new URL(url).host} answered ${status}${elsewhere(headers, url)}`,
        retryAfter: waitOf(headers),
      };

/**
 * Tells a hub that a topic has changed. W3C WebSub §6 leaves the way to publisher and hub; this is the one that hubs take,
 * from PubSubHubbub 0.3 §7.1: a form with `hub.mode=publish` and `hub.url`. Never throws.
 */
export const tellHubWith =
  (client: Client): TellHub =>
  async (hub, topic) => {
    try {
      const body = new URLSearchParams({ "hub.mode": "publish", "hub.url": topic }).toString();
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      return answerOf(await client(hub, { method: "POST", headers, body, time: patience, size: 0 }));
    } catch (error) {
      return { kind: "refused", reason: error instanceof Error ? error.message : String(error) };
    }
  };
