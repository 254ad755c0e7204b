import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join, posix } from "node:path";
import { type Context, Hono } from "hono";
import { accepts } from "hono/accepts";
import type { LocalEnv } from "./admit-request.ts";
import { mediaType } from "./media-types.ts";

interface File {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly etag: string;
  readonly modified: Date;
}

type Read = (key: string) => Promise<File | undefined>;

/** In seconds. */
const maxAge = 60;

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

const respond = (
  c: Context,
  key: string,
  { file, encoding, age = maxAge }: { readonly file: File; readonly encoding?: string; readonly age?: number },
): Response => {
  const headers = {
    ETag: file.etag,
    "Last-Modified": file.modified.toUTCString(),
    "Cache-Control": `public, max-age=${age}`,
    Vary: "Accept-Encoding",
  };
  if (isFresh(c, file)) return c.body(null, 304, headers);
  return c.body(file.bytes, 200, {
    ...headers,
    "Content-Type": mediaType(key),
    "Content-Length": String(file.bytes.length),
    ...(encoding === undefined ? {} : { "Content-Encoding": encoding }),
  });
};

export interface StaticFiles {
  readonly root: string;
  /** The configured paths of feeds, with the files that are served there. */
  readonly paths: Readonly<Record<string, string>>;
  /** Changes a page before it is sent: inserts the banner. Undefined where it is sent as it is. */
  readonly page: (c: Context<LocalEnv>) => ((html: string, key: string) => string) | undefined;
}

/** Serves rendered files from a folder as the CDN serves them from a bucket: with validators, stored encodings and media types. */
export const staticFiles = ({ root, paths, page }: StaticFiles): Hono<LocalEnv> => {
  const read = createCachedRead(root);
  /** A changed page is not cached: its banner changes with every edit. Its encoded copies have none. */
  const readChanged = async (key: string, change: (html: string, key: string) => string) => {
    const file = await read(key);
    if (file === undefined) return undefined;
    const bytes = new TextEncoder().encode(change(new TextDecoder().decode(file.bytes), key));
    return { file: { ...file, bytes, etag: strongTag(bytes) }, age: 0 };
  };
  const readPlain = async (c: Context, key: string) => {
    const file = await read(key);
    return file === undefined ? undefined : ((await findEncoded(c, key, read)) ?? { file });
  };
  return new Hono<LocalEnv>().get("*", async (c, next) => {
    const { pathname } = new URL(c.req.url);
    const path = keyOf(decode(paths[pathname] ?? pathname));
    if (path === undefined) return next();
    const key = path === "" || path.endsWith("/") ? `${path}index.html` : path;
    const change = key.endsWith(".html") ? page(c) : undefined;
    const found = change === undefined ? await readPlain(c, key) : await readChanged(key, change);
    if (found !== undefined) return respond(c, key, found);
    // A relative address: a proxy may add a path in front.
    if (await read(`${path}/index.html`)) return c.redirect(`./${encodeURIComponent(posix.basename(path))}/`, 301);
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
