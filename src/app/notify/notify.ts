import { conflict, retryOnConflict } from "../../domain/concurrency.ts";
import {
  type Delivery,
  deliveryId,
  isLoginPause,
  type PauseTerms,
  parseDeliveryId,
  pauseRemedy,
} from "../../domain/delivery.ts";
import {
  isLeftBehind,
  isUnfinished,
  nextSteps,
  type SiteCommand,
  toUndecided,
} from "../../domain/delivery-commands.ts";
import { type FeedKey, parseFeedKey } from "../../domain/feed-key.ts";
import type { Installation } from "../../domain/installation.ts";
import {
  afterNotice,
  type Cause,
  causeText,
  collectFor,
  type FailureItem,
  type FailureKind,
  type Notice,
  type NoticeItem,
  ownerMessage,
  parseCause,
  raise,
  readyItems,
} from "../../domain/notice.ts";
import type { Post } from "../../domain/post.ts";
import { webhookMessage } from "../../domain/receipt.ts";
import { isLongDown } from "../../domain/request-gates.ts";
import type { MessageAnswer } from "../../domain/retry.ts";
import type { Site } from "../../domain/site.ts";
import { second } from "../../domain/time.ts";
import type { CallWebhook, TellOwner } from "../../ports/outside.ts";
import type { Clock, Hash, Log } from "../../ports/runtime.ts";
import type {
  Accounts,
  Deliveries,
  Feeds,
  NoticeRef,
  Notices,
  PostRef,
  Posts,
  Servers,
  StopRows,
} from "../../ports/store.ts";

/** A message made from the current rows. */
interface Prepared {
  /** The hash of its content. */
  readonly content: string;
  readonly send: () => Promise<MessageAnswer>;
}

export interface NoticePorts {
  readonly notices: Notices;
  readonly hash: Hash;
  readonly clock: Clock;
  readonly log: Log;
  /** One function for each recipient. It returns undefined where nothing is left to report. */
  readonly prepare: Readonly<Record<Notice["to"], (notice: Notice) => Promise<Prepared | undefined>>>;
}

const recipients = { owner: "the owner", site: "the site's webhook" } as const satisfies Record<Notice["to"], string>;

/** Sends a due notice at least once. To send it twice is harmless, so there is no claim. */
export const notify = async (ref: NoticeRef, ports: NoticePorts): Promise<void> => {
  const { notices, hash, clock, log, prepare } = ports;
  const read = await notices.read(ref);
  const now = clock();
  if (read.due === undefined || read.due > now) return;
  const sent = { items: readyItems(read, now), more: read.more };
  const prepared = await prepare[ref.to]({ ...read, items: sent.items });
  const answer: MessageAnswer = prepared === undefined ? { kind: "taken" } : await prepared.send();
  const seed = hash(`${ref.site}\n${ref.to}\n${ref.about}`);
  const next = await retryOnConflict(`the notice of ${ref.about}`, async () => {
    const after = afterNotice(await notices.read(ref), { ...sent, content: prepared?.content }, answer, seed, clock());
    return (await notices.save(after)) ? after : conflict;
  });
  if (answer.kind === "refused" && next.due === undefined)
    log.alarm(
      "unreachable",
      `${recipients[ref.to]} could not be notified of ${ref.about} for three days: ${answer.reason}; it is tried again at the next change`,
      { ...ref },
    );
};

export interface OwnerPorts {
  readonly posts: Posts;
  readonly deliveries: Deliveries;
  readonly accountStates: Accounts;
  readonly servers: Servers;
  readonly stops: Pick<StopRows, "read">;
  readonly feeds: Feeds;
  readonly hash: Hash;
  readonly tellOwner: TellOwner;
  readonly command: SiteCommand;
  readonly installation: Pick<Installation, "setSecret" | "preparation">;
}

/** Prepares the message to the owner about one cause. Failures that were corrected in the meantime are left out. */
export const prepareOwner = async (
  { site, about, items: raised, more }: Notice,
  ports: OwnerPorts,
): Promise<Prepared | undefined> => {
  const cause = parseCause(about);
  if (cause === undefined) return undefined;
  const items = await readFailures(site, cause, raised, ports);
  if (items.length === 0) return undefined;
  const { preparation } = ports.installation;
  const listCommand = ports.command("list", site);
  const message = ownerMessage({ ...cause, site, items, more, listCommand, preparation });
  return { content: ports.hash(message.text), send: () => ports.tellOwner(message) };
};

const readFailures = async (
  site: string,
  { kind, subject }: Cause,
  raised: readonly NoticeItem[],
  ports: OwnerPorts,
): Promise<readonly FailureItem[]> => {
  if (kind === "unauthorised") return pausedAccount(site, subject, ports);
  if (kind === "expiring") return endingLogin(subject, ports);
  if (kind === "down") return downServer(site, subject, ports);
  if (kind === "elsewhere") return copyElsewhere(subject, ports);
  if (kind === "restored") return restoredAccounts(site, ports);
  const found = await Promise.all(
    raised.map(({ id }) =>
      kind === "gate" ? feedFailure(site, id, subject, ports) : postFailure(site, id, kind, ports),
    ),
  );
  return found.filter((item) => item !== undefined);
};

/** The commands that end a pause: of a login, or else a retry of the delivery that has waited the longest. */
const endOfPause = async (
  site: string,
  name: string,
  paused: PauseTerms,
  { deliveries, installation, command }: OwnerPorts,
): Promise<readonly string[]> => {
  if (isLoginPause(paused))
    return [
      paused.command ?? installation.setSecret(name),
      `then, to check it and go on: ${command("accounts --check", site)}`,
    ];
  const [waiting] = (await deliveries.inState(name, "pending")).rows;
  return waiting === undefined ? [] : [`then, to go on: ${command(`retry ${deliveryId(waiting)}`, waiting.site)}`];
};

const pausedAccount = async (site: string, name: string, ports: OwnerPorts): Promise<readonly FailureItem[]> => {
  const { paused } = await ports.accountStates.read(name);
  if (paused === undefined) return [];
  const commands = await endOfPause(site, name, paused, ports);
  return [{ title: name, reason: `${paused.reason}; ${pauseRemedy(paused)}`, commands }];
};

const downServer = async (
  site: string,
  name: string,
  { servers, command }: OwnerPorts,
): Promise<readonly FailureItem[]> => {
  const state = await servers.read(name);
  const commands = [command("accounts", site)];
  return isLongDown(state) ? [{ title: name, reason: state.down?.reason, commands }] : [];
};

const endingLogin = async (name: string, { accountStates }: OwnerPorts): Promise<readonly FailureItem[]> => {
  const told = (await accountStates.read(name)).checked?.told;
  return told === undefined ? [] : [{ title: name, reason: told.text, commands: [] }];
};

const copyElsewhere = async (name: string, { accountStates }: OwnerPorts): Promise<readonly FailureItem[]> => {
  const { elsewhere } = await accountStates.read(name);
  return elsewhere === undefined ? [] : [{ title: elsewhere.copy, reason: undefined, commands: [] }];
};

const restoredAccounts = async (site: string, { stops, command }: OwnerPorts): Promise<readonly FailureItem[]> => {
  const restored = Object.entries((await stops.read()).accounts).filter(([, { isRestored }]) => isRestored);
  return restored.map(([name, { why }]) => ({
    title: name,
    reason: why,
    commands: [command(`resume-sending ${name}`, site)],
  }));
};

/** `entry`: its id, or empty where the whole feed is at fault. */
const feedFailure = async (
  site: string,
  id: string,
  entry: string,
  { feeds, command }: OwnerPorts,
): Promise<FailureItem | undefined> => {
  const key: FeedKey | undefined = parseFeedKey(id);
  const faults = (key && (await feeds.read(site, key))?.faults) ?? [];
  const fault = faults.find((one) => (one.entry ?? "") === entry);
  return (
    fault && {
      title: `${id} ${fault.file}`.trim(),
      reason: `${entry} ${fault.problem}`.trim(),
      commands: [command("feeds", site)],
    }
  );
};

type PostFailure = Exclude<FailureKind, "unauthorised" | "expiring" | "down" | "elsewhere" | "restored" | "gate">;

const isStill = (delivery: Delivery, kind: PostFailure, post: Post | undefined): boolean => {
  if (kind === "stays") return isLeftBehind(delivery, post);
  if (kind === "unfinished") return isUnfinished(delivery, post);
  if (kind === "duplicate") return delivery.duplicate !== undefined;
  return delivery.state === kind && delivery.duplicate === undefined;
};

const postFailure = async (
  site: string,
  id: string,
  kind: PostFailure,
  { deliveries, posts, command }: OwnerPorts,
): Promise<FailureItem | undefined> => {
  const parsed = parseDeliveryId(id);
  const delivery = parsed && (await deliveries.read({ kind: "delivery", site, ...parsed }));
  if (delivery === undefined) return undefined;
  const post = await posts.read(site, delivery.post);
  if (!isStill(delivery, kind, post)) return undefined;
  const url =
    kind === "stays" || kind === "unfinished"
      ? (delivery.remotes?.find(({ gone }) => !gone)?.url ?? post?.url)
      : post?.url;
  return {
    title: `"${post?.title ?? delivery.post}"`,
    ...(url === undefined ? {} : { url }),
    reason: delivery.reason,
    commands: nextSteps(toUndecided(delivery, kind === "unfinished"), id).map(
      ({ purpose, words }) => `${purpose}: ${command(words, site)}`,
    ),
  };
};

export interface WebhookPorts {
  readonly posts: Posts;
  readonly deliveries: Deliveries;
  readonly site: (id: string) => Site;
  readonly hash: Hash;
  readonly clock: Clock;
  readonly callWebhook: CallWebhook;
}

/** Prepares the message to a site's webhook about a post. Undefined where the webhook has received the same content. */
export const prepareWebhook = async (
  { site: siteId, about, content: known, count }: Notice,
  { posts, deliveries, site: siteOf, hash, clock, callWebhook }: WebhookPorts,
): Promise<Prepared | undefined> => {
  const site = siteOf(siteId);
  const { webhook } = site;
  const post = await posts.read(siteId, about);
  if (webhook === undefined || post === undefined || post.damage !== undefined) return undefined;
  const message = webhookMessage(site, post, await deliveries.ofPost(siteId, about), clock());
  const content = hash(JSON.stringify(message.data));
  if (content === known || (count === 0 && message.data.copies.length + message.data.problems.length === 0))
    return undefined;
  // The id is the same for every try of this message, and another one for equal content that comes again later.
  const id = `msg_${hash(`${siteId}\n${about}\n${count}\n${content}`).slice(0, 32)}`;
  return { content, send: () => callWebhook({ site: siteId, url: webhook.url, id, body: JSON.stringify(message) }) };
};

export interface RaisePorts {
  readonly notices: Notices;
  readonly clock: Clock;
}

/** The notice of a post to the webhook of its site. */
export const webhookNotice = ({ site, id }: Pick<PostRef, "site" | "id">): NoticeRef => ({
  kind: "notice",
  site,
  to: "site",
  about: id,
});

const addToNotice = async (ref: NoticeRef, id: string, after: number, { notices, clock }: RaisePorts): Promise<void> =>
  retryOnConflict(`the notice of ${ref.about}`, async () => {
    const notice = raise(await notices.read(ref), { id, from: clock() + after });
    return (await notices.save(notice)) ? undefined : conflict;
  });

/** Called before the row that says it is saved: a crash between the two loses nothing. */
export const raiseBeforeSave = (ref: NoticeRef, id: string, ports: RaisePorts): Promise<void> =>
  addToNotice(ref, id, collectFor, ports);

/** The networks answer within moments of each other: the webhook is called once for all of them. */
const webhookDelay = 5 * second;

/** Called after the rows that say it were saved. */
export const raiseSaved = (ref: NoticeRef, id: string, ports: RaisePorts): Promise<void> =>
  addToNotice(ref, id, webhookDelay, ports);

export interface OwnerRaisePorts extends RaisePorts {
  /** False where the owner reads the console instead. */
  readonly mailsOwner: boolean;
}

/** Called before the row that says it is saved. `id`: the one that failed in this way. */
export const raiseForOwner = async (
  { site, kind, subject }: { readonly site: string; readonly kind: FailureKind; readonly subject: string },
  id: string,
  ports: OwnerRaisePorts,
): Promise<void> => {
  if (ports.mailsOwner)
    await raiseBeforeSave({ kind: "notice", site, to: "owner", about: causeText({ kind, subject }) }, id, ports);
};
