import * as z from "zod";
import { day, type Instant, minute } from "../domain/time.ts";
import type { Clock } from "../ports/runtime.ts";
import type { FetchResult, JsonRequest } from "./http.ts";

/** Longer texts do not fit into a delivery's row. */
export const longestLimit = 100_000;

const instance = z.object({
  configuration: z.object({ statuses: z.object({ max_characters: z.int().min(100) }) }),
});

interface Server {
  readonly call: (path: string, request: JsonRequest) => Promise<FetchResult>;
  readonly clock: Clock;
}

/** How long a text the server takes (docs.joinmastodon.org, "instance"), asked once a day. Undefined where it does not say it. */
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
