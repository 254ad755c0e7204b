import { posix } from "node:path";
import { mediaTypeOf } from "../../feeds/index.ts";

const byExtension = {
  ".html": "text/html; charset=utf-8",
  ".xml": "application/xml; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".opml": "text/x-opml; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".webp": "image/webp",
  ".ico": "image/x-icon",
} as const;

const ownValue = (table: Readonly<Record<string, string>>, key: string): string | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;

const withCharset = (type: string | undefined): string | undefined => type && `${type}; charset=utf-8`;

export const mediaType = (key: string): string =>
  withCharset(mediaTypeOf(key)) ?? ownValue(byExtension, posix.extname(key)) ?? "application/octet-stream";
