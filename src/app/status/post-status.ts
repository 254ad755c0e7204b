import { pathOf } from "../../domain/address.ts";
import { isLive } from "../../domain/feed.ts";
import type { Post } from "../../domain/post.ts";
import type { Site } from "../../domain/site.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Deliveries, Page, Posts } from "../../ports/store.ts";
import type { PostState, PostStatus, PostSummary } from "../site-api.ts";
import { deliveryStatus } from "./delivery-status.ts";
import { documentProblem } from "./document-status.ts";
import { type FindPorts, findPost } from "./find-post.ts";

export interface PostStatusPorts extends FindPorts {
  readonly deliveries: Deliveries;
  readonly clock: Clock;
}

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
    path: pathOf(post),
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
  return post && statusOf(post, ports);
};

export const statusOf = async (post: Post, ports: PostStatusPorts): Promise<PostStatus> => {
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
