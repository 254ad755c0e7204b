import * as z from "zod";
import type { FeedKey } from "../domain/feed.ts";
import type { Instant } from "../domain/time.ts";
import type { Fault } from "../ports/feeds.ts";
import type { FeedState, Feeds } from "../ports/store.ts";
import { type Rows, tellDue } from "./due-listener.ts";
import { dueAttributes, feedStateKey, siteFeedKey, sitePartition } from "./keys.ts";
import { collect, type Expression, type Row } from "./table.ts";

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
  owed: z.boolean().default(false),
} satisfies Record<Exclude<keyof FeedState, "due">, z.ZodType>;

/** `registered`: the title that the site's list of feeds has. */
const feedRow = z.object({ ...shape, dueAt: z.number().optional(), registered: z.string().optional() });
const siteFeedRow = z.object({ key: z.string(), title: z.string(), empty: z.boolean().default(false) });

const toState = (row: Row): FeedState => {
  const { dueAt, registered: _, ...state } = feedRow.parse(row);
  return { ...state, due: dueAt };
};

/** An update in sections; `raise` makes it the update of a feed that has changed. */
interface Change {
  readonly set: readonly string[];
  readonly remove?: readonly string[] | undefined;
  readonly values: Row;
  readonly condition?: string | undefined;
}

const expression = ({ set, remove = [], values }: Change, raise: boolean): Expression => ({
  text: [
    ...(set.length > 0 ? [`SET ${set.join(", ")}`] : []),
    ...(remove.length > 0 ? [`REMOVE ${remove.join(", ")}`] : []),
    ...(raise ? ["ADD #revision :one"] : []),
  ].join(" "),
  values: { ...values, ...(raise && { one: 1 }) },
});

export const dynamoFeeds = (rows: Rows): Feeds => {
  const { table } = rows;

  const read = async (site: string, feed: FeedKey): Promise<FeedState | undefined> => {
    const row = await table.get(feedStateKey(site, feed));
    return row && toState(row);
  };

  /** Raises the revision; the feed is due at `due`, or at the earlier moment at which it was. Undefined where the change's own condition does not hold. */
  const raise = async (site: string, feed: FeedKey, change: Change, due: Instant): Promise<Row | undefined> => {
    const key = feedStateKey(site, feed);
    const also = (condition: string): Expression => ({
      text: change.condition === undefined ? condition : `${change.condition} AND ${condition}`,
      values: { due },
    });
    const sooner = {
      ...change,
      set: [...change.set, "#dueAt = :dueAt", "#dueShard = :dueShard"],
      values: { ...change.values, ...dueAttributes(key, due) },
    };
    const row =
      (await table.update(key, expression(sooner, true), also("(attribute_not_exists(#dueAt) OR #dueAt > :due)"))) ??
      (await table.update(key, expression(change, true), also("#dueAt <= :due")));
    if (row !== undefined) tellDue(rows, { kind: "feed", site, key: feed }, toState(row).due);
    return row;
  };

  /** Another worker may clear or move the due between the two tries of `raise`: a touch that finds that tries again. */
  const touched = async (site: string, feed: FeedKey, title: string | undefined, due: Instant): Promise<Row> => {
    const change = {
      set: [
        "#site = :site",
        "#key = :key",
        title === undefined ? "#title = if_not_exists(#title, :title)" : "#title = :title",
      ],
      values: { site, key: feed, title: title ?? feed },
    };
    return (await raise(site, feed, change, due)) ?? touched(site, feed, title, due);
  };

  /** The site's list is written after the feed and marked in it, so that it costs a write only when it changes and a crash in between is mended by the next touch. */
  const register = async ({ site, key: feed, title, empty }: FeedState): Promise<void> => {
    await table.put({ ...siteFeedKey(site, feed), key: feed, title, empty });
    await table.update(
      feedStateKey(site, feed),
      { text: "SET #registered = :title", values: { title } },
      { text: "#title = :title" },
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
    const change =
      due === undefined
        ? {
            set: ["#faults = :faults", "#rendered = :at"],
            remove: ["#lease", "#failures", "#owed", "#dueAt", "#dueShard"],
            values: { faults, at },
          }
        : {
            set: ["#faults = :faults", "#rendered = :at", "#dueAt = :dueAt", "#dueShard = :dueShard"],
            remove: ["#lease", "#failures", "#owed"],
            values: { faults, at, ...dueAttributes(key, due) },
          };
    const row = await table.update(key, expression(change, false), {
      text: "#lease.#holder = :holder AND #revision = :rendered",
      values: { holder, rendered: state.revision },
    });
    if (row !== undefined) tellDue(rows, { kind: "feed", site: state.site, key: state.key }, due);
    return row !== undefined;
  };

  return {
    read,
    all: async (site) => {
      const query = { partition: sitePartition(site), limit: 500 };
      return (await collect(table.all(query))).map((row) => siteFeedRow.parse(row));
    },
    touch: async (site, feed, title, due) => {
      const now = feedRow.parse(await touched(site, feed, title, due));
      if (now.registered !== now.title) await register(now);
    },
    lease: async (site, feed, holder, now, until) => {
      const row = await table.update(
        feedStateKey(site, feed),
        { text: "SET #lease = :lease", values: { lease: { holder, until } } },
        {
          text: "attribute_exists(#pk) AND (attribute_not_exists(#lease) OR #lease.#until <= :now)",
          values: { now },
        },
      );
      return row && toState(row);
    },
    rest: async (state, until) => {
      const key = feedStateKey(state.site, state.key);
      const row = await table.update(
        key,
        { text: "SET #dueAt = :dueAt, #dueShard = :dueShard", values: dueAttributes(key, until) },
        { text: "#revision = :revision AND attribute_not_exists(#lease)", values: { revision: state.revision } },
      );
      if (row !== undefined) tellDue(rows, { kind: "feed", site: state.site, key: state.key }, until);
    },
    holds: async (site, feed, holder, now) => {
      const lease = (await read(site, feed))?.lease;
      return lease?.holder === holder && now < lease.until;
    },
    owe: async (site, feed, holder) => {
      const owed = { text: "SET #owed = :owed", values: { owed: true } };
      const held = { text: "#lease.#holder = :holder", values: { holder } };
      return (await table.update(feedStateKey(site, feed), owed, held)) !== undefined;
    },
    mark: async ({ site, key: feed }, empty) => {
      const row = await table.update(
        feedStateKey(site, feed),
        { text: "SET #empty = :empty", values: { empty } },
        { text: "attribute_exists(#pk)" },
      );
      if (row !== undefined) await register(toState(row));
    },
    release: async (state, holder, result) => {
      if (await cleared(state, holder, result)) return true;
      const { site, key: feed } = state;
      // Touched while it was rendered, or rendered by another since the lease was lost: what stands in the object
      // store may be the older window, so the feed is due at once (interleavings 22 and 23).
      const due = state.due ?? state.lease?.until ?? 0;
      const own = {
        set: ["#faults = :faults", "#rendered = :at"],
        remove: ["#lease", "#failures"],
        values: { faults: result.faults, at: result.at, holder },
        condition: "#lease.#holder = :holder",
      };
      const lost = { set: [], values: { holder }, condition: "attribute_exists(#pk) AND NOT #lease.#holder = :holder" };
      for (const change of [own, lost, own, lost])
        if ((await raise(site, feed, change, due)) !== undefined) return false;
      return false;
    },
  };
};
