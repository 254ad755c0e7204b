import { createHash } from "node:crypto";
import { serverName } from "./app/deliver/admission.ts";
import { deliver } from "./app/deliver/advance-delivery.ts";
import { wakeUnknown } from "./app/deliver/settle.ts";
import { type IngestTarget, ingest, ingestEvent } from "./app/ingest/ingest-document.ts";
import { pollFeed } from "./app/ingest/poll-feed.ts";
import { completeIfKnown, isListed, reconcile } from "./app/ingest/reconcile-source.ts";
import { type NoticePorts, notify, prepareOwner, prepareWebhook } from "./app/notify/notify.ts";
import {
  type PicturePorts,
  preparePicture,
  type RequestedPicturePorts,
  requestPicture,
} from "./app/pictures/prepare-picture.ts";
import { markFeedsCoalesced } from "./app/publish/mark-feeds.ts";
import { publish } from "./app/publish/publish-post.ts";
import { ping } from "./app/render/hub-pings.ts";
import { audit, type RenderPorts, render } from "./app/render/render-feed.ts";
import type { Ingested } from "./app/results.ts";
import { advance, findOverdue, type SweepTerms, sweep, sweepOfProcess } from "./app/rows.ts";
import type { DecisionContext, ForEachSite, SiteContext, SiteContexts } from "./app/site-context.ts";
import { watchLogins } from "./app/status/check-logins.ts";
import { deliveryOfCopy, type SandboxCopy } from "./app/status/delivery-status.ts";
import type { Config } from "./config.ts";
import type { DeliveryStatus } from "./contract/deliveries.ts";
import type { Account } from "./domain/account.ts";
import { keyMutex } from "./domain/concurrency.ts";
import { siteCommands } from "./domain/delivery-commands.ts";
import { apiSource, recipeText } from "./domain/document.ts";
import { errorMessage } from "./domain/errors.ts";
import type { ExpectedPost } from "./domain/expected-post.ts";
import { type Deployment, installationOf } from "./domain/installation.ts";
import type { Post } from "./domain/post.ts";
import type { Site } from "./domain/site.ts";
import { formats } from "./feeds/index.ts";
import { feedFiles } from "./feeds/reader-files.ts";
import type { DocumentParsers, FeedParsers, ListedDocument, Source } from "./ports/content.ts";
import type { Encode, Objects } from "./ports/feeds.ts";
import type { Logins, Networks } from "./ports/networks.ts";
import type { CallWebhook, CheckEntryPage, Poll, Probe, ReadPage, TellHub, TellOwner } from "./ports/outside.ts";
import type { Pictures } from "./ports/pictures.ts";
import type { Hash, Log, Queue, Runtime } from "./ports/runtime.ts";
import type { DeliveryRef, FeedRef, NoticeRef, PingRef, PostRef, Ref, Store } from "./ports/store.ts";
import { findSite, isSourceOf, oneDocument, sectionsOfSite } from "./sources/site-sources.ts";

/** The values that differ between a machine, a deployment and a test. */
export interface Dependencies extends Pick<Runtime, "clock" | "deadline"> {
  readonly config: Pick<Config, "sites" | "accounts" | "policies">;
  readonly store: Store;
  readonly log: Log;
  /** True if failures that need a person are mailed to the owner, and not only logged. */
  readonly mailsOwner?: boolean;
  /** Absent on one machine. */
  readonly deployment?: Deployment;
}

export const hash: Hash = (content) => createHash("sha256").update(content).digest("hex");

const siteById =
  ({ sites }: Pick<Config, "sites">) =>
  (id: string): Site => {
    const site = sites.find((one) => one.id === id);
    if (site === undefined)
      throw new Error(`there is no site "${id}" in the configuration: put it back, or remove its posts first`);
    return site;
  };

export const ports = ({ config, store, log, clock, deadline, mailsOwner = false, deployment }: Dependencies) => ({
  ...store,
  feedFiles,
  accountStates: store.accounts,
  accounts: config.accounts,
  policies: config.policies,
  site: siteById(config),
  command: siteCommands(config.sites),
  installation: installationOf(deployment),
  hash,
  log,
  clock,
  deadline,
  mailsOwner,
});

/** Runs `act` for one source after another. A failure does not stop the others. */
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

interface IngestDependencies extends Dependencies {
  readonly documentParsers: DocumentParsers;
  /** Called for each document of a source that is listed. */
  readonly progress?: (done: number, total: number) => void;
  /** Called for each document that went, or came back, since its source was listed. */
  readonly report?: (path: string, result: Ingested) => void;
}

/** Reads and ingests documents by the names of their sources. */
const documentIngest = (dependencies: IngestDependencies, sources: readonly Source[]) => {
  const { sites } = dependencies.config;
  const { documentParsers, progress, report } = dependencies;
  const common = { ...ports(dependencies), ...documentParsers, progress, report };
  const sectionsOf = (site: Site) => sectionsOfSite(sources, site, sites);
  const findSection = (site: Site, name: string): Source => {
    const section = sectionsOf(site).get(name);
    if (section === undefined) throw new Error(`the site ${site.id} has no source "${name}"`);
    return section;
  };
  const read = (
    site: Site,
    name: string,
    path: string,
    found: Omit<IngestTarget, "site" | "source" | "path">,
  ): Promise<Ingested> =>
    ingest({ site, source: findSection(site, name), path, ...found }, {}, { ...common, sources: sectionsOf(site) });
  return { sites, common, sectionsOf, findSection, read };
};

type DocumentIngest = ReturnType<typeof documentIngest>;

/** A shared source has the documents of a site in a folder. */
const newestFirstIn =
  (newestFirst: NonNullable<Source["newestFirst"]>, folder: string) => async (paths: readonly string[]) =>
    (await newestFirst(paths.map((path) => folder + path))).map((path) => path.slice(folder.length));

/** Lists the source once, even if several sites share it. */
const reconcileSource = async (
  source: Source,
  everything: boolean,
  { sites, common, read }: DocumentIngest,
): Promise<void> => {
  const all: readonly ListedDocument[] =
    (await source.listTagged?.()) ?? (await source.list()).map((path) => ({ path }));
  const listed = Map.groupBy(
    all.map((one) => ({ ...one, ...findSite(source, one.path, sites) })),
    ({ site }) => site,
  );
  for (const site of sites.filter((one) => isSourceOf(one, source)))
    await reconcile(site.id, source.name, listed.get(site) ?? [], everything, {
      ...common,
      ...(source.newestFirst && { newestFirst: newestFirstIn(source.newestFirst, source.site ? "" : site.folder) }),
      recipe: (isSectionIndex) => common.hash(recipeText(site, isSectionIndex)),
      ingest: (path, found) => read(site, source.name, path, found),
    });
};

/** Publishes by hand. Returns undefined if the document of the post came through the API. */
const publishDocument = async (
  site: Site,
  { source: name, path }: Pick<Post, "source" | "path">,
  expected: ExpectedPost | undefined,
  { common, sectionsOf }: DocumentIngest,
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
  return ingest(target, { byHand: true, expected }, { ...common, sources: sectionsOf(site) });
};

/** Composes everything that reads documents. */
export const composeIngest = (dependencies: IngestDependencies, sources: readonly Source[]) => {
  const documents = documentIngest(dependencies, sources);
  const { sites, common, sectionsOf, findSection, read } = documents;
  const listable = sources.filter(({ feed }) => feed === undefined);
  return {
    /**
     * `fullPath` is the path in the source. It names the site if the source is shared. `isRepeated`: the event was
     * delivered before, and the worker that received it did not finish.
     */
    ingest: async (name: string, fullPath: string, siteId?: string, isRepeated = false): Promise<Ingested> => {
      const { site, path } = findSite(siteId === undefined ? {} : { site: siteId }, fullPath, sites);
      return ingestEvent(site.id, name, path, {
        ...common,
        sources: sectionsOf(site).keys(),
        ingest: async (from, one) =>
          read(site, from, one, {
            isListed: await isListed(site.id, from, common),
            countsAttempt: isRepeated && !common.isContained,
            isSaved: true,
          }),
      });
    },
    /** Completes the first listing of a shared source for the site of a path, if all its documents in it are known. */
    completeIfKnown: async (name: string, fullPath: string): Promise<void> => {
      const { site } = findSite({}, fullPath, sites);
      await completeIfKnown(site.id, findSection(site, name), common);
    },
    /** `everything`: also the documents that have not changed since they were read. */
    reconcile: ({ everything = false } = {}): Promise<void> =>
      forEachSource(listable, (source) => reconcileSource(source, everything, documents)),
  };
};

interface PollDependencies {
  readonly poll: Poll;
  readonly checkEntryPage: CheckEntryPage;
  readonly feedParsers: FeedParsers;
  /** Called with the result for each entry that was new, changed or deleted. */
  readonly report?: (path: string, result: Ingested) => void;
}

/** Composes the poll of the sources that are feeds and are due. */
export const composePolls = (
  dependencies: Dependencies,
  sources: readonly Source[],
  { poll, checkEntryPage, feedParsers, report = () => {} }: PollDependencies,
) => {
  const { sites } = dependencies.config;
  // The links in an entry are URLs already.
  const locate = async () => undefined;
  const common = { ...ports(dependencies), ...feedParsers, poll, checkEntryPage, report, locate };
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

/** The storage and the encodings of the files for readers. */
export interface PublicFiles {
  readonly objects: Objects;
  readonly encode: Encode;
}

export const composePublish = (
  dependencies: Dependencies,
  { objects, encode }: PublicFiles,
  networks: Pick<Networks, "destination">,
  probe: Probe,
) => {
  const all = ports(dependencies);
  const markFeeds = markFeedsCoalesced(all);
  return (ref: PostRef) => publish(ref, { ...all, markFeeds, objects, encode, networks, probe });
};

export const composeRender =
  (
    dependencies: Dependencies,
    { objects, encode }: PublicFiles,
    pace: Pick<RenderPorts, "cacheDuration" | "minInterval">,
  ) =>
  (ref: FeedRef) =>
    render(ref, { ...ports(dependencies), ...pace, objects, formats, encode });

export const composeDeliver =
  (dependencies: Dependencies, networks: Networks, readPage: ReadPage, pictures?: Pictures) => (ref: DeliveryRef) =>
    deliver(ref, { ...ports(dependencies), networks, readPage, ...(pictures && { pictures }) });

/** Prepares the pictures of posts in this process. Several deliveries of a post wait for one fetch. */
export const composePictures = (all: PicturePorts & Pick<Pictures, "problemOfFile">): Pictures => {
  const withMutex = keyMutex();
  return {
    find: async (url) => (await all.pictureStore.find(url)).record,
    prepare: (url, caps, owner) => withMutex(url, () => preparePicture(url, caps, all, owner)),
    ...(all.problemOfFile && { problemOfFile: all.problemOfFile }),
  };
};

/** Requests the pictures of posts from another function, which prepares them. */
export const composeRequestedPictures = (all: RequestedPicturePorts): Pictures => ({
  find: async (url) => (await all.pictureStore.find(url)).record,
  prepare: (url, caps) => requestPicture(url, caps, all),
});

/** Checks the logins that were not checked for a day. */
export const composeLoginWatch = (dependencies: Dependencies, networks: Logins) => (): Promise<void> =>
  watchLogins({ ...ports(dependencies), allAccounts: dependencies.config.accounts, networks });

/** Where readers of a site find its main feed. */
export const mainFeedAddress = ({ feeds, feedsUrl }: Pick<Site, "feeds" | "feedsUrl">): string =>
  new URL(feeds.paths.rss ?? feedFiles.rss ?? "", feedsUrl).href;

export const composePing = (dependencies: Dependencies, tellHub: TellHub) => (ref: PingRef) =>
  ping(ref, { ...ports(dependencies), tellHub });

/** The senders of messages. A runtime without one sends no such message. */
export interface MessagePorts {
  readonly callWebhook?: CallWebhook;
  readonly tellOwner?: TellOwner;
}

export const composeNotify = (dependencies: Dependencies, { callWebhook, tellOwner }: MessagePorts) => {
  const all = ports(dependencies);
  const prepare: NoticePorts["prepare"] = {
    owner: async (notice) => tellOwner && prepareOwner(notice, { ...all, tellOwner }),
    site: async (notice) => callWebhook && prepareWebhook(notice, { ...all, callWebhook }),
  };
  return (ref: NoticeRef) => notify(ref, { ...all, prepare });
};

interface DecisionDependencies extends Dependencies {
  readonly networks: Logins;
  readonly sources: readonly Source[];
}

const composeDecisions = (
  dependencies: DecisionDependencies,
  site: Site,
  publish: DecisionContext["ports"]["publish"],
) => {
  const { config, networks } = dependencies;
  const sources = sectionsOfSite(dependencies.sources, site, config.sites);
  return {
    site,
    ports: {
      ...ports(dependencies),
      accounts: config.accounts.filter((account) => account.site === site.id),
      allAccounts: config.accounts,
      networks,
      sources,
      sourceNames: [...sources.keys(), apiSource],
      publish,
    },
  };
};

const forEachSite = <Context>(sites: readonly Site[], compose: (site: Site) => Context): ForEachSite<Context> => {
  const [first, ...others] = sites.map(compose);
  if (first === undefined) throw new Error("the configuration names no site");
  return [first, ...others];
};

/** Composes what the console is called with where it has no parser: it publishes no document by hand. */
export const composeDecisionSites = (dependencies: DecisionDependencies): ForEachSite<DecisionContext> =>
  forEachSite(dependencies.config.sites, (site) => composeDecisions(dependencies, site, async () => undefined));

export interface SiteDependencies extends IngestDependencies, DecisionDependencies {
  /** Absent if this runtime cannot read pictures. */
  readonly pictures?: Pick<Pictures, "find">;
}

const composeSite = (dependencies: SiteDependencies, site: Site): SiteContext => {
  const documents = documentIngest(dependencies, dependencies.sources);
  const publish: DecisionContext["ports"]["publish"] = (post, expected) =>
    publishDocument(site, post, expected, documents);
  const { documentParsers, pictures } = dependencies;
  return {
    site,
    ports: {
      ...composeDecisions(dependencies, site, publish).ports,
      ...documentParsers,
      makeSource: oneDocument,
      ...(pictures && { pictures }),
    },
  };
};

/** Composes what the operations of the API are called with. */
export const composeSites = (dependencies: SiteDependencies): SiteContexts =>
  forEachSite(dependencies.config.sites, (site) => composeSite(dependencies, site));

export interface AppDependencies extends SiteDependencies, PollDependencies, MessagePorts, PublicFiles {
  readonly networks: Networks;
  readonly probe: Probe;
  readonly readPage: ReadPage;
  readonly pictures?: Pictures;
  readonly tellHub: TellHub;
  readonly queue: Queue;
}

/** Composes everything in one process, for the local runtime and the tests. */
export const composeApp = (dependencies: AppDependencies) => {
  const documents = composeIngest(dependencies, dependencies.sources);
  const [publishes, renders, delivers, pings, notices] = [
    composePublish(dependencies, dependencies, dependencies.networks, dependencies.probe),
    // There is no cache between the objects and their readers, and the queue publishes posts before it renders feeds.
    composeRender(dependencies, dependencies, { cacheDuration: 0, minInterval: 0 }),
    composeDeliver(dependencies, dependencies.networks, dependencies.readPage, dependencies.pictures),
    composePing(dependencies, dependencies.tellHub),
    composeNotify(dependencies, dependencies),
  ];
  const step = (ref: Ref): Promise<void> => {
    switch (ref.kind) {
      case "post":
        return publishes(ref);
      case "feed":
        return renders(ref);
      case "delivery":
        return delivers(ref);
      case "ping":
        return pings(ref);
      case "notice":
        return notices(ref);
    }
  };
  const rows = { ...dependencies.store, ...dependencies };
  return {
    sites: composeSites(dependencies),
    ingest: documents.ingest,
    /** Lists every source against the known documents and ingests what differs. */
    reconcile: documents.reconcile,
    /** Polls the feeds that are due. */
    poll: composePolls(dependencies, dependencies.sources, dependencies),
    /** Renders every feed again, and writes what differs. */
    audit: async (): Promise<void> => {
      for (const site of dependencies.config.sites) await audit(site, 0, rows);
    },
    watchLogins: composeLoginWatch(dependencies, dependencies.networks),
    /** Searches for the copies of deliveries whose result is unknown. */
    wakeUnknown: () => wakeUnknown({ ...rows, accounts: dependencies.config.accounts }),
    deliveryOfCopy: async (copy: SandboxCopy): Promise<DeliveryStatus | undefined> => {
      const account = dependencies.config.accounts.find(({ name }) => name === copy.account);
      return account && deliveryOfCopy(siteById(dependencies.config)(account.site), copy, rows);
    },
    /** Names the server of an account, as its row does. */
    serverOf: (account: Account): string => serverName(account, dependencies),
    work: (ref: Ref) => advance(ref, () => step(ref), rows),
    /** Queues the rows that are overdue. */
    sweep: (terms: SweepTerms = sweepOfProcess) => sweep(terms, rows),
    /** The kind of a row that has been due for too long. */
    overdue: async (): Promise<string | undefined> => (await findOverdue(rows))?.kind,
  };
};

export type App = ReturnType<typeof composeApp>;
