import type { IncomingMessage } from "node:http";
import { Agent } from "node:https";
import { connect as connectTcp } from "node:net";
import type { TwitterApi } from "twitter-api-v2";
import * as z from "zod";
import type { Outcome, Remote } from "../domain/delivery.ts";
import type { Connection } from "../ports/networks.ts";
import type { Connecting } from "./define.ts";
import { common, noReply, type Reply, replyLimit, said, whenToAskAgain } from "./http.ts";

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

type Login = Connecting<Settings, Credentials>;

export const connectX = (login: Login): Connection => ({
  send: (request, _key, signal) =>
    call(
      login,
      signal,
      (v2, options) => v2.post<unknown>("tweets", { ...request }, options),
      (reply) => sent(reply, login.settings),
    ),
  remove: async ({ id }, signal) =>
    id === null
      ? { kind: "rejected", reason: "X told a duplicate and no id: delete the post on X by hand" }
      : call(
          login,
          signal,
          (v2, options) => v2.delete<unknown>(`tweets/${encodeURIComponent(id)}`, undefined, options),
          deleted,
        ),
});

type Client = TwitterApi["v2"];
type Options = { readonly fullResponse: true; readonly requestEventDebugHandler: (event: string, seen?: Seen) => void };

/** One request, signed anew. The client retries nothing; an abort closes its socket. */
const call = async (
  { credentials, sandbox }: Login,
  signal: AbortSignal,
  ask: (v2: Client, options: Options) => Promise<{ readonly data: unknown }>,
  read: (reply: Reply) => Outcome,
): Promise<Outcome> => {
  if (signal.aborted) return { kind: "unavailable", reason: "no time was left to send the request" };
  const agent = sandbox === undefined ? new Agent() : loopbackAgent(sandbox);
  const stop = () => agent.destroy();
  signal.addEventListener("abort", stop, { once: true });
  const wire = watch();
  // Loaded where something is sent: what only composes or counts does without the client.
  const client = await import("twitter-api-v2");
  try {
    const { v2 } = new client.TwitterApi({ ...credentials }, { httpAgent: agent, compression: "identity" });
    const { data } = await ask(v2, { fullResponse: true, requestEventDebugHandler: wire.note });
    return read(wire.reply(data) ?? unread);
  } catch (error) {
    const reply = wire.reply(error instanceof client.ApiResponseError ? error.data : undefined);
    return reply === undefined ? noReply(wire.error() ?? error, "api.x.com") : read(reply);
  } finally {
    signal.removeEventListener("abort", stop);
    agent.destroy();
  }
};

const unread: Reply = { status: 200, headers: new Headers(), body: undefined };

interface Seen {
  readonly res?: IncomingMessage;
  readonly requestError?: Error;
}

/** Watches the wire: the client tells neither a redirect's status nor what became of a failed connection (its `requestError` is always undefined). */
const watch = () => {
  let response: IncomingMessage | undefined;
  let failure: Error | undefined;
  const note = (event: string, { res, requestError }: Seen = {}): void => {
    failure ??= requestError;
    if (event !== "response" || res === undefined) return;
    response = res;
    let size = 0;
    // Closes the connection of a reply that does not end.
    res.on("data", (chunk: Buffer) => {
      size += chunk.byteLength;
      if (size > replyLimit) res.destroy();
    });
  };
  const reply = (body: unknown): Reply | undefined =>
    response === undefined ? undefined : { status: response.statusCode ?? 0, headers: headersOf(response), body };
  return { note, reply, error: () => failure };
};

const headersOf = ({ headers }: IncomingMessage): Headers =>
  new Headers(Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]));

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

/**
 * The client takes no `http:` address. So the sandbox is reached below it: URL, Host and signature are those of the
 * real API, and only the socket leads to the loopback.
 */
const loopbackAgent = (sandbox: string): Agent => {
  const { hostname, port } = new URL(sandbox);
  const agent = new Agent();
  agent.createConnection = () => connectTcp(Number(port), hostname);
  return agent;
};
