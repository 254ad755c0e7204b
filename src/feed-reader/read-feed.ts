import { Parser } from "htmlparser2";
import type { FeedBytes, PolledFeed } from "../domain/polled-feed.ts";
import { repairText } from "../domain/text-repair.ts";
import type { ReadFeedResult } from "../ports/content.ts";
import { decodeText, decompress } from "./decode-text.ts";
import { withoutTracking } from "./page-url.ts";
import { readAtom } from "./read-atom.ts";
import { readJsonFeed } from "./read-json-feed.ts";
import { readRss } from "./read-rss.ts";
import { parseXml, urlIn } from "./xml-tree.ts";

const roots = new Set(["rss", "rdf:rdf", "atom:feed"]);

/** The feeds that a page links to for feed readers. */
const feedsOfPage = (html: string, url: string): readonly string[] => {
  const found: string[] = [];
  const parser = new Parser({
    onopentag: (name, { rel = "", type = "", href }) => {
      if (
        name !== "link" ||
        !/\balternate\b/i.test(rel) ||
        !/^application\/(?:(?:rss|atom)\+xml|feed\+json)/i.test(type)
      )
        return;
      const address = urlIn(href, url);
      if (address !== undefined) found.push(address);
    },
  });
  parser.end(html.slice(0, 200_000));
  return found;
};

const noFeed = (text: string, url: string): ReadFeedResult => {
  if (text.trim() === "") return { kind: "no-feed", problem: "it is empty" };
  if (!/<(?:!doctype html|html|head|body)\b/i.test(text.slice(0, 5_000)))
    return { kind: "no-feed", problem: "it is not RSS, Atom or JSON Feed" };
  const feeds = feedsOfPage(text, url).slice(0, 3);
  return {
    kind: "no-feed",
    problem: `it is a page, not a feed${feeds.length === 0 ? "" : `: its feeds are ${feeds.join(", ")}`}`,
  };
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const feedResult = (feed: PolledFeed): ReadFeedResult => ({
  kind: "feed",
  feed: {
    ...feed,
    entries: feed.entries.map((entry) => ({ ...entry, url: entry.url && withoutTracking(entry.url) })),
  },
});

/** Reads what a feed's address answered: RSS, Atom or JSON Feed, whatever its media type says. Never throws. */
export const readFeed = ({ body, contentType = "", url }: FeedBytes): ReadFeedResult => {
  let text: string;
  try {
    text = repairText(decodeText(decompress(body), contentType));
  } catch {
    return { kind: "no-feed", problem: "its gzip cannot be decompressed, or is longer than 10 MB" };
  }
  if (/^\s*\{/.test(text)) {
    const feed = readJsonFeed(parseJson(text), url);
    return feed === undefined ? { kind: "no-feed", problem: "it is not a JSON Feed" } : feedResult(feed);
  }
  const { root, isComplete } = parseXml(text, url, roots);
  if (root === undefined) return noFeed(text, url);
  return feedResult((root.name === "atom:feed" ? readAtom : readRss)(root, isComplete));
};
