import type { Account, AccountState } from "../../domain/account.ts";
import { postPath } from "../../domain/address.ts";
import { changeToDo, withdrawnByHand } from "../../domain/copy-transitions.ts";
import { type Delivery, deliveryId, type HistoryEntry } from "../../domain/delivery.ts";
import type { SiteCommand } from "../../domain/delivery-commands.ts";
import type { PostHead } from "../../domain/post.ts";
import { countedAs, forecastTurns, type ServerState, serverIsDown } from "../../domain/request-gates.ts";
import {
  endOfPause,
  intervalIsOn,
  isBeingPublished,
  networkIsDown,
  olderGoesFirst,
  otherIsOnItsWay,
  pageIsChecked,
  saysUntilWhen,
} from "../../domain/send-rules.ts";
import { allAccounts, isStoppedReason, type Stops } from "../../domain/stopped.ts";
import { clockText, type Instant, minute } from "../../domain/time.ts";
import type { Clock, Log, SetTimer } from "../../ports/runtime.ts";
import type { Deliveries, Posts, Servers, StopRows, Store } from "../../ports/store.ts";
import { limitLines } from "./console-output.ts";
import { commandLine, isAnswered, isByCommand, whoAnnounces } from "./document-lines.ts";

/** How many other posts are sent before a delivery which waits for the interval of its account, and about when it is sent. */
interface Queue {
  readonly ahead: number;
  readonly at: Instant;
}

interface LineFacts {
  /** Absent if it is the next one, or waits for something else. */
  readonly queue?: Queue | undefined;
  readonly post: PostHead | undefined;
  readonly timeZone: string;
  readonly now: Instant;
  readonly command: SiteCommand;
  /** The time from the deletion of a document to that of its copies, in milliseconds. */
  readonly removeCopiesAfter: number;
  /** Its account sends nothing that no person has approved. */
  readonly asksForApproval?: boolean;
  /** The end of the pause of its account, at which one delivery is tried. Absent if it is not paused. */
  readonly pausedUntil?: Instant | undefined;
  /** The moment at which another request of its account has ended at the latest. */
  readonly takenUntil?: Instant | undefined;
}

/** Two reasons that differ in their times and counts only are one line. */
const isSameReason = (a: string | undefined, b: string | undefined): boolean =>
  a?.replaceAll(/\d[\d:]*/g, "") === b?.replaceAll(/\d[\d:]*/g, "");

const address = ({ sandbox, remotes = [] }: Delivery): string => {
  const url = remotes.find((remote) => !remote.gone && remote.url !== null)?.url;
  if (sandbox) return ", in the sandbox";
  return url === undefined ? "" : `: ${url}`;
};

const because = (reason: string | undefined): string => (reason === undefined ? "" : `: ${reason}`);

/** How a reason begins that the line about the server says. Undefined for other reasons. */
const outageIn = ({ account }: Delivery, reason: string): string | undefined =>
  [serverIsDown, networkIsDown(account)].find((start) => reason.startsWith(start));

/**
 * The reason of a wait, and the next attempt in the order in which the posts of an account are sent. A delivery is looked at
 * earlier where its account is paused, because other credentials end that. Of the delivery that pauses its account the alarm
 * that follows says the rest.
 */
const whyAndNext = (
  { account, due = 0 }: Delivery,
  reason: string,
  { queue, pausedUntil, now, timeZone }: LineFacts,
): string => {
  if (isStoppedReason(reason)) return reason;
  const paused = `${account} is paused`;
  const isPaused = reason.startsWith(`${paused}: `);
  if (isPaused && pausedUntil === undefined) return paused;
  const next = isPaused ? Math.max(due, pausedUntil ?? 0) : due;
  return queue === undefined || queue.ahead === 0
    ? `${reason}; next attempt ${clockText(next, now, timeZone)}`
    : `${reason}; next attempt after ${queue.ahead} other${queue.ahead === 1 ? "" : "s"}, about ${clockText(queue.at, now, timeZone)}`;
};

/** Others of the same date go first if they waited before. */
const turnOf = (
  delivery: Delivery,
  pending: readonly Delivery[],
  facts: Omit<Parameters<typeof forecastTurns>[1], "burstOf">,
): Queue | undefined => {
  const others = pending.filter(
    ({ post, published, reason }) =>
      post !== delivery.post && (published !== delivery.published || reason === intervalIsOn(delivery.account)),
  );
  const queue = [...others, delivery].flatMap(({ due, ...one }) =>
    due === undefined ? [] : [{ ...one, due, copy: countedAs({ ...one, due }), isNote: false, skipsBreaker: true }],
  );
  const turns = forecastTurns(queue, { ...facts, burstOf: () => 0 });
  const ahead = turns.findIndex(({ of }) => of.post === delivery.post);
  return turns[ahead] && { ahead, at: turns[ahead].at };
};

/** Said with the first time that is named, so that the post does not wait for a person then. */
const thenApproval = (delivery: Delivery, { asksForApproval, post, command }: LineFacts): string => {
  if (asksForApproval !== true || delivery.passed.approval !== undefined) return "";
  const name = post === undefined ? deliveryId(delivery) : postPath(post);
  return `; it needs your approval, too: ${command(`approve ${name}`, delivery.site)}`;
};

/** Why it is not sent yet, and until when. Undefined where that is only for a moment, or another line says it. */
const waitText = (after: Delivery, facts: LineFacts): string | undefined => {
  const { post, now } = facts;
  const { reason, due, turnedAway } = after;
  // The line about its document says it: the post is scheduled, or gone.
  if (post !== undefined && (post.gone !== undefined || post.published > now)) return undefined;
  if (reason === undefined || due === undefined || due <= now) return undefined;
  if (turnedAway !== undefined && outageIn(after, reason) === undefined) return undefined;
  if (reason === `waits ${pageIsChecked}` || reason === isBeingPublished) return undefined;
  if (saysUntilWhen(reason)) return `${reason}${thenApproval(after, facts)}`;
  return `${reason.startsWith("waits ") ? "" : "waits: "}${whyAndNext(after, reason, facts)}`;
};

/** A wait for another delivery of the account that lasts longer has a line. */
const longTurn = minute;

/** Why its account has not sent it for a while after it was ready: once, when the wait becomes long. */
const whyTurnIsLong = (
  before: Delivery | undefined,
  { account, reason, due = 0 }: Delivery<"pending">,
  { takenUntil = 0, now, timeZone }: LineFacts,
): string | undefined => {
  const forOthers: readonly (string | undefined)[] = [otherIsOnItsWay(account), olderGoesFirst(account)];
  if (before === undefined || !forOthers.includes(reason)) return undefined;
  const entries = [...before.history.first, ...before.history.last];
  const since = entries[entries.findLastIndex((entry) => !forOthers.includes(entry.reason)) + 1]?.at ?? now;
  if (due <= since + longTurn || (before.due ?? 0) > since + longTurn) return undefined;
  if (reason === olderGoesFirst(account)) return `waits: ${reason}`;
  const until = takenUntil > now ? `, until ${clockText(takenUntil, now, timeZone)} at the latest` : "";
  return `waits: ${reason}${until}; next attempt ${clockText(due, now, timeZone)}`;
};

/** The line about its waits, once for each reason. A person who released it is told again, even of an outage. */
const whyLater = (before: Delivery | undefined, after: Delivery<"pending">, facts: LineFacts): string | undefined => {
  const { reason = "" } = after;
  // It has other reasons in between, and none while it is claimed: those before are in its history.
  const { first = [], last = [] } = before?.history ?? {};
  const entries = [...first, ...last];
  const since = entries.slice(entries.findLastIndex(({ state }) => state === "held") + 1);
  if (since.some((entry) => entry.state === "pending" && isSameReason(entry.reason, reason))) return undefined;
  const isReleasedNow = since.length === 1 && entries.length > 1;
  return outageIn(after, reason) !== undefined && !isReleasedNow ? undefined : waitText(after, facts);
};

/** The reasons that were said since the copy was posted, changed or withdrawn last. It has others in between. */
const saidOfChange = ({ history: { first, last } }: Delivery): readonly string[] => {
  const entries = [...first, ...last];
  const isEnd = ({ state, reason }: HistoryEntry, index: number): boolean =>
    reason === withdrawnByHand ||
    (state === "posted" && (reason === undefined || entries[index - 1]?.state !== "posted"));
  return entries.slice(entries.findLastIndex(isEnd) + 1).flatMap(({ reason }) => reason ?? []);
};

/**
 * Why the edit or the deletion of a copy was put off, and until when: once for each reason. The first wait has a line even
 * where the server takes no requests or another request is on its way, because what was saved or approved has no other.
 */
const whyChangedLater = (
  before: Delivery | undefined,
  after: Delivery<"posted" | "editing" | "deleting">,
  facts: LineFacts,
): string | undefined => {
  const { post, now } = facts;
  const { account, reason, due, turnedAway, leaseUntil } = after;
  if (reason === undefined || reason === withdrawnByHand) return undefined;
  const outage = outageIn(after, reason);
  const isForMoment = turnedAway !== undefined && outage === undefined;
  if (leaseUntil !== undefined || due === undefined || due <= now) return undefined;
  // The line about its document says it: the post is scheduled, or missing.
  if (saysUntilWhen(reason)) return undefined;
  const toDo = changeToDo(after, post);
  if (toDo === undefined) return undefined;
  const said = before === undefined ? [] : saidOfChange(before);
  const isTried = before?.state !== "posted" && before?.reason !== undefined && before.reason !== withdrawnByHand;
  const isSaid = said.some((one) => {
    const earlier = outageIn(after, one);
    return (
      isSameReason(one, reason) || (earlier !== undefined && (outage !== undefined || one === `${earlier}: ${reason}`))
    );
  });
  if (isSaid || (isTried && (outage !== undefined || isForMoment))) return undefined;
  const why = reason.startsWith("waits ") ? `it ${reason}` : reason;
  return `waits to be ${toDo} on ${account}: ${whyAndNext(after, why, facts)}`;
};

/**
 * Says what happened to a delivery between two saves of its row. Undefined where nothing happened that its owner has to
 * know, or where an alarm says it: what failed, is unknown or unfinished, and what Crier itself holds.
 */
const whatHappened = (before: Delivery | undefined, after: Delivery, facts: LineFacts): string | undefined => {
  if (after.state === "pending") return waitingLine(before, after, facts);
  if (after.state === "unsettled") return unsettledLine(before, after);
  if (after.reason === withdrawnByHand && after.state !== "deleted" && before?.reason !== withdrawnByHand)
    return withdrawnLine(before, after, facts);
  if (after.state === "editing" || after.state === "deleting") return whyChangedLater(before, after, facts);
  if (after.state === "posted" && before?.state === "posted") return changedCopyLine(before, after, facts);
  if (after.state === "held") return before?.hold === after.hold ? undefined : heldLine(before, after, facts);
  return before?.state === after.state ? undefined : newStateLine(before, after);
};

const waitingLine = (
  before: Delivery | undefined,
  after: Delivery<"pending">,
  facts: LineFacts,
): string | undefined => {
  if (before?.state === "held") return whyReleased(after, after.reason ?? "", facts);
  if (before !== undefined && isApprovedNow(before, after)) return whyReleased(after, "approved by hand", facts);
  const later = whyLater(before, after, facts) ?? whyTurnIsLong(before, after, facts);
  return later === undefined ? undefined : `on ${after.account} ${later}`;
};

/** Said when the worker has left it, and only while a request is open. */
const unsettledLine = (
  before: Delivery | undefined,
  { account, leaseUntil, open, reason }: Delivery<"unsettled">,
): string | undefined =>
  leaseUntil === undefined && open > 0 && before?.leaseUntil !== undefined
    ? `on ${account} may be posted or not${because(reason)}; Crier looks for it where it can, or asks you`
    : undefined;

const changedCopyLine = (before: Delivery, after: Delivery<"posted">, facts: LineFacts): string | undefined => {
  const { post } = facts;
  if (isApprovedNow(before, after)) {
    const why = whyMissing("edited", facts);
    return `on ${after.account} has its edit approved by hand${why === undefined ? "" : `; ${why}`}`;
  }
  const isWanted = post?.gone === undefined && !after.withdrawn;
  return whyChangedLater(before, after, facts) ?? (after.stale && isWanted ? whyStale(before, after) : undefined);
};

/** An earlier request that was put off may keep it from being deleted at once. */
const withdrawnLine = (
  before: Delivery | undefined,
  { account, wait }: Delivery,
  { now, timeZone }: LineFacts,
): string => {
  const isLater = wait !== undefined && wait > now;
  const later = isLater ? `; it waits${because(before?.reason)}; next attempt ${clockText(wait, now, timeZone)}` : "";
  return `is being deleted on ${account}: ${withdrawnByHand}${later}`;
};

/** An alarm says what Crier holds. */
const heldLine = (
  before: Delivery | undefined,
  after: Delivery<"held">,
  { post, command }: LineFacts,
): string | undefined => {
  if (after.hold !== "person") return undefined;
  const release = command(`release ${post === undefined ? deliveryId(after) : postPath(post)}`, after.site);
  const already = before?.state === "held" ? `; it was held already${because(before.reason)}` : "";
  return `is held on ${after.account} ${after.reason}: ${release}${already}`;
};

const newStateLine = (before: Delivery | undefined, after: Delivery): string | undefined => {
  const { account, reason } = after;
  switch (after.state) {
    case "posted":
      return newCopyLine(before, after);
    case "deleted":
      return `deleted on ${account}${after.sandbox ? ", in the sandbox" : ""}${because(reason)}`;
    case "cancelled":
      return `not sent on ${account}${because(reason)}`;
    default:
      return undefined;
  }
};

const newCopyLine = (before: Delivery | undefined, after: Delivery<"posted">): string | undefined => {
  const there = `${after.account}${address(after)}`;
  if (after.unfinished !== undefined) return `posted in part on ${there}`;
  if (before?.state === "editing") return isEdited(before, after) ? `edited on ${there}` : whyStale(before, after);
  // The alarm that it stays says why.
  if (before?.state === "deleting") return undefined;
  return [`posted on ${there}`, after.reason, after.note].filter(Boolean).join("; ");
};

/** False for an edit that the network refused, or that is not made any more. */
const isEdited = ({ edit }: Delivery<"editing">, { sent }: Delivery<"posted">): boolean =>
  sent.document === edit.document && sent.url === edit.url;

const isApprovedNow = (before: Delivery, after: Delivery): boolean => before.passed.approval !== after.passed.approval;

/** A delivery that a person released is due: its wait, if it has one, is the next line. */
const whyReleased = (after: Delivery, reason: string, facts: LineFacts): string => {
  const { post, now, timeZone } = facts;
  const isLater = post !== undefined && post.published > now;
  const scheduled = isLater ? `it is scheduled for ${clockText(post.published, now, timeZone)}` : undefined;
  const when = dismissMissing(after, facts) ?? scheduled ?? waitText(after, facts);
  return `on ${after.account} ${reason}${when === undefined ? "" : `; ${when}`}`;
};

/** What a person's decision means while the document is missing. Undefined where it is not. */
const whyMissing = (
  done: "posted" | "edited",
  { post, removeCopiesAfter, now, timeZone }: LineFacts,
): string | undefined => {
  if (post?.gone === undefined) return undefined;
  const { at, by } = post.gone;
  const until = at + removeCopiesAfter;
  return by === "person" || until <= now
    ? `its post was deleted: it is not ${done}`
    : `its document is missing: it is not ${done} unless that is back by ${clockText(until, now, timeZone)}`;
};

const dismissMissing = ({ site }: Delivery, facts: LineFacts): string | undefined => {
  const why = whyMissing("posted", facts);
  if (why === undefined || facts.post === undefined) return undefined;
  return `${why}; to cancel it now: ${facts.command(`dismiss ${postPath(facts.post)}`, site)}`;
};

/** Undefined for a copy that is still to be edited. */
const whyStale = (
  before: Delivery | undefined,
  { account, reason, unfinished, hold, due }: Delivery,
): string | undefined =>
  reason === undefined ||
  unfinished !== undefined ||
  // An alarm says that the edit needs an approval.
  hold !== undefined ||
  due !== undefined ||
  (before?.state === "posted" && isSameReason(before.reason, reason))
    ? undefined
    : `stays on ${account} as it is${because(reason)}`;

/** A post that no real account announces is in the sandbox to be looked at: an import has a thousand of them. */
const isShownOnly = ({ sandbox }: Delivery, post: PostHead | undefined): boolean =>
  sandbox && post?.audience?.baseline !== undefined;

/** A line for each account whose sending a person stopped, and for each that goes on. */
const stopLines = (
  before: Stops,
  after: Stops,
  { command, accounts }: Pick<DeliveryLineOptions, "command" | "accounts">,
): readonly string[] => {
  const resume = (name: string): string =>
    name === allAccounts
      ? command("resume-sending", undefined)
      : command(`resume-sending ${name}`, accounts.find((one) => one.name === name)?.site);
  const where = (name: string): string => (name === allAccounts ? "on all accounts" : `on ${name}`);
  const stopped = Object.entries(after.accounts).filter(([name]) => before.accounts[name] === undefined);
  const resumed = Object.keys(before.accounts).filter((name) => after.accounts[name] === undefined);
  return [
    ...stopped.map(
      ([name, { why, by }]) =>
        `sending is stopped ${where(name)}${by === undefined ? "" : ` by ${by}`}: ${why}; to go on: ${resume(name)}`,
    ),
    ...resumed.map((name) => `sending is resumed ${where(name)}: what is due is sent`),
  ];
};

/** True for a line about a copy on a network, which is printed always. Lines about what waits may be too many. */
const isAlwaysSaid = ({ state, due }: Delivery, now: Instant): boolean =>
  state === "unsettled" || (state !== "pending" && state !== "cancelled" && (due === undefined || due <= now));

export interface DeliveryLineOptions {
  readonly log: Pick<Log, "info">;
  readonly setTimer: SetTimer;
  readonly clock: Clock;
  /** Returns the time zone of a site. */
  readonly timeZone: (site: string) => string;
  readonly command: SiteCommand;
  readonly removeCopiesAfter: number;
  readonly accounts: readonly Account[];
  /** Returns the name of an account's server, as in `ServerState`. */
  readonly serverOf: (account: Account) => string;
}

/**
 * A line where a server takes no requests, after each further try of it, and where it takes them again. One lost answer has
 * no line.
 */
const serverLine = (
  before: ServerState,
  { name, down }: ServerState,
  { accounts, serverOf, clock, timeZone }: Pick<DeliveryLineOptions, "accounts" | "serverOf" | "clock" | "timeZone">,
): string | undefined => {
  const failuresIn = (one: ServerState["down"]): number => Math.max((one?.failures ?? 0) - 1, 0);
  if (failuresIn(before.down) === failuresIn(down)) return undefined;
  const there = accounts.filter((account) => serverOf(account) === name);
  const names = there.map((account) => account.name).join(", ");
  if (down === undefined) return `the server ${name} takes requests again: what is due on ${names} is sent`;
  const next = clockText(down.until, clock(), timeZone(there[0]?.site ?? ""));
  if (failuresIn(before.down) > 0)
    return `the server ${name} still takes no requests: ${down.reason}; next attempt ${next}`;
  return `the server ${name} takes no requests: ${down.reason}; what is due on ${names} waits; next attempt ${next}`;
};

/**
 * Returns a store that reports what happens to deliveries, a line each, which new posts are not announced, which servers
 * do not answer, and what a person publishes, removes and stops by a command. It compares the rows, so that a person's command, a crash and a worker are
 * reported in the same way.
 */
export const reportDeliveries = <S extends Pick<Store, "accounts" | "deliveries" | "posts" | "servers" | "stops">>(
  store: S,
  { clock, timeZone, command, removeCopiesAfter, accounts, serverOf, log, setTimer }: DeliveryLineOptions,
): { readonly store: S; readonly close: () => void } => {
  const more = (count: number) => `… and ${count} more lines about what waits: npx crier upcoming shows it`;
  const limit = limitLines((line) => log.info(line), more, setTimer);
  const print = (line: string): void => limit.print(() => log.info(line));

  const queueOf = async (delivery: Delivery, state: AccountState, now: Instant): Promise<Queue | undefined> => {
    const account = accounts.find(({ name }) => name === delivery.account);
    if (account === undefined || delivery.reason !== intervalIsOn(account.name)) return undefined;
    const { rows } = await store.deliveries.inState(account.name, "pending");
    return turnOf(delivery, rows, { account, state, timeZone: timeZone(delivery.site), now });
  };

  const report = async (before: Delivery | undefined, after: Delivery): Promise<void> => {
    const post = await store.posts.head(after.site, after.post);
    if (isShownOnly(after, post)) return;
    const state = await store.accounts.read(after.account);
    const { paused, inFlight } = state;
    const times = { now: clock(), pausedUntil: paused && endOfPause(paused), takenUntil: inFlight?.until };
    const asksForApproval = accounts.some(({ name, approve }) => name === after.account && approve === true);
    const site = { timeZone: timeZone(after.site), command, removeCopiesAfter };
    const facts = { post, ...site, ...times, asksForApproval };
    const known = whatHappened(before, after, facts);
    if (known === undefined) return;
    const queue = await queueOf(after, state, facts.now);
    const text = queue === undefined ? known : whatHappened(before, after, { ...facts, queue });
    const line = `${post === undefined ? after.post : postPath(post)} ${text}`;
    if (isAlwaysSaid(after, clock())) log.info(line);
    else print(line);
  };

  const deliveries: Deliveries = {
    ...store.deliveries,
    save: async (delivery) => {
      const { site, post, account, generation } = delivery;
      const before = await store.deliveries.read({ kind: "delivery", site, post, account, generation });
      const isSaved = await store.deliveries.save(delivery);
      if (isSaved) await report(before, delivery);
      return isSaved;
    },
  };

  const posts: Posts = {
    ...store.posts,
    save: async (post) => {
      const note = isAnswered(post) ? undefined : whoAnnounces(post);
      const isReported = note !== undefined || isByCommand(post);
      const before = isReported ? await store.posts.head(post.site, post.id) : undefined;
      const isSaved = await store.posts.save(post);
      const line = isSaved && isByCommand(post) ? commandLine(before, post, clock()) : undefined;
      if (line !== undefined) print(line);
      if (isSaved && note !== undefined && (before && whoAnnounces(before)) !== note)
        print(`${postPath(post)}: ${note}`);
      return isSaved;
    },
  };

  const stops: StopRows = {
    ...store.stops,
    save: async (changed) => {
      const before = await store.stops.read();
      const isSaved = await store.stops.save(changed);
      if (isSaved) for (const line of stopLines(before, changed, { command, accounts })) print(line);
      return isSaved;
    },
  };

  const servers: Servers = {
    ...store.servers,
    save: async (changed) => {
      const before = await store.servers.read(changed.name);
      const isSaved = await store.servers.save(changed);
      const line = isSaved ? serverLine(before, changed, { accounts, serverOf, clock, timeZone }) : undefined;
      if (line !== undefined) print(line);
      return isSaved;
    },
  };

  return {
    store: { ...store, deliveries, posts, servers, stops },
    close: limit.close,
  };
};
