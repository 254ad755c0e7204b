import { readdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, relative, resolve, sep } from "node:path";
import { CommandError } from "../api/api-client.ts";
import { type Examination, examine, type ReadDocument } from "../documents/examine.ts";
import { siteCommands } from "../domain/delivery-commands.ts";
import { sectionIndexes } from "../domain/document.ts";
import { errorMessage } from "../domain/errors.ts";
import { reasonText } from "../domain/findings.ts";
import type { FeedBytes } from "../domain/polled-feed.ts";
import { picturesOf } from "../domain/post.ts";
import { isNamedBy, type Reference, referenceFragment, referenceKey, referencePaths } from "../domain/reference.ts";
import { folderAt, type Site, type SourceLocation } from "../domain/site.ts";
import { type Instant, iso } from "../domain/time.ts";
import { readSitePages } from "../feed-reader/read-feed.ts";
import { connectOutside } from "../outside/connect-outside.ts";
import { openChildParsers, type Parsers } from "../parsing/parsers-in-child.ts";
import type { DocumentParsers, FeedParsers, Locate, Parsed } from "../ports/content.ts";
import { systemRuntime } from "../runtimes/system-runtime.ts";
import { findSiteFile, siteRoot } from "../sources/site-pictures.ts";
import { matches } from "../sources/site-sources.ts";
import { type CommandResult, columns } from "./command.ts";
import { readConfiguration } from "./config-file.ts";
import { documentsIn, isFolder, readDocument } from "./document-files.ts";
import { originText } from "./output.ts";

/** The number of documents by the place of their picture. */
interface FoundPictures {
  /** Documents whose picture is a file in the site's folder. */
  readonly files: number;
  /** Documents whose picture is requested at its address when the post is sent. */
  readonly requested: number;
  /** Files that are not read, and why. */
  readonly problems: readonly { readonly path: string; readonly reason: string }[];
}

/** Looks for the pictures of the documents below a folder as Crier does on this machine. */
const findPictures = async (documents: readonly ReadDocument[], root: string, site: Site): Promise<FoundPictures> => {
  // Found once: it lists the folder of the documents, which may have thousands of them.
  const siteFolder = await siteRoot(root, homedir());
  const sources = [{ name: "folder", site: site.id, folder: root }];
  const places = { sites: [site], sources, rootOf: async () => siteFolder };
  const found = documents.map(async ({ path, parsed }) => {
    const [picture] = parsed.kind === "post" ? picturesOf(parsed.content) : [];
    if (parsed.kind !== "post" || picture === undefined) return [];
    const owner = { site: site.id, source: "folder", path, url: parsed.content.url };
    return [{ path, file: await findSiteFile(picture.url, owner, places) }];
  });
  const all = (await Promise.all(found)).flat();
  return {
    files: all.filter(({ file }) => file.kind === "file").length,
    requested: all.filter(({ file }) => file.kind === "absent").length,
    problems: all.flatMap(({ path, file }) => ("reason" in file ? [{ path, reason: file.reason }] : [])),
  };
};

const parseFolder = async (
  requested: Parameters<typeof readFolder>[0],
  configured: Site,
  { parse, locate }: DocumentParsers,
) => {
  const { documents, excluded, root } = await readFolder(requested, configured);
  const site = { ...configured, sources: [folderAt(root)] };
  const urlOf = referenceResolver(documents, site, locate);
  /** A document with references is parsed twice, as Crier does it: to find them, and again with their addresses. */
  const read = async ({ path, bytes, isSectionIndex }: FolderDocument): Promise<Parsed> => {
    const { parsed, references } = await parse(bytes, path, site, { isSectionIndex });
    const links = new Map<string, string>();
    for (const reference of references) {
      const url = await urlOf(path, reference);
      if (url !== undefined) links.set(referenceKey(reference), url);
    }
    return links.size === 0 ? parsed : (await parse(bytes, path, site, { isSectionIndex, links })).parsed;
  };
  const all = documents.map(async (one): Promise<ReadDocument> => ({ path: one.path, parsed: await read(one) }));
  const parsed = await Promise.all(all);
  return { documents: parsed, excluded, pictures: await findPictures(parsed, root, site) };
};

const parseFeedEntries = async (
  url: string,
  folder: string,
  site: Site,
  { readFeed, parseEntry }: FeedParsers,
): Promise<readonly ReadDocument[]> => {
  const read = await readFeed(await openReader(url, folder, site.url)(url));
  if (read.kind === "no-feed") throw new CommandError(`${url} is not a feed: ${read.problem}`);
  const seen = systemRuntime.clock();
  const all = read.feed.entries.map(async (entry, index) => ({
    path: entry.url ?? `entry ${index + 1}`,
    parsed: await parseEntry({ entry, known: undefined, seen }, site),
  }));
  return Promise.all(all);
};

const findSite = (sites: readonly Site[], id: string | undefined): Site => {
  const site = id === undefined ? sites[0] : sites.find((one) => one.id === id);
  if (site === undefined)
    throw new CommandError(`there is no site ${id}: use ${sites.map((one) => one.id).join(" or ")}`, { exitCode: 2 });
  return site;
};

/** The examination with its moments as RFC 3339. */
const asJson = ({ published, ...rest }: Examination) => ({
  ...rest,
  published: published.map((post) => ({ ...post, published: iso(post.published) })),
});

interface ExamineOptions {
  /** A folder of documents, or the URL of a feed. */
  readonly place: string;
  /** The id of the site. Undefined: the site of the folder, or else the first one. */
  readonly site: string | undefined;
  readonly config: string | undefined;
  /** The folder that the command runs in. */
  readonly folder: string;
}

/**
 * Shows what Crier would make of the documents of a folder or the entries of a feed. Needs no running Crier. Closes
 * `parsers`.
 */
export const examinePlace = async (
  options: ExamineOptions,
  parsers: Parsers = openChildParsers(systemRuntime.setTimer),
): Promise<CommandResult> => {
  try {
    return await examineWith(options, parsers);
  } finally {
    await parsers.close();
  }
};

const examineWith = async (
  { place, site: id, config, folder }: ExamineOptions,
  { documentParsers, feedParsers }: Omit<Parsers, "close">,
): Promise<CommandResult> => {
  const { sites } = await readConfiguration(folder, config);
  const requested = { dir: place, config, folder };
  const site = (id === undefined && siteOfFolder(sites, requested)) || findSite(sites, id);
  const { documents, excluded, pictures } = isUrl(place)
    ? { documents: await parseFeedEntries(place, folder, site, feedParsers), excluded: 0, pictures: undefined }
    : await parseFolder(requested, site, documentParsers);
  const examination = examine(documents, site, siteCommands(sites));
  const at = `${config ?? "crier.config.ts"}: sites[${sites.indexOf(site)}]`;
  return {
    answer: { site: site.id, place, excluded, ...asJson(examination), pictures },
    lines: examinationLines(examination, { place, excluded, pictures, site, at, now: systemRuntime.clock() }),
    failed: examination.refused.length > 0 || examination.unusedFields.length + examination.unusedPermalinks.length > 0,
  };
};

const maxShown = 20;

export const plural = (count: number, noun: string): string =>
  `${count} ${count === 1 ? noun : `${noun}s`.replace(/ys$/, "ies")}`;

/** Returns the first rows below a heading, or nothing if there are no rows. */
const section = (heading: string, rows: readonly (readonly string[])[]): readonly string[] =>
  rows.length === 0
    ? []
    : [
        "",
        heading,
        ...columns(rows.slice(0, maxShown)).map((line) => `  ${line}`),
        ...(rows.length > maxShown ? [`  … and ${rows.length - maxShown} more: --json shows all`] : []),
      ];

const fieldRows = ({ fields }: Examination): readonly (readonly string[])[] =>
  [...Map.groupBy(fields, ({ field }) => field)].map(([field, all]) => [
    field,
    all.map(({ from, documents }) => `${originText(from)} ${documents}`).join(", "),
  ]);

const pictureRows = (pictures: FoundPictures | undefined): readonly (readonly string[])[] =>
  pictures === undefined
    ? []
    : [
        ["in the site's folder", String(pictures.files)],
        ["requested at their addresses when posts are sent", String(pictures.requested)],
        ...pictures.problems.map(({ path, reason }) => [path, reason]),
      ].filter(([, value]) => value !== "0");

interface Context {
  readonly place: string;
  /** The number of documents that `include` and `exclude` of the source leave out. */
  readonly excluded: number;
  /** Undefined for a feed. */
  readonly pictures: FoundPictures | undefined;
  readonly site: Site;
  /** The file and the path of the site in the configuration. */
  readonly at: string;
  readonly now: Instant;
}

const summary = (examination: Examination, { now, excluded }: Context): string => {
  const { published, held, pages, refused, repaired } = examination;
  const scheduled = published.filter((post) => post.published > now).length;
  return [
    `${published.length} would be posts${scheduled === 0 ? "" : ` (${scheduled} of them scheduled)`}`,
    `${held.length} held`,
    `${plural(pages.length, "page")}`,
    `${refused.length} refused`,
    `${repaired.length} repaired`,
    ...(excluded === 0 ? [] : [`${excluded} left out by \`include\` and \`exclude\``]),
  ].join(", ");
};

/** The rule that gives the documents of a folder an address for each day. */
const datedRule = (at: string, folder: string): string => {
  const pattern = "/:year/:month/:day/:slug/";
  const rule =
    folder === "" ? `permalink: "${pattern}"` : `permalinks: { "${folder}": "/${folder.slice(0, -1)}${pattern}" }`;
  return `${at}: { ${rule} }`;
};

/** The result for people, who get only the most important rows of each kind. */
const examinationLines = (examination: Examination, context: Context): readonly string[] => {
  const { place, site, at, pictures } = context;
  return [
    `${plural(examination.documents, /^https?:/.test(place) ? "entry" : "document")} in ${place}, read as those of the site ${site.id}:`,
    summary(examination, context),
    ...section(
      "CONFIGURATION",
      [
        ...examination.unusedFields.map(({ field, key }) => `fields.${field}: no document has the key "${key}"`),
        ...examination.unusedPermalinks.map((folder) => `permalinks: there is no document in "${folder}"`),
      ].map((problem) => [`${at}.${problem}: correct or remove it`]),
    ),
    ...section(
      "ADDRESSES: the days of these documents differ, and their addresses do not",
      examination.foldersWithoutDays.map((folder) => [folder || "all documents", datedRule(at, folder)]),
    ),
    ...section(
      "REFUSED, until it is corrected",
      examination.refused.flatMap(({ path, reasons }) => reasons.map((reason) => [path, reasonText(reason)])),
    ),
    ...section(
      "HELD: not published, and why",
      examination.held.map(({ path, reason }) => [path, reason]),
    ),
    ...section(
      "PAGES: not posts, and why",
      examination.pages.map(({ path, reason }) => [path, reason]),
    ),
    ...section(
      "NOTES: what was left out or guessed",
      examination.warnings.map(({ paths, field, message }) => [
        String(paths.length),
        paths.length === 1 ? (paths[0] ?? "") : `${paths[0]} …`,
        reasonText({ ...(field !== undefined && { field }), message }),
      ]),
    ),
    ...section(
      "REPAIRED: the text was in a wrong encoding",
      examination.repaired.map((path) => [path]),
    ),
    ...section("PICTURES: where they are, in how many documents", pictureRows(pictures)),
    ...section("FIELDS: what they are read from, in how many documents", fieldRows(examination)),
    ...section(
      "NOT READ: keys, in how many documents",
      examination.ignored.map(({ key, documents, meant }) => [
        key,
        String(documents),
        meant === undefined ? "" : `did you mean "${meant}"?`,
      ]),
    ),
    ...section(
      "POSTS, the newest first",
      examination.published
        .slice(0, 5)
        .map(({ path, published, title, url }) => [iso(published).slice(0, 10), path, url, title]),
    ),
  ];
};

interface FolderDocument {
  /** Relative to the root of the source that contains the document, or else to the folder. */
  readonly path: string;
  readonly isSectionIndex: boolean;
  readonly bytes: Uint8Array;
}

export interface FolderDocuments {
  readonly documents: readonly FolderDocument[];
  /** The number of documents that `include` and `exclude` of the source leave out. */
  readonly excluded: number;
  /** The folder that the paths begin at. */
  readonly root: string;
}

interface RequestedFolder {
  readonly dir: string;
  readonly config: string | undefined;
  /** The folder that the command runs in. */
  readonly folder: string;
}

/**
 * The path of a folder relative to a folder above it, with `/` between and at the end. Undefined if it is elsewhere.
 */
const pathWithin = (root: string, dir: string): string | undefined => {
  const path = relative(root, dir).split(sep).join("/");
  if (path === "") return "";
  return path === ".." || path.startsWith("../") || resolve(root, path) !== dir ? undefined : `${path}/`;
};

interface FolderSource {
  readonly source: SourceLocation;
  readonly root: string;
  /** The path of the requested folder within the source. */
  readonly below: string;
}

const findFolderSource = (
  { sources }: Pick<Site, "sources">,
  { dir, config, folder }: RequestedFolder,
): FolderSource | undefined => {
  const base = dirname(resolve(folder, config ?? "crier.config.ts"));
  return sources
    .filter(({ kind }) => kind === "folder")
    .flatMap((source) => {
      const root = resolve(base, source.location);
      const below = pathWithin(root, resolve(folder, dir));
      return below === undefined ? [] : [{ source, root, below }];
    })
    .toSorted((a, b) => b.root.length - a.root.length)[0];
};

/**
 * The folders of all sources of a site, if the requested folder is one of them, in one or around one. Without a request:
 * those that are on this machine.
 */
export const sourceFolders = async (
  { sources }: Pick<Site, "sources">,
  { dir, config, folder }: Omit<RequestedFolder, "dir"> & { readonly dir: string | undefined },
): Promise<readonly string[]> => {
  const base = dirname(resolve(folder, config ?? "crier.config.ts"));
  const roots = sources.filter(({ kind }) => kind === "folder").map(({ location }) => resolve(base, location));
  if (dir === undefined) {
    const exist = await Promise.all(roots.map(isFolder));
    return roots.filter((_, index) => exist[index]);
  }
  const named = resolve(folder, dir);
  const isNear = roots.some((root) => (pathWithin(root, named) ?? pathWithin(named, root)) !== undefined);
  return isNear ? roots : [];
};

/** The site that has the folder, or a folder above it, as a source. */
const siteOfFolder = <S extends Pick<Site, "sources">>(
  sites: readonly S[],
  requested: RequestedFolder,
): S | undefined => sites.find((site) => findFolderSource(site, requested) !== undefined);

/** The documents below a folder. In a source of the site, its `include` and `exclude` apply, as when Crier reads it. */
export const readFolder = async (requested: RequestedFolder, site: Pick<Site, "sources">): Promise<FolderDocuments> => {
  const found = findFolderSource(site, requested);
  const { root, below } = found ?? { root: resolve(requested.folder, requested.dir), below: "" };
  const all = await documentsIn(root);
  const known = found === undefined ? all : all.filter(matches(found.source));
  const sections = sectionIndexes(known);
  const documents: FolderDocument[] = [];
  for (const path of known.filter((one) => one.startsWith(below)))
    documents.push({ path, isSectionIndex: sections.has(path), bytes: await readDocument(join(root, path)) });
  return { documents, excluded: all.filter((path) => path.startsWith(below)).length - documents.length, root };
};

/**
 * Returns the address of the document that `path` refers to, resolved as by app/ingest/parse-references.ts.
 */
const referenceResolver = (
  documents: readonly FolderDocument[],
  site: Site,
  locate: Locate,
): ((path: string, reference: Reference) => Promise<string | undefined>) => {
  const byPath = new Map(documents.map((document) => [document.path, document]));
  const urls = new Map<string, Promise<string | undefined>>();
  const urlOf = ({ path, bytes, isSectionIndex }: FolderDocument): Promise<string | undefined> => {
    const url = urls.get(path) ?? locate(bytes, path, site, isSectionIndex);
    urls.set(path, url);
    return url;
  };
  return async (from, reference) => {
    const atPath = referencePaths(reference, from).flatMap((path) => byPath.get(path) ?? []);
    const [only, ...others] = documents.filter(({ path }) => isNamedBy(path, reference));
    const target = atPath[0] ?? (others.length === 0 ? only : undefined);
    const url = target && (await urlOf(target));
    return url === undefined ? undefined : url + referenceFragment(reference);
  };
};

interface SitePages {
  /** `pages`: the folder of the built site. */
  readonly kind: "feed" | "sitemap" | "pages";
  readonly pages: readonly { readonly url: string; readonly title: string | undefined }[];
}

/** sitemaps.org allows 50,000. So many are enough pages to compare. */
const maxSitemaps = 50;

export const isUrl = (place: string): boolean => /^https?:\/\//i.test(place);

/**
 * Reads a URL or a file. A private address is allowed only at the origin that was typed. Relative links of a file are
 * resolved against `base`.
 */
const openReader = (place: string, folder: string, base: string) => {
  const { poll } = connectOutside({ about: base, own: { feeds: [place] }, deadline: systemRuntime.deadline });
  return async (address: string): Promise<FeedBytes> => {
    if (!isUrl(address)) {
      try {
        return { url: base, contentType: undefined, body: await readFile(resolve(folder, address)) };
      } catch (cause) {
        throw new CommandError(
          `${address} cannot be read (${errorMessage(cause)}): name the URL or the file of the site's feed or sitemap, or the folder of the built site`,
          { exitCode: 2, cause },
        );
      }
    }
    const response = await poll(address, {});
    if (response.kind === "content") return response.bytes;
    const reason = response.kind === "failed" ? response.reason : "there is nothing any more (410)";
    throw new CommandError(`${address} cannot be read: ${reason}`);
  };
};

/** The pages that a generator has written into a folder. `/404.html` is one that no address of a post is like. */
const readBuiltPages = async (folder: string, base: string): Promise<SitePages> => {
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith(".html"));
  const pages = files.map((file) => ({
    url: new URL(
      file
        .split(sep)
        .map(encodeURIComponent)
        .join("/")
        .replace(/(?<![^/])index\.html$/, ""),
      base,
    ).href,
    title: undefined,
  }));
  return { kind: "pages", pages };
};

/**
 * The pages that the site's own feed or sitemap lists, or those in the folder of the built site. The sitemaps of an index
 * are read, too.
 */
export const readPagesAt = async (place: string, folder: string, base: string): Promise<SitePages> => {
  if (!isUrl(place) && (await isFolder(resolve(folder, place)))) return readBuiltPages(resolve(folder, place), base);
  const read = openReader(place, folder, base);
  const first = readSitePages(await read(place));
  if (first.kind === "neither")
    throw new CommandError(
      `${place} is neither a feed nor a sitemap: ${first.problem}. Name one of them, or the folder of the built site`,
    );
  if (first.kind !== "index") return first;
  const pages = [];
  for (const sitemap of first.sitemaps.slice(0, maxSitemaps)) {
    const one = readSitePages(await read(sitemap));
    if (one.kind === "sitemap") pages.push(...one.pages);
  }
  return { kind: "sitemap", pages };
};
