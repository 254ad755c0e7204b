import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Problem } from "./contract.ts";

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
  503: "Not available now",
} as const satisfies Partial<Record<ContentfulStatusCode, string>>;

/** Every error of the API (RFC 9457). `detail` is for people: what is wrong and what to do. */
export const problem = (
  c: Context,
  status: keyof typeof titles,
  detail: string,
  more: Pick<Problem, "instance" | "reasons" | "refused" | "pages" | "candidates"> = {},
): Response => {
  const body: Problem = { type: "about:blank", title: titles[status], status, detail, ...more };
  return c.body(JSON.stringify(body), status, {
    "Content-Type": "application/problem+json",
    "Cache-Control": "no-store",
  });
};
