import * as z from "zod";
import { day, type Instant, minute, second } from "../domain/time.ts";
import type { Issued, NoLogin } from "../ports/networks.ts";
import type { Clock } from "../ports/runtime.ts";
import type { GetTokens } from "./define.ts";
import { answerReason, commonOutcome, type FetchJson, type JsonRequest, type JsonResponse } from "./http.ts";

/** The secret of an account, as `crier accounts connect` stores it. */
interface OauthCredentials {
  readonly accessToken: string;
  /** ISO 8601. Absent, or another text, where nobody knows when the token ends. */
  readonly expiresAt?: string | undefined;
  readonly refreshToken?: string | undefined;
}

/** True for a day or a moment (RFC 3339) that the calendar has. */
const isDate = (text: string): boolean => {
  const day = text.slice(0, 10);
  const known = Date.parse(day);
  const hasDay = /^\d{4}-\d{2}-\d{2}(?:T|$)/.test(text) && !Number.isNaN(known) && !Number.isNaN(Date.parse(text));
  return hasDay && new Date(known).toISOString().startsWith(day);
};

/** The end of a login in its secret, where it is known. */
export const loginEnd = z
  .string()
  .refine(isDate, "is no date: write it as 2027-01-29, or as 2027-01-29T12:00:00Z")
  .optional()
  .describe("the day on which the login ends, such as 2027-01-29");

/** RFC 6749 §5.1. */
const tokenBody = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).optional(),
  expires_in: z.number().positive(),
});
/** RFC 6749 §5.2. */
const errorBody = z.object({ error: z.string(), error_description: z.string().optional() });

/** What a network says of a refresh that it refuses. */
interface Refusal {
  readonly message: string | undefined;
  /** The login cannot be renewed any more. */
  readonly isFinal: boolean;
}

interface OauthAccessOptions {
  /** Its name, for people. */
  readonly network: string;
  readonly credentials: OauthCredentials;
  readonly getTokens: GetTokens;
  readonly fetchJson: FetchJson;
  readonly clock: Clock;
  /** The request that renews the tokens. */
  readonly refresh: (tokens: Issued["tokens"]) => Omit<JsonRequest, "signal"> & { readonly url: string };
  /** Reads a refusal, where it is not that of RFC 6749. */
  readonly readRefusal?: (response: JsonResponse) => Refusal;
}

interface Access {
  readonly token: string;
  /** Why the token was not renewed, and when it ends then. */
  readonly notRenewed?: { readonly problem: string; readonly endsAt: Instant | undefined };
}

const readOauthRefusal = ({ body }: JsonResponse): Refusal => {
  const { error, error_description: message = error } = errorBody.safeParse(body).data ?? {};
  return { message, isFinal: error === "invalid_grant" };
};

/** Half of what is left of a long life, and no sooner than after a day, because Threads refuses a younger token. */
const renewalOf = (endsAt: Instant, now: Instant): Instant => {
  const left = endsAt - now;
  return left >= 2 * day ? now + left / 2 : endsAt - Math.min(5 * minute, left / 2);
};

const instantOf = (text = ""): Instant | undefined => {
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
};

const endOf = ({ about }: Issued): Instant => instantOf(about.endsAt) ?? Number.POSITIVE_INFINITY;

const issuedOf = (tokens: Issued["tokens"], endsAt: Instant | undefined, now: Instant): Issued => ({
  tokens,
  about: endsAt === undefined ? {} : { endsAt: new Date(endsAt).toISOString() },
  // A token whose end is not known may be as young as a minute.
  renewAt: endsAt === undefined ? now + day : renewalOf(endsAt, now),
});

/**
 * The access token of a login, which is renewed in time (docs/decisions/0038). While the old token is good, a renewal that
 * fails loses nothing: it is used on, and its owner is told.
 */
export const oauthAccess = ({
  network,
  credentials: { accessToken, refreshToken, expiresAt },
  getTokens,
  fetchJson,
  clock,
  refresh,
  readRefusal = readOauthRefusal,
}: OauthAccessOptions): { readonly get: (signal: AbortSignal) => Promise<Access | NoLogin> } => {
  const given = (): Issued =>
    issuedOf({ accessToken, ...(refreshToken && { refreshToken }) }, instantOf(expiresAt), clock());
  const isGood = ({ renewAt = Number.POSITIVE_INFINITY }: Issued): boolean => clock() < renewAt;

  /** `wasShown`: the network may have used up a refresh token for one use. Shown again, it ends the token that is good. */
  const keep = (old: Issued, problem: string, wasShown: boolean): Issued => ({
    ...old,
    about: { ...old.about, problem },
    renewAt:
      wasShown && old.tokens.refreshToken !== undefined ? endOf(old) : Math.min(clock() + day, endOf(old) - minute),
  });

  const renew = async (stored: Issued | undefined, signal: AbortSignal): Promise<Issued | NoLogin> => {
    const old = stored ?? given();
    if (isGood(old)) return old;
    const { url, ...request } = refresh(old.tokens);
    const result = await fetchJson(url, { ...request, signal });
    const hasEnded = clock() >= endOf(old);
    if (result.kind !== "response")
      return hasEnded ? { ...result, kind: "unavailable" } : keep(old, result.reason, result.kind === "unanswered");
    const { response } = result;
    const renewed = response.status === 200 ? tokenBody.safeParse(response.body).data : undefined;
    if (renewed !== undefined) {
      const { access_token, refresh_token = old.tokens.refreshToken, expires_in: life } = renewed;
      const tokens = { accessToken: access_token, ...(refresh_token && { refreshToken: refresh_token }) };
      return issuedOf(tokens, response.receivedAt + life * second, response.receivedAt);
    }
    const { message, isFinal } = readRefusal(response);
    const reason = answerReason(network, response.status, message);
    const common = commonOutcome(response, reason, undefined);
    const why = common !== undefined && "reason" in common ? common.reason : reason;
    if (!hasEnded) return keep(old, why, common?.kind === "unanswered");
    return common === undefined && isFinal
      ? { kind: "unauthorised", reason: `the login has ended, and ${reason}` }
      : { kind: "unavailable", reason: `the login has ended, and was not renewed: ${why}` };
  };

  return {
    get: async (signal) => {
      const issued = await getTokens({ isGood, renew, signal });
      if ("kind" in issued) return issued;
      const { tokens, about } = issued;
      const end = endOf(issued);
      return {
        token: tokens.accessToken ?? accessToken,
        ...(about.problem !== undefined && {
          notRenewed: { problem: about.problem, endsAt: Number.isFinite(end) ? end : undefined },
        }),
      };
    },
  };
};
