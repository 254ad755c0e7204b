import type { DeliveryStatus } from "../../contract/deliveries.ts";
import { type Account, announces } from "../../domain/account.ts";
import { parseAddress, postPath } from "../../domain/address.ts";
import {
  type Delivery,
  type DeliveryState,
  deliveryId,
  type EditedText,
  type HistoryEntry,
  hasCopy,
  listsInStates,
} from "../../domain/delivery.ts";
import { isUnfinished } from "../../domain/delivery-commands.ts";
import { isOvertaken } from "../../domain/edited-text.ts";
import { BadCursor } from "../../domain/errors.ts";
import type { Installation } from "../../domain/installation.ts";
import { isRecord, parseUntrustedJson } from "../../domain/json-value.ts";
import type { Post, PostHead } from "../../domain/post.ts";
import { pageNotes } from "../../domain/send-rules.ts";
import type { Site } from "../../domain/site.ts";
import type { Instant } from "../../domain/time.ts";
import type { Logins } from "../../ports/networks.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Aliases, Deliveries, Page, PageChecks, Posts } from "../../ports/store.ts";
import { readShown, readWording, type Shown, type ShownPorts } from "../deliver/desired-state.ts";

export interface ListPorts extends ShownPorts {
  readonly deliveries: Deliveries;
  readonly posts: Posts;
}

/** Explains a copy in the sandbox that no real account would have. */
const sandboxReason = ({ sandbox, generation }: Delivery, post: PostHead | undefined): string | undefined =>
  sandbox && generation === post?.generation && post.audience?.baseline !== undefined
    ? `would not be sent: ${post.audience.baseline}`
    : undefined;

/** With what readers would see of it, which needs the rules of its network. */
export const presentDelivery = async (
  delivery: Delivery,
  post: Post | undefined,
  ports: ShownPorts,
): Promise<DeliveryStatus> =>
  deliveryStatus(delivery, post, {
    shown: await readShown(delivery, post, ports),
    isOvertaken: isOvertaken(delivery, readWording(delivery, post, ports)),
  });

/** What is known of a delivery by the rules of its network, and by the text of its post. */
interface ReadStatus {
  readonly shown?: Shown | undefined;
  /** True where its document says something else than when its text was edited. */
  readonly isOvertaken?: boolean;
}

const joinNotes = (notes: readonly (string | undefined)[]): string | undefined => {
  const given = notes.filter((note) => note !== undefined);
  return given.length === 0 ? undefined : given.join("; ");
};

/** A person's decision about a scheduled post is looked at now, and sent at the date of the post. */
const whenDue = ({ state, due }: Delivery, post: PostHead | undefined): Instant | undefined =>
  state === "pending" && due !== undefined && post !== undefined ? Math.max(due, post.published) : due;

/** What the rows say. Without more that was read, a text is overtaken only where the delivery is held for that. */
export const deliveryStatus = (
  delivery: Delivery,
  post: PostHead | undefined,
  { shown, isOvertaken: overtaken = delivery.hold === "text" }: ReadStatus = {},
): DeliveryStatus => ({
  id: deliveryId(delivery),
  slug: post === undefined ? "" : postPath(post),
  account: delivery.account,
  network: delivery.network,
  state: delivery.state,
  version: delivery.version,
  hold: delivery.hold,
  shown: shown && { ...shown, approved: delivery.passed.approval === shown.hash },
  text: delivery.text && textStatus(delivery.text, overtaken),
  generation: delivery.generation,
  sandbox: delivery.sandbox,
  posted: hasCopy(delivery) ? delivery.sent?.firstSentAt : undefined,
  url: delivery.remotes?.[0]?.url ?? undefined,
  stale: delivery.stale ?? false,
  unfinished: isUnfinished(delivery, post),
  duplicate: delivery.duplicate?.kind,
  attempts: delivery.attempts,
  due: whenDue(delivery, post),
  reason: delivery.reason ?? joinNotes([sandboxReason(delivery, post), delivery.note]),
  history: historyOf(delivery),
});

const textStatus = ({ value, by, at, ifOvertaken }: EditedText, overtaken: boolean) => ({
  value,
  by,
  at,
  ifOvertaken,
  overtaken,
});

/** A row that was written before a field existed has no key for it. */
const historyOf = ({ planned, plannedBy, history: { first, omitted, last } }: Delivery): DeliveryStatus["history"] => {
  const entries = (all: readonly HistoryEntry[]) =>
    all.map(({ at, state, attempt, reason, by }) => ({ at, state, attempt, reason, by }));
  return { planned, by: plannedBy, first: entries(first), omitted, last: entries(last) };
};

/** A cursor is `<index of the list>:<cursor within it>`. */
const parseCursor = (from: string, lists: number) => {
  const [, index, inner] = /^(\d+):(.*)$/.exec(from) ?? [];
  if (index === undefined || Number(index) >= lists) throw new BadCursor();
  return { first: Number(index), inner: inner || undefined };
};

/**
 * The deliveries in a state, list by list of each account: `from` names the list and the page within it. No list is begun
 * after `enough` were read.
 */
export const pageInState = async (
  state: DeliveryState,
  from: string | undefined,
  { deliveries, accounts }: Pick<ListPorts, "deliveries" | "accounts">,
  enough = Number.POSITIVE_INFINITY,
): Promise<Page<Delivery>> => {
  const lists = accounts.flatMap(({ name }) => listsInStates([state]).map((list) => [name, list] as const));
  const { first, inner } = from === undefined ? { first: 0 } : parseCursor(from, lists.length);
  const rows: Delivery[] = [];
  for (const [index, list] of [...lists.entries()].slice(first)) {
    const page = await deliveries.inState(...list, index === first ? inner : undefined);
    rows.push(...page.rows);
    if (page.next !== undefined) return { rows, next: `${index}:${page.next}` };
    if (rows.length >= enough && index + 1 < lists.length) return { rows, next: `${index + 1}:` };
  }
  return { rows, next: undefined };
};

export const listDeliveries = async (
  state: DeliveryState,
  from: string | undefined,
  ports: ListPorts,
): Promise<Page<DeliveryStatus>> => {
  const { rows, next } = await pageInState(state, from, ports);
  const present = async (delivery: Delivery): Promise<DeliveryStatus> =>
    presentDelivery(delivery, await ports.posts.read(delivery.site, delivery.post), ports);
  return { rows: await Promise.all(rows.map(present)), next };
};

/** The place in the list of one account: a page, and the last row of it that was listed. Null after its last page. */
type UpcomingPlace = {
  readonly from?: string | undefined;
  readonly after?: readonly [due: Instant, id: string] | undefined;
} | null;

const parsePlace = (value: unknown): UpcomingPlace => {
  if (value === null) return null;
  if (!isRecord(value)) throw new BadCursor();
  const { from, after } = value;
  if (from !== undefined && typeof from !== "string") throw new BadCursor();
  if (after === undefined) return { from };
  const [due, id]: readonly unknown[] = Array.isArray(after) ? after : [];
  if (typeof due !== "number" || typeof id !== "string") throw new BadCursor();
  return { from, after: [due, id] };
};

const parsePlaces = (from: string): Readonly<Record<string, UpcomingPlace>> => {
  try {
    const value = parseUntrustedJson(Buffer.from(from, "base64url").toString());
    if (!isRecord(value)) throw new BadCursor();
    return Object.fromEntries(Object.entries(value).map(([name, place]) => [name, parsePlace(place)]));
  } catch (cause) {
    throw new BadCursor({ cause });
  }
};

const dueOf = ({ due, planned }: Delivery): Instant => due ?? planned;

const byDue = (a: Delivery, b: Delivery): number =>
  dueOf(a) - dueOf(b) || (deliveryId(a) < deliveryId(b) ? -1 : Number(a !== b));

/**
 * Lists what waits to be sent, by the time at which it goes out, over all accounts. It reads one page of each account.
 * Rows later than the end of an account's page wait for the next call, because its next page may have earlier ones.
 */
export const listUpcoming = async (
  { limit, from }: { readonly limit: number; readonly from: string | undefined },
  ports: ListPorts,
): Promise<Page<DeliveryStatus>> => {
  const places = from === undefined ? {} : parsePlaces(from);
  const open = ports.accounts.map(({ name }) => name).filter((name) => places[name] !== null);
  const pages = await Promise.all(
    open.map(async (name) => {
      const { from: place, after } = places[name] ?? {};
      const { rows, next } = await ports.deliveries.inState(name, "pending", place);
      const sorted = rows.toSorted(byDue);
      const isLeft = (row: Delivery) =>
        after === undefined || dueOf(row) > after[0] || (dueOf(row) === after[0] && deliveryId(row) > after[1]);
      return { name, place, after, rows: sorted.filter(isLeft), end: sorted.at(-1), next };
    }),
  );
  const known = Math.min(...pages.flatMap(({ end, next }) => (next === undefined ? [] : [end ? dueOf(end) : 0])));
  const all = pages.flatMap(({ rows }) => rows).toSorted(byDue);
  const listed = all.filter((row) => dueOf(row) <= known).slice(0, limit);
  const placeAfter = ({ name, place, after, rows, next }: (typeof pages)[number]): UpcomingPlace => {
    const own = listed.filter(({ account }) => account === name);
    if (own.length === rows.length) return next === undefined ? null : { from: next };
    const last = own.at(-1);
    return { from: place, after: last === undefined ? after : [dueOf(last), deliveryId(last)] };
  };
  const nextPlaces = { ...places, ...Object.fromEntries(pages.map((page) => [page.name, placeAfter(page)])) };
  const isOver = ports.accounts.every(({ name }) => nextPlaces[name] === null);
  const present = async (row: Delivery): Promise<DeliveryStatus> =>
    presentDelivery(row, await ports.posts.read(row.site, row.post), ports);
  return {
    rows: await Promise.all(listed.map(present)),
    next: isOver ? undefined : Buffer.from(JSON.stringify(nextPlaces)).toString("base64url"),
  };
};

/** True for a post that the account announces at the post's date. */
export const isAnnouncedLater = (post: PostHead, account: Account, now: Instant): boolean =>
  post.gone === undefined &&
  post.hold === undefined &&
  !post.social.off &&
  post.published > now &&
  announces(account, post);

/** A scheduled post. Its deliveries are planned at its date, or when a person decides about them. */
export interface ScheduledPost {
  readonly slug: string;
  readonly at: Instant;
  /** The accounts that announce it by what is known now. */
  readonly accounts: readonly string[];
}

interface ScheduledPorts extends Pick<ListPorts, "posts" | "deliveries" | "accounts"> {
  readonly networks: Pick<Logins, "destination">;
  readonly installation: Pick<Installation, "feedsOnly">;
  readonly clock: Clock;
}

/** Lists the scheduled posts of a site by their dates, of those that changed most recently: one page is read. */
export const listScheduled = async (site: string, ports: ScheduledPorts): Promise<readonly ScheduledPost[]> => {
  const now = ports.clock();
  const announcing = async (post: Post): Promise<readonly string[]> => {
    const planned = await ports.deliveries.ofPost(site, post.id);
    const open = ports.accounts.filter(
      (account) => isAnnouncedLater(post, account, now) && !planned.some((one) => one.account === account.name),
    );
    const destinations = await Promise.all(open.map(ports.networks.destination));
    return open.flatMap(({ name }, at) => {
      const isSilent = destinations[at] === "real" && ports.installation.feedsOnly !== undefined;
      return destinations[at] === "none" || isSilent ? [] : [name];
    });
  };
  const { rows } = await ports.posts.newest(site);
  const scheduled = rows.filter((post) => ports.accounts.some((account) => isAnnouncedLater(post, account, now)));
  const found = await Promise.all(
    scheduled.map(async (post) => ({ slug: postPath(post), at: post.published, accounts: await announcing(post) })),
  );
  return found.filter(({ accounts }) => accounts.length > 0).toSorted((a, b) => a.at - b.at);
};

export interface SandboxCopy {
  readonly account: string;
  /** The id of the copy on the network. */
  readonly id: string;
  /** Its last link, which is usually that to the post's page. */
  readonly link: string | undefined;
}

interface SandboxCopyPorts {
  readonly aliases: Aliases;
  readonly posts: Posts;
  readonly deliveries: Deliveries;
  readonly pageChecks: PageChecks;
}

const postOfCopy = async (
  site: Site,
  { account, id: copy, link }: SandboxCopy,
  { aliases, posts, deliveries }: SandboxCopyPorts,
): Promise<Post | undefined> => {
  const id = link && (await aliases.read(site.id, "address", parseAddress(link, site)));
  const linked = id ? await posts.read(site.id, id) : undefined;
  const hasCopy = async (post: Post): Promise<boolean> =>
    (await deliveries.ofPost(site.id, post.id)).some(
      (one) => one.account === account && one.remotes?.some((remote) => remote.id === copy) === true,
    );
  if (linked !== undefined && (await hasCopy(linked))) return linked;
  // A note and a post about another page do not link to their own: one of the newest has this copy.
  for (const post of (await posts.newest(site.id)).rows)
    if ((post.isNote === true || post.external !== undefined) && (await hasCopy(post))) return post;
  return linked;
};

/** Finds the delivery that made a copy. Undefined where the post has another address now. */
export const deliveryOfCopy = async (
  site: Site,
  sandboxCopy: SandboxCopy,
  ports: SandboxCopyPorts,
): Promise<DeliveryStatus | undefined> => {
  const { account, id: copy } = sandboxCopy;
  const { deliveries, pageChecks } = ports;
  const post = await postOfCopy(site, sandboxCopy, ports);
  if (post === undefined) return undefined;
  const own = (await deliveries.ofPost(site.id, post.id)).filter((one) => one.account === account);
  const withId = (id: string | null) => own.filter(({ remotes = [] }) => remotes.some((remote) => remote.id === id));
  // Some networks do not name the copy: the last delivery without an id is meant.
  const delivery = withId(copy)[0] ?? withId(null).at(-1);
  if (delivery === undefined) return undefined;
  const status = deliveryStatus(delivery, post);
  const page = post.audience?.baseline === undefined ? await pageChecks.read(site.id, post.id) : undefined;
  return { ...status, reason: joinNotes([status.reason, ...pageNotes(page?.url === post.url ? page : undefined)]) };
};
