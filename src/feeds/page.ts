import { html, raw } from "hono/html";
import type { Feed } from "../domain/feed.ts";
import { cleanLine, isClean } from "./characters.ts";
import { addressOf } from "./feed-address.ts";
import { type EntryReading, type Format, parseMoment, problemsOf, type Reading, uncleanProblem } from "./format.ts";
import {
  autodiscovery,
  autodiscoverySnippet,
  otherFeeds,
  pageTranslations,
  shownSiblings,
  subscribeSection,
} from "./page-feeds.ts";
import { type PageLanguage, pageLanguage } from "./page-language.ts";
import { type Html, layout } from "./page-layout.ts";
import { author, host, newestPosts } from "./page-posts.ts";
import { feedPageStyles } from "./page-styles.ts";
import { child, type Element, elements, everyString, parseXml, textOf } from "./tree.ts";
import type { FeedView } from "./view.ts";
import { webUrl } from "./web-url.ts";
import { fillHtml } from "./words.ts";

const head = (
  view: FeedView,
  formats: readonly Format[],
): Html => html`<meta name="description" content="${view.description}"/>
<link rel="canonical" href="${view.baseUrl}"/>
${pageTranslations(view)}${autodiscovery(view, formats)}<style>${raw(feedPageStyles)}</style>`;

const licence = (view: FeedView, { words }: PageLanguage): Html | string =>
  view.licence === undefined
    ? ""
    : html` ${fillHtml(words.licence, { licence: html`<a rel="license" href="${view.licence.url}">${view.licence.name}</a>` })}`;

const body = (
  view: FeedView,
  feed: Feed,
  formats: readonly Format[],
  opml: Format,
  page: PageLanguage,
): Html => html`<div class="sheet h-feed">
<data class="u-url" value="${view.baseUrl}"></data>
<header>
<p class="home"><a href="${webUrl(feed.site.url) ?? view.homeUrl}">${host(feed.site.url)}</a></p>
<h1 class="p-name"${page.of(view.language)}>${view.title}</h1>
${view.description === view.title ? "" : html`<p class="about p-summary"${page.of(view.language)}>${view.description}</p>`}
</header>
<main>${subscribeSection(view, formats, opml, page.words)}
<section aria-labelledby="newest">
<h2 id="newest">${page.words.newest}</h2>
${newestPosts(view, feed, page)}
</section>${otherFeeds(view, cleanLine(feed.site.title), page)}
</main>
<footer>${autodiscoverySnippet(view, formats, page.words)}
<p>${fillHtml(page.words.by, { author: author(view.author) })}${licence(view, page)} ${page.words.keptValid}</p>
</footer>
</div>`;

/** In the order of the text. */
const allElements = (node: Element): readonly Element[] => {
  const found: Element[] = [];
  const collect = (element: Element): void => {
    found.push(element);
    for (const child of elements(element)) collect(child);
  };
  collect(node);
  return found;
};

const readEntry = (article: Element): EntryReading => {
  const all = allElements(article);
  const withClass = (name: string) => all.find(({ attributes }) => attributes.class?.split(" ").includes(name));
  return {
    id: withClass("u-uid")?.attributes.value,
    title: textOf(withClass("p-name")),
    published: parseMoment(withClass("dt-published")?.attributes.datetime),
    problems: problemsOf({
      "has no absolute link": !/^https?:/.test(withClass("u-url")?.attributes.href ?? ""),
      [uncleanProblem]: !everyString(article, isClean),
    }),
  };
};

const read = (text: string, view: FeedView, formats: readonly Format[], opml: Format): Reading => {
  const root = parseXml(text);
  const all = allElements(root);
  const links = elements(child(root, "head"), "link").map(({ attributes }) => attributes.href);
  const others = all.filter(({ attributes }) => attributes.class === "tags others").flatMap(allElements);
  const hasLink = (some: readonly Element[], href: string) => some.some(({ attributes }) => attributes.href === href);
  const licence = all.find(({ attributes }) => attributes.rel === "license")?.attributes.href;
  return {
    problems: problemsOf({
      "has no title": !textOf(child(child(root, "head"), "title")),
      "does not link to every feed": !formats.every((format) => links.includes(addressOf(view, format))),
      "does not link to the OPML file": view.key === "main" && !hasLink(all, addressOf(view, opml)),
      "does not link to the site's other feeds": !shownSiblings(view).every(({ url }) => hasLink(others, url)),
      "does not name its licence": licence !== view.licence?.url,
    }),
    entries: all.filter(({ attributes }) => attributes.class === "h-entry").map(readEntry),
  };
};

/** The page for people. It links to the feed in each of the formats, and to the OPML file. */
export const pageFor = (formats: readonly Format[], opml: Format): Format => ({
  id: "page",
  file: "index.html",
  mediaType: "text/html",
  name: "Page",
  // The template contains no promise, so that hono's result is a string.
  write: (view, feed) => {
    const language = pageLanguage(view.language);
    return String(
      layout({
        language: language.page,
        title: view.title,
        head: head(view, formats),
        body: body(view, feed, formats, opml, language),
      }),
    );
  },
  read: (text, view) => read(text, view, formats, opml),
});
