import { createHash } from "node:crypto";
import { deliver } from "./app/deliver/advance-delivery.ts";
import { ping } from "./app/deliver/ping-hub.ts";
import { wakeUnknown } from "./app/deliver/recheck-unknown.ts";
import { resolve, retry } from "./app/deliver/resolve.ts";
import { advance, sweep } from "./app/due-rows.ts";
import { announce } from "./app/ingest/announce.ts";
import { completeIfKnown, isListed } from "./app/ingest/first-listing.ts";
import { ingest, type Target } from "./app/ingest/ingest-document.ts";
import { ingestEvent } from "./app/ingest/ingest-event.ts";
import { pollFeed } from "./app/ingest/poll-feed.ts";
import { put } from "./app/ingest/put-document.ts";
import { reconcile } from "./app/ingest/reconcile-source.ts";
import { remove } from "./app/ingest/remove.ts";
import { publish } from "./app/publish/publish-post.ts";
import { audit } from "./app/render/audit.ts";
import { type RenderPorts, render } from "./app/render/render-feed.ts";
import type { DeliveryStatus, Ingested, SentFile, SiteApi } from "./app/site-api.ts";
import { listAccounts } from "./app/status/account-status.ts";
import { type Copy, deliveryOfCopy } from "./app/status/delivery-of-copy.ts";
import { listDeliveries } from "./app/status/delivery-status.ts";
import { listPages, listRefused, listWaiting } from "./app/status/document-status.ts";
import { listFeeds } from "./app/status/feed-status.ts";
import { plan } from "./app/status/plan.ts";
import { listPosts, postStatus } from "./app/status/post-status.ts";
import type { Config } from "./config.ts";
import { locateDocument, parseDocument } from "./documents/parse-document.ts";
import { parseEntry } from "./documents/parse-entry.ts";
import { apiSource } from "./domain/document.ts";
import { errorMessage } from "./domain/error-message.ts";
import type { PublishOptions } from "./domain/merge-post.ts";
import type { Site } from "./domain/site.ts";
import { readFeed } from "./feed-reader/read-feed.ts";
import { formats } from "./feeds/index.ts";
import { encode } from "./objects/encodings.ts";
import type { Source } from "./ports/content.ts";
import type { Objects } from "./ports/feeds.ts";
import type { Networks } from "./ports/networks.ts";
import type { AskPage, Poll, Probe, TellHub } from "./ports/outside.ts";
import type { Hash, Log, Queue, Runtime } from "./ports/runtime.ts";
import type { DeliveryRef, FeedRef, PingRef, PostRef, Ref, Store } from "./ports/store.ts";
import { oneDocument } from "./sources/one-document.ts";
import { isSourceOf, locate, sectionsOfSite } from "./sources/site-folders.ts";

/** What differs between a machine, a deployment and a test. */
export interface Dependencies extends Pick<Runtime, "clock" | "deadline"> {
  readonly config: Pick<Config, "sites" | "accounts" | "policies">;
  readonly store: Store;
  readonly log: Log;
}

const hash: Hash = (content) => createHash("sha256").update(content).digest("hex");

const siteOf =
  ({ sites }: Pick<Config, "sites">) =>
  (id: string): Site => {
    const site = sites.find((one) => one.id === id);
    if (site === undefined)
      throw new Error(`there is no site "${id}" in the configuration: put it back, or remove its posts first`);
    return site;
  };

const ports = ({ config, store, log, clock, deadline }: Dependencies) => ({
  ...store,
  accountStates: store.accounts,
  accounts: config.accounts,
  policies: config.policies,
  site: siteOf(config),
  hash,
  log,
  clock,
  deadline,
});

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

/** Documents in: the only function that carries Markdown and the sanitiser. */
export const composeIngest = (dependencies: Dependencies, sources: readonly Source[]) => {
  const { sites } = dependencies.config;
  const common = { ...ports(dependencies), parse: parseDocument, locate: locateDocument };
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
  const reconcileSource = async (source: Source): Promise<void> => {
    const listed = (await source.list()).map((fullPath) => locate(source, fullPath, sites));
    for (const site of sites.filter((one) => isSourceOf(one, source)))
      await reconcile(
        site.id,
        source.name,
        listed.filter((one) => one.site.id === site.id).map(({ path }) => path),
        { ...common, ingest: (path, found) => read(site, source.name, path, found) },
      );
  };
  return {
    /** `fullPath` is the path in the source, from which the site follows where the source has none. */
    ingest: async (name: string, fullPath: string, siteId?: string): Promise<Ingested> => {
      const { site, path } = locate(siteId === undefined ? {} : { site: siteId }, fullPath, sites);
      return ingestEvent(site.id, name, path, {
        ...common,
        sources: sectionsOf(site).keys(),
        ingest: async (from, one) => read(site, from, one, { isListed: await isListed(site.id, from, common) }),
      });
    },
    /** Completes the first listing of a shared source for each site whose documents in it are all known. */
    completeIfKnown: async (name: string): Promise<void> => {
      for (const site of sites) await completeIfKnown(site.id, sectionOf(site, name), common);
    },
    reconcile: (): Promise<void> => forEachSource(listable, reconcileSource),
    put: (site: Site, name: string, bytes: Uint8Array, options: PublishOptions & SentFile) =>
      put({ site, name, bytes, ...options }, options, {
        ...common,
        sources: sectionsOf(site),
        sourceOf: oneDocument,
      }),
  };
};

interface PollDependencies {
  readonly poll: Poll;
  readonly askPage: AskPage;
  /** Called with the result for each entry that was new, changed or deleted. */
  readonly report?: (path: string, result: Ingested) => void;
}

/** Polls the feeds among the sources, as far as they are due. */
export const composePolls = (
  dependencies: Dependencies,
  sources: readonly Source[],
  { poll, askPage, report = () => {} }: PollDependencies,
) => {
  const { sites } = dependencies.config;
  // The links in an entry are URLs.
  const common = { ...ports(dependencies), parseEntry, readFeed, poll, askPage, report, locate: () => undefined };
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

export const composePublish =
  (dependencies: Dependencies, networks: Pick<Networks, "reach">, probe: Probe) => (ref: PostRef) =>
    publish(ref, { ...ports(dependencies), networks, probe });

export const composeRender =
  (dependencies: Dependencies, objects: Objects, pace: Pick<RenderPorts, "cacheDuration" | "minInterval">) =>
  (ref: FeedRef) =>
    render(ref, { ...ports(dependencies), ...pace, objects, formats, encode });

export const composeDeliver = (dependencies: Dependencies, networks: Networks) => (ref: DeliveryRef) =>
  deliver(ref, { ...ports(dependencies), networks });

export const composePing = (dependencies: Dependencies, tellHub: TellHub) => (ref: PingRef) =>
  ping(ref, { ...ports(dependencies), tellHub });

export interface SiteApiDependencies extends Dependencies {
  readonly networks: Networks;
  readonly sources: readonly Source[];
}

const composeSiteApi = (dependencies: SiteApiDependencies, site: Site): SiteApi => {
  const accounts = dependencies.config.accounts.filter((account) => account.site === site.id);
  const sources = sectionsOfSite(dependencies.sources, site, dependencies.config.sites);
  const common = {
    ...ports(dependencies),
    accounts,
    networks: dependencies.networks,
    parse: parseDocument,
    sources,
    sourceNames: [...sources.keys(), apiSource],
  };
  const documents = composeIngest(dependencies, dependencies.sources);
  return {
    site,
    put: (name, bytes, options = {}) => documents.put(site, name, bytes, options),
    announce: (name, options) => announce(site, name, options, common),
    remove: (name) => remove(site, name, common),
    plan: (bytes, fileName, file) => plan(bytes, fileName, file, site, common),
    status: (name) => postStatus(site, name, common),
    list: (from) => listPosts(site.id, from, common),
    refused: (name) => listRefused(site.id, common.sourceNames, name, common),
    pages: (name) => listPages(site.id, common.sourceNames, name, common),
    waiting: () => listWaiting(site.id, sources.keys(), common),
    deliveries: (state, from) => listDeliveries(state, from, common),
    accounts: () => listAccounts(common),
    feeds: () => listFeeds(site, common),
    retry: (id) => retry(site.id, id, common),
    resolve: (id, as) => resolve(site.id, id, as, common),
  };
};

/** The API of each site, in the order of the configuration. */
export const composeSiteApis = (dependencies: SiteApiDependencies): readonly [SiteApi, ...(readonly SiteApi[])] => {
  const [first, ...others] = dependencies.config.sites.map((site) => composeSiteApi(dependencies, site));
  if (first === undefined) throw new Error("the configuration names no site");
  return [first, ...others];
};

export interface AppDependencies extends SiteApiDependencies, PollDependencies {
  readonly probe: Probe;
  readonly tellHub: TellHub;
  readonly objects: Objects;
  readonly queue: Queue;
}

/** Everything in one process, for the local runtime and the tests; itself the API of the first site. */
export const composeApp = (dependencies: AppDependencies) => {
  const siteApis = composeSiteApis(dependencies);
  const documents = composeIngest(dependencies, dependencies.sources);
  const [publishes, renders, delivers, pings] = [
    composePublish(dependencies, dependencies.networks, dependencies.probe),
    // There is no cache between the objects and their readers, and the queue takes posts before feeds.
    composeRender(dependencies, dependencies.objects, { cacheDuration: 0, minInterval: 0 }),
    composeDeliver(dependencies, dependencies.networks),
    composePing(dependencies, dependencies.tellHub),
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
    }
  };
  const rows = { ...dependencies.store, ...dependencies };
  return {
    ...siteApis[0],
    siteApis,
    ingest: documents.ingest,
    /** Lists every source against the known documents and ingests what differs. */
    reconcile: documents.reconcile,
    /** Polls the feeds that are due. */
    poll: composePolls(dependencies, dependencies.sources, dependencies),
    /** Renders every feed again, and writes what differs. Looks for the copies of which it is not known whether they were posted. */
    audit: async (): Promise<void> => {
      for (const site of dependencies.config.sites) await audit(site, 0, rows);
      await wakeUnknown({ ...rows, accounts: dependencies.config.accounts });
    },
    deliveryOfCopy: async (copy: Copy): Promise<DeliveryStatus | undefined> => {
      const account = dependencies.config.accounts.find(({ name }) => name === copy.account);
      return account && deliveryOfCopy(siteOf(dependencies.config)(account.site), copy, rows);
    },
    work: (ref: Ref) => advance(ref, () => step(ref), rows),
    /** Queues the rows that are overdue by at least so many milliseconds. */
    sweep: (overdueBy: number) => sweep(overdueBy, rows),
  };
};

export type App = ReturnType<typeof composeApp>;
