import { createHash } from "node:crypto";
import * as z from "zod";
import { writeReceipts } from "../app/publish/write-receipts.ts";
import type { Site } from "../domain/site.ts";
import type { Instant } from "../domain/time.ts";
import { encode } from "../objects/encodings.ts";
import type { Objects } from "../ports/feeds.ts";
import type { Store } from "../ports/store.ts";
import { accountState, isOfOneInstallation, type Key, parseRef, sourceStateKey } from "../store/keys.ts";
import { type Row, rowKey } from "../store/table.ts";
import { type CheckedExport, type PortableRow, readRows, TransferError } from "./read-export.ts";

const waiting = z.object({
  state: z.enum(["pending", "sending"]),
  sandbox: z.literal(false),
  account: z.string(),
  planned: z.number(),
  sent: z.undefined().optional(),
});

const undecided = z.object({
  published: z.number(),
  audience: z.undefined().optional(),
  hold: z.undefined().optional(),
  gone: z.undefined().optional(),
});

const reason =
  "it waited when the backup was made, and may have been sent since: check the network, then release or dismiss it";

/** Holds a delivery that the old installation may have sent after the backup: a person checks the network first. */
const heldDelivery = (row: PortableRow): PortableRow => {
  const delivery = waiting.safeParse(row).data;
  if (delivery === undefined) return row;
  const { dueAt: _, wait: __, leaseUntil: ___, ...kept } = row;
  const { account, planned } = delivery;
  return {
    ...kept,
    state: "held",
    hold: "person",
    reason,
    accountState: accountState(account, "held"),
    position: planned,
  };
};

/** Makes a post history whose date is over, because the old installation may have announced it after the backup. */
const pastPost = (row: PortableRow, now: Instant): PortableRow => {
  const post = undecided.safeParse(row).data;
  return post === undefined || post.published > now ? row : { ...row, history: true };
};

const decided = z.object({
  generation: z.number(),
  audience: z.looseObject({ accounts: z.array(z.string()) }),
});

/**
 * Removes accounts without a delivery from the audience of a post. The backup can be from the moment between the decision on
 * the audience and the creation of the deliveries, which the old installation created later. They must not be created again.
 * In an export each delivery comes before its post.
 */
export const withoutNewDeliveries = ({ kind }: Pick<CheckedExport, "kind">) => {
  const known = new Set<string>();
  return (row: PortableRow): PortableRow => {
    const ref = parseRef(row);
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

/**
 * Makes a source be listed as if for the first time: its documents that are not in the backup may have been announced.
 */
const unlistedSource = ({ listed: _, ...row }: PortableRow): PortableRow => row;

const isSourceState = ({ pk, sk }: PortableRow): boolean => pk.startsWith("SITE#") && sk.startsWith("SOURCE#");

/**
 * Converts a row for the new installation. Every feed is due, because the new installation has not rendered its files yet.
 * After a backup, nothing is sent automatically that the old installation may have sent after the backup.
 */
export const restoredRow = (row: PortableRow, { kind }: Pick<CheckedExport, "kind">, now: Instant): PortableRow => {
  const ref = parseRef(row);
  if (ref?.kind === "feed") {
    const { rendered: _, ...feed } = row;
    return { ...feed, dueAt: now };
  }
  if (kind === "move") return row;
  if (ref?.kind === "delivery") return heldDelivery(row);
  if (ref?.kind === "post") return pastPost(row, now);
  return isSourceState(row) ? unlistedSource(row) : row;
};

/** True for a row that concerns only the installation that was exported. */
export const isOfOldInstallation = (row: PortableRow): boolean => isOfOneInstallation(row);

const copies = z.object({ site: z.string(), id: z.string(), syndication: z.array(z.string()).min(1) });

/** Returns a post that has public copies, and therefore a receipt. Undefined for every other row. */
export const postWithCopies = (row: PortableRow): { readonly site: string; readonly id: string } | undefined =>
  parseRef(row)?.kind === "post" ? copies.safeParse(row).data : undefined;

/** A source from which a site's documents are read. */
export interface DocumentSource {
  readonly site: string;
  /** The source's name. */
  readonly source: string;
}

const stateRow = z.object({ site: z.string(), source: z.string(), listed: z.number().optional() });

/** True for a source that contains documents: a folder or a bucket, but not a feed or the API. */
const holdsDocuments = (source: string): boolean => /^(?:bucket|folder(?:$|:))/.test(source);

/**
 * Notes which sources were listed, and returns the rows that mark the sources of the new installation as listed. They have
 * the same documents: after a move, none of them may become history because its source has another name. If a source of the
 * old installation was never listed completely, or after a backup, the new source does not count as listed either.
 */
const listedSources = ({ kind }: Pick<CheckedExport, "kind">) => {
  const known = new Map<
    string,
    { readonly site: string; readonly source: string; readonly listed?: Instant | undefined }
  >();
  const rowKeyText = ({ pk, sk }: { readonly pk: string; readonly sk: string }): string => `${pk}\n${sk}`;
  return {
    note: (row: PortableRow): void => {
      const state = isSourceState(row) ? stateRow.safeParse(row).data : undefined;
      if (state !== undefined) known.set(rowKeyText(row), state);
    },
    rowsFor: (sources: readonly DocumentSource[]): readonly PortableRow[] =>
      sources.flatMap(({ site, source }) => {
        const key = sourceStateKey(site, source);
        const before = [...known.values()].filter((one) => one.site === site && holdsDocuments(one.source));
        const last = Math.max(...before.map((one) => one.listed ?? Number.POSITIVE_INFINITY));
        const listed = kind === "move" && Number.isFinite(last) ? { listed: last } : {};
        const isUnknown = before.length === 0 && kind === "move";
        return known.has(rowKeyText(key)) || isUnknown ? [] : [{ ...key, site, source, version: 1, ...listed }];
      }),
  };
};

interface RestoreReceiptsPorts {
  readonly store: Pick<Store, "posts" | "deliveries">;
  /** The folder or bucket of the public files. */
  readonly files: Objects;
  readonly sites: readonly Site[];
  readonly now: Instant;
}

/**
 * Writes the receipts of these posts. Feeds are rendered again because their rows are due, but a receipt is written
 * only when its post is published.
 */
const restoreReceipts = async (
  posts: readonly { readonly site: string; readonly id: string }[],
  { store, files, sites, now }: RestoreReceiptsPorts,
): Promise<void> => {
  const hash = (text: string | Uint8Array): string => createHash("sha256").update(text).digest("hex");
  for (const { site: siteId, id } of posts) {
    const site = sites.find((one) => one.id === siteId);
    const post = await store.posts.read(siteId, id);
    if (site !== undefined && post !== undefined)
      await writeReceipts(site, post, { ...store, objects: files, encode, hash, clock: () => now });
  }
};

/** The rows of an export as a new installation has them, in the order of the export. */
export const restoredRows = (checked: CheckedExport, now: Instant) => {
  const listed = listedSources(checked);
  const settled = withoutNewDeliveries(checked);
  const posted: { readonly site: string; readonly id: string }[] = [];
  return {
    /** Yields the rows that belong to a part of the export. Each row is in one part, and deliveries come before posts. */
    async *rows(belongs: (row: PortableRow) => boolean = () => true): AsyncGenerator<PortableRow> {
      for await (const row of readRows(checked)) {
        if (isOfOldInstallation(row) || !belongs(row)) continue;
        listed.note(row);
        const post = postWithCopies(row);
        if (post !== undefined) posted.push(post);
        yield settled(restoredRow(row, checked, now));
      }
    },
    /** The rows of the sources that the new installation has. Called after the other rows are written. */
    listings: listed.rowsFor,
    /** Called after all rows are written. */
    writeReceipts: (ports: Omit<RestoreReceiptsPorts, "now">): Promise<void> =>
      restoreReceipts(posted, { ...ports, now }),
  };
};

/** Throws for posts of a site that is not configured: they could be neither rendered nor sent. */
export const checkSites = ({ file, sites }: CheckedExport, configured: readonly Pick<Site, "id">[]): void => {
  const known = new Set(configured.map(({ id }) => id));
  const missing = sites.filter((id) => !known.has(id));
  if (missing.length > 0)
    throw new TransferError(
      `${file} has posts of ${missing.join(", ")}, which the configuration does not name: use the crier.config.ts of the installation that it comes from`,
    );
};

/**
 * True for a row that a Crier without documents creates: of a feed, of a source that was listed, or of an account whose
 * secret was checked.
 */
const isOfEmptyInstallation = ({ pk, sk }: Key): boolean =>
  /^(?:FEED|SITE|ACCOUNT|SERVER)#/.test(pk) || isOfOneInstallation({ pk, sk });

const counted = (count: number, name: string): readonly string[] =>
  count === 0 ? [] : [`${count} ${count === 1 ? name : name.replace(/y$/, "ie").concat("s")}`];

/** Describes the contents of an installation. Undefined if it is empty. */
export const describeContents = async (rows: Iterable<Row> | AsyncIterable<Row>): Promise<string | undefined> => {
  const counts = { post: 0, delivery: 0, other: 0 };
  for await (const row of rows) {
    const key = rowKey.parse(row);
    if (isOfEmptyInstallation(key)) continue;
    const kind = parseRef(key)?.kind;
    counts[kind === "post" || kind === "delivery" ? kind : "other"] += 1;
  }
  const found = [
    ...counted(counts.post, "post"),
    ...counted(counts.delivery, "delivery"),
    ...counted(counts.other, "other row"),
  ];
  return found.length === 0 ? undefined : found.join(", ");
};
