import { CommandError } from "../api/api-client.ts";
import { type Examination, examine, type ReadDocument } from "../documents/examine.ts";
import { parseDocument } from "../documents/parse-document.ts";
import { parseEntry } from "../documents/parse-entry.ts";
import type { Site } from "../domain/site.ts";
import { iso } from "../domain/time.ts";
import { readFeed } from "../feed-reader/read-feed.ts";
import { systemRuntime } from "../runtimes/system-runtime.ts";
import { examinationLines } from "./examination-lines.ts";
import { readFolder, siteOfFolder } from "./folder-documents.ts";
import { referencesIn } from "./folder-references.ts";
import { readConfiguration } from "./read-configuration.ts";
import { isUrl, readerOf } from "./site-pages.ts";
import type { CommandResult } from "./subcommand.ts";

const documentsOfFolder = async (asked: Parameters<typeof readFolder>[0], site: Site) => {
  const { documents, excluded } = await readFolder(asked, site);
  const referencesOf = referencesIn(documents, site);
  const read = documents.map(({ path, bytes, isSectionIndex }): ReadDocument => {
    const context = { isSectionIndex, resolve: referencesOf(path) };
    return { path, parsed: parseDocument(bytes, path, site, context) };
  });
  return { documents: read, excluded };
};

const entriesOfFeed = async (url: string, folder: string, site: Site): Promise<readonly ReadDocument[]> => {
  const read = readFeed(await readerOf(url, folder, site.url)(url));
  if (read.kind === "no-feed") throw new CommandError(`${url} is not a feed: ${read.problem}`);
  const seen = systemRuntime.clock();
  return read.feed.entries.map((entry, index) => ({
    path: entry.url ?? `entry ${index + 1}`,
    parsed: parseEntry({ entry, known: undefined, seen }, site),
  }));
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

/** What would become of the documents of a folder or the entries of a feed, without a running Crier. */
export const examinePlace = async ({ place, site: id, config, folder }: Examining): Promise<CommandResult> => {
  const { sites } = await readConfiguration(folder, config);
  const asked = { dir: place, config, folder };
  const site = (id === undefined && siteOfFolder(sites, asked)) || siteOf(sites, id);
  const { documents, excluded } = isUrl(place)
    ? { documents: await entriesOfFeed(place, folder, site), excluded: 0 }
    : await documentsOfFolder(asked, site);
  const examination = examine(documents, site);
  const at = `${config ?? "crier.config.ts"}: sites[${sites.indexOf(site)}]`;
  return {
    answer: { site: site.id, place, excluded, ...asJson(examination) },
    lines: examinationLines(examination, { place, excluded, site, at, now: systemRuntime.clock() }),
    failed: examination.refused.length > 0 || examination.unusedFields.length + examination.unusedPermalinks.length > 0,
  };
};
