import { type FeedKey, languageFeed } from "../../domain/feed-key.ts";
import type { Site } from "../../domain/site.ts";
import { languageName } from "../../domain/text.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Feeds } from "../../ports/store.ts";

interface Ports {
  readonly feeds: Feeds;
  readonly clock: Clock;
}

/** The feeds that a site has before its first post: valid and empty. */
const standing = (site: Site): readonly { readonly key: FeedKey; readonly title: string }[] => [
  { key: "main", title: site.title },
  ...(site.languages.length > 1
    ? site.languages.map((tag) => ({ key: languageFeed(tag), title: languageName(tag) }))
    : []),
];

/** Makes due what a site should have and does not: a fresh deployment shows feeds before the first document. */
export const openFeeds = async (site: Site, { feeds, clock }: Ports): Promise<void> => {
  for (const { key, title } of standing(site))
    if ((await feeds.read(site.id, key)) === undefined) await feeds.touch(site.id, key, title, clock());
};

/**
 * Renders every feed anew, one after another within a time, so that they do not fill the queue: finds objects that were
 * lost or changed, and applies the current configuration. Only what differs is written.
 */
export const audit = async (site: Site, within: number, { feeds, clock }: Ports): Promise<void> => {
  for (const { key, title } of standing(site)) await feeds.touch(site.id, key, title, clock());
  const listed = await feeds.all(site.id);
  for (const [index, { key }] of listed.entries()) {
    const due = clock() + Math.floor((within * index) / listed.length);
    // A title of the list may be old by the time that its feed's turn comes: each keeps the one it has.
    await feeds.touch(site.id, key, undefined, due);
  }
};
