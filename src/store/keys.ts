import { createHash } from "node:crypto";
import { entryPosition } from "../domain/feed.ts";
import { type FeedKey, mainFeedFor, parseFeedKey } from "../domain/feed-key.ts";
import type { Instant } from "../domain/time.ts";
import type {
  AliasKind,
  ArchiveMark,
  DeliveryRef,
  NoticeRef,
  PingRef,
  Ref,
  Shared,
  SharedKind,
} from "../ports/store.ts";

/** The primary key of every row. */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

export const tableKeys = { partition: "pk", sort: "sk" } as const;

/** The first component of every partition key. */
export const partitions = {
  post: "POST",
  document: "SOURCE",
  alias: "ALIAS",
  shared: "SHARED",
  translation: "TRANSLATION",
  site: "SITE",
  feed: "FEED",
  notice: "NOTICE",
  account: "ACCOUNT",
  server: "SERVER",
  window: "WINDOW",
  listing: "LISTING",
  round: "ROUND",
  token: "TOKEN",
  stop: "STOP",
  log: "LOG",
} as const;

export type Partition = keyof typeof partitions;

/** The indexes are sparse, have only keys, and are sorted by a number. The row is read consistently from the table. */
export const indexes = {
  /** Rows that are due, by the moment. */
  due: { name: "due", partition: "dueShard", sort: "dueAt" },
  /** Posts of a site by `updated`, and its documents that became no post. */
  site: { name: "site", partition: "sitePosts", sort: "updated" },
  /**
   * Deliveries of an account in a state. `position`: when they are due if they are pending, else when they were planned. That
   * of what is held has the kind of its hold, too.
   */
  state: { name: "state", partition: "accountState", sort: "position" },
} as const;

const shards = 4;

/** All partitions of the index `due`. */
export const dueShards: readonly string[] = Array.from({ length: shards }, (_, shard) => `due#${shard}`);

const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();

export const dueShard = (pk: string): string => `due#${sha256(pk).readUInt8(0) % shards}`;

/** The attributes that put a row into the index `due`, or none. */
export const dueAttributes = (key: Key, due: Instant | undefined) =>
  due === undefined ? {} : { dueShard: dueShard(key.pk), dueAt: due };

/** Escapes `#`, which separates components, and lone surrogates, which UTF-8 cannot encode. Most names have neither. */
export const escapeComponent = (text: string): string =>
  text.isWellFormed() && !text.includes("%") && !text.includes("#")
    ? text
    : text
        .replaceAll("%", "%25")
        .replaceAll("#", "%23")
        .replaceAll(/\p{Surrogate}/gu, (unit) => `%u${unit.charCodeAt(0).toString(16)}`);

const unescapeComponent = (text: string): string =>
  text.replaceAll(/%(?:u([0-9a-f]{4})|(23|25))/g, (_, unit?: string, byte?: string) =>
    String.fromCharCode(Number.parseInt(unit ?? byte ?? "", 16)),
  );

/**
 * Replaces a long component by its hash: DynamoDB limits a sort key to 1,024 bytes. Only for components that are never
 * parsed from the key.
 */
const limitLength = (text: string): string => {
  const escaped = escapeComponent(text);
  return Buffer.byteLength(escaped) <= 900 ? escaped : `%h${sha256(text).toString("hex")}`;
};

/** Splits a partition key or a sort key into its components. */
export const keyComponents = (text: string): readonly string[] => text.split("#").map(unescapeComponent);

const join = (...components: readonly string[]): string => components.map(escapeComponent).join("#");

const postPartition = (site: string, id: string): string => join(partitions.post, site, id);
export const feedPartition = (site: string, key: FeedKey): string => join(partitions.feed, site, key);

export const postKey = (site: string, id: string): Key => ({ pk: postPartition(site, id), sk: "POST" });

export const pageCheckKey = (site: string, post: string): Key => ({ pk: postPartition(site, post), sk: "PAGE" });

export const deliveryPrefix = "DELIVERY#";

export const deliveryKey = ({ site, post, account, generation }: Omit<DeliveryRef, "kind">): Key => ({
  pk: postPartition(site, post),
  sk: join("DELIVERY", account, String(generation)),
});

export const documentPartition = (site: string, source: string): string => join(partitions.document, site, source);
export const documentKey = (site: string, source: string, path: string): Key => ({
  pk: documentPartition(site, source),
  sk: limitLength(path),
});

export const aliasKey = (site: string, kind: AliasKind, value: string): Key => ({
  pk: `${join(partitions.alias, site, kind)}#${limitLength(value)}`,
  sk: "ALIAS",
});

export const sharedPartition = (site: string, kind: SharedKind, value: string): string =>
  `${join(partitions.shared, site, kind)}#${limitLength(value)}`;
export const sharedKey = (site: string, kind: SharedKind, { value, hash = "" }: Shared, id: string): Key => ({
  pk: sharedPartition(site, kind, value),
  sk: join(hash, id),
});

export const translationPartition = (site: string, key: string): string =>
  `${join(partitions.translation, site)}#${limitLength(key)}`;
export const translationKey = (site: string, key: string, language: string): Key => ({
  pk: translationPartition(site, key),
  sk: join("LANGUAGE", language.toLowerCase()),
});

export const sitePartition = (site: string): string => join(partitions.site, site);
export const siteFeedPrefix = "FEED#";
/** The range of site feeds after the pages of the site's archive: `archive/1` and so on sort first. */
export const siteFeedsAfterArchive = [`${siteFeedPrefix}archive0`, `${siteFeedPrefix}\uFFFF`] as const;
export const siteFeedKey = (site: string, key: FeedKey): Key => ({ pk: sitePartition(site), sk: join("FEED", key) });

export const sourceStateKey = (site: string, source: string): Key => ({
  pk: sitePartition(site),
  sk: join("SOURCE", source),
});

export const feedStateKey = (site: string, key: FeedKey): Key => ({ pk: feedPartition(site, key), sk: "FEED" });

export const entryPrefix = "ENTRY#";
export const entryKey = (site: string, feed: FeedKey, published: Instant, id: string): Key => ({
  pk: feedPartition(site, feed),
  sk: `${entryPrefix}${entryPosition(published, escapeComponent(id))}`,
});

export const pingKey = ({ site, key, hub }: Omit<PingRef, "kind">): Key => ({
  pk: feedPartition(site, key),
  sk: join("PING", hub),
});

/** Keys of a feed's archive pages begin with this. Their numbers are padded, so that they sort as text. */
export const pagePrefix = "ARCHIVE#";
export const pageKey = (site: string, feed: FeedKey, page: number): Key => ({
  pk: feedPartition(site, feed),
  sk: `${pagePrefix}${String(page).padStart(8, "0")}`,
});

/** Keys of the categories that a main feed may begin feeds for begin with this. */
export const candidatePrefix = "CANDIDATE#";
export const candidateKey = (site: string, key: FeedKey): Key => ({
  pk: feedPartition(site, mainFeedFor(key)),
  sk: `${candidatePrefix}${escapeComponent(key)}`,
});

/** Keys of the rows that name the archive pages of a feed's posts begin with this. */
export const pageOfPostPrefix = "ARCHIVED#";
/** The key of the row that names a post's archive page. */
export const pageOfPostKey = (site: string, feed: FeedKey, id: string): Key => ({
  pk: feedPartition(site, feed),
  sk: `${pageOfPostPrefix}${escapeComponent(id)}`,
});

/** Keys of published posts that wait for their archive numbers begin with this. They are sorted by age. */
export const markPrefix = "UNNUMBERED#";
export const markKey = (site: string, feed: FeedKey, marks: readonly ArchiveMark[]): Key => {
  const oldest = Math.min(...marks.map(({ published }) => published));
  const content = marks.map(({ id, published, version }) => [id, published, version]);
  return {
    pk: feedPartition(site, feed),
    sk: `${markPrefix}${entryPosition(oldest, sha256(JSON.stringify(content)).toString("hex", 0, 16))}`,
  };
};

/** `about` is never longer than a post's id, or an account's or a feed's name with a cause. */
export const noticeKey = ({ site, to, about }: Omit<NoticeRef, "kind">): Key => ({
  pk: join(partitions.notice, site, to, about),
  sk: "NOTICE",
});

/** The key has no site: an account's name is unique in the installation. */
export const accountKey = (name: string): Key => ({ pk: join(partitions.account, name), sk: "ACCOUNT" });

/** The key of the tokens that an account's network issued to its login. */
export const tokenKey = (name: string): Key => ({ pk: join(partitions.token, name), sk: "TOKEN" });
export const isTokenKey = ({ pk }: Key): boolean => pk.startsWith(`${partitions.token}#`);

/** `name` has network and server. */
export const serverKey = (name: string): Key => ({ pk: join(partitions.server, name), sk: "SERVER" });

/** The key of the row with what a person has stopped. */
export const stopsKey: Key = { pk: join(partitions.stop, "sending"), sk: "STOP" };

export const actPartition = (site: string): string => join(partitions.log, site);
/** The key of a line of what people decided. Its lines are sorted by time. */
export const actKey = ({
  site,
  at,
  id,
}: {
  readonly site: string;
  readonly at: Instant;
  readonly id: string;
}): Key => ({
  pk: actPartition(site),
  sk: entryPosition(at, limitLength(id)),
});

export const rateWindowKey = (name: string): Key => ({ pk: join(partitions.window, name), sk: "WINDOW" });

/** The key of the sweep's position. */
export const sweepKey: Key = { pk: join(partitions.round, "sweep"), sk: "ROUND" };

/** The key of the position in the audit of all sites. */
export const auditKey: Key = { pk: join(partitions.round, "audit"), sk: "ROUND" };

/** The key of the table's identity, which a restored table has, too. */
export const identityKey: Key = { pk: join(partitions.round, "identity"), sk: "ROUND" };

export const listingPartition = (site: string, source: string): string => join(partitions.listing, site, source);
export const listingKey = (site: string, source: string): Key => ({ pk: listingPartition(site, source), sk: "STATE" });
export const listingMarksPrefix = "MARKS#";
export const listingMarksKey = (site: string, source: string, part: number): Key => ({
  pk: listingPartition(site, source),
  sk: `${listingMarksPrefix}${String(part).padStart(6, "0")}`,
});

/** True for rows of one installation that are not copied to another one, which makes its own. */
export const isOfOneInstallation = ({ pk }: Key): boolean =>
  pk === restoreKey.pk ||
  pk === movedKey.pk ||
  [partitions.listing, partitions.round, partitions.token].some((one) => pk.startsWith(`${one}#`));

/** The key of the state of a restore that runs, or has run. */
export const restoreKey: Key = { pk: "RESTORE", sk: "RESTORE" };

/** The key of the row that says that the data was moved to another installation. */
export const movedKey: Key = { pk: "MOVED", sk: "MOVED" };

export const sitePosts = (site: string): string => join("POSTS", site);
/** The partition of a site's documents that are refused or pages, or whose deletion is to be confirmed. */
export const reportedDocuments = (site: string): string => join("REPORTED", site);
export const accountState = (account: string, list: string): string => join(account, list);

export const refKey = (ref: Ref): Key => {
  switch (ref.kind) {
    case "post":
      return postKey(ref.site, ref.id);
    case "feed":
      return feedStateKey(ref.site, ref.key);
    case "delivery":
      return deliveryKey(ref);
    case "ping":
      return pingKey(ref);
    case "notice":
      return noticeKey(ref);
  }
};

/** The reference of a row, parsed from its key. Undefined for a row that cannot be due. */
export const parseRef = ({ pk, sk }: Key): Ref | undefined => {
  const [kind, site, name, about] = keyComponents(pk);
  const [row, owner, generation] = keyComponents(sk);
  if (site === undefined || name === undefined) return undefined;
  if (kind === partitions.notice && (name === "owner" || name === "site") && about !== undefined)
    return { kind: "notice", site, to: name, about };
  if (kind === partitions.post && row === "POST") return { kind: "post", site, id: name };
  const key = kind === partitions.feed ? parseFeedKey(name) : undefined;
  if (key !== undefined && row === "FEED") return { kind: "feed", site, key };
  if (key !== undefined && row === "PING" && owner !== undefined) return { kind: "ping", site, key, hub: owner };
  if (kind === partitions.post && row === "DELIVERY" && owner !== undefined && generation !== undefined)
    return { kind: "delivery", site, post: name, account: owner, generation: Number(generation) };
  return undefined;
};
