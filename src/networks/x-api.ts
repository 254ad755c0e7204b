import type { ITwitterApiBeforeRequestHookArgs, TwitterApi } from "twitter-api-v2";
import * as z from "zod";
import type { Outcome, Remote } from "../domain/delivery.ts";
import type { Connection } from "../ports/networks.ts";
import type { Connecting } from "./define.ts";
import { common, type Reply, said, whenToAskAgain } from "./http.ts";

interface Settings {
  readonly handle?: string | undefined;
}
interface Credentials {
  readonly appKey: string;
  readonly appSecret: string;
  readonly accessToken: string;
  readonly accessSecret: string;
}

const created = z.object({ data: z.object({ id: z.string().regex(/^\d{1,19}$/) }) });
const removed = z.object({ data: z.object({ deleted: z.boolean() }) });
const problem = z.object({ detail: z.string().optional(), title: z.string().optional(), type: z.string().optional() });

export const connectX = ({
  settings,
  credentials,
  sandbox,
  fetchJson,
}: Connecting<Settings, Credentials>): Connection => {
  const call = async (
    make: (v2: Client) => Promise<unknown>,
    signal: AbortSignal,
    read: (reply: Reply) => Outcome,
  ): Promise<Outcome> => {
    const { url, method, headers, body } = await signed(credentials, make);
    const answer = await fetchJson(`${sandbox ?? url.origin}${url.pathname}`, { method, headers, body, signal });
    return answer.kind === "reply" ? read(answer.reply) : answer;
  };
  return {
    send: (request, _key, signal) =>
      call(
        (v2) => v2.post("tweets", { ...request }),
        signal,
        (reply) => sent(reply, settings),
      ),
    remove: async ({ id }, signal) =>
      id === null
        ? { kind: "rejected", reason: "X told a duplicate and no id: delete the post on X by hand" }
        : call((v2) => v2.delete(`tweets/${encodeURIComponent(id)}`), signal, deleted),
  };
};

type Client = TwitterApi["v2"];

/**
 * The request as the client makes and signs it. It is sent by `fetchJson`, as every network's is: the client waits for its
 * hook and sends nothing.
 */
const signed = async (
  credentials: Credentials,
  make: (v2: Client) => Promise<unknown>,
): Promise<ITwitterApiBeforeRequestHookArgs["computedParams"]> => {
  // Loaded where something is sent: what only composes or counts does without the client.
  const { TwitterApi } = await import("twitter-api-v2");
  return new Promise((resolve, reject) => {
    const onBeforeRequest = ({ computedParams }: ITwitterApiBeforeRequestHookArgs): Promise<void> => {
      resolve(computedParams);
      return new Promise(() => undefined);
    };
    make(new TwitterApi({ ...credentials }, { plugins: [{ onBeforeRequest }] }).v2).catch(reject);
  });
};

const sent = (reply: Reply, { handle }: Settings): Outcome => {
  const { data, success } = created.safeParse(reply.body);
  if (reply.status < 300 && success) {
    const { id } = data.data;
    return { kind: "posted", remote: { id, url: `https://x.com/${handle ?? "i"}/status/${id}` } };
  }
  return refused(reply);
};

const deleted = (reply: Reply): Outcome => {
  const gone = reply.status === 404 || (reply.status < 300 && removed.safeParse(reply.body).success);
  return gone ? { kind: "done" } : refused(reply);
};

const nowhere: Remote = { id: null, url: null };

/** What X's refusals mean. A body that cannot be read with a 2xx is no answer. */
const refused = ({ status, headers, body }: Reply): Outcome => {
  const { detail, title, type } = problem.safeParse(body).data ?? {};
  const reason = said("X", status, detail ?? title);
  if (status === 429) return { kind: "unavailable", reason, retryAt: resetOf(headers) };
  const shared = common("X", { status, headers, body }, detail ?? title);
  if (shared !== undefined) return shared;
  if (status === 403 && /duplicate content/i.test(detail ?? "")) return { kind: "duplicate", remote: nowhere, reason };
  // 402: the account has no credits left. These 403s speak of the app or its keys, not of the post.
  const login = /client-forbidden|unsupported-authentication|oauth1-permissions|client-not-enrolled/.test(type ?? "");
  if (status === 401 || status === 402 || (status === 403 && login)) return { kind: "unauthorised", reason };
  return { kind: "rejected", reason };
};

/** The daily limits, where they are used up, last longer than the window of 15 minutes. */
const resetOf = (headers: Headers): number | undefined => {
  const limits = ["x-rate-limit", "x-app-limit-24hour", "x-user-limit-24hour"];
  const spent = limits.filter((name) => name === "x-rate-limit" || headers.get(`${name}-remaining`) === "0");
  const resets = spent.flatMap((name) => whenToAskAgain(headers, `${name}-reset`) ?? []);
  return resets.length === 0 ? undefined : Math.max(...resets);
};
