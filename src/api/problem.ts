import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";

const titles = {
  400: "Bad request",
  401: "Not authorised",
  404: "Not found",
  405: "Method not allowed",
  409: "Conflict",
  413: "Too large",
  415: "Unsupported media type",
  422: "Refused",
  500: "Something went wrong",
} as const satisfies Partial<Record<ContentfulStatusCode, string>>;

/** Every error of the API (RFC 9457). `detail` is for people: what is wrong and what to do. */
export const problem = (
  c: Context,
  status: keyof typeof titles,
  detail: string,
  more: Readonly<Record<string, unknown>> = {},
): Response =>
  c.body(JSON.stringify({ type: "about:blank", title: titles[status], status, detail, ...more }), status, {
    "Content-Type": "application/problem+json",
    "Cache-Control": "no-store",
  });
