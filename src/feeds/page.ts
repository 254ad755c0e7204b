import { html, raw } from "hono/html";
import type { Feed } from "../domain/feed.ts";
import { feedParts, mainFeedFor } from "../domain/feed-key.ts";
import type { LinkedText } from "../domain/note-text.ts";
import type { Person } from "../domain/site.ts";
import { languageName } from "../domain/text.ts";
import { iso } from "../domain/time.ts";
import { cleanLine, isClean, webUrl } from "./clean-values.ts";
import { fill, fillHtml, type PageLanguage, pageLanguage } from "./feed-messages.ts";
import type { Messages } from "./feed-messages-latin.ts";
import {
  type EntryReading,
  type Format,
  fileUrl,
  listProblems,
  parseMoment,
  type Reading,
  uncleanProblem,
} from "./format.ts";
import { feedPageStyles, type Html, layout } from "./page-layout.ts";
import { icon } from "./site-files.ts";
import { child, type Element, elements, everyString, parseXml, textIn } from "./tree.ts";
import type { EntryView, FeedView, SiblingView } from "./view.ts";

const head = (
  view: FeedView,
  formats: readonly Format[],
): Html => html`<meta name="description" content="${view.description}"/>
<link rel="canonical" href="${view.baseUrl}"/>
<link rel="icon" type="${icon.mediaType}" href="${fileUrl(view, icon, "main")}"/>
${pageTranslations(view)}${autodiscovery(view, formats)}<style>${raw(feedPageStyles)}</style>`;

const licence = (view: FeedView, { messages }: PageLanguage): Html | string =>
  view.licence === undefined
    ? ""
    : html` ${fillHtml(messages.licence, { licence: html`<a rel="license" href="${view.licence.url}">${view.licence.name}</a>` })}`;

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
<h1 class="p-name"${page.attributesFor(view.language)}>${view.title}</h1>
${view.description === view.title ? "" : html`<p class="about p-summary"${page.attributesFor(view.language)}>${view.description}</p>`}
</header>
<main>${subscribeSection(view, formats, opml, page.messages)}
<section aria-labelledby="newest">
<h2 id="newest">${page.messages.newest}</h2>
${newestPosts(view, feed, page)}
</section>${otherFeeds(view, cleanLine(feed.site.title), page)}
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
      "does not link to every feed": !formats.every((format) => links.includes(fileUrl(view, format))),
      "does not link to the OPML file": view.key === "main" && !hasLink(all, fileUrl(view, opml)),
      "does not link to the site's other feeds": !shownSiblings(view).every(({ url }) => hasLink(others, url)),
      "does not name its licence": licence !== view.licence?.url,
    }),
    entries: all.filter(({ attributes }) => attributes.class === "h-entry").map(readEntry),
  };
};

/** Writes the page for people. It links to the feed in each of the formats, and to the OPML file. */
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

const isMain = ({ key }: FeedView): boolean => key === mainFeedFor(key);

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

/** Shows the other feeds in groups. A single group has no heading. */
const siblingGroups = (view: FeedView, page: PageLanguage): readonly Html[] => {
  const filled = groups
    .map(({ name, kinds }) => ({
      name,
      feeds: shownSiblings(view).filter(({ key }) => kinds.some((kind) => kind === feedParts(key).kind)),
    }))
    .filter(({ feeds }) => feeds.length > 0);
  return filled.map(
    ({ name, feeds }) => html`
${
  filled.length === 1
    ? ""
    : html`<h3 class="group">${page.messages[name]}</h3>
`
}<ul class="tags others">
${feeds.map((sibling) => siblingLink(sibling, page))}</ul>`,
  );
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

/** Writes the links by which readers and browsers find the feeds of a page. */
const autodiscovery = (view: FeedView, formats: readonly Format[]): readonly Html[] =>
  formats.map(
    (format) =>
      html`<link rel="alternate" type="${format.mediaType}" title="${view.title} (${format.name})" href="${fileUrl(view, format)}"/>
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

const host = (url: string): string => (URL.parse(url)?.hostname ?? url).replace(/^www\./, "");

const tag = ({ name, url }: EntryView["categories"][number], lang: Html | string): Html =>
  url === undefined
    ? html`<li><span class="p-category"${lang}>${name}</span></li>`
    : html`<li><a class="p-category"${lang} href="${url}">${name}</a></li>`;

/** Writes the links to a post's copies. */
const copies = ({ syndication }: EntryView, { messages, list }: PageLanguage): Html =>
  html`\n<p class="note">${fillHtml(messages.alsoOn, {
    links: list(
      syndication.map((url) => html`<a class="u-syndication" rel="syndication" href="${url}">${host(url)}</a>`),
    ),
  })}</p>`;

/** Shows the page that a link post is about. */
const bookmark = (external: string): Html =>
  html`\n<p class="note"><a class="u-bookmark-of" href="${external}">${host(external)}</a></p>`;

const translations = (entry: EntryView, { messages, list, attributesFor }: PageLanguage): Html =>
  html`\n<p class="note">${fillHtml(messages.alsoIn, {
    links: list(
      entry.translations.map(
        ({ language, url }) =>
          html`<a hreflang="${language}"${attributesFor(language)} href="${url}">${languageName(language)}</a>`,
      ),
    ),
  })}</p>`;

/** A name of the other direction does not change the order of the text around it. */
const author = ({ name, url }: Person): Html =>
  url === undefined
    ? html`<bdi class="p-author h-card">${name}</bdi>`
    : html`<bdi><a class="p-author h-card" href="${url}">${name}</a></bdi>`;

/** Shows the date, which links to the page of a note: it has no title that could. */
const publication = ({ title, url, published }: EntryView, date: string): Html => {
  const time = html`<time class="dt-published" datetime="${iso(published)}">${date}</time>`;
  return title === undefined && url !== undefined ? html`<a class="u-url" href="${url}">${time}</a>` : time;
};

/** Shows the date, the authors if the post names them, and the reading time. */
const facts = (entry: EntryView, { site }: Feed, { messages, date, minutes }: PageLanguage): readonly Html[] => [
  publication(entry, date(entry.published, site.timeZone)),
  ...entry.authors.map(author),
  ...(entry.readingTime > 0
    ? [html`${fill(messages.readingTime, { time: minutes(Math.ceil(entry.readingTime)) })}`]
    : []),
];

/** Programs that read the microformats take the HTML of `e-content`, where an end of a line alone is a space. */
const withBreaks = (text: string): readonly Html[] =>
  text.split("\n").map((line, index) => (index === 0 ? html`${line}` : html`<br/>\n${line}`));

/** Writes the text of a note with its links, whose addresses are not in the text. */
const noteText = ({ text, links }: LinkedText, label: string): readonly Html[] => {
  const ends = [0, ...links.map(({ end }) => end)];
  const linked = links.map(
    ({ start, end, url }, at) =>
      html`${withBreaks(text.slice(ends[at], start))}<a href="${url}">${withBreaks(text.slice(start, end))}</a>`,
  );
  return [...linked, ...withBreaks(text.slice(ends.at(-1)) || (text === "" ? label : ""))];
};

/** Says which page an entry answers, and which pictures a note shows: Post Type Discovery tells its kind by them. */
const kindOf = ({ answers, photos }: EntryView): readonly Html[] => [
  ...(answers === undefined ? [] : [html`\n<data class="u-in-reply-to" value="${answers}"></data>`]),
  ...photos.map((photo) => html`\n<data class="u-photo" value="${photo}"></data>`),
];

const article = (entry: EntryView, lang: ReturnType<PageLanguage["attributesFor"]>): Html =>
  html`<h3${lang}><a class="p-name u-url" href="${entry.url ?? ""}">${entry.label}</a></h3>${
    entry.summary === ""
      ? ""
      : html`
<p class="p-summary"${lang}>${entry.summary}</p>`
  }`;

const post = (entry: EntryView, view: FeedView, feed: Feed, language: PageLanguage): Html => {
  const lang = language.attributesFor(entry.language || view.language);
  return html`
<article class="h-entry">
<data class="u-uid" value="${entry.id}"></data>${kindOf(entry)}${
    entry.authors.length > 0 ? "" : html`\n<div hidden="">${author(view.author)}</div>`
  }
<p class="when">${facts(entry, feed, language).map((fact, index) => html`${index === 0 ? "" : " · "}${fact}`)}</p>
${entry.note !== undefined ? html`<p class="e-content"${lang}>${noteText(entry.note, entry.label)}</p>` : article(entry, lang)}${
  entry.external === undefined ? "" : bookmark(entry.external)
}${
  entry.disclosure === undefined
    ? ""
    : html`
<p class="note">${fillHtml(language.messages.disclosure, { tool: html`<bdi>${entry.disclosure}</bdi>` })}</p>`
}${entry.translations.length === 0 ? "" : translations(entry, language)}${
  entry.syndication.length === 0 ? "" : copies(entry, language)
}${
  entry.categories.length === 0
    ? ""
    : html`
<ul class="tags" aria-label="${language.messages.topics}">${entry.categories.map((category) => tag(category, lang))}</ul>`
}
</article>`;
};

/** Shows the newest posts, as entries of an h-feed. */
const newestPosts = (view: FeedView, feed: Feed, language: PageLanguage): Html =>
  view.entries.length === 0
    ? html`<p class="empty">${language.messages.empty}</p>`
    : html`<div class="posts">${view.entries.map((entry) => post(entry, view, feed, language))}
</div>`;
