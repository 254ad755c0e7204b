import type {
  AccountReport,
  AccountStatus,
  Announcement,
  Count,
  FeedStatus,
  HubStatus,
  PollStatus,
  SourceStatus,
} from "../../contract/installation-status.ts";
import type { PostState, PostStatus, PostSummary } from "../../contract/posts.ts";
import { type Account, type AccountState, announces, sandboxRow } from "../../domain/account.ts";
import { postPath } from "../../domain/address.ts";
import { type DeliveryState, pauseRemedy } from "../../domain/delivery.ts";
import type { SiteCommand } from "../../domain/delivery-commands.ts";
import { errorMessage } from "../../domain/errors.ts";
import { postTag } from "../../domain/expected-post.ts";
import { isLive } from "../../domain/feed.ts";
import { archivePage, type FeedKey, feedFolder } from "../../domain/feed-key.ts";
import { type Installation, silentReason } from "../../domain/installation.ts";
import { noClaimant } from "../../domain/lease.ts";
import type { FeedMemory } from "../../domain/polled-feed.ts";
import { damagedPost, type Post } from "../../domain/post.ts";
import { passGate, resendGate } from "../../domain/request-gates.ts";
import type { Site } from "../../domain/site.ts";
import { stopFor, stoppedReason } from "../../domain/stopped.ts";
import { day, second } from "../../domain/time.ts";
import type { Source } from "../../ports/content.ts";
import type { Logins } from "../../ports/networks.ts";
import type { Clock } from "../../ports/runtime.ts";
import type {
  Accounts,
  Deliveries,
  FeedState,
  Feeds,
  Moves,
  Page,
  Pings,
  Posts,
  SourceStates,
  StopRows,
} from "../../ports/store.ts";
import { resumeAfterLogin } from "../deliver/account-state.ts";
import type { ShownPorts } from "../deliver/desired-state.ts";
import { findSharedLogin, identityText, rememberLogin, rememberProblem } from "../deliver/shared-logins.ts";
import type { AccountLogin } from "../results.ts";
import { presentDelivery } from "./delivery-status.ts";
import { documentProblem, type FindPorts, findPost } from "./find-post.ts";

export interface PostStatusPorts extends FindPorts, ShownPorts {
  readonly deliveries: Deliveries;
  readonly clock: Clock;
}

const postState = (post: Post, now: number): PostState => {
  if (post.hold !== undefined && post.gone === undefined) return "held";
  if (post.gone === undefined && post.published > now) return "scheduled";
  return isLive(post, now) ? "live" : "deleted";
};

const summarise = (post: Post, now: number): PostSummary => {
  const status = postState(post, now);
  return {
    id: post.id,
    slug: post.slug,
    path: postPath(post),
    url: post.url,
    title: post.title,
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
    warnings: document?.warnings ?? [],
    translations: post.translations,
    reason: (document && documentProblem(document)) ?? summary.reason,
    deliveries: await Promise.all(deliveries.map((delivery) => presentDelivery(delivery, post, ports))),
  };
};

export const listPosts = async (
  site: string,
  from: string | undefined,
  { posts, clock }: { readonly posts: Posts; readonly clock: Clock },
): Promise<Page<PostSummary>> => {
  const page = await posts.newest(site, from);
  return { ...page, rows: page.rows.map((post) => summarise(post, clock())) };
};

export interface ReportPorts {
  readonly accounts: readonly Account[];
  readonly allAccounts: readonly Account[];
  readonly accountStates: Accounts;
  readonly moves: Moves;
  readonly stops: Pick<StopRows, "read">;
  readonly command: SiteCommand;
  readonly deliveries: Deliveries;
  readonly posts: Posts;
  readonly networks: Pick<Logins, "destination" | "connect" | "get" | "fingerprint">;
  readonly deadline: (milliseconds: number) => AbortSignal;
  readonly clock: Clock;
  readonly installation: Installation;
  readonly site: (id: string) => Pick<Site, "timeZone">;
}

/** Reports the state of each account and its next announcements. Logs in where an account has credentials. */
export const reportAccounts = (ports: ReportPorts): Promise<readonly AccountReport[]> =>
  Promise.all(ports.accounts.map((account) => reportAccount(account, ports)));

const reportAccount = async (account: Account, ports: ReportPorts): Promise<AccountReport> => {
  const { name, network, site, pacing } = account;
  const login = await checkLogin(account, ports);
  const now = ports.clock();
  const [state, stops, moved, inSandbox, waiting, underWay, held, unknown, failed] = await Promise.all([
    ports.accountStates.read(name),
    ports.stops.read(),
    ports.moves.read(),
    ports.accountStates.read(sandboxRow(account)),
    countIn(name, ["pending"], ports),
    countIn(name, ["sending", "unsettled", "editing", "deleting"], ports),
    countIn(name, ["held"], ports),
    countIn(name, ["unknown"], ports),
    countIn(name, ["failed"], ports),
  ]);
  const request = {
    claimant: noClaimant,
    copy: "",
    skipsBreaker: true,
    until: now,
    cost: 0,
    login: await ports.networks.fingerprint(account),
  };
  const { timeZone } = ports.site(site);
  const silent = silentReason(moved, ports.installation);
  const stopped = stoppedReason(stops, name, { site, command: ports.command, now, timeZone });
  const gate = passGate(resendGate, { state, stopped, silent, request, account, burst: 0, timeZone, now });
  return {
    ...login,
    network,
    site,
    stopped: stopFor(stops, name),
    paused: pauseStatus(state),
    sentToday: Object.values((login.reach === "sandbox" ? inSandbox : state).sent).filter((at) => now - at < day)
      .length,
    dailyCap: pacing.dailyCap,
    next: gate.kind === "wait" ? { at: gate.until, reason: gate.reason } : undefined,
    waiting,
    underWay,
    held,
    unknown,
    failed,
    ifConnected: login.reach === "real" ? undefined : await announcedIfConnected(account, ports),
  };
};

const countIn = async (
  account: string,
  states: readonly DeliveryState[],
  { deliveries }: ReportPorts,
): Promise<Count> => {
  const pages = await Promise.all(states.map((state) => deliveries.inState(account, state)));
  const count = pages.reduce((sum, { rows }) => sum + rows.length, 0);
  return { count, more: pages.some(({ next }) => next !== undefined) };
};

/**
 * Lists what would be announced if the account got its credentials now: the deliveries that wait for them, and the
 * posts that are published later. Posts that were published before have been decided. Only the most recently changed
 * posts are read.
 */
const announcedIfConnected = async (account: Account, ports: ReportPorts): Promise<readonly Announcement[]> => {
  const { rows: waiting } = await ports.deliveries.inState(account.name, "pending");
  const { rows: posts } = await ports.posts.newest(account.site);
  const now = ports.clock();
  const isScheduled = (post: Post): boolean =>
    post.gone === undefined &&
    post.hold === undefined &&
    !post.social.off &&
    post.published > now &&
    announces(account, post);
  const found = await Promise.all(
    waiting
      .filter(({ sandbox }) => !sandbox)
      .map(async ({ site, post: id, reason, due }): Promise<Announcement> => {
        const post = await ports.posts.read(site, id);
        return { slug: post === undefined ? id : postPath(post), at: due, reason: reason ?? "it waits to be sent" };
      }),
  );
  const scheduled = posts
    .filter(isScheduled)
    .map((post): Announcement => ({ slug: postPath(post), at: post.published, reason: "it is scheduled" }));
  return [...found, ...scheduled];
};

export interface LoginPorts {
  readonly networks: Pick<Logins, "destination" | "connect">;
  readonly deadline: (milliseconds: number) => AbortSignal;
  readonly installation: Pick<Installation, "waysToSetSecret">;
}

const pauseStatus = ({ paused }: AccountState): AccountStatus["paused"] =>
  paused && { since: paused.since, reason: `${paused.reason}; ${pauseRemedy(paused)}` };

interface CheckPorts extends LoginPorts {
  /** The accounts of all sites, in the order of the configuration. */
  readonly allAccounts: readonly Account[];
  readonly accountStates: Accounts;
  readonly deliveries: Pick<Deliveries, "inState" | "save">;
  readonly networks: Pick<Logins, "destination" | "connect" | "get" | "fingerprint">;
  readonly clock: Clock;
}

/** Logs in, and ends a pause that the good login disproves. */
export const checkLogin = async (account: Account, ports: CheckPorts): Promise<AccountLogin> => {
  const login = await logIn(account, ports);
  if (login.reach !== "real") return login;
  if (login.problem === undefined) await resumeAfterLogin(account, ports);
  else await rememberProblem(account, login.problem, ports);
  return login;
};

/** Short, because a person waits for the answer. */
const loginTimeLimit = 5 * second;

/**
 * Logs in where the account has credentials, so that a mistake in them shows before the first post needs them. A secret
 * that cannot be read, or a network that does not answer, is a problem of its own account only.
 */
const logIn = async (account: Account, ports: CheckPorts): Promise<AccountLogin> => {
  const { networks, deadline, installation } = ports;
  const { name } = account;
  const without = { name, identity: undefined, problem: undefined };
  try {
    const reach = await networks.destination(account);
    if (reach !== "real") return { ...without, reach };
    const connected = await networks.connect(account, false);
    if ("problem" in connected) return { ...without, reach, problem: connected.problem };
    const answer = await connected.connection.whoAmI(deadline(loginTimeLimit));
    switch (answer.kind) {
      case "identity": {
        const shared = await findSharedLogin(account, answer, ports.allAccounts, ports);
        const problem = shared?.kind === "shared" ? shared.reason : undefined;
        await rememberLogin(account, answer, problem, ports);
        return { ...without, reach, identity: identityText(answer), problem };
      }
      case "unauthorised":
        return {
          ...without,
          reach,
          problem: `the login of ${name} is refused (${answer.reason}): set new credentials ${installation.waysToSetSecret(name)}`,
        };
      case "unavailable":
        return {
          ...without,
          reach,
          problem: `the network of ${name} does not say now whose login it is: ${answer.reason}`,
        };
    }
  } catch (error) {
    return { ...without, reach: "none", problem: errorMessage(error) };
  }
};

interface AccountPorts {
  readonly accounts: readonly Account[];
  readonly accountStates: Accounts;
  readonly networks: Pick<Logins, "destination" | "connect">;
}

/** A secret that is malformed or cannot be read is a problem of its own account only. */
const readReach = async (
  account: Account,
  networks: AccountPorts["networks"],
): Promise<Pick<AccountStatus, "reach" | "problem">> => {
  try {
    const reach = await networks.destination(account);
    const connected = reach === "real" ? await networks.connect(account, false) : undefined;
    return { reach, problem: connected !== undefined && "problem" in connected ? connected.problem : undefined };
  } catch (error) {
    return { reach: "none", problem: errorMessage(error) };
  }
};

export const listAccounts = ({ accounts, accountStates, networks }: AccountPorts): Promise<readonly AccountStatus[]> =>
  Promise.all(
    accounts.map(async (account) => ({
      name: account.name,
      network: account.network,
      site: account.site,
      ...(await readReach(account, networks)),
      paused: pauseStatus(await accountStates.read(account.name)),
    })),
  );

export interface FeedPorts {
  readonly feeds: Feeds;
  readonly pings: Pings;
  /** The names of the files for feed readers, by the id of their format. */
  readonly feedFiles: Readonly<Record<string, string>>;
}

const hubStatus = async (site: Site, state: FeedState, hub: string, { pings }: FeedPorts): Promise<HubStatus> => {
  const ping = await pings.read({ kind: "ping", site: site.id, key: state.key, hub });
  return { url: hub, pinged: ping?.pinged, reason: ping?.reason };
};

/** The path of its page for people. An archive page has none: that of its RSS file. */
const pathOfFeed = (key: FeedKey): string => (archivePage(key) === undefined ? feedFolder(key) : `${key}.xml`);

/** The addresses of its files for feed readers. The main feed may have other paths. */
const feedAddresses = (
  { feeds, feedsUrl }: Site,
  key: FeedKey,
  feedFiles: FeedPorts["feedFiles"],
): readonly string[] => {
  if (archivePage(key) !== undefined) return [];
  return Object.entries(feedFiles).map(([id, file]) => {
    const own = key === "main" ? feeds.paths[id] : undefined;
    return new URL(own ?? feedFolder(key) + file, feedsUrl).href;
  });
};

const feedStatus = async (site: Site, state: FeedState, ports: FeedPorts): Promise<FeedStatus> => ({
  key: state.key,
  title: state.title,
  url: new URL(pathOfFeed(state.key), site.feedsUrl).href,
  addresses: feedAddresses(site, state.key, ports.feedFiles),
  rendered: state.rendered,
  due: state.due,
  faults: state.faults,
  shortened: state.shortened,
  hubs: await Promise.all(site.hubs.map((hub) => hubStatus(site, state, hub, ports))),
});

/** Lists every feed of a site with the last result of its gate, so that a feed that cannot be rendered is noticed. */
export const listFeeds = async (site: Site, ports: FeedPorts): Promise<readonly FeedStatus[]> => {
  const states = await Promise.all((await ports.feeds.all(site.id)).map(({ key }) => ports.feeds.read(site.id, key)));
  return Promise.all(states.filter((state) => state !== undefined).map((state) => feedStatus(site, state, ports)));
};

export interface SourcePorts {
  /** The sources of the site. */
  readonly sources: ReadonlyMap<string, Source>;
  readonly sourceStates: Pick<SourceStates, "read">;
}

const pollStatus = (feed: string, memory: FeedMemory | undefined): PollStatus => ({
  url: memory?.url ?? feed,
  polled: memory?.last?.at,
  answer: memory?.last?.answer,
  next: memory?.next,
  entries: memory?.window.length ?? 0,
  failures: memory?.failures ?? 0,
  problem: memory?.problem,
});

/** Lists the sources of a site, and how the polls of its feeds went. */
export const listSources = async (
  site: Pick<Site, "id">,
  { sources, sourceStates }: SourcePorts,
): Promise<readonly SourceStatus[]> =>
  Promise.all(
    [...sources.values()].map(async ({ name, feed }) => {
      const state = await sourceStates.read(site.id, name);
      return { name, listed: state.listed, poll: feed === undefined ? undefined : pollStatus(feed, state.feed) };
    }),
  );
