import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Context, Hono } from "hono";
import { accepts } from "hono/accepts";
import { mediaType } from "./media-types.ts";

interface File {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly etag: string;
  readonly modified: Date;
}

type Read = (key: string) => Promise<File | undefined>;

/** In seconds. A page is not cached: its banner changes with every edit. */
const maxAge = (key: string): number => (key.endsWith(".html") ? 0 : 60);

/** Hashes an unchanged file only once. A changed file has another inode, because the writer replaces files. */
const createCachedRead = (root: string): Read => {
  const known = new Map<string, { readonly stamp: string; readonly file: File }>();
  return async (key) => {
    const path = join(root, key);
    const stats = await stat(path, { bigint: true }).catch(() => undefined);
    if (stats === undefined || !stats.isFile()) return undefined;
    const stamp = `${stats.ino} ${stats.mtimeNs} ${stats.size}`;
    const cached = known.get(key);
    if (cached?.stamp === stamp) return cached.file;
    const bytes = new Uint8Array(await readFile(path).catch(() => new Uint8Array()));
    const file = { bytes, etag: strongTag(bytes), modified: new Date(Number(stats.mtimeMs)) };
    if (known.size > 1_000) known.clear();
    known.set(key, { stamp, file });
    return file;
  };
};

const strongTag = (bytes: Uint8Array | string): string => `"${createHash("sha256").update(bytes).digest("base64url")}"`;

/** Undefined for a path that is hidden, above the root or otherwise not an object. */
const keyOf = (path: string): string | undefined => {
  const key = path.replace(/^\//, "");
  const segments = key.split("/");
  const plain = segments.every(
    (part, index) => (part !== "" || index === segments.length - 1) && !part.startsWith("."),
  );
  return plain && !key.includes("\\") && !key.includes("\0") ? key : undefined;
};

const encodings = ["br", "gzip"] as const;
const suffix = { br: ".br", gzip: ".gz" } as const;

const isEncoding = (text: string): text is (typeof encodings)[number] => text === "br" || text === "gzip";

/** The encodings that the client accepts, the preferred one first (RFC 9110 §12.5.3). */
const acceptedEncodings = (c: Context): readonly (typeof encodings)[number][] => {
  const taken: { readonly type: string; readonly q: number }[] = [];
  accepts(c, {
    header: "Accept-Encoding",
    supports: [...encodings],
    default: "identity",
    match: (values, { default: fallback }) => {
      taken.push(...values);
      return fallback;
    },
  });
  const weight = (encoding: string) =>
    (taken.find(({ type }) => type.toLowerCase() === encoding) ?? taken.find(({ type }) => type === "*"))?.q ?? 0;
  return encodings.filter((encoding) => weight(encoding) > 0).toSorted((a, b) => weight(b) - weight(a));
};

/** `If-None-Match` takes precedence over `If-Modified-Since` (RFC 9110 §13.2.2) and compares weakly. */
const isFresh = (c: Context, file: File): boolean => {
  const tags = c.req.header("If-None-Match");
  if (tags !== undefined)
    return tags.split(",").some((tag) => tag.trim() === "*" || tag.trim().replace(/^W\//, "") === file.etag);
  const since = Date.parse(c.req.header("If-Modified-Since") ?? "");
  return Number.isFinite(since) && Math.floor(file.modified.getTime() / 1000) * 1000 <= since;
};

const findEncoded = async (c: Context, key: string, read: Read) => {
  for (const encoding of acceptedEncodings(c).filter(isEncoding)) {
    const file = await read(`${key}${suffix[encoding]}`);
    if (file !== undefined) return { file, encoding };
  }
  return undefined;
};

const respond = (c: Context, key: string, file: File, encoding?: string): Response => {
  const headers = {
    ETag: file.etag,
    "Last-Modified": file.modified.toUTCString(),
    "Cache-Control": `public, max-age=${maxAge(key)}`,
    Vary: "Accept-Encoding",
  };
  if (isFresh(c, file)) return c.body(null, 304, headers);
  return c.body(file.bytes, 200, {
    ...headers,
    "Content-Type": mediaType(key),
    "Content-Length": String(file.bytes.length),
    "X-Content-Type-Options": "nosniff",
    ...(encoding === undefined ? {} : { "Content-Encoding": encoding }),
  });
};

export interface StaticFiles {
  readonly root: string;
  /** The configured paths of feeds, with the files that are served there. */
  readonly paths: Readonly<Record<string, string>>;
  /** Changes a page before it is sent: inserts the banner. */
  readonly page: (html: string, key: string) => string;
}

/**
 * Serves rendered files from a folder as the CDN serves them from a bucket: with validators, stored encodings and media
 * types. Without the CDN's CORS headers: a web page must not read files that are only on this machine.
 */
export const staticFiles = ({ root, paths, page }: StaticFiles): Hono => {
  const read = createCachedRead(root);
  const readPage: Read = async (key) => {
    const file = await read(key);
    if (file === undefined || !key.endsWith(".html")) return file;
    const bytes = new TextEncoder().encode(page(new TextDecoder().decode(file.bytes), key));
    return { ...file, bytes, etag: strongTag(bytes) };
  };
  return new Hono().get("*", async (c, next) => {
    const { pathname } = new URL(c.req.url);
    const path = keyOf(decode(paths[pathname] ?? pathname));
    if (path === undefined) return next();
    const key = path === "" || path.endsWith("/") ? `${path}index.html` : path;
    // The encoded copy of a page has no banner.
    const encoded = key.endsWith(".html") ? undefined : await findEncoded(c, key, read);
    const file = await readPage(key);
    if (file !== undefined) return respond(c, key, encoded?.file ?? file, encoded?.encoding);
    if (await read(`${path}/index.html`)) return c.redirect(`/${encodeURI(path)}/`, 301);
    return next();
  });
};

const decode = (path: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    return "\0";
  }
};
