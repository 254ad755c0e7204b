import { html } from "hono/html";
import type { Feed } from "../domain/feed.ts";
import type { Person } from "../domain/site.ts";
import { languageName } from "../domain/text.ts";
import { iso } from "../domain/time.ts";
import { disclosureText } from "./extensions.ts";
import type { PageLanguage } from "./page-language.ts";
import type { Html } from "./page-layout.ts";
import type { EntryView, FeedView } from "./view.ts";
import { fill, fillHtml } from "./words.ts";

export const host = (url: string): string => (URL.parse(url)?.hostname ?? url).replace(/^www\./, "");

const tag = ({ name, url }: EntryView["categories"][number], lang: Html | string): Html =>
  url === undefined
    ? html`<li><span class="p-category"${lang}>${name}</span></li>`
    : html`<li><a class="p-category"${lang} href="${url}">${name}</a></li>`;

/** The links to a post's copies. */
const copies = ({ syndication }: EntryView, { words, list }: PageLanguage): Html =>
  html`\n<p class="note">${fillHtml(words.alsoOn, {
    links: list(
      syndication.map((url) => html`<a class="u-syndication" rel="syndication" href="${url}">${host(url)}</a>`),
    ),
  })}</p>`;

const translations = (entry: EntryView, { words, list, of }: PageLanguage): Html =>
  html`\n<p class="note">${fillHtml(words.alsoIn, {
    links: list(
      entry.translations.map(
        ({ language, url }) =>
          html`<a hreflang="${language}"${of(language)} href="${url}">${languageName(language)}</a>`,
      ),
    ),
  })}</p>`;

export const author = ({ name, url }: Person): Html =>
  url === undefined
    ? html`<span class="p-author h-card">${name}</span>`
    : html`<a class="p-author h-card" href="${url}">${name}</a>`;

/** The date, the authors where the post names them, and the time that it takes to read. */
const facts = (entry: EntryView, { site }: Feed, { words, date, minutes }: PageLanguage): readonly Html[] => [
  html`<time class="dt-published" datetime="${iso(entry.published)}">${date(entry.published, site.timeZone)}</time>`,
  ...entry.authors.map(author),
  ...(entry.readingTime > 0 ? [html`${fill(words.readingTime, { time: minutes(Math.ceil(entry.readingTime)) })}`] : []),
];

const post = (entry: EntryView, view: FeedView, feed: Feed, language: PageLanguage): Html => {
  const lang = language.of(entry.language || view.language);
  return html`
<article class="h-entry">
<data class="u-uid" value="${entry.id}"></data>${
    entry.authors.length > 0 ? "" : html`\n<div hidden="">${author(view.author)}</div>`
  }
<p class="when">${facts(entry, feed, language).map((fact, index) => html`${index === 0 ? "" : " · "}${fact}`)}</p>
<h3${lang}><a class="p-name u-url" href="${entry.url ?? ""}">${entry.title}</a></h3>${
    entry.summary === ""
      ? ""
      : html`
<p class="p-summary"${lang}>${entry.summary}</p>`
  }${
    entry.disclosure === undefined
      ? ""
      : html`
<p class="note">${disclosureText(entry.disclosure, language.words)}</p>`
  }${entry.translations.length === 0 ? "" : translations(entry, language)}${
    entry.syndication.length === 0 ? "" : copies(entry, language)
  }${
    entry.categories.length === 0
      ? ""
      : html`
<ul class="tags" aria-label="${language.words.topics}">${entry.categories.map((category) => tag(category, lang))}</ul>`
  }
</article>`;
};

/** The newest posts, as entries of an h-feed. */
export const newestPosts = (view: FeedView, feed: Feed, language: PageLanguage): Html =>
  view.entries.length === 0
    ? html`<p class="empty">${language.words.empty}</p>`
    : html`<div class="posts">${view.entries.map((entry) => post(entry, view, feed, language))}
</div>`;
