import { type Entry, entryId, type Feed } from "../../src/domain/feed.ts";
import type { PostContent } from "../../src/domain/post.ts";
import { theSite } from "../documents/sample-documents.ts";
import { aFeed, aPost } from "../feeds/builders.ts";

export interface Named {
  /** The document's path. */
  readonly path: string;
  readonly content: PostContent;
}

const entryOf = ({ path, content }: Named): Entry => {
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

const feedOf = (posts: readonly Named[]): Feed => {
  const site = theSite();
  const entries = posts.map(entryOf).toSorted((a, b) => b.post.published - a.post.published);
  return aFeed({
    site,
    updated: Math.max(...entries.map(({ updated }) => updated)),
    // No two of a feed's entries may share the date of their last change.
    entries: entries.map((entry, index) => ({ ...entry, updated: entry.updated - index })),
  });
};

/** Feeds of fifty posts each; the paths differ. */
export const feedsOf = (posts: readonly Named[]): readonly Feed[] =>
  Array.from({ length: Math.ceil(posts.length / 50) }, (_, n) => feedOf(posts.slice(n * 50, n * 50 + 50)));
