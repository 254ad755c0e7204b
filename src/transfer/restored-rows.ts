import { createHash } from "node:crypto";
import * as z from "zod";
import { writeReceipts } from "../app/publish/write-receipts.ts";
import type { Site } from "../domain/site.ts";
import type { Instant } from "../domain/time.ts";
import { encode } from "../objects/encodings.ts";
import type { Objects } from "../ports/feeds.ts";
import type { Store } from "../ports/store.ts";
import { accountState, isOfOneHome, type Key, refOf, sourceStateKey } from "../store/keys.ts";
import { type Row, rowKey } from "../store/table.ts";
import { type CheckedExport, type PortableRow, TransferError } from "./export-file.ts";

const waiting = z.object({
  state: z.enum(["pending", "sending"]),
  sandbox: z.literal(false),
  account: z.string(),
  sent: z.undefined().optional(),
});

const undecided = z.object({
  published: z.number(),
  audience: z.undefined().optional(),
  hold: z.undefined().optional(),
  gone: z.undefined().optional(),
});

const reason =
  "it waited when the backup was made, and may have been sent since: look at the network, then release or dismiss it";

/** A delivery that the old home may have sent since: a person looks first. */
const heldDelivery = (row: PortableRow): PortableRow => {
  const delivery = waiting.safeParse(row).data;
  if (delivery === undefined) return row;
  const { dueAt: _, wait: __, leaseUntil: ___, ...kept } = row;
  const { account } = delivery;
  return { ...kept, state: "held", hold: "person", reason, accountState: accountState(account, "held") };
};

/** A post whose time came since, so that the old home may have announced it: that is history. */
const pastPost = (row: PortableRow, now: Instant): PortableRow => {
  const post = undecided.safeParse(row).data;
  return post === undefined || post.published > now ? row : { ...row, history: true };
};

const decided = z.object({
  generation: z.number(),
  audience: z.looseObject({ accounts: z.array(z.string()) }),
});

/**
 * A backup can be of a moment at which a post's audience was decided and its deliveries were not there yet: the old home
 * made them since. They are not made again. Each delivery comes before its post.
 */
export const withoutNewDeliveries = ({ kind }: Pick<CheckedExport, "kind">) => {
  const known = new Set<string>();
  return (row: PortableRow): PortableRow => {
    const ref = refOf(row);
    if (kind === "move" || (ref?.kind !== "delivery" && ref?.kind !== "post")) return row;
    if (ref.kind === "delivery") {
      known.add(JSON.stringify([row.pk, ref.account, ref.generation]));
      return row;
    }
    const post = decided.safeParse(row).data;
    if (post === undefined) return row;
    const { audience, generation } = post;
    const accounts = audience.accounts.filter((name) => known.has(JSON.stringify([row.pk, name, generation])));
    return { ...row, audience: { ...audience, accounts } };
  };
};

/** What a source holds that the backup does not know may have been announced: it is listed as if for the first time. */
const unlistedSource = ({ listed: _, ...row }: PortableRow): PortableRow => row;

const isSourceState = ({ pk, sk }: PortableRow): boolean => pk.startsWith("SITE#") && sk.startsWith("SOURCE#");

/**
 * The row as a new home has it. It has rendered no feed yet: each is due, so that its files are made. After a backup,
 * nothing is sent by itself that the old home may have sent since it was made.
 */
export const restoredRow = (row: PortableRow, { kind }: Pick<CheckedExport, "kind">, now: Instant): PortableRow => {
  const ref = refOf(row);
  if (ref?.kind === "feed") {
    const { rendered: _, ...feed } = row;
    return { ...feed, dueAt: now };
  }
  if (kind === "move") return row;
  if (ref?.kind === "delivery") return heldDelivery(row);
  if (ref?.kind === "post") return pastPost(row, now);
  return isSourceState(row) ? unlistedSource(row) : row;
};

/** Of the home that the export comes from. */
export const isOfOldHome = (row: PortableRow): boolean => isOfOneHome(row);

const copies = z.object({ site: z.string(), id: z.string(), syndication: z.array(z.string()).min(1) });

/** A post that has public copies, and so a receipt. Undefined for every other row. */
export const postWithCopies = (row: PortableRow): { readonly site: string; readonly id: string } | undefined =>
  refOf(row)?.kind === "post" ? copies.safeParse(row).data : undefined;

/** A source of documents of a site. */
export interface DocumentPlace {
  readonly site: string;
  /** The source's name. */
  readonly source: string;
}

const stateRow = z.object({ site: z.string(), source: z.string(), listed: z.number().optional() });

/** The name of a source that documents are put into: a folder or a bucket, not another program's feed or the API. */
const holdsDocuments = (source: string): boolean => /^(?:bucket|folder(?:$|:))/.test(source);

/**
 * Notes which sources were listed, and answers the rows that say so of the new home's places. The documents are the same
 * ones there: after a move none of them is history because its place has another name. Where a place of the old home was
 * never listed completely, and after a backup, that of the new one was not either.
 */
export const listedPlaces = ({ kind }: Pick<CheckedExport, "kind">) => {
  const known = new Map<
    string,
    { readonly site: string; readonly source: string; readonly listed?: Instant | undefined }
  >();
  const keyOf = ({ pk, sk }: { readonly pk: string; readonly sk: string }): string => `${pk}\n${sk}`;
  return {
    note: (row: PortableRow): void => {
      const state = isSourceState(row) ? stateRow.safeParse(row).data : undefined;
      if (state !== undefined) known.set(keyOf(row), state);
    },
    rowsFor: (places: readonly DocumentPlace[]): readonly PortableRow[] =>
      places.flatMap(({ site, source }) => {
        const key = sourceStateKey(site, source);
        const before = [...known.values()].filter((one) => one.site === site && holdsDocuments(one.source));
        const last = Math.max(...before.map((one) => one.listed ?? Number.POSITIVE_INFINITY));
        const listed = kind === "move" && Number.isFinite(last) ? { listed: last } : {};
        const isUnknown = before.length === 0 && kind === "move";
        return known.has(keyOf(key)) || isUnknown ? [] : [{ ...key, site, source, version: 1, ...listed }];
      }),
  };
};

interface Ports {
  readonly store: Pick<Store, "posts" | "deliveries">;
  /** The public ones. */
  readonly files: Objects;
  readonly sites: readonly Site[];
  readonly now: Instant;
}

/** The receipts of these posts. Feeds are rendered from their rows; a receipt is written only when its post is published. */
export const restoreReceipts = async (
  posts: readonly { readonly site: string; readonly id: string }[],
  { store, files, sites, now }: Ports,
): Promise<void> => {
  const hash = (text: string | Uint8Array): string => createHash("sha256").update(text).digest("hex");
  for (const { site: siteId, id } of posts) {
    const site = sites.find((one) => one.id === siteId);
    const post = await store.posts.read(siteId, id);
    if (site !== undefined && post !== undefined)
      await writeReceipts(site, post, { ...store, objects: files, encode, hash, clock: () => now });
  }
};

/** Posts of a site that the configuration lacks could be neither rendered nor sent. */
export const checkSites = ({ file, sites }: CheckedExport, configured: readonly Pick<Site, "id">[]): void => {
  const known = new Set(configured.map(({ id }) => id));
  const missing = sites.filter((id) => !known.has(id));
  if (missing.length > 0)
    throw new TransferError(
      `${file} has posts of ${missing.join(", ")}, which the configuration does not name: use the crier.config.ts of the home that it comes from`,
    );
};

/** A Crier without documents makes these by itself: its feeds, and that its sources were listed. */
const isOfEmptyHome = ({ pk, sk }: Key): boolean => /^(?:FEED|SITE)#/.test(pk) || isOfOneHome({ pk, sk });

const counted = (count: number, name: string): readonly string[] =>
  count === 0 ? [] : [`${count} ${count === 1 ? name : name.replace(/y$/, "ie").concat("s")}`];

/** What a home holds, in words; undefined where it is empty. */
export const contentsOf = async (rows: Iterable<Row> | AsyncIterable<Row>): Promise<string | undefined> => {
  const counts = { post: 0, delivery: 0, other: 0 };
  for await (const row of rows) {
    const key = rowKey.parse(row);
    if (isOfEmptyHome(key)) continue;
    const kind = refOf(key)?.kind;
    counts[kind === "post" || kind === "delivery" ? kind : "other"] += 1;
  }
  const found = [
    ...counted(counts.post, "post"),
    ...counted(counts.delivery, "delivery"),
    ...counted(counts.other, "other row"),
  ];
  return found.length === 0 ? undefined : found.join(", ");
};
