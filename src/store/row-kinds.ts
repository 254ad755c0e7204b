import * as z from "zod";
import { listOfDelivery } from "../domain/delivery.ts";
import type { FeedKey } from "../domain/feed-key.ts";
import { deliveryRow, standInDelivery } from "./delivery-rows.ts";
import type { documentRow } from "./document-rows.ts";
import { feedKey, standInFeed, standInMembership } from "./feed-rows.ts";
import {
  accountKey,
  accountState,
  actKey,
  aliasKey,
  auditKey,
  candidateKey,
  deliveryKey,
  documentKey,
  entryKey,
  entryPrefix,
  feedStateKey,
  identityKey,
  type Key,
  keyComponents,
  listingKey,
  markKey,
  movedKey,
  noticeKey,
  pageCheckKey,
  pageKey,
  parseRef,
  pingKey,
  postKey,
  rateWindowKey,
  reportedDocuments,
  restoreKey,
  serverKey,
  siteFeedKey,
  sitePosts,
  sourceStateKey,
  stopsKey,
  sweepKey,
  translationKey,
} from "./keys.ts";
import { aliasRow, postRow, standInPost } from "./post-rows.ts";
import type { StoredKind } from "./row-format.ts";
import { instant, type Row } from "./table.ts";
import { storedKinds as kinds } from "./table-store.ts";

/** A kind of row: the keys that it has, the schema that the store reads it with, and the key that follows from it. */
interface RowKind {
  readonly partition: string;
  readonly sort: RegExp;
  /** Says what is wrong with a row, one text for each mistake. */
  readonly check: (row: Row & Key) => readonly string[];
}

/** DynamoDB's limits, which hold on one machine too: an export is restored in either. */
const maxKeyBytes = { pk: 2048, sk: 1024 };

/** The fields that every row has while it is due. SQLite's index has only whole numbers. */
const dueShape = z.object({
  dueAt: instant.int().optional(),
  failures: z.int().nonnegative().optional(),
});

const describeIssue = ({ path, message }: z.core.$ZodIssue): string =>
  path.length === 0 ? message : `${path.map(String).join(".")}: ${message}`;

/** The key of a row whose own key has a component that Crier does not write. */
const noKey: Key = { pk: "", sk: "" };

/**
 * `key`: the key that follows from the values of a row, and from the components of its own key where a value is only
 * there.
 */
const rowKind = <Schema extends z.ZodType>(
  { partition, sort, schema }: StoredKind & { readonly schema: Schema },
  key: (row: z.output<Schema>, own: Key, components: readonly string[]) => Key,
  further: (row: z.output<Schema>, stored: Row) => readonly string[] = () => [],
): RowKind => ({
  partition,
  sort,
  check: (row) => {
    const due = dueShape.safeParse(row);
    const parsed = schema.safeParse(row);
    const found = [...(due.error?.issues ?? []), ...(parsed.error?.issues ?? [])].map(describeIssue);
    const issues = [...new Set(found)];
    if (!parsed.success) return issues;
    const { pk, sk } = key(parsed.data, row, keyComponents(row.pk));
    const isItsKey = pk === row.pk && sk === row.sk;
    return [...issues, ...(isItsKey ? [] : ["its key does not follow from its values"]), ...further(parsed.data, row)];
  },
});

const isWebAddress = (text: string): boolean => /^https?:\/\//i.test(text) && URL.parse(text) !== null;

/** A path of a document stays below its source. The document of a feed's entry is named by its address. */
const checkPath = (path: string): readonly string[] =>
  isWebAddress(path) || !(path.includes("\0") || path.split("/").includes(".."))
    ? []
    : ["path: leads out of its source"];

/** The key of a feed is a path of public files. */
const checkFeeds = (...keys: readonly FeedKey[]): readonly string[] =>
  keys.flatMap((key) =>
    key.split("/").every((segment) => /^[\p{L}\p{M}\p{N}-]+$/u.test(segment)) ? [] : ["key: leads out of the feeds"],
  );

/** A row of an export has its body as text. */
const portablePostRow = postRow
  .omit({ body: true, bodyKey: true })
  .extend({ html: z.string().optional(), sitePosts: z.string() });

const checkPost = ({
  site,
  html,
  damage,
  url,
  syndication,
  path,
  ...post
}: z.output<typeof portablePostRow>): readonly string[] => [
  ...(html === undefined && damage === undefined ? ["html: it has no body"] : []),
  ...(post.sitePosts === sitePosts(site) ? [] : ["sitePosts: is of another site"]),
  ...(Number.isInteger(post.updated) ? [] : ["updated: is not a whole number"]),
  ...(damage !== undefined || isWebAddress(url) ? [] : ["url: is not an address on the web"]),
  ...(syndication.every(isWebAddress) ? [] : ["syndication: has an address that is not on the web"]),
  ...checkPath(path),
  ...checkFeeds(...post.listed.map(({ feed }) => feed)),
];

const portableDelivery = z.preprocess(
  (row) => (typeof row === "object" && row !== null && "dueAt" in row ? { ...row, due: row.dueAt } : row),
  deliveryRow,
);

const checkDelivery = (delivery: z.output<typeof deliveryRow>, stored: Row): readonly string[] => [
  ...(stored.accountState === accountState(delivery.account, listOfDelivery(delivery))
    ? []
    : ["accountState: is of another account or state"]),
  ...(Number.isInteger(stored.position) ? [] : ["position: is not a whole number"]),
];

const checkDocument = ({ site, path }: z.output<typeof documentRow>, stored: Row): readonly string[] => [
  ...checkPath(path),
  ...(stored.sitePosts === undefined || stored.sitePosts === reportedDocuments(site)
    ? []
    : ["sitePosts: is of another site"]),
  ...(stored.updated === undefined || Number.isInteger(stored.updated) ? [] : ["updated: is not a whole number"]),
];

const kindOfAlias = z.enum(["address", "guid", "announcement"]);
const kindOfShared = z.enum(["slug", "hash", "published"]);

/** The key of a row of a feed's archive. The feed is in its key alone. */
const archiveRowKey = (pk: readonly string[], key: (site: string, feed: FeedKey) => Key): Key => {
  const [, site = "", name = ""] = pk;
  const feed = feedKey.safeParse(name).data;
  return feed === undefined ? noKey : key(site, feed);
};

/** The rows of one installation. An export has them, and no other installation is given them. */
const rowsOfOneInstallation: readonly RowKind[] = [
  rowKind(kinds.listing, (_, __, [, site = "", source = ""]) => listingKey(site, source)),
  rowKind(kinds.listingMarks, (_, own) => own),
  rowKind(kinds.round, (row) => {
    if ("configuration" in row) return auditKey;
    return "id" in row ? identityKey : sweepKey;
  }),
  rowKind(kinds.moved, () => movedKey),
  rowKind(kinds.restore, () => restoreKey),
];

const rowKinds: readonly RowKind[] = [
  rowKind({ ...kinds.post, schema: portablePostRow }, ({ site, id }) => postKey(site, id), checkPost),
  rowKind({ ...kinds.delivery, schema: portableDelivery }, deliveryKey, checkDelivery),
  rowKind(kinds.pageCheck, ({ site, post }) => pageCheckKey(site, post)),
  rowKind(kinds.document, ({ site, source, path }) => documentKey(site, source, path), checkDocument),
  rowKind({ ...kinds.alias, schema: aliasRow.extend({ value: z.string() }) }, ({ value }, _, [, site = "", name]) => {
    const kind = kindOfAlias.safeParse(name).data;
    return kind === undefined ? noKey : aliasKey(site, kind, value);
  }),
  rowKind(kinds.shared, ({ post }, own, [, , kind, value, ...others]) => {
    const [, id, ...more] = keyComponents(own.sk);
    const isShared = kindOfShared.safeParse(kind).success && value !== undefined && others.length + more.length === 0;
    return isShared && id === post ? own : noKey;
  }),
  rowKind(kinds.translation, ({ language }, { pk }, [, site = "", key = ""]) => ({
    pk,
    sk: translationKey(site, key, language).sk,
  })),
  rowKind(
    kinds.siteFeed,
    ({ key }, _, [, site = ""]) => siteFeedKey(site, key),
    ({ key }) => checkFeeds(key),
  ),
  rowKind(kinds.sourceState, ({ site, source }) => sourceStateKey(site, source)),
  rowKind(
    kinds.feed,
    ({ site, key }) => feedStateKey(site, key),
    ({ key }) => checkFeeds(key),
  ),
  rowKind(kinds.membership, ({ feed, published, id }, _, [, site = ""]) => entryKey(site, feed, published, id)),
  rowKind(
    kinds.candidate,
    ({ key }, _, [, site = ""]) => candidateKey(site, key),
    ({ key }) => checkFeeds(key),
  ),
  rowKind(kinds.ping, pingKey),
  rowKind(kinds.archivePage, ({ page }, _, pk) => archiveRowKey(pk, (site, feed) => pageKey(site, feed, page))),
  rowKind(kinds.archived, (_, own, pk) => archiveRowKey(pk, () => own)),
  rowKind(kinds.archiveMarks, ({ marks }, _, pk) => archiveRowKey(pk, (site, feed) => markKey(site, feed, marks))),
  rowKind(kinds.notice, noticeKey),
  rowKind(kinds.account, ({ name }) => accountKey(name)),
  rowKind(kinds.server, ({ name }) => serverKey(name)),
  rowKind(kinds.log, actKey),
  rowKind(kinds.stops, () => stopsKey),
  rowKind(kinds.window, ({ name }) => rateWindowKey(name)),
  ...rowsOfOneInstallation,
];

/**
 * Says what is wrong with a row in the form that an export has, one text for each mistake. A row without any is one
 * that the store can read, under its own key, and in the indexes where it belongs.
 */
export const checkPortableRow = (row: Row & Key): readonly string[] => {
  const [partition] = row.pk.split("#", 1);
  const kind = rowKinds.find((one) => one.partition === partition && one.sort.test(row.sk));
  if (kind === undefined) return ["is not a kind of row that Crier writes"];
  const isLong = Buffer.byteLength(row.pk) > maxKeyBytes.pk || Buffer.byteLength(row.sk) > maxKeyBytes.sk;
  if (isLong) return ["its key is too long"];
  const own = ["body", "bodyKey", "dueShard", "lease"].filter((name) => Object.hasOwn(row, name));
  return [...own.map((name) => `${name}: is in no export`), ...kind.check(row)];
};

/**
 * Returns a row in the form that an export has, or what stands in for it if it cannot be read: a post is damaged until its
 * document is saved, a delivery waits for a person, and a feed is rendered anew. Every other row is left out, because it is
 * made again.
 */
export const standInRow = (row: Row & Key): (Row & Key) | undefined => {
  if (checkPortableRow(row).length === 0) return row;
  const ref = parseRef(row);
  if (ref?.kind === "post") return { ...standInPost(row, ref.site, ref.id), ...postKey(ref.site, ref.id) };
  if (ref?.kind === "delivery") return { ...standInDelivery(row, ref), ...deliveryKey(ref) };
  if (ref?.kind === "feed") {
    const { dueShard: _, ...feed } = standInFeed(ref.site, ref.key, 0);
    return feed;
  }
  return row.sk.startsWith(entryPrefix) ? standInMembership(row) : undefined;
};
