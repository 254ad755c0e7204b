import { html, raw } from "hono/html";
import { type Feed, feedFolder } from "../domain/feed.ts";
import { cleanLine } from "../domain/text.ts";
import { iso } from "../domain/time.ts";
import { isClean } from "./characters.ts";
import { disclosed } from "./extensions.ts";
import { type EntryReading, type Format, moment, problemsOf, type Reading } from "./format.ts";
import { type Html, layout } from "./layout.ts";
import { feedPageStyles } from "./page-styles.ts";
import { child, type Element, elements, everyString, parseXml, textOf } from "./tree.ts";
import { categoryUrl, type EntryView, type FeedView, webUrl } from "./view.ts";

const file = "index.html";

/** Dates as the site's readers write them; a language or time zone that the runtime does not know falls back. */
const dateFormat = (language: string, timeZone: string): Intl.DateTimeFormat => {
  const format = (locale: string, zone: string) =>
    new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: zone });
  try {
    return format(language || "en", timeZone);
  } catch {
    return format("en", "UTC");
  }
};

const host = (url: string): string => (URL.parse(url)?.hostname ?? url).replace(/^www\./, "");

const subscribe = (view: FeedView, formats: readonly Format[]): Html => html`
<section aria-labelledby="follow">
<h2 id="follow">Follow along</h2>
<p class="hint">Copy an address into your feed reader, and new posts come to you. There is nothing to sign up for.</p>
<ul class="feeds">
${formats.map(
  ({ name, about, file, mediaType }) => html`<li>
<h3>${name} <small>${about}</small></h3>
<code class="address">${view.baseUrl}<wbr/>${file}</code>
<a class="open" href="${view.baseUrl}${file}" type="${mediaType}">Open ${name}</a>
</li>
`,
)}</ul>
</section>`;

const tag = (name: string, feedsUrl: string): Html => {
  const href = categoryUrl(feedsUrl, name);
  return href === undefined
    ? html`<li><span class="p-category">${name}</span></li>`
    : html`<li><a class="p-category" href="${href}">${name}</a></li>`;
};

const copies = ({ syndication }: EntryView): Html =>
  html`\n<p class="note">Also on ${syndication.map(
    (url, index) =>
      html`${index === 0 ? "" : ", "}<a class="u-syndication" rel="syndication" href="${url}">${host(url)}</a>`,
  )}</p>`;

const post = (entry: EntryView, feedsUrl: string, dates: Intl.DateTimeFormat, lang: Html | string): Html => html`
<article class="h-entry">
<data class="u-uid" value="${entry.id}"></data>
<p class="when"><time class="dt-published" datetime="${iso(entry.published)}">${dates.format(entry.published)}</time>${
  entry.readingTime > 0 ? ` · ${Math.ceil(entry.readingTime)} min read` : ""
}</p>
<h3${lang}><a class="p-name u-url" href="${entry.url ?? ""}">${entry.title}</a></h3>${
  entry.summary === ""
    ? ""
    : html`
<p class="p-summary"${lang}>${entry.summary}</p>`
}${
  entry.disclosure === undefined
    ? ""
    : html`
<p class="note">${disclosed(entry.disclosure)}.</p>`
}${entry.syndication.length === 0 ? "" : copies(entry)}${
  entry.categories.length === 0
    ? ""
    : html`
<ul class="tags" aria-label="Topics">${entry.categories.map((name) => tag(name, feedsUrl))}</ul>`
}
</article>`;

const newest = (view: FeedView, feed: Feed): Html => {
  const dates = dateFormat(view.language, feed.site.timeZone);
  return view.entries.length === 0
    ? html`<p class="empty">Nothing has been published here yet. Follow one of the feeds above, and the first post will come to you.</p>`
    : html`<div class="posts">${view.entries.map((entry) =>
        post(
          entry,
          feed.site.feedsUrl,
          dates,
          entry.language === view.language || entry.language === "" ? "" : html` lang="${entry.language}"`,
        ),
      )}
</div>`;
};

const others = ({ siblings, site, key }: Feed): Html | string => {
  const shown = siblings.filter((sibling) => sibling.key !== key);
  return shown.length === 0
    ? ""
    : html`
<section aria-labelledby="others">
<h2 id="others">${key === "main" ? "Follow only what you like" : `More from ${cleanLine(site.title)}`}</h2>
<p class="hint">Each of these is a feed of its own.</p>
<ul class="tags others">
${shown.map(
  (
    sibling,
  ) => html`<li><a href="${webUrl(site.feedsUrl + feedFolder(sibling.key)) ?? site.feedsUrl}">${cleanLine(sibling.title) || sibling.key}</a></li>
`,
)}</ul>
</section>`;
};

const head = (
  view: FeedView,
  formats: readonly Format[],
): Html => html`<meta name="description" content="${view.description}"/>
<link rel="canonical" href="${view.baseUrl}"/>
${formats.map(
  ({
    name,
    file,
    mediaType,
  }) => html`<link rel="alternate" type="${mediaType}" title="${view.title} (${name})" href="${view.baseUrl}${file}"/>
`,
)}<style>${raw(feedPageStyles)}</style>`;

const body = (view: FeedView, feed: Feed, formats: readonly Format[]): Html => html`<div class="sheet h-feed">
<header>
<p class="home"><a href="${webUrl(feed.site.url) ?? view.homeUrl}">${host(feed.site.url)}</a></p>
<h1 class="p-name">${view.title}</h1>
${view.description === view.title ? "" : html`<p class="about p-summary">${view.description}</p>`}
</header>
<main>${subscribe(view, formats)}
<section aria-labelledby="newest">
<h2 id="newest">Newest posts</h2>
${newest(view, feed)}
</section>${others(feed)}
</main>
<footer><p>By <span class="p-author h-card">${view.author.name}</span>. These feeds are kept valid by Crier.</p></footer>
</div>`;

const allElements = (node: Element): readonly Element[] => [node, ...elements(node).flatMap(allElements)];

const readEntry = (article: Element): EntryReading => {
  const all = allElements(article);
  const marked = (name: string) => all.find(({ attributes }) => attributes.class?.split(" ").includes(name));
  return {
    id: marked("u-uid")?.attributes.value,
    title: textOf(marked("p-name")),
    published: moment(marked("dt-published")?.attributes.datetime),
    problems: problemsOf({
      "has no absolute link": !/^https?:/.test(marked("u-url")?.attributes.href ?? ""),
      "holds characters that no feed may hold": !everyString(article, isClean),
    }),
  };
};

const read = (text: string, view: FeedView, formats: readonly Format[]): Reading => {
  const root = parseXml(text);
  const links = elements(child(root, "head"), "link").map(({ attributes }) => attributes.href);
  return {
    problems: problemsOf({
      "has no title": !textOf(child(child(root, "head"), "title")),
      "does not lead to every feed": !formats.every(({ file }) => links.includes(view.baseUrl + file)),
    }),
    entries: allElements(root)
      .filter(({ attributes }) => attributes.class === "h-entry")
      .map(readEntry),
  };
};

/** The page for people: browsers show no feeds any more. It leads to each of the given formats. */
export const pageFor = (formats: readonly Format[]): Format => ({
  file,
  mediaType: "text/html",
  name: "Page",
  about: "For people.",
  // Nothing in it is a promise, so hono answers with a string at once.
  write: (view, feed) =>
    String(
      layout({
        title: view.title,
        language: view.language,
        head: head(view, formats),
        body: body(view, feed, formats),
      }),
    ),
  read: (text, view) => read(text, view, formats),
});
