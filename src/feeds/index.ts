import type { Feed } from "../domain/feed.ts";
import { receiptFolder } from "../domain/receipt.ts";
import type { Site } from "../domain/site.ts";
import type { Formats } from "../ports/feeds.ts";
import { atom } from "./atom.ts";
import { type Format, fileName, fileUrl, supports } from "./format.ts";
import { type FragmentsOf, hasParts, type Joined, keepFragments } from "./fragments.ts";
import { gateWith } from "./gate.ts";
import { json } from "./json.ts";
import { categoriesPage, pageFor } from "./page.ts";
import { rss } from "./rss.ts";
import { icon, notFoundPageFor, opmlFor } from "./site-files.ts";
import { type FeedView, makeView } from "./view.ts";

/** The formats for feed readers. CONTRIBUTING.md says how to add one. */
export const feeds: readonly Format[] = [rss, atom, json];

const opml = opmlFor(rss);

export const registry: readonly Format[] = [
  ...feeds,
  opml,
  icon,
  pageFor(feeds, opml),
  categoriesPage,
  notFoundPageFor(feeds),
];

/** Returns the paths of a site's page and of the files of its main feed. */
export const feedPaths = ({ folder, feeds: { paths } }: Site): readonly string[] => [
  `/${folder}`,
  ...registry.map(({ id, file }) => paths[id] ?? `/${folder}${file}`),
];

/** Receipts are named after posts, so their names may look like those of feeds. */
const receipts = new RegExp(`^(?:sites/[^/]+/)?${receiptFolder}`);

/** Returns the media type of a format's file by its key, or undefined for any other file. */
export const feedMediaType = (key: string): string | undefined => {
  if (receipts.test(key)) return undefined;
  const name = key.slice(key.lastIndexOf("/") + 1);
  const page = /(?:^|\/)archive\/[1-9]\d*(\..+)$/.exec(key)?.[1];
  return registry.find(({ file, archiveSuffix }) => (page === undefined ? file === name : archiveSuffix === page))
    ?.mediaType;
};

/** A feed is rendered and then checked: its parts are written only once. */
const memoiseJoined = (make: FragmentsOf): FragmentsOf => {
  const made = new WeakMap<FeedView, Map<string, Joined>>();
  return (format, view) => {
    const ofView = made.get(view) ?? new Map<string, Joined>();
    made.set(view, ofView);
    const found = ofView.get(format.id) ?? make(format, view);
    ofView.set(format.id, found);
    return found;
  };
};

/** A feed is rendered and then checked: its view is made only once. */
const memoise = (make: (feed: Feed) => FeedView): ((feed: Feed) => FeedView) => {
  const views = new WeakMap<Feed, FeedView>();
  return (feed) => {
    const view = views.get(feed) ?? make(feed);
    views.set(feed, view);
    return view;
  };
};

/** Implements the port of the application for these formats. It keeps the texts of the entries that it wrote last. */
export const makeFormats = (some: readonly Format[]): Formats => {
  const view = memoise(makeView);
  const joined = memoiseJoined(keepFragments());
  const write = (format: Format, feed: Feed): string => {
    if (!hasParts(format)) return format.write(view(feed), feed);
    return joined(format, view(feed)).text;
  };
  return {
    render: (feed) =>
      some
        .filter((format) => supports(format, feed))
        .map((format) => ({
          file: fileName(format, feed.key),
          contentType: `${format.mediaType}; charset=utf-8`,
          text: write(format, feed),
        })),
    gate: gateWith(some, view, joined),
    topics: (feed) => feeds.map((format) => fileUrl(view(feed), format)),
  };
};

export const formats: Formats = makeFormats(registry);
