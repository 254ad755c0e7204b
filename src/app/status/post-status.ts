import type { Account } from "../../domain/account.ts";
import { type Delivery, type DeliveryState, deliveryId } from "../../domain/delivery.ts";
import type { KnownDocument } from "../../domain/document.ts";
import { BadCursor } from "../../domain/errors.ts";
import { isLive } from "../../domain/feed.ts";
import type { Post } from "../../domain/post.ts";
import { reasonText } from "../../domain/refusal.ts";
import type { Networks } from "../../ports/networks.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Accounts, Aliases, Deliveries, Documents, Page, Posts } from "../../ports/store.ts";
import type {
  AccountStatus,
  DeliveryStatus,
  PostState,
  PostStatus,
  PostSummary,
  RefusedDocument,
  WaitingDocument,
} from "../site-api.ts";

interface StatusPorts {
  readonly posts: Posts;
  readonly aliases: Aliases;
  readonly deliveries: Deliveries;
  readonly documents: Documents;
  readonly accountStates: Accounts;
  readonly networks: Pick<Networks, "reach" | "connect">;
  readonly accounts: readonly Account[];
  readonly clock: Clock;
}

/** The post that a slug, present or past, leads to. */
export const postBySlug = async (
  site: string,
  slug: string,
  { aliases, posts }: Pick<StatusPorts, "aliases" | "posts">,
): Promise<Post | undefined> => {
  const id = await aliases.read(site, "slug", slug);
  return id === undefined ? undefined : posts.read(site, id);
};

const stateOf = (post: Post, now: number): PostState => {
  if (post.hold !== undefined && post.gone === undefined) return "held";
  if (post.gone === undefined && post.published > now) return "scheduled";
  return isLive(post, now) ? "live" : "deleted";
};

const summary = (post: Post, now: number): PostSummary => {
  const status = stateOf(post, now);
  return {
    id: post.id,
    slug: post.slug,
    url: post.url,
    title: post.title,
    published: status === "held" ? undefined : post.published,
    updated: post.updated,
    revision: post.revision,
    featured: post.featured,
    trending: post.trending,
    readingTime: post.readingTime,
    status,
    reason: post.hold ?? post.audience?.note,
  };
};

export const deliveryStatus = (delivery: Delivery, slug: string): DeliveryStatus => ({
  id: deliveryId(delivery),
  slug,
  account: delivery.account,
  network: delivery.network,
  state: delivery.state,
  generation: delivery.generation,
  sandbox: delivery.sandbox,
  url: delivery.remote?.url ?? undefined,
  attempts: delivery.attempts,
  due: delivery.due,
  reason: delivery.reason,
});

export const postStatus = async (site: string, slug: string, ports: StatusPorts): Promise<PostStatus | undefined> => {
  const post = await postBySlug(site, slug, ports);
  if (post === undefined) return undefined;
  const deliveries = await ports.deliveries.ofPost(site, post.id);
  const document = post.gone === undefined ? await ports.documents.read(site, post.source, post.path) : undefined;
  const row = summary(post, ports.clock());
  return {
    ...row,
    reason: (document && documentProblem(document)) ?? row.reason,
    deliveries: deliveries.map((delivery) => deliveryStatus(delivery, post.slug)),
  };
};

const documentProblem = ({ missing, refusal }: KnownDocument): string | undefined => {
  if (missing !== undefined) return `its document is missing: ${missing.reason}`;
  if (refusal === undefined) return undefined;
  return `its document is refused, so the last good version stays: ${refusal.reasons.map(reasonText).join(" ")}`;
};

export const listPosts = async (
  site: string,
  from: string | undefined,
  { posts, clock }: Pick<StatusPorts, "posts" | "clock">,
): Promise<Page<PostSummary>> => {
  const page = await posts.newest(site, from);
  return { ...page, rows: page.rows.map((post) => summary(post, clock())) };
};

const fileOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** By what a person may ask for a document whose slug is not known: its path or file, with or without extension, date and `index`. */
const namesOf = (path: string): readonly string[] => {
  const bare = path.replace(/\.[^./]+$/, "").replace(/\/_?index$/i, "");
  return [path, bare, fileOf(path), fileOf(bare), fileOf(bare).replace(/^\d{4}-\d{1,2}-\d{1,2}[-_.]+(?=.)/, "")];
};

export const listRefused = async (
  site: string,
  sources: Iterable<string>,
  name: string | undefined,
  { documents }: Pick<StatusPorts, "documents">,
): Promise<readonly RefusedDocument[]> => {
  const refused: RefusedDocument[] = [];
  for (const source of sources)
    for await (const { path, refusal } of documents.all(site, source))
      if (refusal !== undefined && (name === undefined || namesOf(path).includes(name)))
        refused.push({ source, path, reasons: refusal.reasons, at: refusal.at });
  return refused;
};

/** A post that a person has removed meanwhile waits no more. */
export const listWaiting = async (
  site: string,
  sources: Iterable<string>,
  { documents, posts }: Pick<StatusPorts, "documents" | "posts">,
): Promise<readonly WaitingDocument[]> => {
  const waiting: WaitingDocument[] = [];
  for (const source of sources)
    for await (const { path, post: id, missing } of documents.all(site, source)) {
      const post = missing === undefined || id === undefined ? undefined : await posts.read(site, id);
      if (missing !== undefined && post !== undefined && post.gone === undefined)
        waiting.push({ source, path, slug: post.slug, ...missing });
    }
  return waiting;
};

/** `<index of the account>:<cursor of its own list>`. */
const parseCursor = (from: string, accounts: readonly Account[]) => {
  const [, index, inner] = /^(\d+):(.+)$/.exec(from) ?? [];
  if (index === undefined || Number(index) >= accounts.length) throw new BadCursor();
  return { first: Number(index), inner };
};

/** A state's deliveries, account by account: `from` names the account and the page within it. */
export const listDeliveries = async (
  state: DeliveryState,
  from: string | undefined,
  ports: Pick<StatusPorts, "deliveries" | "posts" | "accounts">,
): Promise<Page<DeliveryStatus>> => {
  const { first, inner } = from === undefined ? { first: 0 } : parseCursor(from, ports.accounts);
  const status = async (delivery: Delivery): Promise<DeliveryStatus> =>
    deliveryStatus(delivery, (await ports.posts.read(delivery.site, delivery.post))?.slug ?? "");
  const rows: DeliveryStatus[] = [];
  for (const [index, { name }] of [...ports.accounts.entries()].slice(first)) {
    const page = await ports.deliveries.inState(name, state, index === first ? inner : undefined);
    rows.push(...(await Promise.all(page.rows.map(status))));
    if (page.next !== undefined) return { rows, next: `${index}:${page.next}` };
  }
  return { rows };
};

/** A secret that is malformed or cannot be read is its own account's problem. */
const reachOf = async (
  account: Account,
  networks: StatusPorts["networks"],
): Promise<Pick<AccountStatus, "reach" | "problem">> => {
  try {
    const reach = await networks.reach(account);
    const connected = reach === "real" ? await networks.connect(account, false) : undefined;
    return { reach, problem: connected !== undefined && "problem" in connected ? connected.problem : undefined };
  } catch (error) {
    return { reach: "none", problem: error instanceof Error ? error.message : String(error) };
  }
};

export const listAccounts = (
  ports: Pick<StatusPorts, "accounts" | "accountStates" | "networks">,
): Promise<readonly AccountStatus[]> =>
  Promise.all(
    ports.accounts.map(async (account) => ({
      name: account.name,
      network: account.network,
      site: account.site,
      ...(await reachOf(account, ports.networks)),
      paused: (await ports.accountStates.read(account.name)).paused,
    })),
  );
