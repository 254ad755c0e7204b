import { html } from "hono/html";
import type { Feed } from "../domain/feed.ts";
import { iso } from "../domain/time.ts";
import { disclosureText } from "./extensions.ts";
import { textDirection } from "./language.ts";
import type { Html } from "./page-layout.ts";
import type { EntryView, FeedView } from "./view.ts";

/** Dates in the language and time zone of the site; in English and UTC where these are unknown. */
const dateFormat = (language: string, timeZone: string): Intl.DateTimeFormat => {
  const format = (locale: string, zone: string) =>
    new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: zone });
  try {
    return format(language || "en", timeZone);
  } catch {
    return format("en", "UTC");
  }
};

export const host = (url: string): string => (URL.parse(url)?.hostname ?? url).replace(/^www\./, "");

const tag = ({ name, url }: EntryView["categories"][number], lang: Html | string): Html =>
  url === undefined
    ? html`<li><span class="p-category"${lang}>${name}</span></li>`
    : html`<li><a class="p-category"${lang} href="${url}">${name}</a></li>`;

const copies = ({ syndication }: EntryView): Html =>
  html`\n<p class="note">Also on ${syndication.map(
    (url, index) =>
      html`${index === 0 ? "" : ", "}<a class="u-syndication" rel="syndication" href="${url}">${host(url)}</a>`,
  )}</p>`;

/** The attributes of text in the language of the site. The other text of the page is in English (WCAG 3.1.2). */
export const languageOf = (language: string): Html | string => {
  if (language === "" || language === "en") return "";
  const dir = textDirection(language) === "ltr" ? "" : html` dir="rtl"`;
  return html` lang="${language}"${dir}`;
};

const post = (entry: EntryView, view: FeedView, dates: Intl.DateTimeFormat): Html => {
  const lang = languageOf(entry.language || view.language);
  return html`
<article class="h-entry">
<data class="u-uid" value="${entry.id}"></data>
<p class="when"><time class="dt-published"${languageOf(view.language)} datetime="${iso(entry.published)}">${dates.format(entry.published)}</time>${
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
<p class="note">${disclosureText(entry.disclosure)}.</p>`
  }${entry.syndication.length === 0 ? "" : copies(entry)}${
    entry.categories.length === 0
      ? ""
      : html`
<ul class="tags" aria-label="Topics">${entry.categories.map((category) => tag(category, lang))}</ul>`
  }
</article>`;
};

/** The newest posts, as entries of an h-feed. */
export const newestPosts = (view: FeedView, { site }: Feed): Html => {
  const dates = dateFormat(view.language, site.timeZone);
  return view.entries.length === 0
    ? html`<p class="empty">Nothing has been published here yet. Follow one of the feeds above, and the first post will come to you.</p>`
    : html`<div class="posts">${view.entries.map((entry) => post(entry, view, dates))}
</div>`;
};
