import { posix } from "node:path";
import { type Context, Hono } from "hono";
import { accepts } from "hono/accepts";
import type { Encoding } from "../../objects/encodings.ts";
import type { LocalEnv } from "./admit-request.ts";
import { type CachedFile, fileCache, withValidators } from "./file-cache.ts";
import { insertBanner } from "./local-banner.ts";
import { mediaType } from "./media-types.ts";

/** In seconds. */
const maxAge = 60;

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

/** The encoding that the client prefers of those that it accepts (RFC 9110 §12.5.3). Undefined: none. */
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

/** A page with the banner that was asked for last. */
interface Changed {
  readonly banner: string;
  readonly page: CachedFile;
}

/** Not compressed for a reader who has it already. `age`: in seconds, for which a reader may keep it. */
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

/** As `URL` has it: the address of a request is normal already. */
const pathOf = (url: string): string => {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  const end = url.slice(start).search(/[?#]/);
  return end < 0 ? url.slice(start) : url.slice(start, start + end);
};

export interface StaticFiles {
  readonly root: string;
  /** The configured paths of feeds, with the files that are served there. */
  readonly paths: Readonly<Record<string, string>>;
  /** The banner of a page. Undefined where the page is sent as it is. */
  readonly banner: (c: Context<LocalEnv>, key: string) => string | undefined;
}

/** Serves rendered files from a folder as the CDN serves them from a bucket: with validators, encodings and media types. */
export const staticFiles = ({ root, paths, banner }: StaticFiles): Hono<LocalEnv> => {
  const read = fileCache(root);
  const lastChanged = new WeakMap<CachedFile, Changed>();
  const changed = (file: CachedFile, text: string): CachedFile => {
    const last = lastChanged.get(file);
    if (last?.banner === text) return last.page;
    const html = insertBanner(new TextDecoder().decode(file.bytes), text);
    const page = withValidators(new TextEncoder().encode(html), file.modified);
    lastChanged.set(file, { banner: text, page });
    return page;
  };
  return new Hono<LocalEnv>().get("*", async (c, next) => {
    const pathname = pathOf(c.req.url);
    const path = keyOf(decode(paths[pathname] ?? pathname));
    if (path === undefined) return next();
    const key = path === "" || path.endsWith("/") ? `${path}index.html` : path;
    const text = key.endsWith(".html") ? banner(c, key) : undefined;
    const file = await read(key);
    if (file !== undefined) {
      const encoding = preferredEncoding(c);
      // The banner changes with every edit: a reader asks again.
      const found =
        text === undefined ? represent(file, encoding, maxAge) : represent(changed(file, text), encoding, 0);
      return respond(c, key, found);
    }
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
