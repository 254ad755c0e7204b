import type { DeliveryStatus } from "../../contract/deliveries.ts";
import type { Count, FeedStatus, SourceStatus } from "../../contract/installation-status.ts";
import type { RefusedDocument, WaitingDocument } from "../../contract/posts.ts";
import type { Account } from "../../domain/account.ts";
import { postPath } from "../../domain/address.ts";
import {
  type Delivery,
  type DeliveryList,
  type DeliveryState,
  deliveryId,
  type HoldKind,
  holdKinds,
} from "../../domain/delivery.ts";
import { byImportance } from "../../domain/feed-key.ts";
import type { PostHead } from "../../domain/post.ts";
import type { Site } from "../../domain/site.ts";
import type { Stops } from "../../domain/stopped.ts";
import { day, type Instant, minute } from "../../domain/time.ts";
import type { ConsoleRows, LaterPosts, ListedDeliveries, ListedRef } from "../../ports/console-rows.ts";
import type { Memberships } from "../../ports/store.ts";
import { deliveryStatus, isAnnouncedLater } from "./delivery-status.ts";
import { type FeedPorts, listSources, type SourcePorts } from "./feed-status.ts";
import { type DocumentListPorts, readReported } from "./find-post.ts";
import { forecast, rowsInTurn, targetsInTurn } from "./forecast.ts";
import { type Moments, type Numbers, numbersOf, readPublished, sentMoments } from "./numbers.ts";
import { type FindObstacle, type Obstacle, obstacles, type Target, undecidedPost } from "./obstacles.ts";
import { type AccountHealth, type ReportPorts, readHealth } from "./status.ts";

/**
 * What needs a person, what goes out next and what went out, for a page that is looked at often: the reads are bounded by
 * the number of accounts, whatever the number of posts is. What was left out is said.
 */

/**
 * At most this many of each are read. Of deliveries and posts, only the keys are read first, and then the posts of those
 * that are shown, each with all its deliveries.
 */
const limits = {
  posts: 8,
  dated: 3,
  leaving: 3,
  feeds: 3,
  sources: 2,
  documents: 3,
} as const;

/** At least this many of the posts go out next, because that can only be stopped before, and this many went out. */
const leastNext = 3;
const leastPosted = 3;

/** Posts that go out within this time are the first thing on the page. */
export const soon = 5 * minute;

export interface OverviewPorts
  extends Omit<ReportPorts, "stops">,
    DocumentListPorts,
    FeedPorts,
    SourcePorts,
    ConsoleRows {
  readonly stops: { read(): Promise<Stops> };
  readonly memberships: Pick<Memberships, "newest">;
}

/** A delivery, and the post that it is about. */
export interface OverviewRow {
  readonly delivery: DeliveryStatus;
  readonly post: PostHead;
  /** Set where it waits for something else than its time. */
  readonly obstacle: Obstacle | undefined;
  /** When it is sent by the forecast. Undefined where there is none. */
  readonly at?: Instant | undefined;
}

export interface AccountOverview extends AccountHealth {
  readonly waiting: Count;
  /** Set where all that waits for the account waits for a person: its deliveries are counted, and not looked at. */
  readonly closed: Closed | undefined;
}

type Closed = Extract<Obstacle, "paused" | "stopped">;

export const isClosed = (obstacle: Obstacle | undefined): obstacle is Closed =>
  obstacle === "paused" || obstacle === "stopped";

/** A post whose deliveries are planned at its date. */
export interface ScheduledRow {
  readonly post: PostHead;
  readonly path: string;
  readonly targets: readonly Target[];
}

/** How many posts are held for one reason. */
export interface HeldKind {
  readonly kind: HoldKind;
  readonly posts: number;
}

export interface Overview {
  /** The site has no post. */
  readonly isEmpty: boolean;
  /** The moment at which this installation was moved to another one, and since when it sends nothing. */
  readonly moved: Instant | undefined;
  readonly stops: Stops;
  readonly accounts: readonly AccountOverview[];
  readonly unknown: readonly OverviewRow[];
  readonly failed: readonly OverviewRow[];
  /** Copies of which only a part is known to be on the network, of the posts that are read. */
  readonly unfinished: readonly OverviewRow[];
  /** Those that wait for a person, edits of copies among them, of the posts that are read. */
  readonly held: readonly OverviewRow[];
  /** The kinds of holds with their posts, the most urgent first. They are counted by the keys, whatever posts are read. */
  readonly holds: readonly HeldKind[];
  /** Copies that are still public although they are to be deleted, because something is in the way. */
  readonly leaving: readonly OverviewRow[];
  /** The next ones first. */
  readonly pending: readonly OverviewRow[];
  /** The last ones first, without a gap: those of posts that were removed or whose copies are taken back are none. */
  readonly posted: readonly OverviewRow[];
  readonly scheduled: readonly ScheduledRow[];
  /** Undefined where they could not be read now, as with feeds and sources. */
  readonly documents:
    | {
        readonly refused: readonly RefusedDocument[];
        readonly waiting: readonly WaitingDocument[];
        /** Posts that are in no feed because they have no date. */
        readonly undated: readonly PostHead[];
        readonly hasMore: boolean;
      }
    | undefined;
  /** `unread`: how many were not looked at, because there are too many. */
  readonly feeds:
    | { readonly faulty: readonly Pick<FeedStatus, "key" | "title" | "faults">[]; readonly unread: number }
    | undefined;
  readonly sources: readonly SourceStatus[] | undefined;
  readonly numbers: Numbers | undefined;
  /**
   * Deliveries that wait for a person, or to be sent, and whose posts were not read, and posts that are due later. Nothing
   * is known of what is due after `later`, where that is set, and nothing is listed of what was sent before `sent`.
   */
  readonly unread: {
    readonly sent: Instant | undefined;
    readonly undecided: number;
    /** More is held than is counted. */
    readonly held: boolean;
    /** Posts that go out within a day, of which some may need an approval. */
    readonly asking: number;
    /** Posts that go out soon by what is known of them. */
    readonly soon: number;
    readonly pending: number;
    readonly scheduled: number;
    readonly later: Instant | undefined;
  };
}

const lists = [
  "unknown",
  "failed",
  "held",
  "held-edit",
  "pending",
  "posted",
] as const satisfies readonly DeliveryList[];

type Lists = Readonly<Record<(typeof lists)[number], ListedDeliveries>>;

const readLists = async (account: Account, { refsInState }: OverviewPorts): Promise<Lists> => {
  const listed = (list: DeliveryList) => refsInState(account.name, list);
  const [unknown, failed, held, heldEdits, pending, posted] = await Promise.all([
    listed("unknown"),
    listed("failed"),
    listed("held"),
    // Only an account that asks for approvals holds edits.
    account.approve === true ? listed("held-edit") : { refs: [], next: undefined },
    listed("pending"),
    listed("posted"),
  ]);
  return { unknown, failed, held, "held-edit": heldEdits, pending, posted };
};

/** Some of the sends before this moment are not read. Undefined where all are. */
const unreadSends = (
  refs: readonly ListedRef[],
  known: ReadonlySet<string>,
  { since }: Moments,
): Instant | undefined => {
  const ends = [
    ...refs.filter(({ post }) => !known.has(post)).map(({ position }) => position),
    ...(since === undefined ? [] : [since]),
  ];
  return ends.length === 0 ? undefined : Math.max(...ends);
};

/** Feeds of the whole site first: of many, the last ones are not read. */
const readFeeds = async (site: Site, { feeds }: OverviewPorts) => {
  const all = await feeds.all(site.id);
  const first = all.toSorted((one, other) => byImportance(one.key, other.key)).slice(0, limits.feeds);
  const states = await Promise.all(first.map(({ key }) => feeds.read(site.id, key)));
  const faulty = states.flatMap((state) => (state === undefined || state.faults.length === 0 ? [] : [state]));
  return { faulty, unread: all.length - first.length };
};

/** A post with all its deliveries. */
interface ReadPost {
  readonly post: PostHead;
  readonly deliveries: readonly Delivery[];
}

export const readPost = async (
  site: Site,
  id: string,
  { posts, deliveries }: OverviewPorts,
  known: readonly PostHead[] = [],
): Promise<ReadPost | undefined> => {
  const post = known.find((one) => one.id === id) ?? (await posts.head(site.id, id));
  return post && { post, deliveries: await deliveries.ofPost(site.id, id) };
};

/** True for a copy that is to be deleted, and is on its network until that takes the deletion. */
export const isLeaving = ({ state, withdrawn }: Delivery, isRemoved: boolean): boolean =>
  state === "deleting" || ((state === "posted" || state === "editing") && (isRemoved || withdrawn === true));

const overviewRow = (delivery: Delivery, post: PostHead, obstacle: FindObstacle): OverviewRow => ({
  delivery: deliveryStatus(delivery, post),
  post,
  obstacle:
    delivery.state === "pending"
      ? obstacle(delivery.account, delivery.passed.approval !== undefined, undecidedPost(post, delivery))
      : // A deletion needs no approval.
        isLeaving(delivery, post.gone !== undefined)
        ? obstacle(delivery.account, true, "deletion")
        : undefined,
});

/** The posts of deliveries that are due later, and in no list of those that are sent or decided then: some of their copies are to be deleted. */
const findLeaving = (later: LaterPosts["deliveries"], listed: readonly ListedRef[]): readonly string[] => {
  const known = new Set(listed.map(deliveryId));
  return postsOf(later.filter((ref) => !known.has(deliveryId(ref)))).slice(0, limits.leaving);
};

/** The accounts whose deliveries of a scheduled post are not planned yet. */
export const scheduledRow = (
  { post, deliveries }: ReadPost,
  obstacle: FindObstacle,
  { accounts, clock }: OverviewPorts,
): readonly ScheduledRow[] => {
  const open = accounts.filter(
    (account) => isAnnouncedLater(post, account, clock()) && !deliveries.some((one) => one.account === account.name),
  );
  return open.length === 0
    ? []
    : [
        {
          post,
          path: postPath(post),
          targets: open.map(({ name }) => ({
            account: name,
            obstacle: obstacle(name, false, undecidedPost(post, { published: post.published })),
          })),
        },
      ];
};

/** The posts of these deliveries, in their order. */
export const postsOf = (refs: readonly { readonly post: string }[]): readonly string[] => [
  ...new Set(refs.map(({ post }) => post)),
];

/** The list of edits that wait for an approval is a read for each account that asks for it, which leaves fewer for posts. */
const mostPosts = (accounts: readonly Account[]): number =>
  accounts.filter(({ approve }) => approve).length > 1 ? limits.posts - 2 : limits.posts;

/** Chooses the posts that are read: some that go out next, then those that need a person, then the others. */
const choosePosts = (
  most: number,
  needs: readonly string[],
  next: readonly string[],
  done: readonly string[],
): readonly string[] => {
  const first = [...new Set([...next.slice(0, leastNext), ...needs, ...next])];
  return [...new Set([...first.slice(0, most - Math.min(leastPosted, done.length)), ...done])].slice(0, most);
};

export const presented = (
  posts: readonly ReadPost[],
  obstacle: FindObstacle,
  includes: (delivery: Delivery) => boolean,
): readonly OverviewRow[] =>
  posts.flatMap(({ post, deliveries }) =>
    deliveries.filter(includes).map((delivery) => overviewRow(delivery, post, obstacle)),
  );

export const byTime = (at: (row: OverviewRow) => Instant) => (one: OverviewRow, other: OverviewRow) =>
  at(one) - at(other);
export const plannedAt = ({ delivery }: OverviewRow): Instant => delivery.history.planned;

/** When it went out: each copy has the moment of its first request. */
export const sentAt = ({ delivery }: OverviewRow): Instant => delivery.posted ?? delivery.history.planned;

/** A post whose date is later than this is not asked about on the first page: its own page takes the approval. */
export const askedBefore = day;

/** The posts that go out within a day, if an account asks for approvals. */
const dueSoon = (later: LaterPosts["posts"], { accounts, clock }: OverviewPorts): LaterPosts["posts"] =>
  accounts.some(({ approve }) => approve === true)
    ? later.filter(({ position }) => position - clock() <= askedBefore)
    : [];

/** Finds the next scheduled posts, and before others those whose approval may be missing: a few others are due later, too. */
const findScheduled = async (
  site: Site,
  later: LaterPosts["posts"],
  planned: ReadonlySet<string>,
  ports: OverviewPorts,
): Promise<readonly PostHead[]> => {
  const { posts, clock } = ports;
  const now = clock();
  const asking = dueSoon(later, ports).filter(({ post }) => !planned.has(post));
  const next = [...new Set([...later.slice(0, 1), ...asking, ...later])].slice(0, limits.dated + 1);
  const found = await Promise.all(next.map(({ post }) => posts.head(site.id, post)));
  return found.filter((post) => post !== undefined).filter(({ published }) => published > now);
};

/** Counts posts by the keys, except those that are read: the index may be behind the rows. */
const countHolds = (
  refs: readonly ListedRef[],
  held: readonly OverviewRow[],
  known: ReadonlySet<string>,
): readonly HeldKind[] =>
  [...new Set<HoldKind>(["text", "approval", ...holdKinds])].flatMap((kind) => {
    const posts = new Set([
      ...held.filter(({ delivery }) => delivery.hold === kind).map(({ post }) => post.id),
      ...refs.filter(({ hold, post }) => hold === kind && !known.has(post)).map(({ post }) => post),
    ]);
    return posts.size === 0 ? [] : [{ kind, posts: posts.size }];
  });

export const readOverview = async (site: Site, ports: OverviewPorts): Promise<Overview> => {
  const orUnread = <Value>(work: Promise<Value>): Promise<Value | undefined> => work.catch(() => undefined);
  const [stops, moved, scheduled, published, documents, feeds, sources] = await Promise.all([
    ports.stops.read(),
    ports.moves.read(),
    ports.postsDueLater(site.id, ports.clock()),
    orUnread(readPublished(site.id, ports)),
    orUnread(readReported(site.id, limits.documents, ports)),
    orUnread(readFeeds(site, ports)),
    orUnread(listSources(site, { ...ports, sources: new Map([...ports.sources].slice(0, limits.sources)) })),
  ]);
  const read = await Promise.all(
    ports.accounts.map(async (account) => ({
      ...(await readHealth(account, { stops, moved }, ports)),
      account,
      listed: await readLists(account, ports),
    })),
  );
  const obstacle = obstacles(
    read.map(({ health }) => health),
    { stops, moved },
    ports,
  );
  const refs = (list: (typeof lists)[number], from = read) =>
    from
      .flatMap(({ listed }) => listed[list].refs)
      .filter((ref) => ref.site === site.id)
      .toSorted((one, other) => one.position - other.position);
  const holds = [...refs("held"), ...refs("held-edit")];
  // An older program stored no kind with a hold.
  const undecided = [...refs("unknown"), ...refs("failed"), ...holds.filter(({ hold }) => hold === undefined)];
  // One post of each kind is read: the others are counted.
  const needs = [...undecided, ...holdKinds.flatMap((kind) => holds.find(({ hold }) => hold === kind) ?? [])];
  const open = read.filter(({ health }) => !isClosed(obstacle(health.name)));
  const sending = open.map((one) => ({ ...one, pending: one.listed.pending.refs }));
  const dates = published?.dates ?? new Map<string, Instant>();
  const order = forecast(sending, { dates }, obstacle, ports);
  const turnOf = (ref: ListedRef): Instant => order.get(deliveryId(ref))?.at ?? ref.position;
  const pending = refs("pending", open).toSorted((one, other) => turnOf(one) - turnOf(other));
  const leaving = findLeaving(scheduled.deliveries, [...undecided, ...holds, ...refs("pending")]);
  const later = await findScheduled(site, scheduled.posts, new Set(pending.map(({ post }) => post)), ports);
  const dated = later.slice(0, limits.dated).map(({ id }) => id);
  const others = choosePosts(
    mostPosts(ports.accounts),
    [...leaving, ...postsOf(needs)],
    postsOf(pending),
    postsOf(refs("posted").toReversed()),
  );
  const chosen = [...new Set([...dated, ...others])];
  const found = await Promise.all(chosen.map((id) => readPost(site, id, ports, later)));
  const posts = found.filter((one) => one !== undefined);
  const planned = posts.flatMap((one) => scheduledRow(one, obstacle, ports));
  const targetsOf = (post: PostHead) => planned.find((one) => one.post === post)?.targets ?? [];
  const turns = forecast(
    sending,
    { known: posts.map((one) => ({ ...one, later: targetsOf(one.post) })), dates },
    obstacle,
    ports,
  );
  const inState = (state: DeliveryState) =>
    presented(posts, obstacle, (one) => one.state === state).toSorted(byTime(plannedAt));
  const known = new Set(posts.map(({ post }) => post.id));
  const gone = new Set(posts.flatMap(({ post }) => (post.gone === undefined ? [] : [post.id])));
  const sent = sentMoments(
    site.id,
    read.map(({ listed }) => listed.posted),
  );
  const unreadBefore = unreadSends(refs("posted"), known, sent);
  const out = presented(
    posts.filter(({ post }) => post.gone === undefined),
    obstacle,
    (one) => one.state === "posted" && one.withdrawn !== true,
  ).toSorted(byTime((one) => -sentAt(one)));
  const recent = new Set(out.filter((one) => sentAt(one) >= (unreadBefore ?? 0)).map(({ post }) => post.id));
  const isSoon = (at: Instant): boolean => at - ports.clock() <= soon;
  const isNext = (ref: ListedRef): boolean => {
    const turn = turns.get(deliveryId(ref));
    return turn !== undefined && !turn.isHeld && isSoon(turn.at);
  };
  const isAnyFree = open.some(({ health }) => obstacle(health.name) === undefined);
  const unread = (listed: readonly { readonly post: string }[]) => listed.filter(({ post }) => !known.has(post)).length;
  const held = presented(posts, obstacle, ({ hold }) => hold !== undefined).toSorted(byTime(plannedAt));
  return {
    isEmpty: posts.length === 0 && (await ports.posts.newest(site.id, undefined, 1)).rows.length === 0,
    moved,
    stops,
    accounts: read.map(({ health, listed }) => ({
      ...health,
      waiting: { count: listed.pending.refs.length, more: listed.pending.next !== undefined },
      closed: [obstacle(health.name)].find(isClosed),
    })),
    unknown: inState("unknown"),
    failed: inState("failed"),
    unfinished: inState("posted").filter(({ delivery }) => delivery.unfinished),
    held,
    holds: countHolds(holds, held, known),
    leaving: presented(
      posts,
      obstacle,
      (one) => !one.sandbox && one.due !== undefined && isLeaving(one, gone.has(one.post)),
    ).filter(
      ({ delivery: { state, reason }, obstacle: why }) =>
        why !== undefined || (state === "deleting" && reason !== undefined),
    ),
    pending: rowsInTurn(inState("pending"), turns).toSorted(
      byTime(({ at, delivery }) => at ?? delivery.due ?? delivery.history.planned),
    ),
    posted: out.filter(({ post }) => recent.has(post.id)),
    scheduled: planned
      .map((one) => ({ ...one, targets: targetsInTurn(one.post, one.targets, turns) }))
      .toSorted((one, other) => one.post.published - other.post.published),
    documents,
    feeds,
    sources,
    numbers:
      published &&
      numbersOf(
        site.id,
        published,
        read.map(({ health, listed }) => ({ isInSandbox: health.reach === "sandbox", posted: listed.posted })),
      ),
    unread: {
      sent: unreadBefore,
      undecided: unread(undecided),
      held: read.some(({ listed }) => (listed.held.next ?? listed["held-edit"].next) !== undefined),
      asking: unread(dueSoon(scheduled.posts, ports)),
      soon: postsOf(
        [
          ...pending.filter(isNext),
          ...(isAnyFree ? scheduled.posts.filter(({ position }) => isSoon(position)) : []),
        ].filter(({ post }) => !known.has(post)),
      ).length,
      pending: unread(pending),
      scheduled: scheduled.posts.filter(({ post }) => !chosen.includes(post)).length,
      later: scheduled.until,
    },
  };
};
