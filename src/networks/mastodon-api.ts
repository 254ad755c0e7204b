import * as z from "zod";
import type { Outcome } from "../domain/delivery.ts";
import type { Instant } from "../domain/time.ts";
import type { Connection, Found } from "../ports/networks.ts";
import type { Connecting } from "./define.ts";
import { type Ask, common, type Reply, said, whenToAskAgain } from "./http.ts";

const status = z.object({ id: z.string().min(1), url: z.string().nullish() });
const problem = z.object({ error: z.string() });
const me = z.object({ id: z.string().min(1) });
const written = z.array(
  status.extend({ created_at: z.string(), content: z.string(), card: z.object({ url: z.string() }).nullish() }),
);

interface Settings {
  readonly server: string;
}
interface Credentials {
  readonly accessToken: string;
}

export const connectMastodon = ({
  settings,
  credentials,
  sandbox,
  fetchJson,
}: Connecting<Settings, Credentials>): Connection => {
  const base = sandbox ?? settings.server;
  const call = (path: string, { headers, ...asked }: Ask) =>
    fetchJson(`${base}/api/v1/${path}`, {
      ...asked,
      headers: { authorization: `Bearer ${credentials.accessToken}`, ...headers },
    });
  const outcome = async (path: string, asked: Ask, read: (reply: Reply) => Outcome): Promise<Outcome> => {
    const answer = await call(path, asked);
    return answer.kind === "reply" ? read(answer.reply) : answer;
  };
  const get = async <T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T | undefined> => {
    const answer = await call(path, { method: "GET", signal });
    return answer.kind === "reply" && answer.reply.status === 200
      ? schema.safeParse(answer.reply.body).data
      : undefined;
  };
  return {
    send: (request, key, signal) =>
      outcome("statuses", { method: "POST", json: request, headers: { "idempotency-key": key }, signal }, (reply) => {
        const made = reply.status < 300 ? status.safeParse(reply.body).data : undefined;
        return made === undefined ? refused(reply) : { kind: "posted", remote: { id: made.id, url: made.url ?? null } };
      }),
    edit: async ({ id }, request, signal) =>
      id === null
        ? unnamed
        : outcome(
            `statuses/${encodeURIComponent(id)}`,
            { method: "PUT", json: changeable(request), signal },
            (reply) => (reply.status < 300 && status.safeParse(reply.body).success ? { kind: "done" } : refused(reply)),
          ),
    remove: async ({ id }, signal) =>
      id === null
        ? unnamed
        : outcome(`statuses/${encodeURIComponent(id)}`, { method: "DELETE", signal }, (reply) =>
            wasRemoved(reply) ? { kind: "done" } : refused(reply),
          ),
    look: async (url, since, signal) => {
      const self = await get("accounts/verify_credentials", me, signal);
      if (self === undefined) return undefined;
      return lookBack(since, url, (before) =>
        get(`accounts/${encodeURIComponent(self.id)}/statuses?exclude_reblogs=true&limit=40${before}`, written, signal),
      );
    },
  };
};

/** "Not there" is deleted, too; but a 404 in no words comes from a server that knows no such request (snac2). */
const wasRemoved = ({ status, body }: Reply): boolean =>
  status === 404 || status === 410 ? problem.safeParse(body).success : status < 300 && body !== undefined;

const unnamed: Outcome = { kind: "rejected", reason: "The copy's id is not known: change it on the server by hand" };

/** Visibility cannot be edited; servers refuse or ignore it. */
const changeable = ({ status, language }: Readonly<Record<string, unknown>>) => ({ status, language });

type Written = z.infer<typeof written>;

const pages = 10;

/** Reads back, page by page, to `since`; undefined when a page did not come: half a look proves nothing. */
const lookBack = async (
  since: Instant,
  url: string,
  page: (before: string) => Promise<Written | undefined>,
): Promise<readonly Found[] | undefined> => {
  const seen = new Map<string, Written[number]>();
  let before = "";
  for (let turn = 0; turn < pages; turn += 1) {
    const statuses = await page(before);
    if (statuses === undefined) return undefined;
    // A server that ignores `max_id` (snac2) would repeat its first page for ever.
    const fresh = statuses.filter(({ id }) => !seen.has(id));
    for (const one of fresh) seen.set(one.id, one);
    const last = fresh.at(-1);
    if (last === undefined || Date.parse(last.created_at) < since) break;
    before = `&max_id=${encodeURIComponent(last.id)}`;
  }
  return [...seen.values()]
    .filter((one) => Date.parse(one.created_at) >= since && mentions(one, url))
    .toReversed()
    .map(({ id, url }) => ({ remote: { id, url: url ?? null } }));
};

/** A status is HTML: the link stands in an attribute, its ampersands escaped. */
const mentions = ({ content, card }: Written[number], url: string): boolean => {
  const hrefs = [...content.matchAll(/href="([^"]*)"/g)].map(([, href]) => (href ?? "").replaceAll("&amp;", "&"));
  return card?.url === url || hrefs.includes(url);
};

const refused = (reply: Reply): Outcome => {
  const words = problem.safeParse(reply.body).data?.error;
  const reason = said("Mastodon", reply.status, words);
  if (reply.status === 429) {
    return { kind: "unavailable", reason, retryAt: whenToAskAgain(reply.headers, "x-ratelimit-reset") };
  }
  const shared = common("Mastodon", reply, words);
  if (shared !== undefined) return shared;
  // 403: the token lacks the scope write:statuses, or the account is suspended.
  if (reply.status === 401 || reply.status === 403) return { kind: "unauthorised", reason };
  return { kind: "rejected", reason };
};
