import * as z from "zod";
import type { Outcome, Remote } from "../../domain/delivery.ts";
import { type Instant, minute, second } from "../../domain/time.ts";
import type { Identity, Issued, NoLogin } from "../../ports/networks.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { GetTokens } from "../define.ts";
import {
  answerReason,
  bodyIn,
  commonOutcome,
  type FetchJson,
  type FetchResult,
  type JsonRequest,
  type JsonResponse,
  readIdentity,
  readRetryAt,
} from "../http.ts";

export interface Session {
  readonly did: string;
  readonly handle: string;
  readonly accessJwt: string;
}

const sessionBody = z.object({
  did: z.string().startsWith("did:"),
  handle: z.string().min(1),
  accessJwt: z.string().min(1),
  refreshJwt: z.string().min(1).optional(),
});

const whoseSession = sessionBody.pick({ did: true });

const issuedSession = z.object({
  about: sessionBody.pick({ did: true, handle: true }),
  tokens: sessionBody.pick({ accessJwt: true, refreshJwt: true }),
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
  /** The identity of the session. A session that another process stored is checked with the server first. */
  whoAmI(signal: AbortSignal, isCheck?: boolean): Promise<Identity | NoLogin>;
}

interface XrpcOptions {
  readonly server: string;
  readonly credentials: { readonly identifier: string; readonly appPassword: string };
  readonly fetchJson: FetchJson;
  readonly getTokens: GetTokens;
  readonly clock: Clock;
}

/** Tokens are renewed this long before they expire, so that they are still valid at the end of a slow request. */
const margin = minute;

const jwtTimes = z.object({ iat: z.number(), exp: z.number() });

/** A token's lifetime in ms, from its own times: the server's clock may differ from ours. Undefined if it names none. */
const tokenLifetime = (jwt: string): number | undefined => {
  try {
    const payload: unknown = JSON.parse(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString("utf8"));
    const times = jwtTimes.safeParse(payload).data;
    return times && (times.exp - times.iat) * second;
  } catch {
    return undefined;
  }
};

/** The tokens of a response. Undefined if it is not the response to a login. */
const issuedBy = (result: FetchResult): Issued | undefined => {
  if (result.kind !== "response") return undefined;
  const session = bodyIn(result.response, sessionBody, result.response.status === 200);
  if (session === undefined) return undefined;
  const { did, handle, accessJwt, refreshJwt } = session;
  const life = tokenLifetime(accessJwt);
  return {
    tokens: { accessJwt, ...(refreshJwt !== undefined && { refreshJwt }) },
    about: { did, handle },
    renewAt: life === undefined ? undefined : result.response.receivedAt + life - margin,
  };
};

/** The two requests that return tokens. */
const blueskyLogin = ({
  server,
  credentials,
  fetchJson,
}: Pick<XrpcOptions, "server" | "credentials" | "fetchJson">) => {
  const post = (nsid: string, request: Pick<JsonRequest, "json" | "headers" | "signal">): Promise<FetchResult> =>
    fetchJson(`${server}/xrpc/${nsid}`, { ...request, method: "POST" });
  return {
    login: async (signal: AbortSignal): Promise<Issued | NoLogin> => {
      const json = { identifier: credentials.identifier, password: credentials.appPassword };
      const result = await post("com.atproto.server.createSession", { json, signal });
      return issuedBy(result) ?? failedLogin(result);
    },
    /** Returns undefined if the session can no longer be refreshed. */
    refresh: async (refreshJwt: string, signal: AbortSignal): Promise<Issued | NoLogin | undefined> => {
      const headers = { authorization: `Bearer ${refreshJwt}` };
      const result = await post("com.atproto.server.refreshSession", { headers, signal });
      const refreshed = issuedBy(result);
      if (refreshed !== undefined) return refreshed;
      const failed = failedLogin(result);
      return failed.kind === "unauthorised" ? undefined : failed;
    },
  };
};

/** The session of an account, which all workers share, and whether this process knows that the server accepts it. */
const sharedSession = (options: XrpcOptions) => {
  const { getTokens, clock } = options;
  const { login, refresh } = blueskyLogin(options);
  let current: Issued | undefined;
  /** The last token that the server has accepted from this process. */
  let confirmed: string | undefined;

  const isGood = ({ renewAt = Number.POSITIVE_INFINITY }: Issued): boolean => clock() < renewAt;

  const renew = async (stored: Issued | undefined, limit: AbortSignal): Promise<Issued | NoLogin> => {
    const { refreshJwt } = stored?.tokens ?? {};
    const refreshed = refreshJwt === undefined ? undefined : await refresh(refreshJwt, limit);
    const issued = refreshed ?? (await login(limit));
    if (!("kind" in issued)) confirmed = issued.tokens.accessJwt;
    return issued;
  };

  return {
    /** `refused`: the session that the server no longer accepts. */
    get: async (signal: AbortSignal, refused?: Session): Promise<Session | NoLogin> => {
      const isUsable = (issued: Issued): boolean =>
        isGood(issued) && issued.tokens.accessJwt !== refused?.accessJwt && issuedSession.safeParse(issued).success;
      if (current === undefined || !isUsable(current)) {
        const renewed = await getTokens({ isGood: isUsable, renew, signal });
        if ("kind" in renewed) return renewed;
        current = renewed;
      }
      const { about, tokens } = issuedSession.parse(current);
      return { ...about, accessJwt: tokens.accessJwt };
    },
    isConfirmed: ({ accessJwt }: Session): boolean => accessJwt === confirmed,
    confirm: ({ accessJwt }: Session): void => {
      confirmed = accessJwt;
    },
  };
};

/**
 * XRPC calls of one account. All workers share its session and refresh it when it expires: the network allows 30 logins in
 * five minutes, and 300 a day.
 */
export const xrpcAs = (options: XrpcOptions): Xrpc => {
  const { server, fetchJson } = options;
  const session = sharedSession(options);

  const call: Xrpc["call"] = async (nsid, request, signal) => {
    const send = async (session: Session): Promise<FetchResult> => {
      const { query, ...options } = request(session);
      const search = query === undefined ? "" : `?${new URLSearchParams(query)}`;
      const headers = { ...options.headers, authorization: `Bearer ${session.accessJwt}` };
      return fetchJson(`${server}/xrpc/${nsid}${search}`, { ...options, headers, signal });
    };
    const first = await session.get(signal);
    if ("kind" in first) return first;
    const result = await send(first);
    if (result.kind !== "response" || !isExpired(result.response)) return { kind: "called", session: first, result };
    // It was refused only for the token, so it was not applied: a second request makes no second post.
    const second = await session.get(signal, first);
    return "kind" in second ? second : { kind: "called", session: second, result: await send(second) };
  };

  const whoAmI: Xrpc["whoAmI"] = async (signal, isCheck = false) => {
    const stored = await session.get(signal);
    if ("kind" in stored) return stored;
    if (!isCheck && session.isConfirmed(stored))
      return { kind: "identity", id: stored.did, handle: `@${stored.handle}` };
    const called = await call("com.atproto.server.getSession", () => ({ method: "GET" }), signal);
    if (called.kind !== "called") return called;
    const identity = readIdentity(
      called.result,
      (response) => {
        const id = bodyIn(response, whoseSession, response.status === 200)?.did;
        return id === undefined ? undefined : { id, handle: `@${called.session.handle}` };
      },
      (response) => outcomeOfError(response, { id: null, url: null, public: true }),
      "Bluesky",
    );
    if (identity.kind === "identity") session.confirm(called.session);
    return identity;
  };

  return { call, whoAmI };
};

const isExpired = ({ status, body }: JsonResponse): boolean =>
  (status === 400 || status === 401) && ["ExpiredToken", "InvalidToken"].includes(readError(body).error ?? "");

/** Without a session nothing was sent: after any failed login the post was certainly not made. */
const failedLogin = (result: FetchResult): NoLogin => {
  if (result.kind !== "response") return { kind: "unavailable", reason: `Bluesky login: ${result.reason}` };
  const { status, body } = result.response;
  const { error, message } = readError(body);
  const reason = answerReason("Bluesky login:", status, message ?? error);
  const isRefused = status === 401 || status === 403 || status === 400;
  if (isRefused) return { kind: "unauthorised", reason };
  const retryAt = rateLimitReset(result.response);
  return { kind: "unavailable", reason, ...(retryAt === undefined ? {} : { retryAt }) };
};

const xrpcError = z.object({ error: z.string().optional(), message: z.string().optional() });

export const readError = (body: unknown): z.infer<typeof xrpcError> => xrpcError.safeParse(body).data ?? {};

const rateLimitReset = (response: JsonResponse): Instant | undefined => readRetryAt(response, "ratelimit-reset");

const loginErrors = [
  "AuthenticationRequired",
  "AuthMissing",
  "AccountTakedown",
  "AccountDeactivated",
  "InvalidToken",
  "ExpiredToken",
];

/** The outcome of Bluesky's errors. `own` is the record under our key: only Crier can have created it. */
export const outcomeOfError = (response: JsonResponse, own: Remote): Outcome => {
  const { error, message } = readError(response.body);
  const reason = answerReason("Bluesky", response.status, message ?? error);
  const common = commonOutcome(response, reason, rateLimitReset(response));
  if (common !== undefined) return common;
  if (error === "InvalidSwap") return { kind: "duplicate", remote: own, reason };
  if (response.status === 401 || loginErrors.includes(error ?? "")) return { kind: "unauthorised", reason };
  return { kind: "rejected", reason };
};
