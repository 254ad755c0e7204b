import type { Outcome } from "../domain/delivery.ts";
import { codeOf } from "../domain/error-code.ts";
import { retryAfter } from "../domain/retry-after.ts";
import type { Instant } from "../domain/time.ts";

/** What a network answered. `body` is the parsed JSON; undefined where it could not be read as such. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export type NoReply = Extract<Outcome, { kind: "unavailable" | "unanswered" }>;

export type Answer = { readonly kind: "reply"; readonly reply: Reply } | NoReply;

export interface Ask {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly json?: unknown;
  /** In place of `json`: a body that is written already, with its type in the headers. */
  readonly body?: string | Buffer | undefined;
  readonly signal: AbortSignal;
}

const userAgent = "Crier/0.1";

/** No reply that we read is larger than a few KB; a flood is not read to its end. */
const replyLimit = 1024 * 1024;

/** As much of the global `fetch` as is used. The runtime passes it in: no network opens a connection of its own. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export type FetchJson = (url: string, request: Ask) => Promise<Answer>;

/** Asks once. Follows no redirect: the answer of another address is not the network's. */
export const fetchJsonBy =
  (fetch: Fetch): FetchJson =>
  async (url, { method, headers, json, body, signal }) => {
    if (signal.aborted) return { kind: "unavailable", reason: "no time was left to send the request" };
    const place = new URL(url).host;
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
      return {
        kind: "reply",
        reply: { status: response.status, headers: response.headers, body: await readJson(response) },
      };
    } catch (error) {
      return noReply(error, place);
    }
  };

const readJson = async (response: Response): Promise<unknown> => {
  try {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      size += chunk.byteLength;
      if (size > replyLimit) return undefined;
      chunks.push(chunk);
    }
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    // Cut off or not JSON. The status stands all the same; who needs the body sees that it is missing.
    return undefined;
  }
};

/** Errors after which not one byte of the request can have reached the network: no address, no connection, no TLS. */
const neverSent =
  /^(ECONNREFUSED|ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EACCES|UND_ERR_CONNECT_TIMEOUT|CERT_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|ERR_TLS_\w+|ERR_SSL_\w+)$/;

/** `fetch` throws a TypeError; the code is in its cause. */
const codeInCauses = (error: unknown): string | undefined =>
  codeOf(error) ?? (error instanceof Error ? codeInCauses(error.cause) : undefined);

/** A failed connection by what it proves: never sent is `unavailable`, all else may have been applied. */
const noReply = (error: unknown, place: string): NoReply => {
  const code = codeInCauses(error);
  if (code !== undefined && neverSent.test(code)) {
    return { kind: "unavailable", reason: `${place} could not be reached (${code})` };
  }
  const name = code ?? (error instanceof Error ? error.name : "unknown error");
  return { kind: "unanswered", reason: `${place} gave no answer (${name})` };
};

/** When a network wants to be asked again: its own header (seconds since 1970, or a date), else `Retry-After` counted from its own clock. */
export const whenToAskAgain = (headers: Headers, reset: string): Instant | undefined => {
  const wait = retryAfter(headers);
  const date = momentOf(headers.get("date"));
  return momentOf(headers.get(reset)) ?? (wait === undefined || date === undefined ? undefined : date + wait);
};

const momentOf = (value: string | null): Instant | undefined => {
  if (value === null || value.trim() === "") return undefined;
  const seconds = Number(value);
  const at = Number.isNaN(seconds) ? Date.parse(value) : seconds * 1000;
  return Number.isNaN(at) ? undefined : at;
};

/** `reason` of a refusal, in the network's words where it has some. */
export const said = (network: string, status: number, words: string | undefined): string =>
  `${network} answered ${status}${words === undefined || words === "" ? "" : `: ${words.slice(0, 300)}`}`;

/** What every network means alike by a status; undefined where its own words decide. */
export const common = (network: string, reply: Reply, words: string | undefined): Outcome | undefined => {
  const { status, headers } = reply;
  const reason = said(network, status, words);
  if (status === 429) return { kind: "unavailable", reason };
  // 303 points at the result of something done (RFC 9110 §15.4.4); the others say that nothing was done here.
  if (status >= 300 && status < 400 && status !== 303) {
    return {
      kind: "unavailable",
      reason: `${reason}; it points to ${headers.get("location") ?? "nowhere"}, which is not followed: check the account's server`,
    };
  }
  if (status < 300) return { kind: "unanswered", reason: `${reason}, in a form that cannot be read` };
  if (status === 408 || status >= 500 || status < 400) return { kind: "unanswered", reason };
  return undefined;
};
