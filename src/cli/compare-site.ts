import { type Client, CommandError } from "../api/api-client.ts";
import { type AddressComparison, compareAddresses, type LocatedDocument } from "../documents/compare-addresses.ts";
import type { InferredRule, SitePage } from "../documents/infer-permalink.ts";
import { readPath, slugFromName, urlByPermalink } from "../documents/page-path.ts";
import { locateDocument } from "../documents/parse-document.ts";
import type { Site } from "../domain/site.ts";
import { inProcess } from "../parsing/parsers-in-process.ts";
import { type CommandResult, columns } from "./command.ts";
import { readConfiguration } from "./config-file.ts";
import { plural, readFolder, readPagesAt } from "./examine-place.ts";

const locate = inProcess(locateDocument, () => undefined);

const locateFolderDocuments = async (
  requested: Parameters<typeof readFolder>[0],
  site: Site,
): Promise<readonly LocatedDocument[]> => {
  const located: LocatedDocument[] = [];
  for (const { path, bytes, isSectionIndex } of (await readFolder(requested, site)).documents) {
    const one = await locate(bytes, path, site, isSectionIndex);
    if (one !== undefined) located.push(one);
  }
  return located;
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

const hostOf = (url: string): string => new URL(url).host.replace(/^www\./, "");

/** The configured site that the pages belong to, or else the first one. */
const siteOfPages = (sites: readonly Site[], pages: readonly SitePage[]): Site => {
  const site = sites.find(({ url }) => pages.some((page) => hostOf(page.url) === hostOf(url))) ?? sites[0];
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
const configLines = ({ choice: { permalinkCase }, rules }: Advice): readonly string[] => {
  const lines = rules.map((rule) => [rule.folder, `${JSON.stringify(rule.permalink)}, ${evidence(rule)}`] as const);
  const folders = lines.filter(([folder]) => folder !== "");
  return [
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
  documents: number,
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
          ...configLines(advice).map((line) => `  ${line}`),
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
  const documents =
    dir === undefined
      ? await locateApiDocuments(clientFor(site === sites[0] ? undefined : site.id), site)
      : await locateFolderDocuments({ dir, config, folder }, site);
  const comparison = compareAddresses(documents, pages, site);
  const { advice, ...found } = comparison;
  return {
    answer: {
      site: site.id,
      place,
      kind,
      documents: documents.length,
      ...found,
      advice: advice === undefined ? null : { ...advice.choice, agreeing: advice.agreeing, rules: advice.rules },
    },
    lines: comparisonLines(place, documents.length, comparison, site),
    failed: comparison.different.length > 0 || comparison.unused.length > 0,
  };
};
