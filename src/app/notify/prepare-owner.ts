import { type Delivery, parseDeliveryId } from "../../domain/delivery.ts";
import { type CommandOfSite, isLeftBehind, isUnfinished, nextSteps } from "../../domain/delivery-commands.ts";
import { type FeedKey, parseFeedKey } from "../../domain/feed-key.ts";
import type { HomeCommands } from "../../domain/installation.ts";
import {
  type Cause,
  type FailureItem,
  type FailureKind,
  type Notice,
  type NoticeItem,
  ownerMessage,
  parseCause,
} from "../../domain/notice.ts";
import type { Post } from "../../domain/post.ts";
import { isLongDown } from "../../domain/request-gates.ts";
import type { TellOwner } from "../../ports/outside.ts";
import type { Hash } from "../../ports/runtime.ts";
import type { Accounts, Deliveries, Feeds, Posts, Servers } from "../../ports/store.ts";
import type { Prepared } from "./send-notice.ts";

export interface OwnerPorts {
  readonly posts: Posts;
  readonly deliveries: Deliveries;
  readonly accountStates: Accounts;
  readonly servers: Servers;
  readonly feeds: Feeds;
  readonly hash: Hash;
  readonly tellOwner: TellOwner;
  readonly command: CommandOfSite;
  readonly home: Pick<HomeCommands, "setSecret" | "preparation">;
}

/** What the owner is told of one cause now. What was corrected meanwhile is left out. */
export const prepareOwner = async (
  { site, about, items: raised, more }: Notice,
  ports: OwnerPorts,
): Promise<Prepared | undefined> => {
  const cause = parseCause(about);
  if (cause === undefined) return undefined;
  const items = await failuresOf(site, cause, raised, ports);
  if (items.length === 0) return undefined;
  const { preparation } = ports.home;
  const listCommand = ports.command("list", site);
  const message = ownerMessage({ ...cause, site, items, more, listCommand, preparation });
  return { content: ports.hash(message.text), send: () => ports.tellOwner(message) };
};

const failuresOf = async (
  site: string,
  { kind, subject }: Cause,
  raised: readonly NoticeItem[],
  ports: OwnerPorts,
): Promise<readonly FailureItem[]> => {
  if (kind === "unauthorised") return pausedAccount(subject, ports);
  if (kind === "down") return downServer(site, subject, ports);
  const found = await Promise.all(
    raised.map(({ id }) =>
      kind === "gate" ? feedFailure(site, id, subject, ports) : postFailure(site, id, kind, ports),
    ),
  );
  return found.filter((item) => item !== undefined);
};

const pausedAccount = async (name: string, { accountStates, home }: OwnerPorts): Promise<readonly FailureItem[]> => {
  const { paused } = await accountStates.read(name);
  const commands = [home.setSecret(name)];
  return paused === undefined ? [] : [{ title: name, reason: paused.reason, commands }];
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

type PostFailure = Exclude<FailureKind, "unauthorised" | "down" | "gate">;

const isStill = (delivery: Delivery, kind: PostFailure, post: Post | undefined): boolean => {
  if (kind === "stays") return isLeftBehind(delivery, post);
  return kind === "unfinished" ? isUnfinished(delivery, post) : delivery.state === kind;
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
    commands: nextSteps({ ...delivery, unfinished: kind === "unfinished" }, id).map(({ words }) =>
      command(words, site),
    ),
  };
};
