import { html, raw } from "hono/html";
import type { Feed } from "../domain/feed.ts";
import { archivePage, type FeedKey, feedParts, mainFeedFor } from "../domain/feed-key.ts";
import type { Person } from "../domain/site.ts";
import { iso } from "../domain/time.ts";
import { cleanLine, isClean, webUrl } from "./clean-values.ts";
import { fill, fillHtml, languageWithRegion, type PageLanguage, pageLanguage } from "./feed-messages.ts";
import type { Messages } from "./feed-messages-latin.ts";
import {
  type EntryReading,
  type Format,
  fileUrl,
  folderUrl,
  listProblems,
  parseMoment,
  type Reading,
  uncleanProblem,
} from "./format.ts";
import { feedPageStyles, type Html, layout } from "./page-layout.ts";
import { author, host, isShown, postList } from "./page-posts.ts";
import { icon } from "./site-files.ts";
import { child, type Element, elements, everyString, parseXml, textIn } from "./tree.ts";
import type { EntryView, FeedView, SiblingView } from "./view.ts";

const files = { id: "page", file: "index.html", mediaType: "text/html", archiveSuffix: ".html" } as const;

/** A page of the archive is one file of its folder, and any other page is the folder. */
const pageUrl = (view: FeedView, key: FeedKey = view.key): string =>
  archivePage(key) === undefined ? folderUrl(view, key) : fileUrl(view, files, key);

const head = (
  view: FeedView,
  formats: readonly Format[],
): Html => html`<meta name="description" content="${view.description}"/>
<link rel="canonical" href="${pageUrl(view)}"/>
<link rel="icon" type="${icon.mediaType}" href="${fileUrl(view, icon, "main")}"/>
${pageTranslations(view)}${autodiscovery(view, formats)}${openGraph(view)}${structuredData(view)}<style>${raw(feedPageStyles)}</style>`;

const licence = (view: FeedView, { messages }: PageLanguage): Html | string =>
  view.licence === undefined
    ? ""
    : html` ${fillHtml(messages.licence, { licence: html`<bdi><a rel="license" href="${view.licence.url}">${view.licence.name}</a></bdi>` })}`;

/** Links to the pages with older and with newer posts. The newest posts are on the page of the main feed. */
const otherPages = (view: FeedView, { messages }: PageLanguage): Html | string => {
  const older = olderPage(view);
  const newer = newerPage(view);
  if (older === undefined && newer === undefined) return "";
  return html`
<nav class="pages">${
    older === undefined
      ? ""
      : html`
<a href="${pageUrl(view, older)}">${messages.older}</a>`
  }${
    newer === undefined
      ? ""
      : html`
<a href="${pageUrl(view, newer)}">${messages.newer}</a>`
  }
</nav>`;
};

const olderPage = ({ archive }: FeedView): FeedKey | undefined =>
  archive?.isPage === true ? archive.previous : archive?.older;

const newerPage = ({ key, archive }: FeedView): FeedKey | undefined =>
  archive?.isPage === true ? (archive.next ?? mainFeedFor(key)) : undefined;

/** Shows the posts under the name of what they are. */
const postSection = (view: FeedView, posts: Html | string, page: PageLanguage): Html => {
  const number = archivePage(view.key);
  const { newest, archivePage: numbered, empty } = page.messages;
  return html`
<section aria-labelledby="newest">
<h2 id="newest">${number === undefined ? newest : fill(numbered, { page: String(number) })}</h2>
${view.entries.length === 0 && number === undefined ? html`<p class="empty">${empty}</p>` : posts}${otherPages(view, page)}
</section>`;
};

const body = (
  view: FeedView,
  feed: Feed,
  formats: readonly Format[],
  opml: Format,
  page: PageLanguage,
  posts: Html | string,
): Html => html`<div class="sheet h-feed">
<data class="u-url" value="${pageUrl(view)}"></data>
<header>
<p class="home"><a href="${webUrl(feed.site.url) ?? view.homeUrl}">${host(feed.site.url)}</a></p>
<h1 class="p-name"${page.attributesFor(view.language)}>${isArchivePage(view) ? cleanLine(feed.site.title) || feed.site.id : view.title}</h1>
${view.description === view.title ? "" : html`<p class="about p-summary"${page.attributesFor(view.language)}>${view.description}</p>`}
</header>
<main>${isArchivePage(view) ? "" : subscribeSection(view, formats, opml, page.messages)}${postSection(view, posts, page)}${otherFeeds(view, cleanLine(feed.site.title), page)}
</main>
<footer>${autodiscoverySnippet(view, formats, page.messages)}
<p>${fillHtml(page.messages.by, { author: author(view.author) })}${licence(view, page)} ${page.messages.keptValid}</p>
</footer>
</div>`;

/** Returns the elements in the order of the text. */
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
    title: textIn(withClass("p-name")),
    published: parseMoment(withClass("dt-published")?.attributes.datetime),
    problems: listProblems({
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
    problems: listProblems({
      "has no title": !textIn(child(child(root, "head"), "title")),
      "does not link to every feed": !formats.every((format) => links.includes(feedUrl(view, format))),
      "does not link to the pages with older and newer posts": ![olderPage(view), newerPage(view)].every(
        (key) => key === undefined || hasLink(all, pageUrl(view, key)),
      ),
      "does not link to the OPML file": view.key === "main" && !hasLink(all, fileUrl(view, opml)),
      "does not link to the site's other feeds": !shownSiblings(view).every(
        ({ url, isMinor }) => isMinor || hasLink(others, url),
      ),
      "does not link to the page of all categories":
        shownSiblings(view).some(({ isMinor }) => isMinor) && !hasLink(others, `${view.baseUrl}categories/`),
      "does not describe itself to search engines":
        textIn(child(child(root, "head"), "script")) !== jsonInHtml(pageData(view)),
      "does not name its licence": licence !== view.licence?.url,
    }),
    entries: all.filter(({ attributes }) => attributes.class === "h-entry").map(readEntry),
  };
};

/** The size of a page, in bytes. */
const maxBytes = 100_000;

/** Writes the page for people. It links to the feed in each of the formats, and to the OPML file. */
export const pageFor = (formats: readonly Format[], opml: Format): Format => ({
  ...files,
  name: "Page",
  write: (view, feed) => {
    const language = pageLanguage(view.language);
    const write = (posts: Html | string): string =>
      // The template contains no promise, so that hono's result is a string.
      String(
        layout({
          language: language.page,
          title: view.title,
          head: head(view, formats),
          body: body(view, feed, formats, opml, language, posts),
        }),
      );
    return write(postList(view, feed, language, maxBytes - Buffer.byteLength(write(""))));
  },
  read: (text, view) => read(text, view, formats, opml),
});

const isArchivePage = ({ key }: FeedView): boolean => archivePage(key) !== undefined;

const isMain = ({ key }: FeedView): boolean => key === mainFeedFor(key);

/** Tells networks and messengers what to show of a link to the page (ogp.me). */
const openGraph = (view: FeedView): readonly Html[] => {
  const picture = view.entries.flatMap(({ pictures }) => pictures).find(isShown);
  const properties = {
    "og:type": "website",
    "og:title": view.title,
    "og:description": view.description,
    "og:url": pageUrl(view),
    "og:locale": languageWithRegion(view.language),
    "og:image": picture?.url,
    "og:image:alt": picture?.alt || undefined,
  };
  return Object.entries(properties).flatMap(([property, content]) =>
    content === undefined
      ? []
      : html`<meta property="${property}" content="${content}"/>
`,
  );
};

const personData = ({ name, url }: Person) => ({ "@type": "Person", name, url });

const postData = (entry: EntryView, view: FeedView) => ({
  "@type": "BlogPosting",
  headline: entry.label,
  url: entry.url,
  datePublished: iso(entry.published),
  inLanguage: entry.language === view.language ? undefined : entry.language || undefined,
  author: (entry.authors.length > 0 ? entry.authors : [view.author]).map(personData),
  image: entry.pictures.find(isShown)?.url,
});

/** All of 100 posts would take more than a third of the page. */
const mostDescribed = 20;

/** Describes the page and its newest posts by the words of schema.org: a blog, or a collection of posts of it. */
const pageData = (view: FeedView) => ({
  "@context": "https://schema.org",
  "@type": isMain(view) ? "Blog" : "CollectionPage",
  name: view.title,
  description: view.description,
  url: pageUrl(view),
  inLanguage: view.language || undefined,
  license: view.licence?.url,
  author: personData(view.author),
  [isMain(view) ? "blogPost" : "hasPart"]: view.entries.slice(0, mostDescribed).map((entry) => postData(entry, view)),
});

/** HTML has no references in a script, and XML has: the characters that either would read are written as JSON has them. */
const jsonInHtml = (value: unknown): string =>
  JSON.stringify(value).replaceAll(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);

/** Search engines read it. It is no script that is run: the Content-Security-Policy does not apply to it. */
const structuredData = (view: FeedView): Html =>
  html`<script type="application/ld+json">${raw(jsonInHtml(pageData(view)))}</script>
`;

/** A long address has a line break before the name of the file. */
const addressCode = (url: string): Html => {
  const file = url.slice(url.lastIndexOf("/") + 1);
  return html`<code class="address" dir="ltr">${url.slice(0, url.length - file.length)}<wbr/>${file}</code>`;
};

const feedItem = (view: FeedView, format: Format, messages: Messages): Html => {
  const url = fileUrl(view, format);
  return html`<li>
<h3>${format.name} <small>${messages.about[format.id] ?? ""}</small></h3>
${addressCode(url)}
<a class="open" href="${url}" type="${format.mediaType}">${fill(messages.open, { format: format.name })}</a>
</li>
`;
};

const opmlLine = (view: FeedView, opml: Format, messages: Messages): Html => html`
<p class="more">${fillHtml(messages.importAll, {
  feeds: html`<a href="${fileUrl(view, opml)}" type="${opml.mediaType}">${messages.allFeeds}</a>`,
})}</p>`;

/** Shows every format of the feed with its address. */
const subscribeSection = (view: FeedView, formats: readonly Format[], opml: Format, messages: Messages): Html => html`
<section aria-labelledby="follow">
<h2 id="follow">${messages.follow}</h2>
<p class="hint">${messages.followHint}</p>
<ul class="feeds">
${formats.map((format) => feedItem(view, format, messages))}</ul>${view.key === "main" ? opmlLine(view, opml, messages) : ""}
</section>`;

const siblingLink = ({ title, url, language }: SiblingView, page: PageLanguage): Html =>
  html`<li><a href="${url}"${page.attributesFor(language)}>${title}</a></li>
`;

const groups = [
  { name: "picks", kinds: ["featured"] },
  { name: "kinds", kinds: ["notes", "articles"] },
  { name: "topics", kinds: ["category"] },
  { name: "languages", kinds: ["main"] },
] as const satisfies readonly { readonly name: keyof Messages; readonly kinds: readonly string[] }[];

/** The feeds of other languages are on their own pages. */
const shownSiblings = ({ key, siblings }: FeedView): readonly SiblingView[] =>
  siblings.filter((one) => one.key === mainFeedFor(one.key) || mainFeedFor(one.key) === mainFeedFor(key));

/** The feeds of the categories that have a page of all of them. */
const categories = (view: FeedView): readonly SiblingView[] =>
  shownSiblings(view).filter(({ key }) => feedParts(key).kind === "category");

const categoriesFile = "categories/index.html";

/** A page names the most used categories, and links to a page of all. */
const allCategories = (view: FeedView, { messages }: PageLanguage): Html =>
  html`<li><a href="${view.baseUrl}categories/">${fill(messages.allTopics, { count: String(categories(view).length) })}</a></li>
`;

/** Shows the other feeds in groups. A single group has no heading. */
const siblingGroups = (view: FeedView, page: PageLanguage): readonly Html[] => {
  const all = shownSiblings(view);
  const named = all.filter(({ isMinor }) => !isMinor);
  const filled = groups
    .map(({ name, kinds }) => ({
      name,
      feeds: named.filter(({ key }) => kinds.some((kind) => kind === feedParts(key).kind)),
    }))
    .filter(({ feeds }) => feeds.length > 0);
  return filled.map(
    ({ name, feeds: some }) => html`
${
  filled.length === 1
    ? ""
    : html`<h3 class="group">${page.messages[name]}</h3>
`
}<ul class="tags others">
${some.map((sibling) => siblingLink(sibling, page))}${
  name === "topics" && named.length < all.length ? allCategories(view, page) : ""
}</ul>`,
  );
};

const categoriesBody = (view: FeedView, page: PageLanguage): Html => html`<div class="sheet">
<header>
<p class="home"><a href="${view.baseUrl}">${view.title}</a></p>
<h1>${page.messages.topics}</h1>
<p class="about">${page.messages.othersHint}</p>
</header>
<main><ul class="tags others">
${categories(view).map((sibling) => siblingLink(sibling, page))}</ul></main>
</div>`;

/** Writes the page of all categories, of a main feed whose own page names only the most used of them. */
export const categoriesPage: Format = {
  id: "categories",
  file: categoriesFile,
  mediaType: "text/html",
  name: "Categories",
  isNeeded: ({ siblings }) => siblings.some(({ isMinor }) => isMinor),
  write: (view) => {
    const language = pageLanguage(view.language);
    const head = html`<link rel="canonical" href="${view.baseUrl}categories/"/>
<style>${raw(feedPageStyles)}</style>`;
    const title = `${language.messages.topics} – ${view.title}`;
    return String(layout({ language: language.page, title, head, body: categoriesBody(view, language) }));
  },
  read: (text, view) => {
    const root = parseXml(text);
    const links = new Set(allElements(root).map(({ attributes }) => attributes.href));
    return {
      problems: listProblems({
        "does not link to every category": !categories(view).every(({ url }) => links.has(url)),
        [uncleanProblem]: !everyString(root, isClean),
      }),
    };
  },
};

const siblingList = (view: FeedView, page: PageLanguage): Html => html`
<ul class="tags others">
${view.siblings.map((sibling) => siblingLink(sibling, page))}</ul>`;

const otherFeeds = (view: FeedView, siteTitle: string, page: PageLanguage): Html | string =>
  view.siblings.length === 0
    ? ""
    : html`
<section aria-labelledby="others">
<h2 id="others">${isMain(view) ? page.messages.others : fillHtml(page.messages.moreFrom, { site: html`<bdi>${siteTitle}</bdi>` })}</h2>
<p class="hint">${isMain(view) ? page.messages.othersHint : page.messages.moreHint}</p>${
        isMain(view) ? siblingGroups(view, page) : siblingList(view, page)
      }
</section>`;

/** Links to the same page in the other languages, and in its own. The site's language is for everyone else. */
const pageTranslations = (view: FeedView): readonly Html[] => {
  const others = isMain(view) ? view.siblings.filter(({ key }) => key === mainFeedFor(key)) : [];
  const pages = [{ key: view.key, language: view.language, url: view.baseUrl }, ...others];
  const link = (hreflang: string, url: string) => html`<link rel="alternate" hreflang="${hreflang}" href="${url}"/>
`;
  return others.length === 0
    ? []
    : pages.flatMap(({ key, language, url }) => [
        link(language, url),
        ...(key === "main" ? [link("x-default", url)] : []),
      ]);
};

/** Nobody follows a page of the archive: its page leads to the feed that the archive belongs to. */
const feedUrl = (view: FeedView, format: Format): string =>
  fileUrl(view, format, isArchivePage(view) ? mainFeedFor(view.key) : view.key);

const followedTitle = (view: FeedView): string =>
  (isArchivePage(view) ? view.siblings.find(({ key }) => key === mainFeedFor(view.key))?.title : undefined) ??
  view.title;

/** Writes the links by which readers and browsers find the feeds of a page. */
const autodiscovery = (view: FeedView, formats: readonly Format[]): readonly Html[] =>
  formats.map(
    (format) =>
      html`<link rel="alternate" type="${format.mediaType}" title="${followedTitle(view)} (${format.name})" href="${feedUrl(view, format)}"/>
`,
  );

/** Shows the same lines to copy: as strings, they are escaped. */
const autodiscoverySnippet = (view: FeedView, formats: readonly Format[], messages: Messages): Html | string =>
  isMain(view)
    ? html`
<details>
<summary>${fillHtml(messages.haveSite, { head: html`<code dir="ltr">&lt;head&gt;</code>` })}</summary>
<p class="hint">${messages.haveSiteHint}</p>
<pre dir="ltr"><code>${autodiscovery(view, formats).map(String).join("").trim()}</code></pre>
</details>`
    : "";
