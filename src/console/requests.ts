import type { Context, MiddlewareHandler } from "hono";
import { isConsolePath } from "../domain/serving.ts";

/** What every answer of the console has: nothing inline, nothing from another host, in no frame, and in no cache. */
const headers = {
  "Content-Security-Policy": [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "connect-src 'self'",
    "img-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "Cache-Control": "no-store",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "X-Robots-Tag": "noindex",
} as const;

export const consoleHeaders: MiddlewareHandler = async (c, next) => {
  await next();
  for (const [name, value] of Object.entries(headers)) if (!c.res.headers.has(name)) c.res.headers.set(name, value);
};

/**
 * True for a form that was sent from a page of the console. `Origin` is compared with the configured origin, because the
 * host of a request is that of the API behind a CDN. The token of the form is compared by the caller.
 */
export const isFromConsole = ({ req }: Context, origin: string): boolean => {
  const site = req.header("Sec-Fetch-Site");
  const isSameOrigin = site === undefined ? req.header("Origin") === origin : site === "same-origin";
  const type = req.header("Content-Type")?.split(";")[0]?.trim().toLowerCase();
  return req.method === "POST" && isSameOrigin && type === "application/x-www-form-urlencoded";
};

const longestForm = 100_000;

/** The fields of a form. Undefined where it is too large. */
export const readForm = async ({ req }: Context): Promise<URLSearchParams | undefined> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of req.raw.body ?? []) {
    size += chunk.byteLength;
    if (size > longestForm) return undefined;
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString());
};

/** The page of the console that a form or an address names: the first one where it names none of them. */
export const consolePath = (given: string | null | undefined, origin: string): string => {
  const url = URL.parse(given ?? "", origin);
  return url !== null && isConsolePath(url.pathname) ? url.pathname + url.search : "/console";
};
