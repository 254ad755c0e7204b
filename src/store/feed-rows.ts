import * as z from "zod";
import type { FeedKey } from "../domain/feed.ts";
import type { Instant } from "../domain/time.ts";
import type { Fault } from "../ports/feeds.ts";
import type { FeedRef, FeedState, Feeds } from "../ports/store.ts";
import { type Rows, tellDue, updateDueBy } from "./due-listener.ts";
import { dueAttributes, feedStateKey, siteFeedKey, sitePartition } from "./keys.ts";
import { retryOnConflict } from "./retry.ts";
import { type Condition, collect, type Row } from "./table.ts";

const fault = z.object({ file: z.string(), problem: z.string(), entry: z.string().optional() });

const shape = {
  site: z.string(),
  key: z.string(),
  revision: z.number(),
  lease: z.object({ holder: z.string(), until: z.number() }).optional(),
  title: z.string(),
  empty: z.boolean().default(false),
  rendered: z.number().optional(),
  faults: z.array(fault).default([]),
  pingPending: z.boolean().default(false),
} satisfies Record<Exclude<keyof FeedState, "due">, z.ZodType>;

/** `registered`: the title that the site's list of feeds has. */
const feedRow = z.object({ ...shape, dueAt: z.number().optional(), registered: z.string().optional() });
const siteFeedRow = z.object({ key: z.string(), title: z.string(), empty: z.boolean().default(false) });

const toState = (row: Row): FeedState => {
  const { dueAt, registered: _, ...state } = feedRow.parse(row);
  return { ...state, due: dueAt };
};

export const tableFeeds = (rows: Rows): Feeds => {
  const { table } = rows;

  const read = async (site: string, feed: FeedKey): Promise<FeedState | undefined> => {
    const row = await table.get(feedStateKey(site, feed));
    return row && toState(row);
  };

  const refTo = (site: string, key: FeedKey): FeedRef => ({ kind: "feed", site, key });

  const touched = (site: string, feed: FeedKey, title: string | undefined, due: Instant): Promise<Row> => {
    const change =
      title === undefined
        ? { set: { site, key: feed }, setIfMissing: { title: feed }, add: { revision: 1 } }
        : { set: { site, key: feed, title }, add: { revision: 1 } };
    return retryOnConflict(`the feed ${feed}`, () => updateDueBy(rows, refTo(site, feed), change, due));
  };

  /** The site's list is written after the feed and marked in it, so that it costs a write only when it changes and a crash in between is mended by the next touch. */
  const register = async ({ site, key: feed, title, empty }: FeedState): Promise<void> => {
    await table.put({ ...siteFeedKey(site, feed), key: feed, title, empty });
    await table.update(
      feedStateKey(site, feed),
      { set: { registered: title } },
      { kind: "is", field: "title", value: title },
    );
  };

  const cleared = async (
    state: FeedState,
    holder: string,
    {
      faults,
      due,
      at,
    }: { readonly faults: readonly Fault[]; readonly due?: Instant | undefined; readonly at: Instant },
  ): Promise<boolean> => {
    const key = feedStateKey(state.site, state.key);
    const change = {
      set: { faults, rendered: at, ...dueAttributes(key, due) },
      remove: ["lease", "failures", "pingPending", ...(due === undefined ? ["dueAt", "dueShard"] : [])],
    };
    const own: Condition = {
      kind: "all",
      of: [
        { kind: "leaseOf", holder },
        { kind: "is", field: "revision", value: state.revision },
      ],
    };
    const row = await table.update(key, change, own);
    if (row !== undefined) tellDue(rows, refTo(state.site, state.key), due);
    return row !== undefined;
  };

  return {
    read,
    all: async (site) => {
      const query = { partition: sitePartition(site), limit: 500 };
      return (await collect(table, query)).map((row) => siteFeedRow.parse(row));
    },
    touch: async (site, feed, title, due) => {
      const now = feedRow.parse(await touched(site, feed, title, due));
      if (now.registered !== now.title) await register(now);
    },
    lease: async (site, feed, holder, now, until) => {
      const row = await table.update(
        feedStateKey(site, feed),
        { set: { lease: { holder, until } } },
        { kind: "all", of: [{ kind: "present" }, { kind: "leaseFree", now }] },
      );
      return row && toState(row);
    },
    rest: async (state, until) => {
      const key = feedStateKey(state.site, state.key);
      const unmoved: Condition = {
        kind: "all",
        of: [
          { kind: "is", field: "revision", value: state.revision },
          { kind: "lacks", field: "lease" },
        ],
      };
      const row = await table.update(key, { set: dueAttributes(key, until) }, unmoved);
      if (row !== undefined) tellDue(rows, refTo(state.site, state.key), until);
    },
    holds: async (site, feed, holder, now) => {
      const lease = (await read(site, feed))?.lease;
      return lease?.holder === holder && now < lease.until;
    },
    markPingPending: async (site, feed, holder) => {
      const key = feedStateKey(site, feed);
      return (await table.update(key, { set: { pingPending: true } }, { kind: "leaseOf", holder })) !== undefined;
    },
    mark: async ({ site, key: feed }, empty) => {
      const row = await table.update(feedStateKey(site, feed), { set: { empty } }, { kind: "present" });
      if (row !== undefined) await register(toState(row));
    },
    release: async (state, holder, result) => {
      if (await cleared(state, holder, result)) return true;
      const ref = refTo(state.site, state.key);
      // Touched while it was rendered, or rendered by another since the lease was lost: what stands in the object
      // store may be the older window, so the feed is due at once (interleavings 22 and 23).
      const due = state.due ?? state.lease?.until ?? 0;
      const add = { revision: 1 };
      const own = { set: { faults: result.faults, rendered: result.at }, remove: ["lease", "failures"], add };
      for (let round = 0; round < 2; round += 1) {
        const raised =
          (await updateDueBy(rows, ref, own, due, [{ kind: "leaseOf", holder }])) ??
          (await updateDueBy(rows, ref, { add }, due, [{ kind: "present" }, { kind: "leaseNotOf", holder }]));
        if (raised !== undefined) return false;
      }
      return false;
    },
  };
};
