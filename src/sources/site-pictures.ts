import { constants } from "node:fs";
import { type FileHandle, open, readdir, realpath } from "node:fs/promises";
import { dirname, join, posix, relative, sep } from "node:path";
import { decodePercent } from "../domain/address.ts";
import { isEntry, isHidden } from "../domain/document.ts";
import { errorCode } from "../domain/errors.ts";
import { detectFormat, maxSourceBytes } from "../domain/picture.ts";
import type { Site } from "../domain/site.ts";
import type { Probe } from "../ports/outside.ts";
import type { FetchPicture, PictureOwner, Pictures } from "../ports/pictures.ts";
import { isSourceOf } from "./site-sources.ts";
import type { LocalSource } from "./source-kind.ts";

/** The configuration of a generator, which is at the root of its site. */
const configuration =
  /^(?:hugo\.(?:toml|ya?ml|json)|_config\.(?:ya?ml|toml|[cm]?[jt]s)|\.eleventy\.c?js|(?:astro|eleventy|docusaurus|next|nuxt|svelte|vite)\.config\.[cm]?[jt]s|gatsby-config\.[cm]?[jt]s|(?:conf|pelicanconf)\.py)$/;
/** Hugo and Zola have their documents in `content`. Other programs have a file of this name, too. */
const configurationAbove = /^config\.(?:toml|ya?ml|json)$/;

/** So many folders above the documents are looked at. */
const mostLevels = 8;

/**
 * Returns the folder of the site: the nearest one, from the documents upwards, with a generator's configuration. It is in
 * the same repository, and is neither the home folder nor a disk. Without one it is the folder of the documents.
 */
export const siteRoot = async (documents: string, home: string): Promise<string> => {
  const real = await realpath(documents);
  const top = await realpath(home).catch(() => home);
  let folder = real;
  for (let level = 0; level <= mostLevels && folder !== top && dirname(folder) !== folder; level += 1) {
    const names = await readdir(folder).catch((): string[] => []);
    const isContent = relative(folder, real).split(sep)[0] === "content";
    if (names.some((name) => configuration.test(name) || (isContent && configurationAbove.test(name)))) return folder;
    if (names.includes(".git")) return real;
    folder = dirname(folder);
  }
  return real;
};

/** The file of a picture in the site's folder. A reason is the end of a sentence about the picture. */
export type SiteFile =
  | { readonly kind: "file"; readonly bytes: Uint8Array /** Below the site's folder. */; readonly path: string }
  | { readonly kind: "refused"; readonly reason: string }
  /** A file that the generator builds: its address cannot be requested. */
  | { readonly kind: "missing"; readonly reason: string }
  | { readonly kind: "absent" };

interface SiteFilesOptions {
  readonly sites: readonly Site[];
  readonly sources: readonly Pick<LocalSource, "name" | "site" | "folder">[];
  /** The home folder of the user, which is no site. */
  readonly home: string;
  /** Request what is not in the folder of a site. */
  readonly probe: Probe;
  readonly fetchPicture: FetchPicture;
}

interface FilePlaces extends Pick<SiteFilesOptions, "sites" | "sources"> {
  /** Returns the folder of the site that a folder of documents is in. */
  readonly rootOf: (documents: string) => Promise<string>;
}

/** Returns the segments below `base`; undefined for an address that is elsewhere, hidden or above it. */
const segmentsBelow = (url: string, base: string): readonly string[] | undefined => {
  const [address, root] = [URL.parse(url), URL.parse(base)];
  if (address === null || root === null || address.origin !== root.origin) return undefined;
  if (!address.pathname.startsWith(root.pathname)) return undefined;
  const segments = address.pathname.slice(root.pathname.length).split("/").map(decodePercent);
  return segments.every((one) => one !== "" && !isHidden(one) && !/[/\\\0:]/.test(one)) ? segments : undefined;
};

/** The files that a generator would publish at this path: those of its usual folders. */
const publishedAt = (path: string): readonly string[] => [
  `static/${path}`,
  `public/${path}`,
  ...(/^(?:assets|src\/assets)\//.test(path) ? [path] : []),
  ...(path.startsWith("assets/") ? [`src/${path}`] : []),
  ...(path.startsWith("images/") ? [`source/${path}`] : []),
];

/** Without O_NONBLOCK, opening a named pipe waits until another process writes to it (open(2)). The path has no links. */
const nonBlocking = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

const isMissing = (error: unknown): boolean =>
  ["ENOENT", "ENOTDIR", "ELOOP", "ENAMETOOLONG", "ENXIO"].includes(errorCode(error) ?? "");

const readAll = async (file: FileHandle, size: number): Promise<Uint8Array> => {
  const bytes = new Uint8Array(size);
  let length = 0;
  while (length < size) {
    const { bytesRead } = await file.read(bytes, length, size - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
};

/** Reads a file below the root, whatever its links lead to. `shown` names it in a reason. */
const readBelow = async (root: string, file: string): Promise<SiteFile> => {
  const shown = relative(root, file).split(sep).join(posix.sep);
  const refused = (reason: string): SiteFile => ({ kind: "refused", reason });
  try {
    const real = await realpath(file);
    if (!real.startsWith(root + sep)) return refused(`its file ${shown} is a link out of the site's folder`);
    if (relative(root, real).split(sep).some(isHidden)) return { kind: "absent" };
    const opened = await open(real, nonBlocking);
    try {
      const stat = await opened.stat();
      if (stat.isDirectory()) return { kind: "absent" };
      if (!stat.isFile()) return refused(`${shown} is a device or a pipe, and no file`);
      if (stat.size > maxSourceBytes) return refused(`its file ${shown} is larger than ${maxSourceBytes / 1e6} MB`);
      return { kind: "file", bytes: await readAll(opened, stat.size), path: shown };
    } finally {
      await opened.close();
    }
  } catch (error) {
    return isMissing(error) ? { kind: "absent" } : refused(`its file ${shown} cannot be read (${errorCode(error)})`);
  }
};

/** Returns the files that may be the picture at this path of a site, each with the root that it must be below. */
const candidates = async (
  { url, path }: { readonly url: string; readonly path: string },
  site: Site,
  owner: PictureOwner,
  { sources, rootOf }: FilePlaces,
) => {
  const all: { readonly root: string; readonly file: string }[] = [];
  for (const source of sources.filter((one) => isSourceOf(site, one))) {
    if (source.folder === undefined) continue;
    const folder = join(source.folder, source.site === undefined ? site.folder : "");
    const root = await rootOf(folder).catch(() => undefined);
    if (root === undefined) continue;
    const real = await realpath(folder);
    const isOwner = source.name === owner.source;
    const beside = isOwner ? segmentsBelow(url, new URL(".", owner.url).href) : undefined;
    if (beside !== undefined) all.push({ root, file: join(real, dirname(owner.path), ...beside) });
    const files = publishedAt(path).map((one) => join(root, one));
    // A document of Astro names any file of the sources by its path.
    const own = isOwner && path.startsWith("src/") ? [join(root, path)] : [];
    all.push(...[...files, ...own].map((file) => ({ root, file })));
  }
  return all;
};

/**
 * Finds the file of a picture that a post names by an address of its site. The author of a polled feed's entry may be
 * anybody, and its page is online: its pictures are requested.
 */
export const findSiteFile = async (
  url: string,
  owner: PictureOwner | undefined,
  places: FilePlaces,
): Promise<SiteFile> => {
  const site = places.sites.find(({ id }) => id === owner?.site);
  if (owner === undefined || site === undefined || isEntry(owner.path)) return { kind: "absent" };
  const below = segmentsBelow(url, site.url);
  if (below === undefined) return { kind: "absent" };
  const path = below.join("/");
  for (const { root, file } of await candidates({ url, path }, site, owner, places)) {
    const found = await readBelow(root, file);
    if (found.kind !== "absent") return found;
  }
  return below[0] === "src"
    ? { kind: "missing", reason: `its file ${path} is not in the site's folder` }
    : { kind: "absent" };
};

/** Reads the pictures of posts in the folders of their sites, and requests the addresses of those that are not there. */
export const siteFiles = ({ probe, fetchPicture, home, sites, sources }: SiteFilesOptions) => {
  const places = { sites, sources, rootOf: (documents: string) => siteRoot(documents, home) };
  const read = (url: string, owner: PictureOwner | undefined) => findSiteFile(url, owner, places);
  return {
    fetchPicture: async (url, owner) => {
      const file = await read(url, owner);
      if (file.kind === "absent") return fetchPicture(url, owner);
      if (file.kind === "file") return { kind: "fetched", bytes: file.bytes };
      return { kind: file.kind === "missing" ? "failed" : "refused", reason: file.reason };
    },
    probe: async (url, owner) => {
      const file = await read(url, owner);
      const format = file.kind === "file" ? detectFormat(file.bytes) : undefined;
      if (file.kind !== "file" || format === undefined) return probe(url, owner);
      return { mediaType: `image/${format}`, length: file.bytes.length };
    },
    problemOfFile: async (url, owner) => {
      const file = await read(url, owner);
      if (file.kind !== "file") return file.kind === "absent" ? undefined : file.reason;
      const isPicture = detectFormat(file.bytes) !== undefined;
      return isPicture ? undefined : `its file ${file.path} is not a JPEG, PNG, WebP, GIF or AVIF`;
    },
  } satisfies { probe: Probe; fetchPicture: FetchPicture; problemOfFile: Pictures["problemOfFile"] };
};
