import { second } from "./time.ts";

/**
 * How long a server wants to be left alone, in ms: its `Retry-After` (RFC 9110 §10.2.3) is a number of seconds, or a date
 * that is compared with the server's own `Date`. Undefined where it says nothing that can be read.
 */
export const retryAfter = (headers: Pick<Headers, "get">): number | undefined => {
  const value = headers.get("retry-after") ?? "";
  const seconds = /^\d+(?:\.\d+)?$/.exec(value)?.[0];
  const wait =
    seconds === undefined ? Date.parse(value) - Date.parse(headers.get("date") ?? "") : Number(seconds) * second;
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
};
