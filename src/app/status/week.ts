import type { Delivery } from "../../domain/delivery.ts";
import type { Site } from "../../domain/site.ts";
import type { Instant } from "../../domain/time.ts";
import type { ListedRef } from "../../ports/console-rows.ts";
import { obstacles } from "./obstacles.ts";
import {
  byTime,
  type OverviewPorts,
  type OverviewRow,
  plannedAt,
  postsOf,
  presented,
  readPost,
  type ScheduledRow,
  scheduledRow,
} from "./overview.ts";
import { reportHealth } from "./status.ts";

/** At most this many posts are read: those that were or will be sent, those that are held, and those that are scheduled. */
const limits = { posts: 40, held: 20, scheduled: 40 } as const;

const sentAt = ({ sent, planned }: Delivery): Instant => sent?.firstSentAt ?? planned;

/** Returns what goes out or went out between two moments. */
export interface Week {
  readonly posted: readonly OverviewRow[];
  readonly pending: readonly OverviewRow[];
  readonly scheduled: readonly ScheduledRow[];
  /** Those that wait for a person, and so are at no time. */
  readonly held: readonly OverviewRow[];
  /** Not all of those are listed. */
  readonly holdsMore: boolean;
  /** Not all posts that are scheduled for the week are listed, because there are too many. */
  readonly schedulesMore: boolean;
  /** The same for those that wait to be sent. */
  readonly waitsMore: boolean;
  /** Older sends of the week are not listed, because there are too many after them. */
  readonly isCut: boolean;
}

/** At most this many pages of the keys of an account's copies are read, the newest first. */
const mostPages = 5;

const postedSince = async (account: string, from: Instant, { refsInState }: OverviewPorts) => {
  const refs: ListedRef[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const read = await refsInState(account, "posted", cursor);
    refs.push(...read.refs);
    // The list is in the order in which they were sent.
    if (read.next === undefined || (read.refs.at(-1)?.position ?? 0) < from) return { refs, isCut: false };
    cursor = read.next;
  }
  return { refs, isCut: true };
};

/** The first posts of a list, in its order, and whether there are more. */
const firstPosts = (listed: readonly ListedRef[], limit: number) => {
  const ids = postsOf(listed);
  return { ids: ids.slice(0, limit), isCut: ids.length > limit };
};

/** Reads the posts that are scheduled between two moments. */
const readScheduled = async (site: Site, [from, to]: readonly [Instant, Instant], ports: OverviewPorts) => {
  const now = ports.clock();
  if (to <= now) return { posts: [], hasMore: false };
  const { posts: all, until } = await ports.postsDueLater(site.id, Math.max(from - 1, now));
  const listed = all.filter(({ position }) => position < to);
  const found = await Promise.all(listed.slice(0, limits.scheduled).map(({ post }) => readPost(site, post, ports)));
  return {
    posts: found.filter((one) => one !== undefined),
    hasMore: listed.length > limits.scheduled || (until !== undefined && until < to),
  };
};

export const readWeek = async (
  site: Site,
  [from, to]: readonly [Instant, Instant],
  ports: OverviewPorts,
): Promise<Week> => {
  const [later, stops, moved] = await Promise.all([
    readScheduled(site, [from, to], ports),
    ports.stops.read(),
    ports.moves.read(),
  ]);
  const read = await Promise.all(
    ports.accounts.map(async (account) => ({
      health: await reportHealth(account, { stops, moved }, ports),
      posted: await postedSince(account.name, from, ports),
      pending: await ports.refsInState(account.name, "pending"),
      held: await ports.refsInState(account.name, "held"),
    })),
  );
  const obstacle = obstacles(
    read.map(({ health }) => health),
    { stops, moved },
    ports,
  );
  const own = (refs: readonly ListedRef[]) =>
    refs.filter((ref) => ref.site === site.id).toSorted((one, other) => one.position - other.position);
  const posted = firstPosts(
    own(read.flatMap((one) => one.posted.refs))
      .filter(({ position }) => position < to)
      .toReversed(),
    limits.posts,
  );
  const pending = firstPosts(own(read.flatMap((one) => one.pending.refs)), limits.posts);
  const held = firstPosts(own(read.flatMap((one) => one.held.refs)), limits.held);
  const chosen = new Set([...posted.ids, ...pending.ids, ...held.ids]);
  const found = await Promise.all([...chosen].map((id) => readPost(site, id, ports)));
  const posts = found.filter((one) => one !== undefined);
  const isSentThen = (one: Delivery): boolean => one.state === "posted" && sentAt(one) >= from && sentAt(one) < to;
  return {
    posted: presented(posts, obstacle, isSentThen).toSorted(byTime(({ delivery }) => delivery.posted ?? 0)),
    pending: presented(posts, obstacle, ({ state }) => state === "pending").toSorted(
      byTime(({ delivery }) => delivery.due ?? delivery.history.planned),
    ),
    held: presented(posts, obstacle, ({ state }) => state === "held").toSorted(byTime(plannedAt)),
    holdsMore: held.isCut || read.some((one) => one.held.next !== undefined),
    waitsMore: pending.isCut || read.some((one) => one.pending.next !== undefined),
    scheduled: later.posts.flatMap((one) => scheduledRow(one, obstacle, ports)),
    schedulesMore: later.hasMore,
    isCut: posted.isCut || read.some((one) => one.posted.isCut),
  };
};
