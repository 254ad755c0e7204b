import { html } from "hono/html";
import { feedParts, mainFeedOf } from "../domain/feed-key.ts";
import { addressOf } from "./feed-address.ts";
import type { Format } from "./format.ts";
import type { Html } from "./page-layout.ts";
import { languageOf } from "./page-posts.ts";
import type { FeedView, SiblingView } from "./view.ts";

const isMain = ({ key }: FeedView): boolean => key === mainFeedOf(key);

/** A long address has a line break before the name of the file. */
const addressCode = (url: string): Html => {
  const [file] = /[^/]*$/.exec(url) ?? [""];
  return html`<code class="address" dir="ltr">${url.slice(0, url.length - file.length)}<wbr/>${file}</code>`;
};

const feedItem = (view: FeedView, format: Format): Html => {
  const url = addressOf(view, format);
  return html`<li>
<h3>${format.name} <small>${format.about}</small></h3>
${addressCode(url)}
<a class="open" href="${url}" type="${format.mediaType}">Open ${format.name}</a>
</li>
`;
};

const opmlLine = (view: FeedView, opml: Format): Html => html`
<p class="more">Most readers also import <a href="${addressOf(view, opml)}" type="${opml.mediaType}">all feeds as OPML</a>.</p>`;

/** Every format of the feed with its address. */
export const subscribeSection = (view: FeedView, formats: readonly Format[], opml: Format): Html => html`
<section aria-labelledby="follow">
<h2 id="follow">Follow along</h2>
<p class="hint">Copy an address into your feed reader, and new posts come to you. There is nothing to sign up for.</p>
<ul class="feeds">
${formats.map((format) => feedItem(view, format))}</ul>${view.key === "main" ? opmlLine(view, opml) : ""}
</section>`;

const siblingLink = ({ title, url, language }: SiblingView, view: FeedView): Html =>
  html`<li><a href="${url}"${languageOf(language ?? view.language)}>${title}</a></li>
`;

const groups = [
  { name: "Picks", kind: "featured" },
  { name: "Topics", kind: "category" },
  { name: "Languages", kind: "main" },
] as const;

/** The feeds of other languages are on their own pages. */
export const shownSiblings = ({ key, siblings }: FeedView): readonly SiblingView[] =>
  siblings.filter((one) => one.key === mainFeedOf(one.key) || mainFeedOf(one.key) === mainFeedOf(key));

/** The other feeds in groups. A single group has no heading. */
const siblingGroups = (view: FeedView): readonly Html[] => {
  const filled = groups
    .map(({ name, kind }) => ({ name, feeds: shownSiblings(view).filter(({ key }) => feedParts(key).kind === kind) }))
    .filter(({ feeds }) => feeds.length > 0);
  return filled.map(
    ({ name, feeds }) => html`
${
  filled.length === 1
    ? ""
    : html`<h3 class="group">${name}</h3>
`
}<ul class="tags others">
${feeds.map((sibling) => siblingLink(sibling, view))}</ul>`,
  );
};

const siblingList = (view: FeedView): Html => html`
<ul class="tags others">
${view.siblings.map((sibling) => siblingLink(sibling, view))}</ul>`;

export const otherFeeds = (view: FeedView, siteTitle: string): Html | string =>
  view.siblings.length === 0
    ? ""
    : html`
<section aria-labelledby="others">
<h2 id="others">${isMain(view) ? "Follow only what you like" : `More from ${siteTitle}`}</h2>
<p class="hint">${isMain(view) ? "Each of these is a feed of its own." : "All posts, and every other feed."}</p>${
        isMain(view) ? siblingGroups(view) : siblingList(view)
      }
</section>`;

/** The links by which readers and browsers find the feeds of a page. */
export const autodiscovery = (view: FeedView, formats: readonly Format[]): readonly Html[] =>
  formats.map(
    (format) =>
      html`<link rel="alternate" type="${format.mediaType}" title="${view.title} (${format.name})" href="${addressOf(view, format)}"/>
`,
  );

/** The same lines to copy: as strings, they are escaped. */
export const autodiscoverySnippet = (view: FeedView, formats: readonly Format[]): Html | string =>
  isMain(view)
    ? html`
<details>
<summary>Have a site? Put these lines in its <code>&lt;head&gt;</code></summary>
<p class="hint">Then browsers and feed readers find the feeds from each of its pages.</p>
<pre dir="ltr"><code>${autodiscovery(view, formats).map(String).join("").trim()}</code></pre>
</details>`
    : "";
