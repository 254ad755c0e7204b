import { html, raw } from "hono/html";
import type { Feed } from "../domain/feed.ts";
import type { Person } from "../domain/site.ts";
import { languageName } from "../domain/text.ts";
import { iso } from "../domain/time.ts";
import { fill, fillHtml, type PageLanguage } from "./feed-messages.ts";
import type { Html } from "./page-layout.ts";
import type { EntryView, FeedView, NoteView, PictureView } from "./view.ts";

export const host = (url: string): string => (URL.parse(url)?.hostname ?? url).replace(/^www\./, "");

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
export const author = ({ name, url }: Person): Html =>
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
const noteText = ({ text, links }: NoteView, label: string): readonly Html[] => {
  const ends = [0, ...links.map(({ end }) => end)];
  const linked = links.map(
    ({ start, end, url }, at) =>
      html`${withBreaks(text.slice(ends[at], start))}<a href="${url}">${withBreaks(text.slice(start, end))}</a>`,
  );
  return [...linked, ...withBreaks(text.slice(ends.at(-1)) || (text === "" ? label : ""))];
};

/** Says which page an entry answers: Post Type Discovery tells its kind by it. */
const kindOf = ({ answers }: EntryView): Html | string =>
  answers === undefined ? "" : html`\n<data class="u-in-reply-to" value="${answers}"></data>`;

/** A browser refuses a picture that is not encrypted on a page that is. */
export const isShown = ({ url }: PictureView): boolean => url.startsWith("https:");

/**
 * Writes a picture. The styles give it a box, whatever its size, so that nothing moves when it comes. Its server is not
 * told which page shows it. Programs that read the page get the address of one that is not shown.
 */
const picture = ({ url, alt }: PictureView, name: string): Html =>
  isShown({ url, alt })
    ? html`<img class="${name}" src="${url}" alt="${alt}" width="300" height="200" loading="lazy" decoding="async" referrerpolicy="no-referrer"/>`
    : html`<data class="${name}" value="${url}"></data>`;

/** Post Type Discovery takes a post with a `u-photo` for a picture: that of an article is its `u-featured`. */
const featuredPicture = ({ pictures: [first] }: EntryView): Html | string =>
  first === undefined ? "" : html`\n${picture(first, "u-featured")}`;

const notePictures = ({ pictures }: EntryView): Html | string =>
  pictures.length === 0 ? "" : html`\n<div class="pictures">${pictures.map((one) => picture(one, "u-photo"))}</div>`;

/** Names who made the picture, as its licence may demand. */
const credit = ({ image, pictures: [first] }: EntryView): Html | string => {
  if (image?.credit === undefined || image.url !== first?.url) return "";
  const name = html`<bdi>${image.credit}</bdi>`;
  return html`\n<p class="note">${image.creditUrl === undefined ? name : html`<a href="${image.creditUrl}">${name}</a>`}</p>`;
};

const article = (entry: EntryView, lang: ReturnType<PageLanguage["attributesFor"]>): Html =>
  html`${featuredPicture(entry)}
<h3${lang}><a class="p-name u-url" href="${entry.url ?? ""}">${entry.label}</a></h3>${
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
<p class="when">${facts(entry, feed, language).map((fact, index) => html`${index === 0 ? "" : " · "}${fact}`)}</p>${entry.note !== undefined ? html`\n<p class="e-content"${lang}>${noteText(entry.note, entry.label)}</p>${notePictures(entry)}` : article(entry, lang)}${credit(entry)}${
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

/** Leaves of a post what the list needs: its date, its authors and its name. */
const shortened = (entry: EntryView): EntryView => ({
  ...entry,
  summary: "",
  note: entry.note && { text: entry.label, links: [] },
  pictures: [],
  categories: [],
  external: undefined,
  disclosure: undefined,
  translations: [],
  syndication: [],
});

/** Shows the posts of the feed, as entries of an h-feed. Those for which `room`, in bytes, is not enough are shortened. */
export const postList = (view: FeedView, feed: Feed, language: PageLanguage, room: number): Html => {
  const write = (entry: EntryView) => String(post(entry, view, feed, language));
  const sizes = (texts: readonly string[]) => texts.map((text) => Buffer.byteLength(text));
  const sum = (some: readonly number[]) => some.reduce((all, one) => all + one, 0);
  const whole = view.entries.map(write);
  const short = sum(sizes(whole)) > room ? view.entries.map((entry) => write(shortened(entry))) : whole;
  const [wholeSizes, shortSizes] = [sizes(whole), sizes(short)];
  const isRoomFor = (count: number) => sum(wholeSizes.slice(0, count)) + sum(shortSizes.slice(count)) <= room;
  const count = whole.findLastIndex((_, at) => isRoomFor(at + 1)) + 1;
  return html`<div class="posts">${raw([...whole.slice(0, count), ...short.slice(count)].join(""))}
</div>`;
};
