import { CommandError } from "../api/api-client.ts";
import { type Examination, examine, type ReadDocument } from "../documents/examine.ts";
import { referenceKey } from "../domain/reference.ts";
import type { Site } from "../domain/site.ts";
import { iso } from "../domain/time.ts";
import { openChildParsers, type Parsers } from "../parsing/parsers-in-child.ts";
import type { DocumentParsers, FeedParsers, Parsed } from "../ports/content.ts";
import { systemRuntime } from "../runtimes/system-runtime.ts";
import { examinationLines } from "./examination-lines.ts";
import { type FolderDocument, readFolder, siteOfFolder } from "./folder-documents.ts";
import { referencesIn } from "./folder-references.ts";
import { readConfiguration } from "./read-configuration.ts";
import { isUrl, readerOf } from "./site-pages.ts";
import type { CommandResult } from "./subcommand.ts";

const documentsOfFolder = async (
  asked: Parameters<typeof readFolder>[0],
  site: Site,
  { parse, locate }: DocumentParsers,
) => {
  const { documents, excluded } = await readFolder(asked, site);
  const urlOf = referencesIn(documents, site, locate);
  /** Once to know its references, and once more with their addresses, as when Crier reads it. */
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
  return { documents: await Promise.all(all), excluded };
};

const entriesOfFeed = async (
  url: string,
  folder: string,
  site: Site,
  { readFeed, parseEntry }: FeedParsers,
): Promise<readonly ReadDocument[]> => {
  const read = await readFeed(await readerOf(url, folder, site.url)(url));
  if (read.kind === "no-feed") throw new CommandError(`${url} is not a feed: ${read.problem}`);
  const seen = systemRuntime.clock();
  const all = read.feed.entries.map(async (entry, index) => ({
    path: entry.url ?? `entry ${index + 1}`,
    parsed: await parseEntry({ entry, known: undefined, seen }, site),
  }));
  return Promise.all(all);
};

const siteOf = (sites: readonly Site[], id: string | undefined): Site => {
  const site = id === undefined ? sites[0] : sites.find((one) => one.id === id);
  if (site === undefined)
    throw new CommandError(`there is no site ${id}: use ${sites.map((one) => one.id).join(" or ")}`, { exitCode: 2 });
  return site;
};

/** Moments as RFC 3339. */
const asJson = ({ published, ...rest }: Examination) => ({
  ...rest,
  published: published.map((post) => ({ ...post, published: iso(post.published) })),
});

interface Examining {
  /** A folder of documents, or the URL of a feed. */
  readonly place: string;
  /** The id of the site. Undefined: the first one. */
  readonly site: string | undefined;
  readonly config: string | undefined;
  /** Where the command runs. */
  readonly folder: string;
}

/** What would become of the documents of a folder or the entries of a feed, without a running Crier. `parsers` are closed. */
export const examinePlace = async (
  examining: Examining,
  parsers: Parsers = openChildParsers(systemRuntime.setTimer),
): Promise<CommandResult> => {
  try {
    return await examineWith(examining, parsers);
  } finally {
    await parsers.close();
  }
};

const examineWith = async (
  { place, site: id, config, folder }: Examining,
  { documentParsers, feedParsers }: Omit<Parsers, "close">,
): Promise<CommandResult> => {
  const { sites } = await readConfiguration(folder, config);
  const asked = { dir: place, config, folder };
  const site = (id === undefined && siteOfFolder(sites, asked)) || siteOf(sites, id);
  const { documents, excluded } = isUrl(place)
    ? { documents: await entriesOfFeed(place, folder, site, feedParsers), excluded: 0 }
    : await documentsOfFolder(asked, site, documentParsers);
  const examination = examine(documents, site);
  const at = `${config ?? "crier.config.ts"}: sites[${sites.indexOf(site)}]`;
  return {
    answer: { site: site.id, place, excluded, ...asJson(examination) },
    lines: examinationLines(examination, { place, excluded, site, at, now: systemRuntime.clock() }),
    failed: examination.refused.length > 0 || examination.unusedFields.length + examination.unusedPermalinks.length > 0,
  };
};
