import * as z from "zod";
import type { NoLogin } from "../ports/networks.ts";
import { errorOf, rateLimitReset } from "./bluesky-errors.ts";
import { type FetchJson, type FetchResult, type JsonRequest, type JsonResponse, reasonOf } from "./http.ts";

export interface Session {
  readonly did: string;
  readonly handle: string;
  readonly accessJwt: string;
}

const sessionBody = z.object({
  did: z.string().startsWith("did:"),
  handle: z.string().min(1),
  accessJwt: z.string().min(1),
});

/** The result of an XRPC call with the session that it used, or the outcome of a login that failed. */
export type XrpcResult = { readonly kind: "called"; readonly session: Session; readonly result: FetchResult } | NoLogin;

export interface Xrpc {
  call(
    nsid: string,
    request: (session: Session) => Pick<JsonRequest, "method" | "json" | "body" | "headers"> & {
      readonly query?: Readonly<Record<string, string>>;
    },
    signal: AbortSignal,
  ): Promise<XrpcResult>;
  /** The session, or the outcome of a login that failed. */
  session(signal: AbortSignal): Promise<Session | NoLogin>;
}

/** XRPC as one account. It keeps its session: the network allows 30 logins in five minutes. */
export const xrpcAs = (
  server: string,
  credentials: { readonly identifier: string; readonly appPassword: string },
  fetchJson: FetchJson,
): Xrpc => {
  let current: Session | undefined;

  const login = async (signal: AbortSignal): Promise<Session | NoLogin> => {
    const json = { identifier: credentials.identifier, password: credentials.appPassword };
    const result = await fetchJson(`${server}/xrpc/com.atproto.server.createSession`, { method: "POST", json, signal });
    const isOk = result.kind === "response" && result.response.status === 200;
    const session = isOk ? sessionBody.safeParse(result.response.body).data : undefined;
    if (session === undefined) return failedLogin(result);
    current = session;
    return session;
  };

  const session = async (signal: AbortSignal) => current ?? login(signal);

  const call: Xrpc["call"] = async (nsid, request, signal) => {
    const send = async (session: Session): Promise<FetchResult> => {
      const { query, ...options } = request(session);
      const search = query === undefined ? "" : `?${new URLSearchParams(query)}`;
      const headers = { ...options.headers, authorization: `Bearer ${session.accessJwt}` };
      return fetchJson(`${server}/xrpc/${nsid}${search}`, { ...options, headers, signal });
    };
    const first = await session(signal);
    if ("kind" in first) return first;
    const result = await send(first);
    if (result.kind !== "response" || !isExpired(result.response)) return { kind: "called", session: first, result };
    // Refused for the token alone, so certainly not applied: a second request makes no second post.
    current = undefined;
    const second = await login(signal);
    return "kind" in second ? second : { kind: "called", session: second, result: await send(second) };
  };
  return { call, session };
};

const isExpired = ({ status, body }: JsonResponse): boolean =>
  (status === 400 || status === 401) && ["ExpiredToken", "InvalidToken"].includes(errorOf(body).error ?? "");

/** Without a session nothing was sent: however the login failed, the post was certainly not made. */
const failedLogin = (result: FetchResult): NoLogin => {
  if (result.kind !== "response") return { kind: "unavailable", reason: `Bluesky login: ${result.reason}` };
  const { status, body } = result.response;
  const { error, message } = errorOf(body);
  const reason = reasonOf("Bluesky login:", status, message ?? error);
  const isRefused = status === 401 || status === 403 || status === 400;
  if (isRefused) return { kind: "unauthorised", reason };
  const retryAt = rateLimitReset(result.response);
  return { kind: "unavailable", reason, ...(retryAt === undefined ? {} : { retryAt }) };
};
