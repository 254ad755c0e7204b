import type { Archive, Entry, Feed } from "../../domain/feed.ts";
import { archivePage, type FeedKey, feedFolder, feedParts } from "../../domain/feed-key.ts";
import type { Site } from "../../domain/site.ts";
import type { FeedState } from "../../ports/store.ts";

/** The year of the site's authority: an empty feed must not depend on the time of its render. */
const emptyFeedUpdated = ({ authority }: Site): number =>
  Date.UTC(Number(/,(\d{4})/.exec(authority)?.[1] ?? 2026), 0, 1);

/** From the key, because a feed without posts keeps its language, too. */
const languageOf = (site: Site, key: FeedKey): string => {
  const parts = feedParts(key);
  return parts.kind === "language" ? new Intl.Locale(parts.tag).toString() : site.language;
};

export interface FeedInput {
  readonly state: Pick<FeedState, "key" | "title">;
  readonly entries: readonly Entry[];
  readonly siblings: Feed["siblings"];
  readonly archive: Archive | undefined;
}

/** The feed as the formats render it. */
export const makeFeed = (site: Site, { state, entries, siblings, archive }: FeedInput): Feed => {
  const { key } = state;
  const isMain = key === "main";
  // An archive page is a part of the main feed: it has no page for people.
  const isSite = isMain || archivePage(key) !== undefined;
  const folder = feedFolder(key).split("/").map(encodeURIComponent).join("/");
  return {
    site,
    key,
    title: isMain ? site.title : `${state.title} – ${site.title}`,
    description: isSite ? site.description : `${state.title}: posts of ${site.title}`,
    homeUrl: isSite ? site.url : new URL(folder, site.feedsUrl).href,
    baseUrl: new URL(folder, site.feedsUrl).href,
    updated: entries.length === 0 ? emptyFeedUpdated(site) : Math.max(...entries.map(({ updated }) => updated)),
    author: site.author,
    language: languageOf(site, key),
    content: site.feeds.content[key] ?? site.feeds.content.default ?? "full",
    licence: site.licence,
    hubs: site.hubs,
    archive,
    entries,
    siblings: isMain ? siblings : [{ key: "main", title: site.title }],
  };
};
