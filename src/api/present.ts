import type {
  AccountStatus,
  DeliveryStatus,
  FeedStatus,
  PostStatus,
  PostSummary,
  RefusedDocument,
  WaitingDocument,
} from "../app/site-api.ts";
import { type Instant, iso } from "../domain/time.ts";

/** Moments leave as RFC 3339 text. */
export const when = (at: Instant | undefined): string | null => (at === undefined ? null : iso(at));

export const delivery = (row: DeliveryStatus) => ({
  id: row.id,
  slug: row.slug,
  account: row.account,
  network: row.network,
  state: row.state,
  generation: row.generation,
  sandbox: row.sandbox,
  url: row.url ?? null,
  attempts: row.attempts,
  due: when(row.due),
  reason: row.reason ?? null,
});

export const summary = (post: PostSummary) => ({
  id: post.id,
  slug: post.slug,
  url: post.url,
  title: post.title,
  published: when(post.published),
  updated: iso(post.updated),
  revision: post.revision,
  featured: post.featured,
  trending: post.trending,
  readingTime: post.readingTime,
  status: post.status,
  reason: post.reason ?? null,
});

export const status = (post: PostStatus) => ({ ...summary(post), deliveries: post.deliveries.map(delivery) });

export const refused = (document: RefusedDocument) => ({
  source: document.source,
  path: document.path,
  reasons: document.reasons,
  at: iso(document.at),
});

export const waiting = ({ since, ...document }: WaitingDocument) => ({ ...document, since: iso(since) });

export const feed = (row: FeedStatus) => ({
  key: row.key,
  title: row.title,
  url: row.url,
  rendered: when(row.rendered),
  due: when(row.due),
  faults: row.faults,
  hubs: row.hubs.map(({ url, pinged, reason }) => ({ url, pinged: when(pinged), reason: reason ?? null })),
});

export const account = (row: AccountStatus) => ({
  name: row.name,
  network: row.network,
  site: row.site,
  reach: row.reach,
  problem: row.problem ?? null,
  paused: row.paused === undefined ? null : { since: iso(row.paused.since), reason: row.paused.reason },
});
