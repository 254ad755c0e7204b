import { completeIfKnown, isListed } from "./app/ingest/first-listing.ts";
import { ingest, type Target } from "./app/ingest/ingest-document.ts";
import { ingestEvent } from "./app/ingest/ingest-event.ts";
import { pollFeed } from "./app/ingest/poll-feed.ts";
import { put } from "./app/ingest/put-document.ts";
import { reconcile } from "./app/ingest/reconcile-source.ts";
import type { Ingested, SentFile } from "./app/site-api.ts";
import { type Dependencies, ports } from "./compose-ports.ts";
import { recipeOf } from "./domain/document.ts";
import { errorMessage } from "./domain/errors.ts";
import type { PublishOptions } from "./domain/merge-post.ts";
import type { Post } from "./domain/post.ts";
import type { Site } from "./domain/site.ts";
import type { DocumentParsers, FeedParsers, ListedDocument, Source } from "./ports/content.ts";
import type { AskPage, Poll } from "./ports/outside.ts";
import { oneDocument } from "./sources/one-document.ts";
import { isSourceOf, locate, sectionsOfSite } from "./sources/site-folders.ts";

/** One after another, even if one before it fails. */
const forEachSource = async (sources: readonly Source[], act: (source: Source) => Promise<void>): Promise<void> => {
  const failures: unknown[] = [];
  for (const source of sources)
    try {
      await act(source);
    } catch (error) {
      failures.push(error);
    }
  if (failures.length > 0) throw new AggregateError(failures, failures.map(errorMessage).join(" "));
};

export interface IngestDependencies extends Dependencies {
  readonly documentParsers: DocumentParsers;
  /** Called for each document of a source that is listed. */
  readonly progress?: (done: number, total: number) => void;
}

/** Documents in. */
export const composeIngest = (dependencies: IngestDependencies, sources: readonly Source[]) => {
  const { sites } = dependencies.config;
  const { documentParsers, progress } = dependencies;
  const common = { ...ports(dependencies), ...documentParsers, progress };
  const listable = sources.filter(({ feed }) => feed === undefined);
  const sectionsOf = (site: Site) => sectionsOfSite(sources, site, sites);
  const sectionOf = (site: Site, name: string): Source => {
    const section = sectionsOf(site).get(name);
    if (section === undefined) throw new Error(`the site ${site.id} has no source "${name}"`);
    return section;
  };
  const read = (
    site: Site,
    name: string,
    path: string,
    found: Omit<Target, "site" | "source" | "path">,
  ): Promise<Ingested> =>
    ingest({ site, source: sectionOf(site, name), path, ...found }, {}, { ...common, sources: sectionsOf(site) });
  /** Lists the source once, whatever the number of its sites. */
  const reconcileSource = async (source: Source, everything: boolean): Promise<void> => {
    const all: readonly ListedDocument[] =
      (await source.listTagged?.()) ?? (await source.list()).map((path) => ({ path }));
    const listed = Map.groupBy(
      all.map((one) => ({ ...one, ...locate(source, one.path, sites) })),
      ({ site }) => site,
    );
    for (const site of sites.filter((one) => isSourceOf(one, source)))
      await reconcile(site.id, source.name, listed.get(site) ?? [], everything, {
        ...common,
        recipe: (isSectionIndex) => common.hash(recipeOf(site, isSectionIndex)),
        ingest: (path, found) => read(site, source.name, path, found),
      });
  };
  return {
    /**
     * `fullPath` is the path in the source, from which the site follows where the source has none. `isRepeated`: the event
     * came before, and the worker that had it did not finish.
     */
    ingest: async (name: string, fullPath: string, siteId?: string, isRepeated = false): Promise<Ingested> => {
      const { site, path } = locate(siteId === undefined ? {} : { site: siteId }, fullPath, sites);
      return ingestEvent(site.id, name, path, {
        ...common,
        sources: sectionsOf(site).keys(),
        ingest: async (from, one) =>
          read(site, from, one, {
            isListed: await isListed(site.id, from, common),
            countsAttempt: isRepeated && !common.isContained,
          }),
      });
    },
    /** Completes the first listing of a shared source for the site of a path, if all its documents in it are known. */
    completeIfKnown: async (name: string, fullPath: string): Promise<void> => {
      const { site } = locate({}, fullPath, sites);
      await completeIfKnown(site.id, sectionOf(site, name), common);
    },
    /** `everything`: also the documents that have not changed since they were read. */
    reconcile: ({ everything = false } = {}): Promise<void> =>
      forEachSource(listable, (source) => reconcileSource(source, everything)),
    /** By hand; undefined where the document of the post came by the API. */
    publish: async (
      site: Site,
      { source: name, path }: Pick<Post, "source" | "path">,
    ): Promise<Ingested | undefined> => {
      const source = sectionsOf(site).get(name);
      if (source === undefined) return undefined;
      const target = {
        site,
        source,
        path,
        isListed: await isListed(site.id, name, common),
        countsAttempt: !common.isContained,
      };
      return ingest(target, { byHand: true }, { ...common, sources: sectionsOf(site) });
    },
    put: (site: Site, name: string, bytes: Uint8Array, options: PublishOptions & SentFile) =>
      put({ site, name, bytes, ...options }, options, {
        ...common,
        sources: sectionsOf(site),
        sourceOf: oneDocument,
      }),
  };
};

export interface PollDependencies {
  readonly poll: Poll;
  readonly askPage: AskPage;
  readonly feedParsers: FeedParsers;
  /** Called with the result for each entry that was new, changed or deleted. */
  readonly report?: (path: string, result: Ingested) => void;
}

/** Polls the feeds among the sources, as far as they are due. */
export const composePolls = (
  dependencies: Dependencies,
  sources: readonly Source[],
  { poll, askPage, feedParsers, report = () => {} }: PollDependencies,
) => {
  const { sites } = dependencies.config;
  // The links in an entry are URLs.
  const locate = async () => undefined;
  const common = { ...ports(dependencies), ...feedParsers, poll, askPage, report, locate };
  const sectionsOf = (site: Site) => sectionsOfSite(sources, site, sites);
  return (): Promise<void> =>
    forEachSource(sources, async ({ name, feed, site: owner }) => {
      const site = sites.find(({ id }) => id === owner);
      if (feed === undefined || site === undefined) return;
      await pollFeed(
        { site, source: name, feed },
        {
          ...common,
          ingest: (target, parse) => ingest(target, {}, { ...common, parse, sources: sectionsOf(site) }),
        },
      );
    });
};
