import { createHash, createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { isRecord, parseUntrustedJson } from "../domain/json-value.ts";
import { hour, type Instant, minute } from "../domain/time.ts";

/**
 * Sessions of the console. They are stateless: what a browser keeps is signed with a key that is derived from the API's
 * token, so that nothing is stored, each instance can check it, and a new token ends every session.
 */

/** A person who has signed in. The name is a label for others and no proof, because all share one token. */
export interface Session {
  readonly name: string;
  readonly issued: Instant;
  readonly expires: Instant;
}

export const sessionLength = 12 * hour;

export const longestName = 40;

const signature = (token: string, purpose: string, text: string): string => {
  const key = Buffer.from(hkdfSync("sha256", token, "", "crier console 1", 32));
  return createHmac("sha256", key).update(`${purpose}\n${text}`).digest("base64url");
};

/** Compares two texts in constant time, whatever their lengths are. */
export const isEqual = (given: string, expected: string): boolean => {
  const [one, other] = [given, expected].map((text) => createHash("sha256").update(text).digest());
  return one !== undefined && other !== undefined && timingSafeEqual(one, other);
};

/** Signs a value. One that was signed for another purpose is not accepted. */
export const seal = (token: string, purpose: string, value: object): string => {
  const text = Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${text}.${signature(token, purpose, text)}`;
};

/** Returns the value that was signed. Undefined where the text was not made by `seal` with this token for this purpose. */
export const unseal = (
  token: string,
  purpose: string,
  sealed: string,
): Readonly<Record<string, unknown>> | undefined => {
  const [text = "", given = "", ...rest] = sealed.split(".");
  if (rest.length > 0 || !isEqual(given, signature(token, purpose, text))) return undefined;
  try {
    const value = parseUntrustedJson(Buffer.from(text, "base64url").toString());
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

/** Returns the cookie of a new session. */
export const startSession = (token: string, name: string, now: Instant): string =>
  seal(token, "session", { name, issued: now, expires: now + sessionLength } satisfies Session);

/** Returns the session of a cookie, unless it is over or was signed with another token. */
export const readSession = (token: string, cookie: string, now: Instant): Session | undefined => {
  const { name, issued, expires } = unseal(token, "session", cookie) ?? {};
  if (typeof name !== "string" || typeof issued !== "number" || typeof expires !== "number") return undefined;
  return expires > now ? { name, issued, expires } : undefined;
};

/** The token of a form, for one session and one path. Without a session the cookie is empty. */
export const formToken = (token: string, cookie: string, path: string): string =>
  signature(token, "form", `${cookie}\n${path}`);

const codeLength = minute;

/** A code that signs in once, within a minute. `id` is random. */
export interface SignInCode {
  readonly id: string;
  readonly expires: Instant;
}

export const newCode = (token: string, id: string, now: Instant): string =>
  seal(token, "code", { id, expires: now + codeLength } satisfies SignInCode);

/** Returns a code that is not over. The caller remembers which were used. */
export const readCode = (token: string, code: string, now: Instant): SignInCode | undefined => {
  const { id, expires } = unseal(token, "code", code) ?? {};
  if (typeof id !== "string" || typeof expires !== "number") return undefined;
  return expires > now ? { id, expires } : undefined;
};

/**
 * The name and the attributes of the cookie. A cookie knows no port: at a plain address only the path keeps it from the
 * requests to other ports of this machine.
 */
export const cookieOf = (origin: string) => {
  const { protocol, port } = new URL(origin);
  const common = { httpOnly: true, sameSite: "Strict" } as const;
  return protocol === "https:"
    ? ({ name: "__Host-crier", attributes: { ...common, secure: true, path: "/" } } as const)
    : ({ name: `crier-${port || "80"}`, attributes: { ...common, path: "/console" } } as const);
};
