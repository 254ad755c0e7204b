import { conflict, retryOnConflict } from "../../domain/concurrency.ts";
import type { Delivery } from "../../domain/delivery.ts";
import type { Post } from "../../domain/post.ts";
import { makeReceipt, receiptFile, receiptFolder } from "../../domain/receipt.ts";
import type { Site } from "../../domain/site.ts";
import type { Encode, Objects } from "../../ports/feeds.ts";
import type { Clock, Hash } from "../../ports/runtime.ts";
import type { Deliveries, Posts } from "../../ports/store.ts";
import { sameBytes } from "../rows.ts";

export interface ReceiptPorts {
  readonly posts: Posts;
  readonly deliveries: Deliveries;
  readonly objects: Objects;
  readonly encode: Encode;
  readonly hash: Hash;
  readonly clock: Clock;
}

/** Nobody else sees a copy in the sandbox: a post without other deliveries never had a receipt, and none is read. */
export const mayHaveReceipt = (deliveries: readonly Delivery[]): boolean => deliveries.some(({ sandbox }) => !sandbox);

/** Writes the receipt of a post at each address that it ever had: no other post is given one of them. */
export const writeReceipts = async (
  site: Site,
  { id, addresses }: Pick<Post, "id" | "addresses">,
  ports: ReceiptPorts,
): Promise<void> => {
  for (const address of addresses) {
    const key = `${site.folder}${receiptFolder}${receiptFile(address, ports.hash)}`;
    await retryOnConflict(`the file ${key}`, () => writeReceipt(site, id, key, ports));
  }
};

/** More at once would hold more bodies in memory than a page of the archive may have. */
const comparedAtOnce = 10;

/**
 * Compares the receipts of posts with their rows, and writes those that were lost or differ. Where the row of a post
 * cannot be read, its receipt stays as it is.
 */
export const compareReceipts = async (site: Site, ids: readonly string[], ports: ReceiptPorts): Promise<void> => {
  const compare = async (id: string): Promise<void> => {
    if (!mayHaveReceipt(await ports.deliveries.ofPost(site.id, id))) return;
    const post = await ports.posts.head(site.id, id);
    if (post !== undefined && post.damage === undefined) await writeReceipts(site, post, ports);
  };
  for (let from = 0; from < ids.length; from += comparedAtOnce)
    await Promise.all(ids.slice(from, from + comparedAtOnce).map(compare));
};

/**
 * The stored files are read before the rows, and only these versions are replaced: a slow worker does not overwrite a
 * newer receipt with an older one.
 */
const writeReceipt = async (
  site: Site,
  id: string,
  key: string,
  { posts, deliveries, objects, encode, clock }: ReceiptPorts,
): Promise<typeof conflict | undefined> => {
  const stored = await Promise.all(encode("").map(({ suffix }) => objects.read(`${key}${suffix}`)));
  const post = await posts.read(site.id, id);
  if (post === undefined) return undefined;
  const receipt = makeReceipt(site, post, await deliveries.ofPost(site.id, id), clock());
  // A crash may have left some of its files only: then all are written.
  if (receipt.copies.length === 0 && stored.every((file) => file === undefined)) return undefined;
  const files = encode(`${JSON.stringify(receipt, null, 2)}\n`);
  for (const [index, { suffix, encoding, bytes }] of files.entries()) {
    const there = stored[index];
    if (there !== undefined && sameBytes(there.bytes, bytes)) continue;
    const contentType = "application/json; charset=utf-8";
    const options = { contentType, ...(encoding && { encoding }), over: there?.etag };
    if (!(await objects.put(`${key}${suffix}`, bytes, options))) return conflict;
  }
  return undefined;
};
