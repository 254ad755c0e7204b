import type { LambdaSourceKind, LocalSourceKind } from "./source-kind.ts";

const name = "feed";

/** Nothing is listed: a poll brings new entries, and reports those that are gone (poll-feed.ts). */
const feedSource = (url: string) => ({
  name,
  feed: url,
  list: async () => [],
  read: async () => "unreadable" as const,
});

export const feed: LocalSourceKind = {
  name,
  open: async (place) => ({ ...feedSource(place), location: (path) => path || place, editable: false }),
};

export const deployedFeed: LambdaSourceKind = { name, open: feedSource };
