import { type FeedKey, mainFeedOf } from "../domain/feed-key.ts";
import { addressOf } from "./feed-address.ts";
import { type FormatFiles, problemsOf } from "./format.ts";
import { child, type Element, element, elements } from "./tree.ts";
import type { FeedView } from "./view.ts";

/**
 * The links of a feed by relation, except that to its page: its own address (RFC 4287 §4.2.7.2), hubs (WebSub §4), the
 * archive in the same format (RFC 5005 §4), the licence (RFC 4946).
 */
const linksOf = (view: FeedView, files: FormatFiles) => {
  const { archive, licence } = view;
  const toFeed = (...keys: readonly (FeedKey | undefined)[]) =>
    keys.flatMap((key) => (key === undefined ? [] : [addressOf(view, files, key)]));
  return {
    self: toFeed(view.key),
    hub: view.hubs,
    "prev-archive": toFeed(archive?.previous),
    "next-archive": archive?.isPage === true ? toFeed(archive.next) : [],
    current: archive?.isPage === true ? toFeed(mainFeedOf(view.key)) : [],
    license: licence === undefined ? [] : [licence.url],
  };
};

const isExternal = (rel: string): boolean => rel === "hub" || rel === "license";

export const historyNamespace = "http://purl.org/syndication/history/1.0";

/** The links, and the mark of an archive page (RFC 5005 §4). RSS uses the elements of Atom (`atom:link`). */
export const linkElements = (view: FeedView, files: FormatFiles, name: "link" | "atom:link"): readonly Element[] => [
  ...Object.entries(linksOf(view, files)).flatMap(([rel, hrefs]) =>
    hrefs.map((href) => element(name, { rel, type: isExternal(rel) ? undefined : files.mediaType, href })),
  ),
  ...(view.archive?.isPage === true ? [element("fh:archive", { "xmlns:fh": historyNamespace })] : []),
];

const problems = {
  self: "does not name its own address",
  hub: "does not name exactly its hubs",
  "prev-archive": "has no link to the previous archive page, or has one on the first page",
  "next-archive": "has no link to the next archive page, or has one on the last page",
  current: "is an archive page without a link to the current feed, or another feed with one",
  license: "does not name its licence",
} as const;

const relations = ["self", "hub", "prev-archive", "next-archive", "current", "license"] as const;

export const sameList = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((value, index) => value === b[index]);

/** What is wrong with the elements that `linkElements` wrote. */
export const linkProblems = (
  feed: Element | undefined,
  view: FeedView,
  files: FormatFiles,
  name: "link" | "atom:link",
): readonly string[] => {
  const expected = linksOf(view, files);
  const links = elements(feed, name).map(({ attributes }) => attributes);
  return [
    ...relations.flatMap((rel) => {
      const hrefs = links.filter((link) => link.rel === rel).map(({ href }) => href);
      return sameList(hrefs, expected[rel]) ? [] : [problems[rel]];
    }),
    ...problemsOf({
      "is an archive page and not marked as one, or the other way round":
        (child(feed, "fh:archive") === undefined) === (view.archive?.isPage ?? false),
    }),
  ];
};
