import { dirname, join, relative, resolve, sep } from "node:path";
import { type Client, CommandError } from "../api/api-client.ts";
import {
  type AddressComparison,
  compareAddresses,
  type LocatedDocument,
  withPages,
} from "../documents/compare-addresses.ts";
import type { InferredRule, SitePage } from "../documents/infer-permalink.ts";
import { isLanguage, readPath, slugFromName, urlByPermalink } from "../documents/page-path.ts";
import { locateDocument } from "../documents/parse-document.ts";
import { hostWithoutWww } from "../domain/address.ts";
import { isIndex } from "../domain/document.ts";
import type { Site } from "../domain/site.ts";
import { inProcess } from "../parsing/parsers-in-process.ts";
import { type CommandResult, columns } from "./command.ts";
import { readConfiguration } from "./config-file.ts";
import { plural, readFolder, readPagesAt, sourceFolders } from "./examine-place.ts";

const locate = inProcess(locateDocument, () => undefined);

type Requested = Parameters<typeof readFolder>[0];

const locateFolderDocuments = async (requested: Requested, site: Site): Promise<readonly LocatedDocument[]> => {
  const located: LocatedDocument[] = [];
  for (const { path, bytes, isSectionIndex } of (await readFolder(requested, site)).documents) {
    const one = await locate(bytes, path, site, isSectionIndex);
    if (one !== undefined) located.push(one);
  }
  return located;
};

/** The folders of a document that are the same in its address wherever it is: without that of a bundle. */
const outerFolders = ({ path }: LocatedDocument): readonly string[] =>
  path.split("/").slice(0, isIndex(path) ? -2 : -1);

/** The deepest folder that contains all these documents. That of a language has a meaning for their addresses. */
const commonFolder = ([first, ...others]: readonly LocatedDocument[]): string => {
  if (first === undefined) return "";
  const folders = outerFolders(first);
  const lists = others.map(outerFolders);
  const end = folders.findIndex((folder, depth) => isLanguage(folder) || lists.some((list) => list[depth] !== folder));
  return folders.slice(0, end < 0 ? undefined : end).join("/");
};

interface SiteDocuments {
  readonly documents: readonly LocatedDocument[];
  /** The folder that paths and permalinks are relative to, if it is in no source of the site. */
  readonly newSource: string | undefined;
}

/**
 * Reads all documents of a site, so that it does not matter which of their folders is requested. Of a folder that is not
 * in its configuration, it is the folder that contains the documents which the site has pages of.
 */
export const readSiteDocuments = async (
  requested: Requested,
  roots: readonly string[],
  pages: readonly SitePage[],
  site: Site,
): Promise<SiteDocuments> => {
  if (roots.length > 0) {
    const read = roots.map((dir) => locateFolderDocuments({ ...requested, dir }, site));
    return { documents: (await Promise.all(read)).flat(), newSource: undefined };
  }
  const named = resolve(requested.folder, requested.dir);
  const all = await locateFolderDocuments(requested, site);
  const root = join(named, commonFolder(withPages(all, pages, site)));
  const base = dirname(resolve(requested.folder, requested.config ?? "crier.config.ts"));
  return {
    documents: root === named ? all : await locateFolderDocuments({ ...requested, dir: root }, site),
    newSource: relative(base, root).split(sep).join("/") || ".",
  };
};

/** The posts of a running Crier. An address that does not follow the site's permalink was set in the document. */
const locateApiDocuments = async (client: Client, site: Site): Promise<readonly LocatedDocument[]> => {
  const documents = [];
  let from: string | undefined;
  do {
    const { posts, next } = await client.request("list", { query: { from } });
    for (const { document: path, slug, url, title: own, published, status } of posts) {
      if (published === null || status === "deleted") continue;
      const hasOwnSlug = slug.split("/").at(-1) !== slugFromName(readPath(path).name);
      const { language } = site;
      const keys = new Map<string, string>();
      const title = own ?? "";
      const facts = { path, slug, hasOwnSlug, title, categories: [], language, published: Date.parse(published), keys };
      documents.push({ path, url, title, language, facts: urlByPermalink(facts, site) === url ? facts : undefined });
    }
    from = next ?? undefined;
  } while (from !== undefined);
  return documents;
};

/** The configured site that the pages belong to, or else the first one. */
const siteOfPages = (sites: readonly Site[], pages: readonly SitePage[]): Site => {
  const site =
    sites.find(({ url }) => pages.some((page) => hostWithoutWww(page.url) === hostWithoutWww(url))) ?? sites[0];
  if (site === undefined) throw new CommandError("the configuration has no site", { exitCode: 2 });
  return site;
};

type Advice = NonNullable<AddressComparison["advice"]>;

/** Says from how many documents a permalink was inferred. */
const evidence = ({ agreeing, contradicting }: InferredRule): string => {
  const [first] = contradicting;
  const [number, others] = contradicting.length === 1 ? ["1 has", ""] : [`${contradicting.length} have`, ", …"];
  const against = first === undefined ? "" : `; ${number} another address: ${first}${others}`;
  return `// from ${plural(agreeing, "document")}${against}`;
};

/** The choice as lines of the configuration file. */
const configLines = (
  { choice: { permalinkCase }, rules }: Advice,
  newSource: string | undefined,
): readonly string[] => {
  const lines = rules.map((rule) => [rule.folder, `${JSON.stringify(rule.permalink)}, ${evidence(rule)}`] as const);
  const folders = lines.filter(([folder]) => folder !== "");
  return [
    ...(newSource === undefined ? [] : [`sources: [{ folder: ${JSON.stringify(newSource)} }],`]),
    ...lines.filter(([folder]) => folder === "").map(([, line]) => `permalink: ${line}`),
    ...(folders.length === 0
      ? []
      : ["permalinks: {", ...folders.map(([folder, line]) => `  ${JSON.stringify(folder)}: ${line}`), "},"]),
    ...(permalinkCase === "lower" ? ['permalinkCase: "lower",'] : []),
  ];
};

const maxShown = 10;

const more = (count: number): readonly string[] => (count > maxShown ? [`  … and ${count - maxShown} more`] : []);

const comparisonLines = (
  place: string,
  { documents: { length: documents }, newSource }: SiteDocuments,
  comparison: AddressComparison,
  site: Site,
): readonly string[] => {
  const { agreeing, different, absent, origin, unused, advice } = comparison;
  return [
    `${agreeing} of ${documents} documents have an address that ${place} has, too; ${different.length} differ, ${absent.length} are not in it.`,
    ...(origin === undefined
      ? []
      : [`The pages are at ${origin}, and the configured site at ${site.url}: set \`url\`.`]),
    ...unused.map((folder) => `permalinks: there is no document in ${JSON.stringify(folder)}: correct or remove it.`),
    ...(different.length === 0
      ? []
      : columns([
          ["DOCUMENT", "CRIER", "SITE"],
          ...different.slice(0, maxShown).map(({ path, url, page }) => [path, url, page]),
        ])),
    ...more(different.length),
    ...absent.slice(0, maxShown).map(({ path, url }) => `not in it: ${path}, ${url}`),
    ...more(absent.length),
    ...(advice === undefined
      ? []
      : [
          `${advice.agreeing} of ${documents} agree with this in the site's configuration:`,
          ...configLines(advice, newSource).map((line) => `  ${line}`),
        ]),
  ];
};

interface CompareOptions {
  /** The URL or the file of the site's own feed or sitemap. */
  readonly place: string;
  /** The folder of the documents. Undefined: the posts of the running Crier are compared. */
  readonly dir: string | undefined;
  readonly config: string | undefined;
  /** The folder that the command runs in. */
  readonly folder: string;
  readonly clientFor: (site: string | undefined) => Client;
}

/** Compares the addresses of documents with those of the site itself, and finds the permalink that makes them agree. */
export const compareSite = async ({
  place,
  dir,
  config,
  folder,
  clientFor,
}: CompareOptions): Promise<CommandResult> => {
  const { sites } = await readConfiguration(folder, config);
  const { kind, pages } = await readPagesAt(place, folder, sites[0]?.url ?? "");
  const site = siteOfPages(sites, pages);
  const roots = await sourceFolders(site, { dir, config, folder });
  const read: SiteDocuments =
    dir === undefined && roots.length === 0
      ? {
          documents: await locateApiDocuments(clientFor(site === sites[0] ? undefined : site.id), site),
          newSource: undefined,
        }
      : await readSiteDocuments({ dir: dir ?? ".", config, folder }, roots, pages, site);
  const { documents, newSource } = read;
  const comparison = compareAddresses(documents, pages, site);
  const { advice, ...found } = comparison;
  return {
    answer: {
      site: site.id,
      place,
      kind,
      documents: documents.length,
      ...found,
      advice:
        advice === undefined
          ? null
          : {
              ...(newSource !== undefined && { sources: [{ folder: newSource }] }),
              ...advice.choice,
              agreeing: advice.agreeing,
              rules: advice.rules,
            },
    },
    lines: comparisonLines(place, read, comparison, site),
    failed: comparison.different.length > 0 || comparison.unused.length > 0,
  };
};
