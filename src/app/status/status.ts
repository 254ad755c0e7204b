import type { AccountReport, Announcement, Count } from "../../contract/installation-status.ts";
import type { PostState, PostStatus, PostSummary } from "../../contract/posts.ts";
import {
  type Account,
  type AccountState,
  announces,
  burstFor,
  loginEnd,
  type Policies,
  sandboxRow,
} from "../../domain/account.ts";
import { postPath } from "../../domain/address.ts";
import { attachmentWarnings } from "../../domain/attachment.ts";
import { type DeliveryList, type DeliveryState, listsInStates, pauseRemedy } from "../../domain/delivery.ts";
import type { SiteCommand } from "../../domain/delivery-commands.ts";
import { postTag } from "../../domain/expected-post.ts";
import { isLive } from "../../domain/feed.ts";
import { type Installation, silentReason } from "../../domain/installation.ts";
import { noClaimant } from "../../domain/lease.ts";
import { damagedPost, ownTitle, type Post, type PostHead } from "../../domain/post.ts";
import { passGate, resendGate } from "../../domain/request-gates.ts";
import { breakerUntil, endOfPause } from "../../domain/send-rules.ts";
import type { Site } from "../../domain/site.ts";
import { type Stops, stopFor, stoppedReason } from "../../domain/stopped.ts";
import { day, type Instant, minute } from "../../domain/time.ts";
import type { Logins } from "../../ports/networks.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Accounts, Deliveries, Moves, Page, Posts, StopRows } from "../../ports/store.ts";
import { readCost, type ShownPorts } from "../deliver/desired-state.ts";
import { type CheckPorts, checkLogin, readReach } from "./check-logins.ts";
import { isAnnouncedLater, presentDelivery } from "./delivery-status.ts";
import { documentProblem, type FindPorts, findPost } from "./find-post.ts";

export interface PostStatusPorts extends FindPorts, ShownPorts {
  readonly deliveries: Deliveries;
  readonly networks: ShownPorts["networks"] & Pick<Logins, "destination">;
  readonly installation: Pick<Installation, "feedsOnly">;
  readonly clock: Clock;
}

const postState = (post: PostHead, now: Instant): PostState => {
  if (post.hold !== undefined && post.gone === undefined) return "held";
  if (post.gone === undefined && post.published > now) return "scheduled";
  return isLive(post, now) ? "live" : "deleted";
};

/** Returns what lists say about a post. */
export const summarise = (post: PostHead, now: Instant): PostSummary => {
  const status = postState(post, now);
  return {
    id: post.id,
    slug: post.slug,
    path: postPath(post),
    url: post.url,
    title: ownTitle(post),
    label: post.title,
    published: status === "held" ? undefined : post.published,
    updated: post.updated,
    changed: Math.min(post.updated, post.changed),
    revision: post.revision,
    etag: postTag(post),
    document: post.path,
    featured: post.featured,
    trending: post.trending,
    readingTime: post.readingTime,
    status,
    reason: post.damage === undefined ? (post.hold ?? post.audience?.note) : `the post ${damagedPost(post.damage)}`,
  };
};

/** Finds a post by slug, address or document. Throws `AmbiguousName`. */
export const findStatus = async (site: Site, name: string, ports: PostStatusPorts): Promise<PostStatus | undefined> => {
  const post = await findPost(site, name, ports);
  return post && readStatus(post, ports);
};

export const readStatus = async (post: Post, ports: PostStatusPorts): Promise<PostStatus> => {
  const deliveries = await ports.deliveries.ofPost(post.site, post.id);
  const document = post.gone === undefined ? await ports.documents.read(post.site, post.source, post.path) : undefined;
  const summary = summarise(post, ports.clock());
  return {
    ...summary,
    movedFrom: post.movedFrom,
    whyNote: post.whyNote,
    warnings: [...(document?.warnings ?? []), ...attachmentWarnings(post)],
    translations: post.translations,
    reason: (document && documentProblem(document)) ?? summary.reason,
    deliveries: await Promise.all(deliveries.map((delivery) => presentDelivery(delivery, post, ports))),
    again: await announcedAgain(post, ports),
  };
};

/** Lists the accounts that would announce the post once more, with the prices of their networks. */
const announcedAgain = async (post: Post, ports: PostStatusPorts): Promise<PostStatus["again"]> => {
  if (!isLive(post, ports.clock()) || post.damage !== undefined || post.social.off) return [];
  const found = ports.accounts
    .filter((account) => announces(account, post))
    .map(async (account) => {
      const { reach } = await readReach(account, ports);
      const isSilent = reach === "none" || (reach === "real" && ports.installation.feedsOnly !== undefined);
      return isSilent ? [] : [{ account: account.name, cost: await readCost(post, account, ports) }];
    });
  return (await Promise.all(found)).flat();
};

export const listPosts = async (
  site: string,
  from: string | undefined,
  { posts, clock }: { readonly posts: Posts; readonly clock: Clock },
  limit?: number,
): Promise<Page<PostSummary>> => {
  const page = await posts.newest(site, from, limit);
  return { ...page, rows: page.rows.map((post) => summarise(post, clock())) };
};

export interface ReportPorts {
  readonly accounts: readonly Account[];
  readonly accountStates: Accounts;
  readonly policies: Policies;
  readonly moves: Moves;
  readonly stops: Pick<StopRows, "read">;
  readonly command: SiteCommand;
  readonly deliveries: Deliveries;
  readonly posts: Posts;
  readonly networks: Pick<Logins, "destination" | "get">;
  readonly clock: Clock;
  readonly installation: Installation;
  readonly site: (id: string) => Pick<Site, "timeZone">;
}

/** Counts the deliveries of an account's list. */
export type CountList = (account: string, list: DeliveryList) => Promise<Count>;

/** Counts the rows, which are as they are now. The keys in the index are fewer reads, and may be behind the rows. */
const countRows =
  ({ deliveries }: ReportPorts): CountList =>
  async (account, list) => {
    const { rows, next } = await deliveries.inState(account, list);
    return { count: rows.length, more: next !== undefined };
  };

/** Reports the state of each account and its next announcements, from the rows: nothing logs in. */
export const listAccounts = async (
  ports: ReportPorts,
  count: CountList = countRows(ports),
): Promise<readonly AccountReport[]> => {
  const [stops, moved] = await Promise.all([ports.stops.read(), ports.moves.read()]);
  // The accounts of a site share its posts.
  const read = new Map<string, Promise<Page<Post>>>();
  const newest = (site: string): Promise<Page<Post>> => {
    const posts = read.get(site) ?? ports.posts.newest(site);
    read.set(site, posts);
    return posts;
  };
  const given = { stops, moved, newest, count };
  return Promise.all(ports.accounts.map((account) => reportAccount(account, given, ports)));
};

/** Logs in where an account has credentials, and reports the accounts as they are then. */
export const checkAccounts = async (ports: ReportPorts & CheckPorts): Promise<readonly AccountReport[]> => {
  await Promise.all(ports.accounts.map((account) => checkLogin(account, ports)));
  return listAccounts(ports);
};

/** The parts of a report that need no list of deliveries. */
export type AccountHealth = Omit<AccountReport, "waiting" | "underWay" | "held" | "unknown" | "failed" | "ifConnected">;

type HealthPorts = Omit<ReportPorts, "stops" | "moves" | "deliveries" | "posts">;

/** Reports what the account's own row says, and when its next post may go out. */
export const reportHealth = async (...given: Parameters<typeof readHealth>): Promise<AccountHealth> =>
  (await readHealth(...given)).health;

/** With the row in which its sends are counted. */
export const readHealth = async (
  account: Account,
  { stops, moved }: { readonly stops: Stops; readonly moved: Instant | undefined },
  ports: HealthPorts,
): Promise<{ readonly health: AccountHealth; readonly counted: AccountState }> => {
  const { name, network, site, pacing } = account;
  const now = ports.clock();
  const { reach, problem } = await readReach(account, ports);
  const state = await ports.accountStates.read(name);
  const counted = reach === "sandbox" ? await ports.accountStates.read(sandboxRow(account)) : state;
  const heldUntil = (isNote: boolean): Instant | undefined => {
    const until = breakerUntil(counted, isNote, burstFor({ isNote }, ports.policies)) ?? now;
    return until > now ? until : undefined;
  };
  // Credentials that were set since end the pause when they are checked.
  const login = state.paused?.login;
  const request = { claimant: noClaimant, copy: "", skipsBreaker: true, until: now, cost: 0, login };
  const { timeZone } = ports.site(site);
  const silent = silentReason(moved, ports.installation);
  const stopped = stoppedReason(stops, name, { site, command: ports.command, now, timeZone });
  const gate = passGate(resendGate, { state, stopped, silent, request, account, burst: 0, timeZone, now });
  const checked = reach === "real" ? state.checked : undefined;
  const health = {
    name,
    network,
    site,
    reach,
    checked: checked?.at,
    identity: checked?.identity,
    problem: problem ?? checked?.problem,
    loginEndsAt: checked?.endsAt,
    loginProblem: checked && loginEnd(checked, { now, timeZone, command: connectCommand(account, ports) }),
    stopped: stopFor(stops, name),
    paused: pauseStatus(state),
    down: reach === "real" ? outageStatus(state, now) : undefined,
    breaker: { articles: heldUntil(false), notes: heldUntil(true) },
    sentToday: Object.values(counted.sent).filter((at) => now - at < day).length,
    dailyCap: pacing.dailyCap,
    next: gate.kind === "wait" ? { at: gate.until, reason: gate.reason } : undefined,
  };
  return { health, counted };
};

const reportAccount = async (
  account: Account,
  given: {
    readonly stops: Stops;
    readonly moved: Instant | undefined;
    readonly newest: (site: string) => Promise<Page<Post>>;
    readonly count: CountList;
  },
  ports: ReportPorts,
): Promise<AccountReport> => {
  const count = async (...states: readonly DeliveryState[]): Promise<Count> => {
    const counts = await Promise.all(listsInStates(states).map((list) => given.count(account.name, list)));
    return { count: counts.reduce((sum, one) => sum + one.count, 0), more: counts.some(({ more }) => more) };
  };
  const [waiting, underWay, held, unknown, failed] = await Promise.all([
    count("pending"),
    count("sending", "unsettled", "editing", "deleting"),
    count("held"),
    count("unknown"),
    count("failed"),
  ]);
  const health = await reportHealth(account, given, ports);
  const ifConnected = health.reach === "real" ? undefined : await announcedIfConnected(account, given.newest, ports);
  return { ...health, waiting, underWay, held, unknown, failed, ifConnected };
};

/** The command by which the account gets another login. */
export const connectCommand = (
  { name, network }: Account,
  {
    installation,
    networks,
  }: { readonly installation: Pick<Installation, "setSecret">; readonly networks: Pick<Logins, "get"> },
): string => installation.setSecret(name, networks.get(network).connectsByClick);

/**
 * Lists what would be announced if the account got its credentials now: the deliveries that wait for them, and the
 * posts that are published later. Posts that were published before have been decided. Only the most recently changed
 * posts are read.
 */
const announcedIfConnected = async (
  account: Account,
  newest: (site: string) => Promise<Page<Post>>,
  ports: ReportPorts,
): Promise<readonly Announcement[]> => {
  const { rows: waiting } = await ports.deliveries.inState(account.name, "pending");
  const { rows: posts } = await newest(account.site);
  const now = ports.clock();
  const real = waiting.filter(({ sandbox }) => !sandbox);
  const found = await Promise.all(
    real.map(async ({ site, post: id, reason, due }): Promise<Announcement> => {
      const post = await ports.posts.head(site, id);
      return { slug: post === undefined ? id : postPath(post), at: due, reason: reason ?? "it waits to be sent" };
    }),
  );
  const planned = new Set(real.map(({ post }) => post));
  const scheduled = posts
    .filter((post) => isAnnouncedLater(post, account, now) && !planned.has(post.id))
    .map((post): Announcement => ({ slug: postPath(post), at: post.published, reason: "it is scheduled" }));
  return [...found, ...scheduled];
};

const pauseStatus = ({ paused }: AccountState): AccountReport["paused"] =>
  paused && { since: paused.since, reason: `${paused.reason}; ${pauseRemedy(paused)}`, until: endOfPause(paused) };

/** The next request is tried within this time after an outage, as long as something waits for the account. */
const triedWithin = minute;

/** An outage is known only while something is tried: an old one says nothing about what is sent later. */
const outageStatus = ({ down }: AccountState, now: Instant): AccountReport["down"] =>
  down?.since === undefined || now >= down.until + triedWithin
    ? undefined
    : { since: down.since, until: down.until, reason: down.reason };
