import { feedTitle, languageFeeds } from "../../domain/feed.ts";
import type { FeedKey } from "../../domain/feed-key.ts";
import type { Site } from "../../domain/site.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Feeds } from "../../ports/store.ts";

interface Ports {
  readonly feeds: Feeds;
  readonly clock: Clock;
}

/** The feeds that a site has before its first post. */
const baselineFeeds = (site: Site): readonly FeedKey[] => ["main", ...languageFeeds(site)];

/**
 * Opens the feeds that a site has before its first post, and makes every feed due, spread over a time so that they do not fill the queue. Their renders restore objects that were
 * lost or changed, and apply the current configuration. Only objects that differ are written.
 */
export const audit = async (site: Site, within: number, { feeds, clock }: Ports): Promise<void> => {
  for (const key of baselineFeeds(site)) await feeds.touch(site.id, key, feedTitle(key, site), clock());
  const listed = await feeds.all(site.id);
  for (const [index, { key }] of listed.entries()) {
    const due = clock() + Math.floor((within * index) / listed.length);
    await feeds.touch(site.id, key, undefined, due);
  }
};
