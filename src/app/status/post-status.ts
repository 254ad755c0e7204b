import { isLive } from "../../domain/feed.ts";
import type { Post } from "../../domain/post.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Aliases, Deliveries, Documents, Page, Posts } from "../../ports/store.ts";
import type { PostState, PostStatus, PostSummary } from "../site-api.ts";
import { deliveryStatus } from "./delivery-status.ts";
import { documentProblem } from "./document-status.ts";

interface Ports {
  readonly posts: Posts;
  readonly aliases: Aliases;
  readonly deliveries: Deliveries;
  readonly documents: Documents;
  readonly clock: Clock;
}

/** The post that has a slug, or had it before. */
export const postBySlug = async (
  site: string,
  slug: string,
  { aliases, posts }: Pick<Ports, "aliases" | "posts">,
): Promise<Post | undefined> => {
  const id = await aliases.read(site, "slug", slug);
  return id === undefined ? undefined : posts.read(site, id);
};

const stateOf = (post: Post, now: number): PostState => {
  if (post.hold !== undefined && post.gone === undefined) return "held";
  if (post.gone === undefined && post.published > now) return "scheduled";
  return isLive(post, now) ? "live" : "deleted";
};

const summarise = (post: Post, now: number): PostSummary => {
  const status = stateOf(post, now);
  return {
    id: post.id,
    slug: post.slug,
    url: post.url,
    title: post.title,
    published: status === "held" ? undefined : post.published,
    updated: post.updated,
    revision: post.revision,
    path: post.path,
    featured: post.featured,
    trending: post.trending,
    readingTime: post.readingTime,
    status,
    reason: post.hold ?? post.audience?.note,
  };
};

export const postStatus = async (site: string, slug: string, ports: Ports): Promise<PostStatus | undefined> => {
  const post = await postBySlug(site, slug, ports);
  if (post === undefined) return undefined;
  const deliveries = await ports.deliveries.ofPost(site, post.id);
  const document = post.gone === undefined ? await ports.documents.read(site, post.source, post.path) : undefined;
  const summary = summarise(post, ports.clock());
  return {
    ...summary,
    reason: (document && documentProblem(document)) ?? summary.reason,
    deliveries: deliveries.map((delivery) => deliveryStatus(delivery, post.slug)),
  };
};

export const listPosts = async (
  site: string,
  from: string | undefined,
  { posts, clock }: Pick<Ports, "posts" | "clock">,
): Promise<Page<PostSummary>> => {
  const page = await posts.newest(site, from);
  return { ...page, rows: page.rows.map((post) => summarise(post, clock())) };
};
