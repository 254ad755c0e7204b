import type * as z from "zod";
import type { Outcome, Remote } from "../domain/delivery.ts";
import { errorCode } from "../domain/errors.ts";
import { retryAfter } from "../domain/retry.ts";
import { type Instant, minute } from "../domain/time.ts";
import type { Identity, NoLogin } from "../ports/networks.ts";
import type { Clock } from "../ports/runtime.ts";

/** A network's response. */
export interface JsonResponse {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed JSON. Undefined if the body is not JSON. */
  readonly body: unknown;
  /** The body as text: some networks do not answer in JSON. Empty if it was too large or incomplete. */
  readonly text: string;
  /** When the response arrived, by this machine's clock. */
  readonly receivedAt: Instant;
}

export type NoResponse = Extract<Outcome, { kind: "unavailable" | "unanswered" }>;

export type FetchResult = { readonly kind: "response"; readonly response: JsonResponse } | NoResponse;

export interface JsonRequest {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** Replaces `json`: an encoded body (a form, a signed text), whose type is in the headers. */
  readonly body?: string | Buffer;
  /** The largest response that is read. 1 MB if absent. */
  readonly maxBytes?: number;
  readonly signal: AbortSignal;
}

/** The part of `fetch` that networks use. The runtime passes it in: no network opens its own connections. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export type FetchJson = (url: string, request: JsonRequest) => Promise<FetchResult>;

const userAgent = "Crier/0.1";

/** Responses are usually a few KB. Reading stops at this size. */
const usualMaxBytes = 1024 * 1024;

/** Sends one request. Follows no redirect: the response of another address is not the network's. */
export const fetchJsonWith =
  (fetch: Fetch, clock: Clock): FetchJson =>
  async (url, { method, headers, json, body, maxBytes = usualMaxBytes, signal }) => {
    if (signal.aborted) return { kind: "unavailable", reason: "no time was left to send the request" };
    if (!isHeader(headers)) return { kind: "unavailable", reason: invalidHeader };
    try {
      const response = await fetch(url, {
        method,
        redirect: "manual",
        signal,
        headers: {
          accept: "application/json",
          "user-agent": userAgent,
          ...(json === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        body: body ?? (json === undefined ? null : JSON.stringify(json)),
      });
      const { status, headers: received } = response;
      const text = await readText(response, maxBytes);
      return {
        kind: "response",
        response: { status, headers: received, text, body: parseJson(text), receivedAt: clock() },
      };
    } catch (error) {
      return outcomeOfFailure(error, new URL(url).host);
    }
  };

const invalidHeader =
  "no request can be made of these credentials: one has a character that HTTP does not allow; set them again";

/** Checked before the request: the error of an invalid header would quote its value, which may be a secret. */
const isHeader = (headers: Readonly<Record<string, string>> | undefined): boolean => {
  try {
    return new Headers(headers) !== undefined;
  } catch {
    return false;
  }
};

const readText = async (response: Response, maxBytes: number): Promise<string> => {
  try {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      size += chunk.byteLength;
      if (size > maxBytes) return "";
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString("utf8");
  } catch {
    // The body is incomplete. The status is valid nevertheless; a caller that needs the body finds none.
    return "";
  }
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Errors after which no byte of the request can have reached the network: no address, no connection, no TLS. */
const neverSent =
  /^(ECONNREFUSED|ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EACCES|connect-timeout|CERT_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|ERR_TLS_\w+|ERR_SSL_\w+)$/;

/** The codes of an error and of its causes, the outermost first. */
const codesOf = (error: unknown): readonly string[] =>
  error instanceof Error ? [errorCode(error) ?? [], codesOf(error.cause)].flat() : [];

/** A request that was never sent is `unavailable`; after any other failure it may have been applied. */
const outcomeOfFailure = (error: unknown, host: string): NoResponse => {
  // An error after the request was sent is `interrupted`, whatever its cause.
  const [code, ...causes] = codesOf(error);
  if (code === "refused-address")
    return { kind: "unavailable", reason: `${host} has an address that is not public: Crier sends no requests there` };
  if (code !== undefined && neverSent.test(code)) {
    return { kind: "unavailable", reason: `${host} could not be reached (${code})` };
  }
  const name = causes.at(-1) ?? code ?? (error instanceof Error ? error.name : "unknown error");
  return { kind: "unanswered", reason: `${host} did not answer (${name})` };
};

const dateOf = ({ headers, receivedAt }: JsonResponse): Instant => parseInstant(headers.get("date")) ?? receivedAt;

/**
 * When a network allows the next request, read from its own header (seconds since 1970, or a date) or from `Retry-After`.
 * The network's clock and this machine's may differ, so the duration since its `Date` is used.
 */
export const readRetryAt = (response: JsonResponse, resetHeader?: string): Instant | undefined => {
  const { headers, receivedAt } = response;
  const reset = resetHeader === undefined ? undefined : parseInstant(headers.get(resetHeader));
  const wait = reset === undefined ? retryAfter(headers) : reset - dateOf(response);
  return wait === undefined || wait <= 0 ? undefined : receivedAt + wait;
};

/** When a network allows the next request, if the body of its response names seconds. Undefined if it names none. */
export const retryInSeconds = ({ receivedAt }: JsonResponse, seconds: number | undefined): Instant | undefined =>
  seconds === undefined || !(seconds > 0) ? undefined : receivedAt + Math.ceil(seconds * 1000);

/** A note that the clocks differ, which is why a signature with a time may be refused. Empty if they agree. */
export const clockNote = (response: JsonResponse): string => {
  const minutes = Math.round((response.receivedAt - dateOf(response)) / minute);
  if (Math.abs(minutes) < 5) return "";
  return `; the clock of this machine is ${Math.abs(minutes)} minutes ${minutes > 0 ? "ahead of" : "behind"} the server's: set it`;
};

const parseInstant = (value: string | null): Instant | undefined => {
  if (value === null || value.trim() === "") return undefined;
  const seconds = Number(value);
  const at = Number.isNaN(seconds) ? Date.parse(value) : seconds * 1000;
  return Number.isNaN(at) ? undefined : at;
};

/** Ends a text that was cut. Its end may be the first half of a secret (see hideHalf in define.ts). */
export const ellipsis = "…";

/** The `reason` of an outcome: the status, and the network's own message if it has one. */
export const answerReason = (network: string, status: number, message: string | undefined): string =>
  `${network} answered ${status}${status === 429 ? " (rate limit)" : ""}${message === undefined || message === "" ? "" : `: ${cut(message)}`}`;

const maxMessage = 300;

const cut = (message: string): string =>
  message.length > maxMessage ? `${message.slice(0, maxMessage)}${ellipsis}` : message;

/** The outcome of a status that means the same on every network. Undefined if the network's own error decides. */
export const commonOutcome = (
  { status, headers }: JsonResponse,
  reason: string,
  retryAt: Instant | undefined,
): Outcome | undefined => {
  if (status === 429) return { kind: "unavailable", reason, ...(retryAt === undefined ? {} : { retryAt }) };
  // 303 redirects to the result of an applied request (RFC 9110 §15.4.4). After all others nothing was applied.
  if (status >= 300 && status < 400 && status !== 303) {
    // The rest of an address may be a secret.
    const location = URL.parse(headers.get("location") ?? "")?.origin ?? "another address";
    return {
      kind: "unavailable",
      reason: `${reason}; it points to ${location}, which is not followed: check the account's server`,
    };
  }
  if (status < 300) return { kind: "unanswered", reason: `${reason}, in a form that cannot be read` };
  if (status === 408 || status >= 500 || status < 400) return { kind: "unanswered", reason };
  return undefined;
};

/** The outcome of a request. Without a response it is decided already. */
export const toOutcome = (result: FetchResult, outcomeOf: (response: JsonResponse) => Outcome): Outcome =>
  result.kind === "response" ? outcomeOf(result.response) : result;

/** The body of a successful response. Undefined after an error, or if the body is another one than the network documents. */
export const bodyIn = <Body extends z.ZodType>(
  { status, body }: JsonResponse,
  schema: Body,
  isSuccess = status < 300,
): z.output<Body> | undefined => (isSuccess ? schema.safeParse(body).data : undefined);

/** The outcome of a read that got no response. It can be repeated, because it changes nothing. */
export const notRead = (result: NoResponse): Extract<NoLogin, { kind: "unavailable" }> => ({
  ...result,
  kind: "unavailable",
});

/** The outcome of an edit that failed. `isMissing`: because the copy does not exist any more. */
export const missingIf = (isMissing: boolean, outcome: Outcome): Outcome =>
  isMissing && "reason" in outcome ? { kind: "missing", reason: outcome.reason } : outcome;

/** Changes a copy by its id. `unknownId` tells the owner what to do if the network did not return it. */
export const withId = async (
  { id }: Pick<Remote, "id">,
  unknownId: string,
  change: (id: string) => Promise<Outcome>,
): Promise<Outcome> => (id === null ? { kind: "rejected", reason: unknownId } : change(id));

/** The identity of a login, from the response to a read. `readLogin` returns undefined if the response has no id. */
export const readIdentity = (
  result: FetchResult,
  readLogin: (response: JsonResponse) => Omit<Identity, "kind"> | undefined,
  outcomeOfError: (response: JsonResponse) => Outcome,
  network: string,
): Identity | NoLogin => {
  if (result.kind !== "response") return notRead(result);
  const login = readLogin(result.response);
  if (login !== undefined) return { kind: "identity", ...login };
  const outcome = outcomeOfError(result.response);
  if (outcome.kind === "unavailable" || outcome.kind === "unauthorised") return outcome;
  return {
    kind: "unavailable",
    reason: "reason" in outcome ? outcome.reason : `${network} did not say whose login it is`,
  };
};
