import { errorMessage } from "../../domain/errors.ts";
import { categoryFeeds, type Entry, entryId, type Feed, feedTitle, languageFeeds } from "../../domain/feed.ts";
import { archivePage, type FeedKey, feedFolder, feedParts, mainFeedFor } from "../../domain/feed-key.ts";
import { canonicalJson } from "../../domain/json-value.ts";
import { damagedPost, type Post } from "../../domain/post.ts";
import type { Site } from "../../domain/site.ts";
import { day, type Instant, minute, second } from "../../domain/time.ts";
import type { Fault, Formats, Rendered } from "../../ports/feeds.ts";
import type { Ask } from "../../ports/outside.ts";
import type { Clock, Log } from "../../ports/runtime.ts";
import type {
  Archive,
  Audits,
  FeedLease,
  FeedRef,
  Feeds,
  ListedFeed,
  Memberships,
  Pings,
  RenderResult,
} from "../../ports/store.ts";
import { type OwnerRaisePorts, raiseForOwner } from "../notify/notify.ts";
import { compareReceipts, type ReceiptPorts } from "../publish/write-receipts.ts";
import { sameBytes } from "../rows.ts";
import { findOlderPage, updateArchive } from "./archive-pages.ts";
import { beginCategoryFeeds, minorCategories, missingFeeds, withoutOvertaken } from "./category-feeds.ts";
import { needsPing, nudgeHubs } from "./hub-pings.ts";
import { makeEntries, makeFeed, readWindow, titleWith, useOf, type Window } from "./make-feed.ts";

export interface RenderPorts extends OwnerRaisePorts, ReceiptPorts {
  readonly feeds: Feeds;
  readonly memberships: Memberships;
  readonly archive: Archive;
  readonly pings: Pings;
  readonly formats: Formats;
  readonly site: (id: string) => Site;
  readonly log: Log;
  /** How long caches may serve older bytes after a put, in ms. */
  readonly cacheDuration: number;
  /**
   * The shortest time between two renders of a feed, in ms: an import renders it a few times and not once for each
   * post.
   */
  readonly minInterval: number;
}

/** Longer than a render may run: the timeout of its function is shorter. */
export const renderLease = 2 * minute;

/**
 * Renders every format of a due feed under a lease, and writes those that pass the gate and differ from their objects.
 */
export const render = ({ site, key }: FeedRef, ports: RenderPorts): Promise<void> => {
  const terms = { clock: ports.clock, duration: renderLease, minInterval: ports.minInterval };
  return ports.feeds.withLease(site, key, terms, (lease) => renderLeased(ports.site(site), lease, ports));
};

const renderLeased = async (site: Site, lease: FeedLease, ports: RenderPorts): Promise<RenderResult | "lost"> => {
  const now = ports.clock();
  const { key } = lease.state;
  const { archive: linked, more } = await updateArchive(site, key, ports);
  const window = await readWindow(site, key, { now, rendered: lease.state.rendered }, ports);
  const archive = linked && { ...linked, ...(!linked.isPage && { older: await olderThan(site, key, window, ports) }) };
  const isMain = key === mainFeedFor(key);
  const beginAt = isMain ? await beginCategoryFeeds(site, lease, ports) : undefined;
  const listed = isMain ? await ports.feeds.linked(site.id) : [];
  const missing = await missingCategories(site, key, window, ports);
  const title = titleWith(
    site,
    lease.state,
    window.posts.map(({ post }) => post),
  );
  const state = { ...lease.state, title, updated: pastOnly(lease.state.updated, now) };
  const toFeed = (entries: readonly Entry[]): Feed => makeFeed(site, { state, entries, listed, archive, missing });
  const entries = makeEntries(site, window.posts);
  const shortened = entries.filter(({ isShortened }) => isShortened).length;
  if (shortened > 0 && shortened !== state.shortened)
    ports.log.warn(
      `${key}: ${shortened} of ${entries.length} entries are summaries, because the feed would be too large`,
      {
        site: site.id,
        key,
      },
    );
  const checked = renderAndCheck(entries, toFeed, ports.formats);
  const { good } = checked;
  const faults = [...window.damaged.map((post) => damageFault(site, post)), ...checked.faults];
  const isKnown = (fault: Fault) => state.faults.some((one) => canonicalJson(one) === canonicalJson(fault));
  for (const fault of faults.filter((one) => !isKnown(one))) {
    await raiseForOwner({ site: site.id, kind: "gate", subject: fault.entry ?? "" }, key, ports);
    ports.log.alarm(
      "gate",
      `${key}: ${fault.entry === undefined ? "the last good feed stays" : `${fault.entry} is left out`}: ${fault.problem}`,
      { kind: "feed", site: site.id, key, ...fault },
    );
  }
  const written = good === undefined ? "same" : await write(site, lease, good, ports);
  if (written === "lost") return "lost";
  // `pingPending` is left by a render that crashed: the hubs are notified even if nothing is written now.
  if (written === "put" || state.pingPending) await nudgeHubs(site, state, ports);
  if (state.auditPending) await compareReceiptsOfPage(site, key, ports);
  const isEmpty = window.posts.length === 0;
  const isListed = isEmpty === state.empty && title === lease.state.title;
  const use = feedParts(key).kind === "category" ? useOf(window) : undefined;
  const isUseListed = canonicalJson(use ?? null) === canonicalJson(lease.state.use ?? null);
  if (!isListed || !isUseListed) await lease.list({ title, empty: isEmpty, ...(use && { use }) });
  // A post in another language makes a feed of its language due, and not the main feed.
  const isNew = state.rendered === undefined && feedParts(key).language !== undefined;
  if (!isListed || isNew) await touchMainFeeds(site, key, ports);
  else if (!isUseListed) await touchPageWith(site, lease.state, ports);
  const dues = [more ? now : undefined, window.due, beginAt].filter((due) => due !== undefined);
  return { faults, shortened, due: dues.length === 0 ? undefined : Math.min(...dues) };
};

const olderThan = (site: Site, key: FeedKey, { posts, damaged }: Window, ports: RenderPorts) =>
  findOlderPage(site, key, new Set([...posts.map(({ post }) => post), ...damaged].map(({ id }) => id)), ports);

/**
 * Returns the feeds that the page does not link to, on a site with many categories. A finished page of the archive never
 * changes: it links to none, because one that is missing may begin later.
 */
const missingCategories = async (
  site: Site,
  key: FeedKey,
  { posts }: Window,
  { feeds }: Pick<RenderPorts, "feeds">,
): Promise<ReadonlySet<FeedKey> | undefined> => {
  const main = await feeds.read(site.id, mainFeedFor(key));
  if (main?.hasManyCategories !== true) return undefined;
  const all = new Set(posts.flatMap(({ post }) => [...categoryFeeds(post, site).values()]));
  return archivePage(key) === undefined ? missingFeeds(site, all, { feeds }) : all;
};

/** Identifies the feeds that OPML lists, and those of them that the page does not name. */
const namedBy = (main: FeedKey, listed: readonly ListedFeed[]): string =>
  canonicalJson(
    [withoutOvertaken(listed).map(({ key }) => key), [...minorCategories(main, listed)]].map((keys) => keys.toSorted()),
  );

/** Makes the main feed due that names other feeds since this one is used more, or less, than `before`. */
const touchPageWith = async (site: Site, before: ListedFeed, { feeds, clock }: RenderPorts): Promise<void> => {
  const main = mainFeedFor(before.key);
  const listed = await feeds.linked(site.id);
  const former = listed.map((one) => (one.key === before.key ? before : one));
  if (namedBy(main, listed) !== namedBy(main, former)) await feeds.touch(site.id, main, feedTitle(main, site), clock());
};

/** Each post that was announced is on one page of the archive of its feed, and stays there when it is deleted. */
const compareReceiptsOfPage = async (site: Site, key: FeedKey, ports: RenderPorts): Promise<void> => {
  const page = archivePage(key);
  if (page === undefined) return;
  const { ids = [] } = (await ports.archive.read(site.id, mainFeedFor(key), page)) ?? {};
  await compareReceipts(site, ids, ports);
};

const damageFault = (site: Site, post: Post): Fault => ({
  file: "",
  entry: entryId(site, post),
  problem: `(${post.slug}) ${damagedPost(post.damage ?? "")}`,
});

/** The pages of the main feeds, and the OPML, link to the feeds that have entries, by their titles. */
const touchMainFeeds = async (site: Site, key: FeedKey, { feeds, clock }: RenderPorts): Promise<void> => {
  const mains = new Set<FeedKey>(["main", ...(await feeds.linked(site.id)).map((listed) => mainFeedFor(listed.key))]);
  for (const main of mains) if (main !== key) await feeds.touch(site.id, main, feedTitle(main, site), clock());
};

/** A date in the future was a mistake in a document: it does not stay when the document is corrected. */
const pastOnly = (at: Instant | undefined, now: Instant): Instant | undefined =>
  at === undefined || at > now ? undefined : at;

/** The files of a feed, and its date of change in them. */
interface GoodFeed {
  readonly rendered: readonly Rendered[];
  readonly updated: Instant;
}

interface GateResult {
  /** Absent where the last good feed stays. */
  readonly good?: GoodFeed;
  readonly faults: readonly Fault[];
}

/** Renders a feed and checks it by the gate. If only some entries are invalid, they are left out and reported. */
const renderAndCheck = (
  entries: readonly Entry[],
  toFeed: (entries: readonly Entry[]) => Feed,
  formats: Formats,
): GateResult => {
  const attempt = (some: readonly Entry[]): GateResult => {
    const feed = toFeed(some);
    try {
      const rendered = formats.render(feed);
      return { good: { rendered, updated: feed.updated }, faults: formats.gate(rendered, feed) };
    } catch (error) {
      return { faults: [{ file: "", problem: errorMessage(error) }] };
    }
  };
  const whole = attempt(entries);
  if (whole.faults.length === 0) return whole;
  const atFault = new Map(whole.faults.flatMap((fault) => (fault.entry === undefined ? [] : [[fault.entry, fault]])));
  for (const entry of entries) {
    const [fault] = attempt([entry]).faults;
    if (fault !== undefined) atFault.set(entry.id, { ...fault, entry: entry.id });
  }
  const rest = attempt(entries.filter(({ id }) => !atFault.has(id)));
  return rest.faults.length === 0
    ? { ...rest, faults: [...atFault.values()] }
    : { faults: [...atFault.values(), ...rest.faults] };
};

/** `lost`: another render has the lease or has changed an object. */
const write = async (
  site: Site,
  lease: FeedLease,
  { rendered, updated }: GoodFeed,
  ports: RenderPorts,
): Promise<"put" | "same" | "lost"> => {
  let written: "put" | "same" = "same";
  for (const { file, contentType, text } of rendered) {
    for (const { suffix, encoding, bytes } of ports.encode(text)) {
      const key = `${site.folder}${feedFolder(lease.state.key)}${file}${suffix}`;
      const stored = await ports.objects.read(key);
      if (stored !== undefined && sameBytes(stored.bytes, bytes)) continue;
      if (written === "same" && !(await storeBeforePut(site, lease, updated))) return "lost";
      if (!(await lease.holds())) return "lost";
      if (!(await ports.objects.put(key, bytes, { contentType, ...(encoding && { encoding }), over: stored?.etag })))
        return "lost";
      written = "put";
    }
  }
  return written;
};

/**
 * Stores the pending pings and the date before the first put: after a crash the hubs are still notified, and a later
 * deletion does not take the date back.
 */
const storeBeforePut = async (site: Site, lease: FeedLease, updated: Instant): Promise<boolean> => {
  const { state } = lease;
  const pings = needsPing(site, state);
  return (
    (!pings && updated === state.updated) || (await lease.store({ updated, ...(pings ? { pingPending: true } : {}) }))
  );
};

interface AuditPorts {
  readonly feeds: Feeds;
  readonly clock: Clock;
}

/** The feeds that a site has before its first post. */
const baselineFeeds = (site: Site): readonly FeedKey[] => ["main", ...languageFeeds(site)];

/**
 * Opens the feeds that a site has before its first post, and makes every feed due within a period, so that they do not
 * fill the queue. Their renders restore objects that were lost or changed, and apply the current configuration. Those of
 * the archive's pages restore the receipts of their posts, too. Only objects that differ are written.
 */
export const audit = async (site: Site, within: number, { feeds, clock }: AuditPorts): Promise<void> => {
  for (const key of baselineFeeds(site)) await feeds.touch(site.id, key, feedTitle(key, site), clock());
  const listed = await feeds.all(site.id);
  for (const [index, { key }] of listed.entries()) {
    const due = clock() + Math.floor((within * index) / listed.length);
    await feeds.touch(site.id, key, undefined, due, { isAudit: true });
  }
};

interface AuditSitesPorts {
  readonly audits: Audits;
  readonly feeds: Feeds;
  readonly clock: Clock;
}

/** The feed of a site is asked for as often as this, in minutes. */
export const readersEvery = 15;
const feedsAtATime = 20;

export interface WatchReadersPorts {
  readonly ask: Ask;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Asks for the main feed of each site, at its public address. Each minute has its own sites, so that nothing is written
 * between two of them. What fails between the files and the readers, such as the domain, its certificate or the CDN, is not
 * seen anywhere else.
 */
export const watchReaders = async (
  addresses: readonly string[],
  { ask, clock, log }: WatchReadersPorts,
): Promise<void> => {
  const turn = Math.floor(clock() / minute) % readersEvery;
  const asked = addresses.filter((_, index) => index % readersEvery === turn);
  for (let from = 0; from < asked.length; from += feedsAtATime)
    await Promise.all(
      asked.slice(from, from + feedsAtATime).map(async (url) => {
        const reason = await ask(url, "feed");
        if (reason !== undefined) log.alarm("unreachable", `Readers do not get ${url}: ${reason}`);
      }),
    );
};

/** An object that was lost or changed by somebody else is put again within this time. */
const auditEvery = 7 * day;
/** The feeds of a site become due over this time, so that they do not fill the queue. */
const auditSpread = 10 * minute;
/** Half of the time that the function may run. */
const longestAudit = 15 * second;
const sitesAtATime = 10;

/**
 * Audits all sites when the configuration has changed, and weekly: a new deployment has valid feeds before its first
 * document. A run audits as many sites as it has time for, and the next one continues after them. Otherwise a run is
 * one read, whatever the number of sites. `configuration` identifies the configuration and the program that renders.
 */
export const auditSites = async (
  sites: readonly Site[],
  configuration: string,
  { audits, feeds, clock }: AuditSitesPorts,
): Promise<void> => {
  const start = clock();
  const last = await audits.read();
  const isCurrent = last?.configuration === configuration && start - last.began < auditEvery;
  const { began, next: first } = isCurrent ? last : { began: start, next: 0 };
  let next = first;
  while (next < sites.length && clock() - start < longestAudit) {
    const some = sites.slice(next, next + sitesAtATime);
    await Promise.all(some.map((site) => audit(site, auditSpread, { feeds, clock })));
    next += some.length;
  }
  if (next > first || !isCurrent) await audits.save({ configuration, began, next });
};
