import { byUse, type FeedUse, fewCategories, mostCategoryFeeds, shownCategories } from "../../domain/feed.ts";
import { type FeedKey, feedParts, mainFeedFor } from "../../domain/feed-key.ts";
import type { Site } from "../../domain/site.ts";
import { type Instant, second } from "../../domain/time.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { CategoryCandidate, FeedLease, Feeds, ListedFeed, Memberships } from "../../ports/store.ts";

/** Counts the newest posts of a feed up to `limit`, by its memberships. */
export const countUse = async (
  site: string,
  key: FeedKey,
  limit: number,
  { memberships }: { readonly memberships: Pick<Memberships, "newest"> },
): Promise<FeedUse> => {
  let use: FeedUse = { posts: 0, since: 0 };
  for await (const { published } of memberships.newest(site, key)) {
    use = { posts: use.posts + 1, since: published };
    if (use.posts >= limit) break;
  }
  return use;
};

interface BeginPorts {
  readonly feeds: Feeds;
  readonly memberships: Pick<Memberships, "newest">;
  readonly clock: Clock;
}

/**
 * The most used of many categories are chosen once this time has passed without a further one: an import proposes them
 * one after another.
 */
const quiet = 5 * second;

/** More at once would be as many connections to the table. */
const atOnce = 20;

const forEach = async <T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> => {
  for (let from = 0; from < items.length; from += atOnce) await Promise.all(items.slice(from, from + atOnce).map(work));
};

const categoriesOf = (main: FeedKey, listed: readonly ListedFeed[]): readonly ListedFeed[] =>
  listed.filter(({ key }) => feedParts(key).kind === "category" && mainFeedFor(key) === main);

/**
 * Begins the feeds of proposed categories, under the lease of their main feed: of all while the site has few, else of
 * those that are among the most used. A feed that exists stays. A proposal is removed after its feed was made due, so
 * that a crash loses none. Returns when to try again.
 */
export const beginCategoryFeeds = async (
  site: Site,
  { state, store }: Pick<FeedLease, "state" | "store">,
  ports: BeginPorts,
): Promise<Instant | undefined> => {
  const { feeds, clock } = ports;
  const proposed = await feeds.proposed(site.id, state.key);
  if (proposed.length === 0) return undefined;
  const linked = await feeds.linked(site.id);
  const listed = categoriesOf(state.key, linked);
  const existing = new Set(listed.map(({ key }) => key));
  const all = new Set([...existing, ...proposed.map(({ key }) => key)]);
  const hasMany = state.hasManyCategories === true || all.size > fewCategories;
  if (hasMany && state.hasManyCategories !== true) {
    if (!(await store({ hasManyCategories: true }))) return clock();
    // Their pages link to categories that get no feed now. A crash leaves such links until the next render.
    const others = (await feeds.all(site.id)).filter(({ key }) => key !== state.key && mainFeedFor(key) === state.key);
    await forEach(others, ({ key }) => feeds.touch(site.id, key, undefined, clock()));
  }
  const settledAt = Math.max(...proposed.map(({ version }) => version)) + quiet;
  if (hasMany && settledAt > clock()) return settledAt;
  const chosen = hasMany ? await chooseMostUsed(site, proposed, listed, ports) : proposed;
  // A feed that began in the meantime may have been rendered before its new post.
  const begun = new Set([...chosen.map(({ key }) => key), ...existing]);
  await forEach(proposed, async (one) => {
    if (begun.has(one.key)) await feeds.touch(site.id, one.key, one.title, clock(), { isLimited: true });
    await feeds.settle(site.id, one);
  });
  return undefined;
};

const chooseMostUsed = async (
  site: Site,
  proposed: readonly CategoryCandidate[],
  listed: readonly ListedFeed[],
  ports: BeginPorts,
): Promise<readonly Pick<ListedFeed, "key">[]> => {
  const { categoryMinimum, entries } = site.feeds;
  const counted: Pick<ListedFeed, "key" | "use">[] = [];
  await forEach(proposed, async ({ key }) => {
    const use = await countUse(site.id, key, Math.max(entries, categoryMinimum), ports);
    if (use.posts >= categoryMinimum) counted.push({ key, use });
  });
  const limited = listed.filter(({ isLimited }) => isLimited === true);
  return [...limited, ...counted].toSorted(byUse).slice(0, mostCategoryFeeds);
};

/** Returns those of the feeds that do not exist. */
export const missingFeeds = async (
  site: Site,
  keys: ReadonlySet<FeedKey>,
  { feeds }: { readonly feeds: Pick<Feeds, "read"> },
): Promise<ReadonlySet<FeedKey>> => {
  const missing = new Set<FeedKey>();
  await forEach([...keys], async (key) => {
    if ((await feeds.read(site.id, key)) === undefined) missing.add(key);
  });
  return missing;
};

/**
 * Returns the feeds that OPML and pages list: all but those of categories that were overtaken by others. Their feeds
 * exist, and get new posts.
 */
export const withoutOvertaken = (listed: readonly ListedFeed[]): readonly ListedFeed[] => {
  const limited = Map.groupBy(
    listed.filter(({ isLimited }) => isLimited === true),
    ({ key }) => mainFeedFor(key),
  );
  const overtaken = new Set([...limited.values()].flatMap((some) => some.toSorted(byUse).slice(mostCategoryFeeds)));
  return listed.filter((one) => !overtaken.has(one));
};

/** Returns the categories that the page of a main feed does not name: it names the most used ones. */
export const minorCategories = (main: FeedKey, listed: readonly ListedFeed[]): ReadonlySet<FeedKey> => {
  const categories = categoriesOf(main, listed).filter(({ empty }) => !empty);
  return new Set(
    categories
      .toSorted(byUse)
      .slice(shownCategories)
      .map(({ key }) => key),
  );
};
