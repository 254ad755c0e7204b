import type { DeliveryStatus } from "../../contract/deliveries.ts";
import type { Delivery } from "../../domain/delivery.ts";
import { silentReason } from "../../domain/installation.ts";
import type { PostHead } from "../../domain/post.ts";
import { allAccounts, type Stops } from "../../domain/stopped.ts";
import type { Instant } from "../../domain/time.ts";
import { type AccountHealth, type ReportPorts, reportHealth } from "./status.ts";

/**
 * Why an account sends nothing at the time of a post, whatever its rules allow: all sending is stopped, or that of the
 * account, the installation sends nothing, the network refuses the login or gives no answer, there is no login, or nobody
 * has approved it, or the breaker holds it by the posts that are sent already, or may by those that go out before it.
 */
export type Obstacle =
  | "all-stopped"
  | "stopped"
  | "silent"
  | "paused"
  | "unconnected"
  | "login"
  | "down"
  | "approval"
  | "breaker"
  | "burst";

/** An account to which a post is sent unless something is in the way. */
export interface Target {
  readonly account: string;
  readonly obstacle: Obstacle | undefined;
  /** When it is sent by the forecast, where there is one. */
  readonly at?: Instant | undefined;
}

/** A new post about which no person has decided: the breaker may hold it at its time. */
interface Undecided {
  readonly at: Instant;
  readonly isNote: boolean;
}

/** Undefined where a person has decided. A post that is scheduled has no delivery yet. */
export const undecidedPost = (
  { isNote = false }: Pick<PostHead, "isNote">,
  { passed, due, published }: Partial<Pick<Delivery, "passed" | "due">> & Pick<Delivery, "published">,
): Undecided | undefined => (passed?.breaker ? undefined : { at: due ?? published, isNote });

/**
 * Says what is in the way of a delivery of an account, or of the one that is planned later, whose text nobody has approved.
 * The row of a deletion says by itself that its network gives no answer, and when it is tried again.
 */
export type FindObstacle = (
  account: string,
  isApproved?: boolean,
  post?: Undecided | "deletion",
) => Obstacle | undefined;

export const obstacles = (
  healths: readonly AccountHealth[],
  { stops, moved }: { readonly stops: Stops; readonly moved: Instant | undefined },
  { accounts, installation }: Pick<ReportPorts, "accounts" | "installation">,
): FindObstacle => {
  const asking = new Set(accounts.filter(({ approve }) => approve === true).map(({ name }) => name));
  const silent = silentReason(moved, installation);
  const byName = new Map(healths.map((health) => [health.name, health]));
  return (name, isApproved = false, post = undefined) => {
    const health = byName.get(name);
    if (health === undefined) return undefined;
    if (stops.accounts[allAccounts] !== undefined) return "all-stopped";
    if (health.stopped !== undefined) return "stopped";
    if (health.reach === "none") return "unconnected";
    const held =
      typeof post === "object" && post.at < (health.breaker[post.isNote ? "notes" : "articles"] ?? 0)
        ? "breaker"
        : undefined;
    // The sandbox takes what a real account would not send.
    if (health.reach === "sandbox") return held;
    if (silent !== undefined) return "silent";
    if (health.paused !== undefined) return "paused";
    if (health.down !== undefined && post !== "deletion") return "down";
    if (health.problem !== undefined && health.sentToday === 0 && post !== "deletion") return "login";
    return asking.has(name) && !isApproved ? "approval" : held;
  };
};

/** A delivery that waits to be sent, or that is planned later. */
interface Waiting {
  readonly account: string;
  /** True where the text that it would have now is approved, or needs no approval. */
  readonly isApproved: boolean;
  /** Absent where a person decided. */
  readonly post?: Undecided | undefined;
}

export const waitingOf = ({ account, sandbox, shown }: DeliveryStatus): Waiting => ({
  account,
  isApproved: sandbox || shown?.approved !== false,
});

/** The deletion of a copy needs no approval. */
export const deletionOf = ({ account }: Pick<Delivery, "account">): Waiting => ({
  account,
  isApproved: true,
});

/** The accounts of these deliveries, and what is in the way of each. The rows of no other account are read. */
export const findTargets = async (
  waiting: readonly Waiting[],
  ports: Omit<ReportPorts, "stops"> & { readonly stops: { read(): Promise<Stops> } },
): Promise<readonly Target[]> => {
  if (waiting.length === 0) return [];
  const given = { stops: await ports.stops.read(), moved: await ports.moves.read() };
  const own = ports.accounts.filter(({ name }) => waiting.some(({ account }) => account === name));
  const healths = await Promise.all(own.map((account) => reportHealth(account, given, ports)));
  const obstacle = obstacles(healths, given, ports);
  return waiting.map(({ account, isApproved, post }) => ({ account, obstacle: obstacle(account, isApproved, post) }));
};
