import { type Instant, second } from "./time.ts";

/** A number of ms to wait, or a moment by the clock that the server shows in its `Date` header. */
export type RetryAfter = { readonly wait: number } | { readonly at: Instant };

/** The header `Retry-After` (RFC 9110 §10.2.3): seconds or a date. Undefined where it is absent or cannot be read. */
export const readRetryAfter = (headers: Pick<Headers, "get">): RetryAfter | undefined => {
  const value = headers.get("retry-after")?.trim() ?? "";
  if (/^\d+$/.test(value)) return { wait: Number(value) * second };
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : { at };
};
