import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, posix } from "node:path";
import { type Context, Hono } from "hono";
import { accepts } from "hono/accepts";
import { html } from "hono/html";
import { feedMediaType } from "../../feeds/index.ts";
import { type Encoding, encoders } from "../../objects/encodings.ts";
import { fileStamp } from "../../objects/folder-objects.ts";
import type { LocalEnv } from "./local-server.ts";

/** The lifetime of a response in a reader's cache, in seconds. */
const maxAge = 60;

/** Returns the object's key, or undefined for a path that is hidden, above the root or otherwise not an object. */
const objectKey = (path: string): string | undefined => {
  const key = path.replace(/^\//, "");
  const segments = key.split("/");
  const plain = segments.every(
    (part, index) => (part !== "" || index === segments.length - 1) && !part.startsWith("."),
  );
  return plain && !key.includes("\\") && !key.includes("\0") ? key : undefined;
};

const encodings = ["br", "gzip"] as const;

/** The encoding that the client prefers (RFC 9110 §12.5.3). Undefined: it accepts none. */
const preferredEncoding = (c: Context): Encoding | undefined => {
  if (c.req.header("Accept-Encoding") === undefined) return undefined;
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
  const [preferred] = encodings.filter((one) => weight(one) > 0).toSorted((a, b) => weight(b) - weight(a));
  return preferred;
};

interface Representation extends Pick<CachedFile, "etag" | "modified"> {
  readonly bytes: () => Promise<Uint8Array<ArrayBuffer>>;
  readonly encoding?: Encoding;
  readonly age: number;
}

/** A page as this machine showed it last. */
interface LocalPage {
  readonly html: string;
  readonly page: CachedFile;
}

/**
 * Compresses only when the bytes are read, which is not needed for a 304. `age`: how many seconds a reader may cache
 * it.
 */
const represent = (
  { bytes, etag, modified, encoded }: CachedFile,
  encoding: Encoding | undefined,
  age: number,
): Representation =>
  encoding === undefined
    ? { bytes: async () => bytes, etag, modified, age }
    : { bytes: () => encoded(encoding), etag: etag.replace(/"$/, `-${encoding}"`), modified, encoding, age };

/** `If-None-Match` takes precedence over `If-Modified-Since` (RFC 9110 §13.2.2) and compares weakly. */
const isFresh = (c: Context, { etag, modified }: Representation): boolean => {
  const tags = c.req.header("If-None-Match");
  if (tags !== undefined)
    return tags.split(",").some((tag) => tag.trim() === "*" || tag.trim().replace(/^W\//, "") === etag);
  const since = Date.parse(c.req.header("If-Modified-Since") ?? "");
  return Number.isFinite(since) && Math.floor(modified.getTime() / 1000) * 1000 <= since;
};

const respond = async (c: Context, key: string, found: Representation): Promise<Response> => {
  const headers = {
    ETag: found.etag,
    "Last-Modified": found.modified.toUTCString(),
    "Cache-Control": `public, max-age=${found.age}`,
    Vary: "Accept-Encoding",
  };
  if (isFresh(c, found)) return c.body(null, 304, headers);
  const bytes = await found.bytes();
  return c.body(bytes, 200, {
    ...headers,
    "Content-Type": mediaType(key),
    "Content-Length": String(bytes.length),
    ...(found.encoding === undefined ? {} : { "Content-Encoding": found.encoding }),
  });
};

/** The same as `new URL(url).pathname`, but faster: the address of a request is already normalised. */
const urlPath = (url: string): string => {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  const end = url.slice(start).search(/[?#]/);
  return end < 0 ? url.slice(start) : url.slice(start, start + end);
};

export interface StaticFiles {
  readonly root: string;
  /** The files that are served at the configured paths of feeds. */
  readonly paths: Readonly<Record<string, string>>;
  /** Returns the banner of a page. Undefined: the page is sent unchanged. */
  readonly banner: (c: Context<LocalEnv>, key: string) => Promise<string | undefined>;
  /** Returns the path of what is prepared of the picture at an address, on this machine. */
  readonly findPicture: (url: string) => Promise<string | undefined>;
}

/**
 * Serves rendered files from a folder as the CDN serves them from a bucket: with validators, encodings and media types.
 */
export const staticFiles = ({ root, paths, banner, findPicture }: StaticFiles): Hono<LocalEnv> => {
  const read = fileCache(root);
  const lastPages = new WeakMap<CachedFile, LocalPage>();
  const withBanner = async (file: CachedFile, text: string): Promise<CachedFile> => {
    const html = await withPictures(insertBanner(new TextDecoder().decode(file.bytes), text), findPicture);
    const last = lastPages.get(file);
    if (last?.html === html) return last.page;
    const page = withValidators(new TextEncoder().encode(html), file.modified);
    lastPages.set(file, { html, page });
    return page;
  };
  return new Hono<LocalEnv>().get("*", async (c, next) => {
    const pathname = urlPath(c.req.url);
    const path = objectKey(decode(paths[pathname] ?? pathname));
    if (path === undefined) return next();
    const key = path === "" || path.endsWith("/") ? `${path}index.html` : path;
    const text = key.endsWith(".html") ? await banner(c, key) : undefined;
    const file = await read(key);
    if (file !== undefined) {
      const encoding = preferredEncoding(c);
      // The banner changes with every edit, so that a page with it is not cached.
      const found =
        text === undefined ? represent(file, encoding, maxAge) : represent(await withBanner(file, text), encoding, 0);
      return respond(c, key, found);
    }
    // Relative, because a proxy may add a path in front.
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
  withCharset(feedMediaType(key)) ?? ownValue(byExtension, posix.extname(key)) ?? "application/octet-stream";

/** A file with its validators. */
export interface CachedFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** A strong validator of the uncompressed bytes. */
  readonly etag: string;
  readonly modified: Date;
  /** Compressed at the first request for it, and kept with the file. */
  readonly encoded: (encoding: Encoding) => Promise<Uint8Array<ArrayBuffer>>;
}

export type ReadFile = (key: string) => Promise<CachedFile | undefined>;

export const strongTag = (bytes: Uint8Array): string => `"${createHash("sha256").update(bytes).digest("base64url")}"`;

/** `kept` is called with the number of bytes that a compressed copy adds. */
const withValidators = (
  bytes: Uint8Array<ArrayBuffer>,
  modified: Date,
  kept: (size: number) => void = () => {},
): CachedFile => {
  const encodings = new Map<Encoding, Promise<Uint8Array<ArrayBuffer>>>();
  const encode = async (encoding: Encoding): Promise<Uint8Array<ArrayBuffer>> => {
    const encoded = new Uint8Array(await encoders[encoding](bytes));
    kept(encoded.length);
    return encoded;
  };
  const encoded: CachedFile["encoded"] = (encoding) => {
    const running = encodings.get(encoding) ?? encode(encoding);
    encodings.set(encoding, running);
    return running;
  };
  return { bytes, etag: strongTag(bytes), modified, encoded };
};

interface Known {
  readonly stamp: string;
  readonly file: CachedFile;
  size: number;
}

/** Synchronous, because that takes a tenth of the time of the asynchronous call. */
const statFile = (path: string) => {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    // For example a name that is too long.
    return undefined;
  }
};

/** In bytes. Enough for the feeds and pages that readers request all the time; an archive is read from the disk. */
const usualSize = 32 * 1024 * 1024;

/**
 * Caches the files that were read last. An unchanged file is read, hashed and compressed only once. A changed file has
 * another inode, because the writer replaces files.
 */
export const fileCache = (root: string, maxSize = usualSize): ReadFile => {
  const files = new Map<string, Known>();
  let size = 0;

  const forget = (key: string): void => {
    size -= files.get(key)?.size ?? 0;
    files.delete(key);
  };
  const use = (key: string, known: Known): CachedFile => {
    forget(key);
    files.set(key, known);
    size += known.size;
    return known.file;
  };
  const grow = (key: string, known: Known, by: number): void => {
    known.size += by;
    if (files.get(key) === known) size += by;
    for (const oldest of files.keys()) {
      if (size <= maxSize) return;
      forget(oldest);
    }
  };

  const open = (key: string, stamp: string, modified: Date, bytes: Uint8Array<ArrayBuffer>): CachedFile => {
    const file = withValidators(bytes, modified, (size) => grow(key, known, size));
    const known: Known = { stamp, file, size: 0 };
    use(key, known);
    grow(key, known, bytes.length);
    return known.file;
  };

  return async (key) => {
    const path = join(root, key);
    const stats = statFile(path);
    if (stats === undefined || !stats.isFile()) return undefined;
    const stamp = fileStamp(stats);
    const known = files.get(key);
    if (known?.stamp === stamp) return use(key, known);
    const bytes = new Uint8Array(await readFile(path).catch(() => new Uint8Array()));
    return open(key, stamp, new Date(Number(stats.mtimeMs)), bytes);
  };
};

/** The rendered page contains this marker right after `<body>`. */
const marker = "<!-- crier:strip -->";

export interface BannerOptions {
  /** The site has accounts. */
  readonly isConnected: boolean;
  /** The folder of the site's documents. Undefined if they are not edited on this machine. */
  readonly content: string | undefined;
  /** The document of the newest post. */
  readonly file: string | undefined;
}

const style =
  "margin:0;padding:.6rem 1rem;background:#1f2937;color:#f9fafb;font:500 .875rem/1.5 system-ui,sans-serif;text-align:center;overflow-wrap:anywhere";

const nextStep = ({ content, file }: BannerOptions) => {
  if (file !== undefined) return html` Edit <code>${file}</code>, save, and reload.`;
  return content === undefined ? "" : html` Put a Markdown file into <code>${content}</code> and reload.`;
};

const reachText = ({ isConnected }: BannerOptions): string =>
  `No post leaves this machine: ${isConnected ? "every account posts to the sandbox" : "no account is configured"}.`;

/**
 * Explains the local page while Crier is tried out. It is a landmark with a label, so that screen readers announce it.
 */
export const renderBanner = (options: BannerOptions): string => {
  const link = "color:#fde68a;text-underline-offset:.2em";
  return String(
    html`<aside lang="en" dir="ltr" aria-label="Local Crier" style="${style}">${reachText(options)} <a href="/sandbox" style="${link}">See the sandbox</a>.${nextStep(options)}</aside>`,
  );
};

export const insertBanner = (page: string, banner: string): string => page.replace(marker, () => banner);

/** A picture of a post on a rendered page. */
const picture = /(?<=<img [^>]*?src=")https:[^"]*(?=")/g;

/** An address has these two of the characters that HTML escapes. */
const unescapeUrl = (url: string): string => url.replaceAll("&#39;", "'").replaceAll("&amp;", "&");

/**
 * Shows the pictures that are prepared on this machine. They come from the site's folder, and the page that has them may
 * not be public yet.
 */
const withPictures = async (page: string, findPicture: StaticFiles["findPicture"]): Promise<string> => {
  const urls = new Set(page.match(picture));
  const paths = new Map(
    await Promise.all([...urls].map(async (url) => [url, await findPicture(unescapeUrl(url))] as const)),
  );
  return page.replaceAll(picture, (url) => paths.get(url) ?? url);
};
