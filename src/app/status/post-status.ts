import type { Account } from "../../domain/account.ts";
import { parseAddress, postPath } from "../../domain/address.ts";
import { type Delivery, type DeliveryState, deliveryId, hasCopy } from "../../domain/delivery.ts";
import { isUnfinished } from "../../domain/delivery-commands.ts";
import { BadCursor } from "../../domain/errors.ts";
import { isLive } from "../../domain/feed.ts";
import type { Post } from "../../domain/post.ts";
import { pageNotes } from "../../domain/send-rules.ts";
import type { Site } from "../../domain/site.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Aliases, Deliveries, Page, PageChecks, Posts } from "../../ports/store.ts";
import type { DeliveryStatus, PostState, PostStatus, PostSummary } from "../site-api.ts";
import { documentProblem, type FindPorts, findPost } from "./find-post.ts";

export interface PostStatusPorts extends FindPorts {
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
    revision: post.revision,
    document: post.path,
    featured: post.featured,
    trending: post.trending,
    readingTime: post.readingTime,
    status,
    reason: post.hold ?? post.audience?.note,
  };
};

export const postStatus = async (site: Site, name: string, ports: PostStatusPorts): Promise<PostStatus | undefined> => {
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
    deliveries: deliveries.map((delivery) => deliveryStatus(delivery, post)),
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

export interface ListPorts {
  readonly deliveries: Deliveries;
  readonly posts: Posts;
  readonly accounts: readonly Account[];
}

/** Explains a copy in the sandbox that no real account would have. */
const sandboxReason = ({ sandbox, generation }: Delivery, post: Post | undefined): string | undefined =>
  sandbox && generation === post?.generation && post.audience?.baseline !== undefined
    ? `would not be sent: ${post.audience.baseline}`
    : undefined;

export const deliveryStatus = (delivery: Delivery, post: Post | undefined): DeliveryStatus => ({
  id: deliveryId(delivery),
  slug: post === undefined ? "" : postPath(post),
  account: delivery.account,
  network: delivery.network,
  state: delivery.state,
  hold: delivery.hold,
  generation: delivery.generation,
  sandbox: delivery.sandbox,
  posted: hasCopy(delivery) ? delivery.sent?.firstSentAt : undefined,
  url: delivery.remotes?.[0]?.url ?? undefined,
  stale: delivery.stale ?? false,
  unfinished: isUnfinished(delivery, post),
  attempts: delivery.attempts,
  due: delivery.due,
  reason: delivery.reason ?? delivery.note ?? sandboxReason(delivery, post),
  planned: delivery.planned,
  history: delivery.history,
});

/** A cursor is `<index of the account>:<cursor of its own list>`. */
const parseCursor = (from: string, accounts: readonly Account[]) => {
  const [, index, inner] = /^(\d+):(.+)$/.exec(from) ?? [];
  if (index === undefined || Number(index) >= accounts.length) throw new BadCursor();
  return { first: Number(index), inner };
};

/** The deliveries in a state, account by account: `from` names the account and the page within it. */
export const pageInState = async (
  state: DeliveryState,
  from: string | undefined,
  { deliveries, accounts }: Pick<ListPorts, "deliveries" | "accounts">,
): Promise<Page<Delivery>> => {
  const { first, inner } = from === undefined ? { first: 0 } : parseCursor(from, accounts);
  const rows: Delivery[] = [];
  for (const [index, { name }] of [...accounts.entries()].slice(first)) {
    const page = await deliveries.inState(name, state, index === first ? inner : undefined);
    rows.push(...page.rows);
    if (page.next !== undefined) return { rows, next: `${index}:${page.next}` };
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
    deliveryStatus(delivery, await ports.posts.read(delivery.site, delivery.post));
  return { rows: await Promise.all(rows.map(present)), next };
};

export interface Copy {
  readonly account: string;
  /** The id of the copy on the network. */
  readonly id: string;
  /** The link to the post's page in it. */
  readonly link: string;
}

interface CopyPorts {
  readonly aliases: Aliases;
  readonly posts: Posts;
  readonly deliveries: Deliveries;
  readonly pageChecks: PageChecks;
}

/** Finds the delivery that made a copy. Undefined where the post has another address now. */
export const deliveryOfCopy = async (
  site: Site,
  { account, id: copy, link }: Copy,
  { aliases, posts, deliveries, pageChecks }: CopyPorts,
): Promise<DeliveryStatus | undefined> => {
  const id = await aliases.read(site.id, "address", parseAddress(link, site));
  const post = id === undefined ? undefined : await posts.read(site.id, id);
  if (post === undefined) return undefined;
  const own = (await deliveries.ofPost(site.id, post.id)).filter((one) => one.account === account);
  const withId = (id: string | null) => own.filter(({ remotes = [] }) => remotes.some((remote) => remote.id === id));
  // Some networks do not name the copy: the last delivery without an id is meant.
  const delivery = withId(copy)[0] ?? withId(null).at(-1);
  if (delivery === undefined) return undefined;
  const status = deliveryStatus(delivery, post);
  const page = post.audience?.baseline === undefined ? await pageChecks.read(site.id, post.id) : undefined;
  const notes = [
    ...(status.reason === undefined ? [] : [status.reason]),
    ...pageNotes(page?.url === post.url ? page : undefined),
  ];
  return { ...status, reason: notes.length === 0 ? undefined : notes.join("; ") };
};
