import * as z from "zod";
import { day, type Instant, minute } from "../../domain/time.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { FetchResult, JsonRequest } from "../http.ts";
import { countedLinks, linksIn, textBetween } from "../network-text.ts";

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
/** Counts the characters that a reader sees (grapheme clusters). */
export const characterCount = (text: string): number => [...graphemes.segment(text)].length;
const linkLength = 23;

/** Counts characters in Mastodon's way: every link counts as 23. */
export const mastodonLength = (text: string): number => {
  const normal = text.normalize("NFC");
  const links = countedLinks(normal, false);
  const parts = textBetween(normal, links);
  // The server may know a top-level domain that twitter-text does not: the larger of both counts is used.
  const extra = parts.flatMap(linksIn).reduce((sum, { url }) => sum + Math.max(0, linkLength - characterCount(url)), 0);
  return parts.reduce((sum, part) => sum + characterCount(localMentions(part)), links.length * linkLength + extra);
};

/** `@user@server` is shown, and counted, as `@user` (docs.joinmastodon.org, user/posting). */
export const localMentions = (text: string): string => text.replaceAll(/(@\w+(?:[.-]\w+)*)@[\w.-]*\w/gu, "$1");

/** A longer text does not fit into a delivery's row. */
export const longestLimit = 100_000;

const instance = z.object({
  configuration: z.object({ statuses: z.object({ max_characters: z.int().min(100) }) }),
});

interface Server {
  readonly call: (path: string, request: JsonRequest) => Promise<FetchResult>;
  readonly clock: Clock;
}

/** The server's limit of a text (docs.joinmastodon.org, "instance"), requested once a day. Undefined if it names none. */
export const mastodonLimit = ({ call, clock }: Server) => {
  let known: { readonly limit: number | undefined; readonly until: Instant } | undefined;
  return async (signal: AbortSignal): Promise<number | undefined> => {
    if (known === undefined || known.until <= clock()) {
      const result = await call("v2/instance", { method: "GET", signal });
      const { data } = instance.safeParse(result.kind === "response" ? result.response.body : undefined);
      const limit = data && Math.min(data.configuration.statuses.max_characters, longestLimit);
      const isSaid = result.kind === "response" && result.response.status < 500 && result.response.status !== 429;
      known = { limit, until: clock() + (isSaid ? day : minute) };
    }
    return known.limit;
  };
};
