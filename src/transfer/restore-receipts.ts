import { createHash } from "node:crypto";
import { writeReceipts } from "../app/publish/write-receipts.ts";
import type { Site } from "../domain/site.ts";
import type { Instant } from "../domain/time.ts";
import { encode } from "../objects/encodings.ts";
import type { Objects } from "../ports/feeds.ts";
import type { Store } from "../ports/store.ts";

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
