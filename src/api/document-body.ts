import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { problem } from "./problem.ts";

const largest = 1024 * 1024;

/** 1 MiB, the same as for files. */
export const documentLimit: MiddlewareHandler = bodyLimit({
  maxSize: largest,
  onError: (c) =>
    problem(c, 413, "A document may have at most 1 MiB: link to large material instead of including it.", {
      instance: c.req.path,
    }),
});

/** Markdown and nothing else: a form post of a browser on another page cannot send this type without a preflight. */
export const markdownOnly: MiddlewareHandler = async (c, next) => {
  const type = c.req.header("Content-Type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "text/markdown") return problem(c, 415, "Send the document with `Content-Type: text/markdown`.");
  await next();
};

export const documentBytes = async (c: Context): Promise<Uint8Array> => new Uint8Array(await c.req.arrayBuffer());
