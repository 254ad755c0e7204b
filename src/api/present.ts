import type {
  AccountReport,
  DeliveryStatus,
  FeedStatus,
  PlannedSnippet,
  PostStatus,
  PostSummary,
  RefusedDocument,
  SourceStatus,
  WaitingDocument,
} from "../app/site-api.ts";
import { pageAddress, postPath } from "../domain/address.ts";
import type { HistoryEntry } from "../domain/delivery.ts";
import type { Post, PostContent } from "../domain/post.ts";
import type { Site } from "../domain/site.ts";
import { type Instant, iso } from "../domain/time.ts";
import type * as contract from "./contract.ts";

/** Moments are RFC 3339 in the JSON of the contract, and whatever is absent is null. */
const moment = (at: Instant | undefined): string | null => (at === undefined ? null : iso(at));

const historyEntries = (entries: readonly HistoryEntry[]) =>
  entries.map(({ at, state, attempt, reason }) => ({
    at: iso(at),
    state,
    attempt: attempt ?? null,
    reason: reason ?? null,
  }));

const history = ({ planned, history: { first, omitted, last } }: DeliveryStatus): contract.History => ({
  planned: iso(planned),
  first: historyEntries(first),
  omitted,
  last: historyEntries(last),
});

export const delivery = ({ history: _, planned: __, ...row }: DeliveryStatus): contract.Delivery => ({
  ...row,
  hold: row.hold ?? null,
  posted: moment(row.posted),
  url: row.url ?? null,
  due: moment(row.due),
  reason: row.reason ?? null,
});

export const postFields = (post: Post): contract.PostFields => ({
  id: post.id,
  slug: post.slug,
  path: postPath(post),
  url: post.url,
  title: post.title,
  published: post.hold === undefined ? iso(post.published) : null,
  updated: iso(post.updated),
  revision: post.revision,
});

export const postSummary = (post: PostSummary): contract.PostSummary => ({
  ...post,
  published: moment(post.published),
  updated: iso(post.updated),
  reason: post.reason ?? null,
});

export const postStatus = (post: PostStatus, withHistory = false): contract.PostStatus => ({
  ...postSummary(post),
  movedFrom: post.movedFrom ?? null,
  warnings: post.warnings,
  translations: post.translations.map(({ language, url }) => ({ language, url })),
  deliveries: post.deliveries.map((row) => ({ ...delivery(row), ...(withHistory && { history: history(row) }) })),
});

export const plannedPost = ({ translation: _, ...content }: PostContent, site: Site): contract.PlannedPost => ({
  ...content,
  path: postPath({ address: pageAddress(content.url, site), url: content.url }),
  published: moment(content.published),
  updated: moment(content.updated),
});

export const plannedSnippet = ({
  announced,
  breaker,
  card,
  picture,
  article,
  cost,
  replies,
  ...snippet
}: PlannedSnippet): contract.PlannedSnippet => ({
  ...snippet,
  replies: [...replies],
  card: card ?? null,
  picture: {
    sent: picture.sent,
    url: picture.url ?? null,
    alt: picture.alt ?? null,
    sendsAlt: picture.sendsAlt,
    cap: picture.cap ?? null,
    prepared: picture.prepared ?? null,
    reason: picture.reason ?? null,
  },
  article: article ?? null,
  cost: cost ?? null,
  announced: { when: announced.when, reason: announced.reason ?? null, at: moment(announced.at) },
  breaker: breaker ?? null,
});

export const refusedDocument = (document: RefusedDocument): contract.RefusedDocument => ({
  ...document,
  at: iso(document.at),
});

export const waitingDocument = (document: WaitingDocument): contract.WaitingDocument => ({
  ...document,
  since: iso(document.since),
});

export const feed = (row: FeedStatus): contract.Feed => ({
  ...row,
  rendered: moment(row.rendered),
  due: moment(row.due),
  hubs: row.hubs.map(({ url, pinged, reason }) => ({ url, pinged: moment(pinged), reason: reason ?? null })),
});

export const source = ({ name, listed, poll }: SourceStatus): contract.Source => ({
  name,
  listed: moment(listed),
  poll:
    poll === undefined
      ? null
      : {
          ...poll,
          polled: moment(poll.polled),
          answer: poll.answer ?? null,
          next: moment(poll.next),
          problem: poll.problem ?? null,
        },
});

export const account = (row: AccountReport): contract.Account => ({
  ...row,
  identity: row.identity ?? null,
  problem: row.problem ?? null,
  paused: row.paused === undefined ? null : { since: iso(row.paused.since), reason: row.paused.reason },
  next: row.next === undefined ? null : { at: iso(row.next.at), reason: row.next.reason },
  ifConnected: row.ifConnected?.map(({ slug, at, reason }) => ({ slug, at: moment(at), reason })) ?? null,
});
