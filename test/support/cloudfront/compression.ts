import { brotliCompressSync, gzipSync } from "node:zlib";
import type { Behave } from "./distribution.ts";
import type { Headers, Reply } from "./http.ts";

/**
 * The types that CloudFront compresses and that a feed could have ("Serve compressed files"). Atom and JSON Feed are
 * not among them.
 */
const types = ["text/html", "text/xml", "text/plain", "application/xml", "application/rss+xml", "application/json"];

const accepts = (headers: Headers, encoding: string) => (headers["accept-encoding"] ?? "").includes(encoding);

/** CloudFront compresses a response of 1,000 to 10,000,000 bytes, which makes a strong ETag weak. */
export const compressed = (
  { Compress, caching }: Behave,
  request: { readonly headers: Headers },
  reply: Reply,
): Reply => {
  const { headers, body, status } = reply;
  const type = headers["content-type"]?.split(";")[0] ?? "";
  const isSized = body.length >= 1_000 && body.length <= 10_000_000;
  if (!Compress || status !== 200 || headers["content-encoding"] !== undefined || !types.includes(type) || !isSized)
    return reply;
  const encoding = caching.brotli && accepts(request.headers, "br") ? "br" : "gzip";
  if (encoding === "gzip" && !(caching.gzip && accepts(request.headers, "gzip"))) return reply;
  const etag = headers.etag === undefined || headers.etag.startsWith("W/") ? headers.etag : `W/${headers.etag}`;
  return {
    status,
    headers: { ...headers, "content-encoding": encoding, ...(etag === undefined ? {} : { etag }) },
    body: encoding === "br" ? brotliCompressSync(body) : gzipSync(body),
  };
};
