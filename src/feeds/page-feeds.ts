import { html } from "hono/html";
import { feedParts, mainFeedOf } from "../domain/feed-key.ts";
import { addressOf } from "./feed-address.ts";
import type { Format } from "./format.ts";
import type { PageLanguage } from "./page-language.ts";
import type { Html } from "./page-layout.ts";
import type { FeedView, SiblingView } from "./view.ts";
import type { Words } from "./words/word-keys.ts";
import { fill, fillHtml } from "./words.ts";

const isMain = ({ key }: FeedView): boolean => key === mainFeedOf(key);

/** A long address has a line break before the name of the file. */
const addressCode = (url: string): Html => {
  const file = url.slice(url.lastIndexOf("/") + 1);
  return html`<code class="address" dir="ltr">${url.slice(0, url.length - file.length)}<wbr/>${file}</code>`;
};

const feedItem = (view: FeedView, format: Format, words: Words): Html => {
  const url = addressOf(view, format);
  return html`<li>
<h3>${format.name} <small>${words.about[format.id] ?? ""}</small></h3>
${addressCode(url)}
<a class="open" href="${url}" type="${format.mediaType}">${fill(words.open, { format: format.name })}</a>
</li>
`;
};

const opmlLine = (view: FeedView, opml: Format, words: Words): Html => html`
<p class="more">${fillHtml(words.importAll, {
  feeds: html`<a href="${addressOf(view, opml)}" type="${opml.mediaType}">${words.allFeeds}</a>`,
})}</p>`;

/** Every format of the feed with its address. */
export const subscribeSection = (view: FeedView, formats: readonly Format[], opml: Format, words: Words): Html => html`
<section aria-labelledby="follow">
<h2 id="follow">${words.follow}</h2>
<p class="hint">${words.followHint}</p>
<ul class="feeds">
${formats.map((format) => feedItem(view, format, words))}</ul>${view.key === "main" ? opmlLine(view, opml, words) : ""}
</section>`;

const siblingLink = ({ title, url, language }: SiblingView, page: PageLanguage): Html =>
  html`<li><a href="${url}"${page.of(language)}>${title}</a></li>
`;

const groups = [
  { name: "picks", kind: "featured" },
  { name: "topics", kind: "category" },
  { name: "languages", kind: "main" },
] as const;

/** The feeds of other languages are on their own pages. */
export const shownSiblings = ({ key, siblings }: FeedView): readonly SiblingView[] =>
  siblings.filter((one) => one.key === mainFeedOf(one.key) || mainFeedOf(one.key) === mainFeedOf(key));

/** The other feeds in groups. A single group has no heading. */
const siblingGroups = (view: FeedView, page: PageLanguage): readonly Html[] => {
  const filled = groups
    .map(({ name, kind }) => ({ name, feeds: shownSiblings(view).filter(({ key }) => feedParts(key).kind === kind) }))
    .filter(({ feeds }) => feeds.length > 0);
  return filled.map(
    ({ name, feeds }) => html`
${
  filled.length === 1
    ? ""
    : html`<h3 class="group">${page.words[name]}</h3>
`
}<ul class="tags others">
${feeds.map((sibling) => siblingLink(sibling, page))}</ul>`,
  );
};

const siblingList = (view: FeedView, page: PageLanguage): Html => html`
<ul class="tags others">
${view.siblings.map((sibling) => siblingLink(sibling, page))}</ul>`;

export const otherFeeds = (view: FeedView, siteTitle: string, page: PageLanguage): Html | string =>
  view.siblings.length === 0
    ? ""
    : html`
<section aria-labelledby="others">
<h2 id="others">${isMain(view) ? page.words.others : fill(page.words.moreFrom, { site: siteTitle })}</h2>
<p class="hint">${isMain(view) ? page.words.othersHint : page.words.moreHint}</p>${
        isMain(view) ? siblingGroups(view, page) : siblingList(view, page)
      }
</section>`;

/** The same page in the other languages, and in its own. The site's language is for everyone else. */
export const pageTranslations = (view: FeedView): readonly Html[] => {
  const others = isMain(view) ? view.siblings.filter(({ key }) => key === mainFeedOf(key)) : [];
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

/** The links by which readers and browsers find the feeds of a page. */
export const autodiscovery = (view: FeedView, formats: readonly Format[]): readonly Html[] =>
  formats.map(
    (format) =>
      html`<link rel="alternate" type="${format.mediaType}" title="${view.title} (${format.name})" href="${addressOf(view, format)}"/>
`,
  );

/** The same lines to copy: as strings, they are escaped. */
export const autodiscoverySnippet = (view: FeedView, formats: readonly Format[], words: Words): Html | string =>
  isMain(view)
    ? html`
<details>
<summary>${fillHtml(words.haveSite, { head: html`<code dir="ltr">&lt;head&gt;</code>` })}</summary>
<p class="hint">${words.haveSiteHint}</p>
<pre dir="ltr"><code>${autodiscovery(view, formats).map(String).join("").trim()}</code></pre>
</details>`
    : "";
