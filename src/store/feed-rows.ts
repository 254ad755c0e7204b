import * as z from "zod";
import { conflict, retryOnConflict } from "../domain/concurrency.ts";
import { type FeedKey, isFeedKey, parseFeedKey } from "../domain/feed-key.ts";
import type { Ping } from "../domain/notice.ts";
import type { Instant } from "../domain/time.ts";
import type {
  CategoryCandidate,
  FeedRef,
  FeedState,
  Feeds,
  ListedFeed,
  Membership,
  Memberships,
  Pings,
  RenderResult,
} from "../ports/store.ts";
import { type DueTable, putDue, updateDue, updateDueBy } from "./due-index.ts";
import {
  candidateKey,
  candidatePrefix,
  dueAttributes,
  entryKey,
  entryPrefix,
  feedPartition,
  feedStateKey,
  type Key,
  keyComponents,
  pingKey,
  refKey,
  siteFeedKey,
  siteFeedPrefix,
  siteFeedsAfterArchive,
  sitePartition,
} from "./keys.ts";
import {
  allOf,
  allRows,
  type Change,
  type Condition,
  collect,
  instant,
  onVersion,
  orUndefined,
  parseOrReplace,
  parseRow,
  type Row,
  readableVersion,
  rowKey,
  type SortRange,
  type Table,
  unreadableVersion,
} from "./table.ts";

export const feedKey = z.custom<FeedKey>(isFeedKey, "names no feed");

const feedFault = z.object({ file: z.string(), problem: z.string(), entry: z.string().exactOptional() });

const feedUse = z.object({ posts: z.number(), since: instant });

const feedShape = {
  site: z.string(),
  key: feedKey,
  revision: z.number(),
  title: z.string(),
  empty: z.boolean().default(false),
  rendered: orUndefined(instant),
  updated: orUndefined(instant),
  faults: z.array(feedFault).default([]),
  shortened: z.number().default(0),
  pingPending: z.boolean().default(false),
  auditPending: z.boolean().default(false),
  use: feedUse.exactOptional(),
  isLimited: z.boolean().exactOptional(),
  hasManyCategories: z.boolean().exactOptional(),
} satisfies Record<Exclude<keyof FeedState, "due">, z.ZodType>;

export const feedRow = z.object({
  ...feedShape,
  dueAt: instant.optional(),
  lease: z.object({ holder: z.string(), until: instant }).optional(),
  registered: z.string().optional(),
});

interface StoredFeed {
  readonly state: FeedState;
  readonly lease: { readonly holder: string; readonly until: number } | undefined;
  /** The feed's title in the list of its site. */
  readonly registered: string | undefined;
}

/** The site and the key of a feed's row are in its own key, too. */
const parseFeed = (table: Table, row: Row): StoredFeed => {
  const [, site = "", key = ""] = keyComponents(String(row.pk));
  const fresh = { site, key, title: key, revision: unreadableVersion };
  const { dueAt, lease, registered, ...state } = parseOrReplace(table, row, feedRow, fresh);
  return { state: { ...state, due: dueAt }, lease, registered };
};

/** A feed whose row cannot be read is rendered anew from its posts, which gives it its title. It may have had an audit. */
export const standInFeed = (site: string, key: FeedKey, due: Instant): Row & Key => {
  const own = feedStateKey(site, key);
  const fresh = { site, key, revision: unreadableVersion, title: key, auditPending: true };
  return { ...own, ...fresh, ...dueAttributes(own, due) };
};

/** A membership is in its key but for its version: the one of any post is newer. */
export const standInMembership = (key: Key): (Row & Key) | undefined => {
  const [, , feed = ""] = keyComponents(key.pk);
  const [, date = "", id = ""] = keyComponents(key.sk);
  const published = Date.parse(date);
  return isFeedKey(feed) && !Number.isNaN(published) ? { ...key, feed, id, published, version: 0 } : undefined;
};

export const siteFeedRow = z.object({
  key: feedKey,
  title: z.string(),
  empty: z.boolean().default(false),
  use: feedUse.exactOptional(),
  isLimited: z.boolean().exactOptional(),
} satisfies Record<keyof ListedFeed, z.ZodType>);

export const candidateRow = z.object({ key: feedKey, title: z.string(), version: instant } satisfies Record<
  keyof CategoryCandidate,
  z.ZodType
>);

export const tableFeeds = (rows: DueTable, newId: () => string): Feeds => {
  const { table } = rows;

  const list = async (site: string, sort: SortRange): Promise<readonly ListedFeed[]> => {
    const found = await collect(table, { partition: sitePartition(site), sort, limit: 500 });
    return found.flatMap((row) => {
      const key = parseFeedKey(keyComponents(String(row.sk))[1] ?? "");
      return key === undefined ? [] : parseOrReplace(table, row, siteFeedRow, { key, title: key });
    });
  };

  /** Undefined if the row is there, and has no revision that can be raised. */
  const raiseRevision = async (
    site: string,
    key: FeedKey,
    title: string | undefined,
    due: Instant,
    known: Instant | undefined,
    marks: Row,
  ): Promise<Row | undefined> => {
    const set = { site, key, ...marks };
    const change = { set, setIfMissing: { title: title ?? key }, add: { revision: 1 } };
    try {
      return await retryOnConflict(
        `the feed ${key}`,
        async () => (await updateDueBy(rows, { kind: "feed", site, key }, change, due, { known })) ?? conflict,
      );
    } catch (error) {
      // DynamoDB adds to numbers only.
      const row = await table.get(feedStateKey(site, key));
      if (row === undefined || typeof row.revision === "number") throw error;
      return undefined;
    }
  };

  /**
   * Writes the list after the feed, and then the listed title into the feed. An unchanged title costs no write, and after a
   * crash the next touch writes the list.
   */
  const register = async ({ site, key, title, empty, use, isLimited }: FeedState): Promise<void> => {
    await table.put({ ...siteFeedKey(site, key), key, title, empty, use, isLimited });
    const isTitle = { kind: "is", field: "title", value: title } as const;
    await table.update(feedStateKey(site, key), { set: { registered: title } }, isTitle);
  };

  /** True if the feed is due already and nobody renders it: the next render reads every row that was written before it. */
  const waitsForRender = ({ state, lease }: StoredFeed, due: Instant): boolean =>
    lease === undefined && state.due !== undefined && state.due <= due;

  const touch: Feeds["touch"] = async (site, key, title, due, options) =>
    touchRow(await table.get(feedStateKey(site, key)), site, key, title, due, options);

  const touchRow = async (
    row: Row | undefined,
    ...[site, key, title, due, options = {}]: Parameters<Feeds["touch"]>
  ): Promise<void> => {
    const { isAudit = false, isLimited = false } = options;
    const found = row && parseFeed(table, row);
    // The render replaces the row. The audit may not: on AWS it has the right to change attributes alone.
    if (row !== undefined && !feedRow.safeParse(row).success) {
      const known = typeof row.dueAt === "number" ? row.dueAt : due;
      const now = await updateDue(rows, { kind: "feed", site, key }, {}, Math.min(known, due), { kind: "present" });
      // A render that has replaced the row meanwhile may have read its posts before this touch.
      return now !== undefined && feedRow.safeParse(now).success ? touch(site, key, title, due, options) : undefined;
    }
    const isListed = !isAudit || siteFeedRow.safeParse(await table.get(siteFeedKey(site, key))).success;
    const marks = { ...(isAudit && { auditPending: true }), ...(isLimited && { isLimited: true }) };
    const isMarked =
      found !== undefined &&
      waitsForRender(found, due) &&
      (found.state.auditPending || !isAudit) &&
      (found.state.isLimited === true || !isLimited);
    const marked = isMarked ? row : await raiseRevision(site, key, title, due, found?.state.due, marks);
    // The row was damaged since it was read.
    if (marked === undefined) return touch(site, key, title, due, options);
    const { state, registered } = parseFeed(table, marked);
    if (registered !== state.title || !isListed) await register(state);
  };

  return {
    read: async (site, key) => {
      const row = await table.get(feedStateKey(site, key));
      return row && parseFeed(table, row).state;
    },
    all: (site) => list(site, { prefix: siteFeedPrefix }),
    linked: (site) => list(site, { between: siteFeedsAfterArchive }),
    touch,
    touchExisting: async (site, key, title, due) => {
      const row = await table.get(feedStateKey(site, key));
      if (row !== undefined) await touchRow(row, site, key, title, due);
      return row !== undefined;
    },
    propose: async (site, candidate) => {
      await table.put({ ...candidateKey(site, candidate.key), ...candidate });
    },
    proposed: async (site, main) => {
      const sort = { prefix: candidatePrefix };
      const rows = await collect(table, { partition: feedPartition(site, main), sort, limit: 500 });
      return rows.flatMap((row) => {
        const key = parseFeedKey(keyComponents(String(row.sk))[1] ?? "");
        return key === undefined ? [] : parseOrReplace(table, row, candidateRow, { key, title: key });
      });
    },
    settle: async (site, { key, version }) => {
      await table.remove(candidateKey(site, key), onVersion(version));
    },
    withLease: makeWithLease(rows, newId, touch, register),
  };
};

/** Postpones a feed, unless it was touched or leased since it was read. */
const postpone = async (rows: DueTable, ref: FeedRef, { revision }: FeedState, until: Instant): Promise<void> => {
  const untouched = allOf({ kind: "is", field: "revision", value: revision }, { kind: "lacks", field: "lease" });
  await updateDue(rows, ref, {}, until, untouched);
};

/** Ends the lease and clears the due, or sets a later one. Returns false if the lease was lost or the feed was touched. */
const clearDue = async (
  rows: DueTable,
  ref: FeedRef,
  own: Condition,
  { revision }: FeedState,
  { faults, shortened, due }: RenderResult,
  at: Instant,
): Promise<boolean> => {
  const change = {
    set: { faults, shortened, rendered: at },
    remove: ["lease", "failures", "pingPending", "auditPending"],
  };
  const condition = allOf(own, { kind: "is", field: "revision", value: revision });
  return (await updateDue(rows, ref, change, due, condition)) !== undefined;
};

/**
 * Keeps a feed due at once if it was touched during the render, or rendered by another worker after the lease was lost:
 * the stored objects may be older than the rows.
 */
const keepDue = (
  rows: DueTable,
  ref: FeedRef,
  holder: string,
  due: Instant,
  { faults, shortened }: RenderResult,
  at: Instant,
) => {
  const add = { revision: 1 };
  const own = { set: { faults, shortened, rendered: at }, remove: ["lease", "failures"], add };
  return retryOnConflict(
    `the feed ${ref.key}`,
    async () =>
      (await updateDueBy(rows, ref, own, due, { conditions: [{ kind: "leaseOf", holder }], known: due })) ??
      (await updateDueBy(rows, ref, { add }, due, {
        conditions: [{ kind: "present" }, { kind: "leaseNotOf", holder }],
      })) ??
      conflict,
  );
};

/** Renders a feed under a lease. `register` writes the feed into the list of its site. */
const makeWithLease =
  (
    rows: DueTable,
    newId: () => string,
    touch: Feeds["touch"],
    register: (state: FeedState) => Promise<void>,
  ): Feeds["withLease"] =>
  async (site, key, { clock, duration, minInterval }, work) => {
    const { table } = rows;
    const ref: FeedRef = { kind: "feed", site, key };
    const feedRowKey = refKey(ref);
    const read = async () => {
      const row = await table.get(feedRowKey);
      return row && parseFeed(table, row);
    };

    const now = clock();
    const stored = await table.get(feedRowKey);
    if (stored !== undefined && !feedRow.safeParse(stored).success) {
      parseFeed(table, stored);
      await table.put(standInFeed(site, key, now), { kind: "present" });
      return rows.onDue(ref, now);
    }
    const found = (await read())?.state;
    if (found?.due === undefined || found.due > now) return;
    const since = now - (found.rendered ?? Number.NEGATIVE_INFINITY);
    // The time since the last render is negative if that worker's clock is ahead of this one.
    if (since >= 0 && since < minInterval) return postpone(rows, ref, found, now + minInterval - since);

    const holder = newId();
    const own: Condition = { kind: "leaseOf", holder };
    const lease = { holder, until: now + duration };
    const free = allOf({ kind: "dueBy", at: now }, { kind: "leaseFree", now });
    const leased = await table.update(feedRowKey, { set: { lease } }, free);
    if (leased === undefined) return;
    const { state } = parseFeed(table, leased);
    const result = await work({
      state,
      holds: async () => {
        const current = (await read())?.lease;
        return current?.holder === holder && clock() < current.until;
      },
      store: async (changes) => (await table.update(feedRowKey, { set: changes }, own)) !== undefined,
      list: async (listed) => {
        const row = await table.update(feedRowKey, { set: { ...listed } }, { kind: "present" });
        if (row !== undefined) await register(parseFeed(table, row).state);
      },
    });
    if (result === "lost") return touch(site, key, undefined, clock());
    // Never earlier than before: a render must know the posts that were published before the clock was set back.
    const at = Math.max(clock(), state.rendered ?? 0);
    if (!(await clearDue(rows, ref, own, state, result, at)))
      await keepDue(rows, ref, holder, state.due ?? at, result, at);
  };

export const membershipRow = z.object({
  feed: feedKey,
  id: z.string(),
  published: instant,
  version: z.number(),
} satisfies Record<keyof Membership, z.ZodType>);

/** A page has more than twice the entries of a usual feed, so that most renders read one page. */
const entriesInPage = 50;

export const tableMemberships = (table: Table): Memberships => ({
  put: async (site, { feed, id, published, version }) => {
    const row = { ...entryKey(site, feed, published, id), feed, id, published, version };
    if (await table.put(row, { kind: "notNewer", version })) return;
    const stored = await table.get(row);
    if (stored !== undefined && parseRow(table, stored, membershipRow) === undefined) await table.put(row);
  },
  remove: async (site, { feed, id, published, version }) => {
    const key = entryKey(site, feed, published, id);
    if (await table.remove(key, { kind: "notNewer", version })) return;
    const stored = await table.get(key);
    if (stored !== undefined && parseRow(table, stored, membershipRow) === undefined) await table.remove(key);
  },
  async *newest(site, feed) {
    const query = {
      partition: feedPartition(site, feed),
      sort: { prefix: entryPrefix },
      newestFirst: true,
      limit: entriesInPage,
    };
    for await (const row of allRows(table, query)) {
      const membership = parseRow(table, row, membershipRow);
      const standIn = membership === undefined ? standInMembership(rowKey.parse(row)) : undefined;
      if (standIn !== undefined) await table.put(standIn, onVersion(readableVersion(row)));
      if (membership !== undefined || standIn !== undefined) yield membership ?? membershipRow.parse(standIn);
    }
  },
});

const pingShape = {
  site: z.string(),
  key: feedKey,
  hub: z.string(),
  version: z.number(),
  topics: z.array(z.string()),
  publicAt: instant,
  attempts: z.number(),
  since: orUndefined(instant),
  wait: orUndefined(instant),
  pinged: orUndefined(instant),
  reason: orUndefined(z.string()),
} satisfies Record<Exclude<keyof Ping, "due">, z.ZodType>;

export const pingRow = z.object({ ...pingShape, dueAt: instant.optional() });

export const tablePings = (rows: DueTable): Pings => ({
  nudge: async (ref, topics, publicAt) => {
    const { site, key, hub } = ref;
    const set = { site, key, hub, topics, publicAt, attempts: 0 };
    const nudge = (change: Change) =>
      retryOnConflict(
        `the ping of ${hub}`,
        async () => (await updateDueBy(rows, ref, { ...change, remove: ["failures"] }, publicAt)) ?? conflict,
      );
    try {
      await nudge({ set, add: { version: 1 } });
    } catch (error) {
      // DynamoDB adds to numbers only.
      const row = await rows.table.get(pingKey(ref));
      if (row === undefined || typeof row.version === "number") throw error;
      await nudge({ set: { ...set, version: unreadableVersion + 1 } });
    }
  },
  read: async (ref) => {
    const row = await rows.table.get(pingKey(ref));
    if (row === undefined) return undefined;
    const { site, key, hub } = ref;
    const fresh = { site, key, hub, topics: [], publicAt: 0, attempts: 0 };
    const { dueAt, ...ping } = parseOrReplace(rows.table, row, pingRow, fresh);
    return { ...ping, due: dueAt };
  },
  save: ({ due, ...ping }) => {
    const { site, key, hub, version } = ping;
    return putDue(rows, { kind: "ping", site, key, hub }, { ...ping, version: version + 1 }, due, onVersion(version));
  },
});
