import { deliveryId } from "../../../src/domain/delivery.ts";
import type { SimulatedSite } from "../world.ts";

/** Feeds name the addresses of a post's copies that everybody may see, and no others. */
export const checkSyndication = async ({ site, truth, violate, lostSends }: SimulatedSite): Promise<void> => {
  for (const { id, slug, syndication } of (await truth.posts.newest(site.id)).rows) {
    const named = new Set(syndication);
    const visible = new Set<string>();
    const rows = await truth.deliveries.ofPost(site.id, id);
    // The post goes on naming the copy of a delivery that cannot be read any more.
    if (rows.some((row) => lostSends.has(deliveryId(row)))) continue;
    for (const row of rows)
      for (const { url, public: isPublic, gone } of row.remotes ?? []) {
        if (url === null || gone) continue;
        if (isPublic) visible.add(url);
        if (isPublic && row.state === "posted" && !named.has(url))
          violate(`UNTRUE: ${slug} does not name ${url}, the address of ${deliveryId(row)}`);
      }
    for (const url of named)
      if (!visible.has(url)) violate(`UNTRUE: ${slug} names ${url}, where nobody finds a copy of it`);
  }
};
