import { html, raw } from "hono/html";
import { isClean } from "./clean-values.ts";
import { fillHtml, type PageLanguage, pageLanguage } from "./feed-messages.ts";
import { type Format, type FormatFiles, fileUrl, listProblems, sameList, uncleanProblem } from "./format.ts";
import { feedPageStyles, type Html, layout } from "./page-layout.ts";
import { child, element, elements, everyString, parseXml, textIn, writeXml } from "./tree.ts";
import type { FeedView } from "./view.ts";

// The files that a site has once, in the folder of its main feed.

const opmlFiles = { id: "opml", file: "feeds.opml", mediaType: "text/x-opml", mainOnly: true } as const;

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
  ...opmlFiles,
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

const svg = { xmlns: "http://www.w3.org/2000/svg", viewBox: "0 0 32 32" };

const iconText = writeXml(
  element("svg", svg, [
    element("rect", { width: "32", height: "32", rx: "7", fill: "#9a3412" }),
    element("circle", { cx: "9.5", cy: "22.5", r: "2.5", fill: "#fff" }),
    element("path", {
      d: "M8 14.5a9.5 9.5 0 0 1 9.5 9.5M8 8a16 16 0 0 1 16 16",
      fill: "none",
      stroke: "#fff",
      "stroke-width": "3",
      "stroke-linecap": "round",
    }),
  ]),
  new Set(),
);

/**
 * The icon of the pages. Browsers request it by this name for every address that names no icon, such as a feed. Its
 * media type says that it is SVG.
 */
export const icon: Format = {
  id: "icon",
  file: "favicon.ico",
  mediaType: "image/svg+xml",
  mainOnly: true,
  name: "Icon",
  write: () => iconText,
  read: (text) => ({ problems: listProblems({ "is not the icon": text !== iconText }) }),
};

const notFoundBody = (view: FeedView, feeds: readonly Format[], page: PageLanguage): Html => html`<div class="sheet">
<header>
<h1>${page.messages.notFound}</h1>
<p class="about">${fillHtml(page.messages.notFoundHint, {
  page: html`<a href="${view.baseUrl}"${page.attributesFor(view.language)}>${view.title}</a>`,
})}</p>
</header>
<main><ul class="tags others">
${feeds.map(
  (feed) => html`<li><a href="${fileUrl(view, feed)}" type="${feed.mediaType}">${feed.name}</a></li>
`,
)}</ul></main>
</div>`;

/**
 * Writes the page that a browser gets with the status 404. CloudFront has one for its host: that of the first site,
 * whose files are not in a folder.
 */
export const notFoundPageFor = (feeds: readonly Format[]): Format => ({
  id: "not-found",
  file: "404.html",
  mediaType: "text/html",
  mainOnly: true,
  name: "Not found",
  isNeeded: ({ site }) => site.folder === "",
  write: (view) => {
    const language = pageLanguage(view.language);
    return String(
      layout({
        language: language.page,
        title: `${language.messages.notFound} – ${view.title}`,
        head: html`<meta name="robots" content="noindex"/>
<link rel="icon" type="${icon.mediaType}" href="${fileUrl(view, icon)}"/>
<style>${raw(feedPageStyles)}</style>`,
        body: notFoundBody(view, feeds, language),
      }),
    );
  },
  read: (text, view) => {
    const root = parseXml(text);
    const sheet = child(child(root, "body"), "div");
    const links = elements(child(child(sheet, "main"), "ul"), "li").map((item) => child(item, "a")?.attributes.href);
    return {
      problems: listProblems({
        "has no title": !textIn(child(child(root, "head"), "title")),
        "does not link to every feed": !sameList(
          links,
          feeds.map((feed) => fileUrl(view, feed)),
        ),
        [uncleanProblem]: !everyString(root, isClean),
      }),
    };
  },
});
