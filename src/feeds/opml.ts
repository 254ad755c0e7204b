import { isClean } from "./clean-values.ts";
import { type Format, type FormatFiles, fileUrl, listProblems, sameList, uncleanProblem } from "./format.ts";
import { child, element, elements, everyString, parseXml, textIn, writeXml } from "./tree.ts";
import type { FeedView } from "./view.ts";

const files = { id: "opml", file: "feeds.opml", mediaType: "text/x-opml", mainOnly: true } as const;

interface Subscription {
  readonly title: string;
  readonly xmlUrl: string;
  readonly htmlUrl: string;
}

const subscriptions = (view: FeedView, feed: FormatFiles): readonly Subscription[] => [
  { title: view.title, xmlUrl: fileUrl(view, feed), htmlUrl: view.homeUrl },
  ...view.siblings.map(({ key, title, url }) => ({ title, xmlUrl: fileUrl(view, feed, key), htmlUrl: url })),
];

const write = (view: FeedView, feed: FormatFiles): string =>
  writeXml(
    element("opml", { version: "2.0" }, [
      element("head", {}, [
        element("title", {}, [view.title]),
        element("dateModified", {}, [new Date(view.updated).toUTCString()]),
        element("ownerName", {}, [view.author.name]),
      ]),
      element(
        "body",
        {},
        subscriptions(view, feed).map(({ title, xmlUrl, htmlUrl }) =>
          element("outline", { type: "rss", text: title, title, xmlUrl, htmlUrl }),
        ),
      ),
    ]),
    new Set(),
  );

/** Writes OPML 2.0 (opml.org/spec2.opml): all feeds of the site in one format, for the import of a feed reader. */
export const opmlFor = (feed: FormatFiles): Format => ({
  ...files,
  name: "OPML",
  write: (view) => write(view, feed),
  read: (text, view) => {
    const root = parseXml(text);
    const outlines = elements(child(root, "body"), "outline").map(({ attributes }) => attributes);
    return {
      problems: listProblems({
        "is not OPML 2.0": root.name !== "opml" || root.attributes.version !== "2.0",
        "has no title": !textIn(child(child(root, "head"), "title")),
        "does not list exactly the feeds of the site": !sameList(
          outlines.map(({ xmlUrl }) => xmlUrl),
          subscriptions(view, feed).map(({ xmlUrl }) => xmlUrl),
        ),
        "has a feed without type, text or page": outlines.some(
          ({ type, text, htmlUrl }) => type !== "rss" || !text || !htmlUrl,
        ),
        [uncleanProblem]: !everyString(root, isClean),
      }),
    };
  },
});
