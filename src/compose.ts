import { actOnAll, actOnDelivery, actOnPost } from "./app/deliver/act-on-deliveries.ts";
import { deliver } from "./app/deliver/advance-delivery.ts";
import { ping } from "./app/deliver/ping-hub.ts";
import { wakeUnknown } from "./app/deliver/recheck-unknown.ts";
import { resolve, retry } from "./app/deliver/resolve.ts";
import { advance } from "./app/due-rows.ts";
import { announce } from "./app/ingest/announce.ts";
import { remove } from "./app/ingest/remove.ts";
import { prepareOwner } from "./app/notify/prepare-owner.ts";
import { prepareWebhook } from "./app/notify/prepare-webhook.ts";
import { type NoticePorts, notify } from "./app/notify/send-notice.ts";
import {
  type PicturePorts,
  preparePicture,
  type RequestedPicturePorts,
  requestPicture,
} from "./app/pictures/prepare-picture.ts";
import { markFeedsTogether } from "./app/publish/mark-feeds.ts";
import { publish } from "./app/publish/publish-post.ts";
import { audit } from "./app/render/audit.ts";
import { type RenderPorts, render } from "./app/render/render-feed.ts";
import type { DeliveryStatus, SiteApi } from "./app/site-api.ts";
import { logIn } from "./app/status/account-login.ts";
import { reportAccounts } from "./app/status/account-report.ts";
import { listAccounts } from "./app/status/account-status.ts";
import { type Copy, deliveryOfCopy } from "./app/status/delivery-of-copy.ts";
import { listDeliveries } from "./app/status/delivery-status.ts";
import { listPages, listRefused, listWaiting } from "./app/status/document-status.ts";
import { listFeeds } from "./app/status/feed-status.ts";
import { plan } from "./app/status/plan.ts";
import { listPosts, postStatus } from "./app/status/post-status.ts";
import { listSources } from "./app/status/source-status.ts";
import { type SweepTerms, sweep, sweepOfProcess } from "./app/sweep.ts";
import { composeIngest, composePolls, type IngestDependencies, type PollDependencies } from "./compose-ingest.ts";
import { type Dependencies, ports, siteOf } from "./compose-ports.ts";
import { keyMutex } from "./domain/concurrency.ts";
import { apiSource } from "./domain/document.ts";
import type { Site } from "./domain/site.ts";
import { formats } from "./feeds/index.ts";
import type { Source } from "./ports/content.ts";
import type { Encode, Objects } from "./ports/feeds.ts";
import type { Logins, Networks } from "./ports/networks.ts";
import type { CallWebhook, Probe, ReadPage, TellHub, TellOwner } from "./ports/outside.ts";
import type { Pictures } from "./ports/pictures.ts";
import type { Queue } from "./ports/runtime.ts";
import type { DeliveryRef, FeedRef, NoticeRef, PingRef, PostRef, Ref } from "./ports/store.ts";
import { oneDocument } from "./sources/one-document.ts";
import { sectionsOfSite } from "./sources/site-folders.ts";

/** Where the files for readers are stored, and in which encodings. */
export interface PublicFiles {
  readonly objects: Objects;
  readonly encode: Encode;
}

export const composePublish = (
  dependencies: Dependencies,
  { objects, encode }: PublicFiles,
  networks: Pick<Networks, "reach">,
  probe: Probe,
) => {
  const all = ports(dependencies);
  const markFeeds = markFeedsTogether(all);
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

/** The pictures of posts, prepared by this process. Several deliveries of a post wait for one fetch. */
export const composePictures = (all: PicturePorts): Pictures => {
  const inTurn = keyMutex();
  return {
    find: async (url) => (await all.pictureStore.find(url)).record,
    prepare: (url, caps) => inTurn(url, () => preparePicture(url, caps, all)),
  };
};

/** The pictures of posts, prepared by another function. */
export const composeRequestedPictures = (all: RequestedPicturePorts): Pictures => ({
  find: async (url) => (await all.pictureStore.find(url)).record,
  prepare: (url, caps) => requestPicture(url, caps, all),
});

export const composePing = (dependencies: Dependencies, tellHub: TellHub) => (ref: PingRef) =>
  ping(ref, { ...ports(dependencies), tellHub });

/** Absent: this runtime tells nobody. */
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

export interface SiteApiDependencies extends IngestDependencies {
  readonly networks: Logins;
  readonly sources: readonly Source[];
  /** Absent: this runtime does not see them. */
  readonly pictures?: Pick<Pictures, "find">;
}

const composeSiteApi = (dependencies: SiteApiDependencies, site: Site): SiteApi => {
  const accounts = dependencies.config.accounts.filter((account) => account.site === site.id);
  const sources = sectionsOfSite(dependencies.sources, site, dependencies.config.sites);
  const common = {
    ...ports(dependencies),
    accounts,
    networks: dependencies.networks,
    ...dependencies.documentParsers,
    sources,
    sourceOf: oneDocument,
    sourceNames: [...sources.keys(), apiSource],
    ...(dependencies.pictures && { pictures: dependencies.pictures }),
  };
  const documents = composeIngest(dependencies, dependencies.sources);
  return {
    site,
    put: (name, bytes, options = {}) => documents.put(site, name, bytes, options),
    announce: (name, options) =>
      announce(site, name, options, { ...common, publish: (post) => documents.publish(site, post) }),
    remove: (name) => remove(site, name, common),
    plan: (bytes, fileName, file) => plan(bytes, fileName, file, site, common),
    status: (name) => postStatus(site, name, common),
    list: (from) => listPosts(site.id, from, common),
    refused: (name) => listRefused(site.id, common.sourceNames, name, common),
    pages: (name) => listPages(site.id, common.sourceNames, name, common),
    waiting: () => listWaiting(site.id, sources.keys(), common),
    deliveries: (state, from) => listDeliveries(state, from, common),
    accounts: () => listAccounts(common),
    reportAccounts: () => reportAccounts(common),
    logIn: () => Promise.all(accounts.map((account) => logIn(account, common))),
    feeds: () => listFeeds(site, common),
    sources: () => listSources(site, common),
    retry: (id) => retry(site.id, id, common),
    resolve: (id, as) => resolve(site.id, id, as, common),
    act: (act, id) => actOnDelivery(site.id, act, id, common),
    actOnPost: (act, name) => actOnPost(site, act, name, common),
    actOnAll: (act, from) => actOnAll(site.id, act, from, common),
  };
};

/** The API of each site, in the order of the configuration. */
export const composeSiteApis = (dependencies: SiteApiDependencies): readonly [SiteApi, ...(readonly SiteApi[])] => {
  const [first, ...others] = dependencies.config.sites.map((site) => composeSiteApi(dependencies, site));
  if (first === undefined) throw new Error("the configuration names no site");
  return [first, ...others];
};

export interface AppDependencies extends SiteApiDependencies, PollDependencies, MessagePorts, PublicFiles {
  readonly networks: Networks;
  readonly probe: Probe;
  readonly readPage: ReadPage;
  readonly pictures?: Pictures;
  readonly tellHub: TellHub;
  readonly queue: Queue;
}

/** Everything in one process, for the local runtime and the tests; itself the API of the first site. */
export const composeApp = (dependencies: AppDependencies) => {
  const siteApis = composeSiteApis(dependencies);
  const documents = composeIngest(dependencies, dependencies.sources);
  const [publishes, renders, delivers, pings, notices] = [
    composePublish(dependencies, dependencies, dependencies.networks, dependencies.probe),
    // There is no cache between the objects and their readers, and the queue takes posts before feeds.
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
    ...siteApis[0],
    siteApis,
    ingest: documents.ingest,
    /** Lists every source against the known documents and ingests what differs. */
    reconcile: documents.reconcile,
    /** Polls the feeds that are due. */
    poll: composePolls(dependencies, dependencies.sources, dependencies),
    /** Renders every feed again, and writes what differs. */
    audit: async (): Promise<void> => {
      for (const site of dependencies.config.sites) await audit(site, 0, rows);
    },
    /** Looks for the copies of which it is not known whether they were posted. */
    wakeUnknown: () => wakeUnknown({ ...rows, accounts: dependencies.config.accounts }),
    deliveryOfCopy: async (copy: Copy): Promise<DeliveryStatus | undefined> => {
      const account = dependencies.config.accounts.find(({ name }) => name === copy.account);
      return account && deliveryOfCopy(siteOf(dependencies.config)(account.site), copy, rows);
    },
    work: (ref: Ref) => advance(ref, () => step(ref), rows),
    /** Queues the rows that are overdue. */
    sweep: (terms: SweepTerms = sweepOfProcess) => sweep(terms, rows),
  };
};

export type App = ReturnType<typeof composeApp>;
