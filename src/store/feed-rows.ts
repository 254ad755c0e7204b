import * as z from "zod";
import { conflict, retryOnConflict } from "../domain/concurrency.ts";
import type { FeedKey } from "../domain/feed-key.ts";
import type { Instant } from "../domain/time.ts";
import type { FeedState, Feeds, ListedFeed } from "../ports/store.ts";
import { type DueTable, updateDueBy } from "./due-writes.ts";
import { makeWithLease } from "./feed-lease.ts";
import { feedKey, parseFeed, type StoredFeed } from "./feed-row.ts";
import { feedStateKey, siteFeedKey, siteFeedPrefix, siteFeedsAfterArchive, sitePartition } from "./keys.ts";
import { collect, type Row, type SortRange } from "./table.ts";

const siteFeedRow = z.object({ key: feedKey, title: z.string(), empty: z.boolean().default(false) });

export const tableFeeds = (rows: DueTable, newId: () => string): Feeds => {
  const { table } = rows;

  const list = async (site: string, sort: SortRange): Promise<readonly ListedFeed[]> => {
    const found = await collect(table, { partition: sitePartition(site), sort, limit: 500 });
    return found.map((row) => siteFeedRow.parse(row));
  };

  const raiseRevision = (
    site: string,
    key: FeedKey,
    title: string | undefined,
    due: Instant,
    known: Instant | undefined,
  ): Promise<Row> => {
    const change = { set: { site, key }, setIfMissing: { title: title ?? key }, add: { revision: 1 } };
    return retryOnConflict(
      `the feed ${key}`,
      async () => (await updateDueBy(rows, { kind: "feed", site, key }, change, due, { known })) ?? conflict,
    );
  };

  /** Writes the list after the feed, and then the listed title into the feed: an unchanged title costs no write, and after a crash the next touch writes the list. */
  const register = async ({ site, key, title, empty }: FeedState): Promise<void> => {
    await table.put({ ...siteFeedKey(site, key), key, title, empty });
    const isTitle = { kind: "is", field: "title", value: title } as const;
    await table.update(feedStateKey(site, key), { set: { registered: title } }, isTitle);
  };

  /** A render that begins from now on reads all that was written before: there is nothing to raise. */
  const waitsForRender = ({ state, lease }: StoredFeed, due: Instant): boolean =>
    lease === undefined && state.due !== undefined && state.due <= due;

  const touch: Feeds["touch"] = async (site, key, title, due) => {
    const row = await table.get(feedStateKey(site, key));
    const found = row && parseFeed(row);
    const { state, registered } =
      found !== undefined && waitsForRender(found, due)
        ? found
        : parseFeed(await raiseRevision(site, key, title, due, found?.state.due));
    if (registered !== state.title) await register(state);
  };

  return {
    read: async (site, key) => {
      const row = await table.get(feedStateKey(site, key));
      return row && parseFeed(row).state;
    },
    all: (site) => list(site, { prefix: siteFeedPrefix }),
    linked: (site) => list(site, { between: siteFeedsAfterArchive }),
    touch,
    withLease: makeWithLease(rows, newId, touch, register),
  };
};
