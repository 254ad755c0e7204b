import type { FeedBytes } from "../domain/polled-feed.ts";
import { decodeText, decompress } from "./decode-text.ts";
import { readFeed } from "./read-feed.ts";
import { plainTitle } from "./title-text.ts";
import { childrenOf, parseXml, textIn, urlIn } from "./xml-tree.ts";

export type ReadPagesResult =
  /** `title` is plain text; a sitemap has none. */
  | {
      readonly kind: "feed" | "sitemap";
      readonly pages: readonly { readonly url: string; readonly title: string | undefined }[];
    }
  | { readonly kind: "index"; readonly sitemaps: readonly string[] }
  /** As the end of a sentence about the address. */
  | { readonly kind: "neither"; readonly problem: string };

const roots = new Set(["urlset", "sitemapindex"]);

const sitemapText = ({ body, contentType = "" }: FeedBytes): string => {
  try {
    return decodeText(decompress(body), contentType);
  } catch {
    return "";
  }
};

/** The pages that a feed or a sitemap (sitemaps.org) names. Never throws. */
export const readSitePages = (bytes: FeedBytes): ReadPagesResult => {
  const { root } = parseXml(sitemapText(bytes), bytes.url, roots);
  const locations = (name: string) =>
    childrenOf(root, name).flatMap((element) => urlIn(textIn(element, "loc"), bytes.url) ?? []);
  if (root?.name === "sitemapindex") return { kind: "index", sitemaps: locations("sitemap") };
  if (root !== undefined) return { kind: "sitemap", pages: locations("url").map((url) => ({ url, title: undefined })) };
  const read = readFeed(bytes);
  if (read.kind === "no-feed") return { kind: "neither", problem: read.problem };
  return {
    kind: "feed",
    pages: read.feed.entries.flatMap(({ url, title }) =>
      url === undefined ? [] : [{ url, title: plainTitle(title) }],
    ),
  };
};
