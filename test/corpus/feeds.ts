import { type Entry, entryId, type Feed } from "../../src/domain/feed.ts";
import type { PostContent } from "../../src/domain/post.ts";
import { theSite } from "../documents/sample-documents.ts";
import { aFeed, aPost } from "../feeds/builders.ts";

export interface ReadPost {
  /** The path of the document. */
  readonly path: string;
  readonly content: PostContent;
}

const entryOf = ({ path, content }: ReadPost): Entry => {
  const published = content.published ?? Date.UTC(2026, 0, 1);
  const post = aPost({
    ...content,
    published,
    updated: content.updated ?? published,
    id: path.replaceAll(/[^a-zA-Z0-9]+/g, "-"),
    path,
  });
  return { id: entryId(theSite(), post), post, updated: post.updated };
};

const feedOf = (posts: readonly ReadPost[]): Feed => {
  const site = theSite();
  const entries = posts.map(entryOf).toSorted((a, b) => b.post.published - a.post.published);
  return aFeed({
    site,
    updated: Math.max(...entries.map(({ updated }) => updated)),
    // Two entries of a feed must not have the same date of change.
    entries: entries.map((entry, index) => ({ ...entry, updated: entry.updated - index })),
  });
};

/** Feeds of 50 posts each. The paths must differ. */
export const splitIntoFeeds = (posts: readonly ReadPost[]): readonly Feed[] =>
  Array.from({ length: Math.ceil(posts.length / 50) }, (_, n) => feedOf(posts.slice(n * 50, n * 50 + 50)));
