import type { Account } from "../domain/account.ts";
import { day, hour, type Instant, second } from "../domain/time.ts";
import type { EmulatorContext } from "./emulator.ts";

/** What a personal data server gives: a token for requests, and one for the next of both. */
export interface IssuedTokens {
  readonly accessJwt: string;
  readonly refreshJwt: string;
}

const accessLife = 2 * hour;
const refreshLife = 90 * day;
/** A used refresh token gives the same next one for this long: its answer may have been lost. */
const grace = 2 * hour;

interface Refresh {
  readonly account: string;
  until: Instant;
  next: string | undefined;
}

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Has the form and the times of a real one. Its signature is none: the sandbox knows what it issued. */
const jwt = (typ: string, scope: string, jti: string, now: Instant, life: number): string => {
  const iat = Math.floor(now / second);
  return `${encoded({ typ, alg: "none" })}.${encoded({ scope, jti, iat, exp: iat + life / second })}.sandbox`;
};

/** The sessions of all accounts, which end with the process. */
export const blueskySessions = ({ clock, nextId }: Pick<EmulatorContext, "clock" | "nextId">) => {
  const access = new Map<string, { readonly account: string; readonly until: Instant }>();
  const refreshes = new Map<string, Refresh>();

  const issue = (account: string, refreshJwt: string): IssuedTokens => {
    const now = clock();
    const accessJwt = jwt("at+jwt", "com.atproto.appPass", nextId(), now, accessLife);
    access.set(accessJwt, { account, until: now + accessLife });
    return { accessJwt, refreshJwt };
  };

  const newRefresh = (account: string): string => {
    const now = clock();
    const refreshJwt = jwt("refresh+jwt", "com.atproto.refresh", nextId(), now, refreshLife);
    refreshes.set(refreshJwt, { account, until: now + refreshLife, next: undefined });
    return refreshJwt;
  };

  return {
    create: ({ name }: Account): IssuedTokens => issue(name, newRefresh(name)),
    /** Undefined: the token is not the account's, or was used or expired before. */
    refresh: ({ name }: Account, token: string): IssuedTokens | undefined => {
      const known = refreshes.get(token);
      const now = clock();
      if (known?.account !== name || known.until <= now) return undefined;
      known.next ??= newRefresh(name);
      known.until = Math.min(known.until, now + grace);
      return issue(name, known.next);
    },
    isGood: ({ name }: Account, token: string): boolean => {
      const known = access.get(token);
      return known?.account === name && known.until > clock();
    },
  };
};
