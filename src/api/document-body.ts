import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { maxDocument } from "../domain/document.ts";
import { problem } from "./problem.ts";

export const documentLimit: MiddlewareHandler = bodyLimit({
  maxSize: maxDocument,
  onError: (c) =>
    problem(c, 413, "A document may have at most 1 MiB: link to large material instead of including it.", {
      instance: c.req.path,
    }),
});

/** A browser cannot send this type from a form of another page without a preflight request. */
export const markdownOnly: MiddlewareHandler = async (c, next) => {
  const type = c.req.header("Content-Type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "text/markdown") return problem(c, 415, "Send the document with `Content-Type: text/markdown`.");
  await next();
};

export const documentBytes = async (c: Context): Promise<Uint8Array> => new Uint8Array(await c.req.arrayBuffer());
