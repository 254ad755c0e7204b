import { type Account, announces, sandboxRow } from "../../domain/account.ts";
import { pathOf } from "../../domain/address.ts";
import { type DeliveryState, nobody } from "../../domain/delivery.ts";
import { type HomeCommands, movedReason } from "../../domain/installation.ts";
import type { Post } from "../../domain/post.ts";
import { passGate, resendGate } from "../../domain/request-gates.ts";
import type { Site } from "../../domain/site.ts";
import { day } from "../../domain/time.ts";
import type { Logins } from "../../ports/networks.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Accounts, Deliveries, Moves, Posts } from "../../ports/store.ts";
import type { AccountReport, Announcement, Count } from "../site-api.ts";
import { logIn } from "./account-login.ts";

interface Ports {
  readonly accounts: readonly Account[];
  readonly accountStates: Accounts;
  readonly moves: Moves;
  readonly deliveries: Deliveries;
  readonly posts: Posts;
  readonly networks: Pick<Logins, "reach" | "connect" | "fingerprint">;
  readonly deadline: (milliseconds: number) => AbortSignal;
  readonly clock: Clock;
  readonly home: HomeCommands;
  readonly site: (id: string) => Pick<Site, "timeZone">;
}

/** What an account does and would do, with a login where it has credentials. */
export const reportAccounts = (ports: Ports): Promise<readonly AccountReport[]> =>
  Promise.all(ports.accounts.map((account) => report(account, ports)));

const report = async (account: Account, ports: Ports): Promise<AccountReport> => {
  const { name, network, site, pacing } = account;
  const now = ports.clock();
  const [login, state, moved, inSandbox, waiting, held, unknown, failed] = await Promise.all([
    logIn(account, ports),
    ports.accountStates.read(name),
    ports.moves.read(),
    ports.accountStates.read(sandboxRow(account)),
    count(name, "pending", ports),
    count(name, "held", ports),
    count(name, "unknown", ports),
    count(name, "failed", ports),
  ]);
  const request = {
    claimant: nobody,
    copy: "",
    skipsBreaker: true,
    until: now,
    cost: 0,
    login: await ports.networks.fingerprint(account),
  };
  const { timeZone } = ports.site(site);
  const whyMoved = movedReason(moved, ports.home);
  const gate = passGate(resendGate, { state, moved: whyMoved, request, account, burst: 0, timeZone, now });
  return {
    ...login,
    network,
    site,
    paused: state.paused,
    sentToday: Object.values((login.reach === "sandbox" ? inSandbox : state).sent).filter((at) => now - at < day)
      .length,
    dailyCap: pacing.dailyCap,
    next: gate.kind === "wait" ? { at: gate.until, reason: gate.reason } : undefined,
    waiting,
    held,
    unknown,
    failed,
    ifConnected: login.reach === "real" ? undefined : await announcedIfConnected(account, ports),
  };
};

const count = async (account: string, state: DeliveryState, { deliveries }: Ports): Promise<Count> => {
  const { rows, next } = await deliveries.inState(account, state);
  return { count: rows.length, more: next !== undefined };
};

/**
 * What would go out if the account got its credentials now: what waits for them, and what is published later. What was
 * published before was decided then. Of the posts, only the most recently changed are looked at.
 */
const announcedIfConnected = async (account: Account, ports: Ports): Promise<readonly Announcement[]> => {
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
        return { slug: post === undefined ? id : pathOf(post), at: due, reason: reason ?? "it waits to be sent" };
      }),
  );
  const scheduled = posts
    .filter(isScheduled)
    .map((post): Announcement => ({ slug: pathOf(post), at: post.published, reason: "it is scheduled" }));
  return [...found, ...scheduled];
};
