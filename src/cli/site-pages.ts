import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { CommandError } from "../api/api-client.ts";
import { errorMessage } from "../domain/errors.ts";
import type { FeedBytes } from "../domain/polled-feed.ts";
import { readSitePages } from "../feed-reader/read-feed.ts";
import { connectOutside } from "../outside/connect-outside.ts";
import { systemRuntime } from "../runtimes/system-runtime.ts";

interface SitePages {
  readonly kind: "feed" | "sitemap";
  readonly pages: readonly { readonly url: string; readonly title: string | undefined }[];
}

/** sitemaps.org allows 50,000. A site with more than these has enough pages to compare. */
const maxSitemaps = 50;

export const isUrl = (place: string): boolean => /^https?:\/\//i.test(place);

/** What is at a URL, or in a file. A private address is allowed for the origin that was typed only. `base`: what relative links of a file are relative to. */
export const readerOf = (place: string, folder: string, base: string) => {
  const { poll } = connectOutside({ about: base, own: { feeds: [place] }, deadline: systemRuntime.deadline });
  return async (address: string): Promise<FeedBytes> => {
    if (!isUrl(address)) {
      try {
        return { url: base, contentType: undefined, body: await readFile(resolve(folder, address)) };
      } catch (cause) {
        throw new CommandError(
          `${address} cannot be read (${errorMessage(cause)}): name the URL or the file of the site's feed or sitemap`,
          { exitCode: 2, cause },
        );
      }
    }
    const response = await poll(address, {});
    if (response.kind === "content") return response.bytes;
    const reason = response.kind === "failed" ? response.reason : "there is nothing any more (410)";
    throw new CommandError(`${address} cannot be read: ${reason}`);
  };
};

/** The pages of the site by its own feed or sitemap, with the sitemaps that an index names. */
export const readPagesAt = async (place: string, folder: string, base: string): Promise<SitePages> => {
  const read = readerOf(place, folder, base);
  const first = readSitePages(await read(place));
  if (first.kind === "neither") throw new CommandError(`${place} is neither a feed nor a sitemap: ${first.problem}`);
  if (first.kind !== "index") return first;
  const pages = [];
  for (const sitemap of first.sitemaps.slice(0, maxSitemaps)) {
    const one = readSitePages(await read(sitemap));
    if (one.kind === "sitemap") pages.push(...one.pages);
  }
  return { kind: "sitemap", pages };
};
