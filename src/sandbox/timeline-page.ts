import { html } from "hono/html";
import type { Account } from "../domain/account.ts";
import type { Instant } from "../domain/time.ts";
import { emulators } from "./index.ts";
import { layout } from "./sandbox-layout.ts";
import { piecesOf, type ShownLink } from "./sandbox-text.ts";
import { isLive, type TimelinePost } from "./timeline.ts";

const maxPosts = 40;
/** Of an article, the rest is in the JSON. */
const maxText = 2000;

const shownText = (text: string): string =>
  text.length > maxText ? `${text.slice(0, maxText).toWellFormed()}…` : text;

/** What the page's Content-Security-Policy lets it load. */
const isShown = (picture: string): boolean => /^(?:\/|https:)/.test(picture);

const postsOf = ({ name }: Account, posts: readonly TimelinePost[]): readonly TimelinePost[] =>
  posts.filter(({ account }) => account === name).toReversed();

/** The posts of an account that the page shows, the newest first. */
export const shownPosts = (account: Account, posts: readonly TimelinePost[]): readonly TimelinePost[] =>
  postsOf(account, posts).slice(0, maxPosts);

/** A post that is not in the timeline until a person releases it. */
export interface HeldPost {
  readonly account: string;
  readonly slug: string;
  readonly reason: string | undefined;
}

/** What Crier decided. */
interface Decisions {
  readonly notes: ReadonlyMap<TimelinePost, string | undefined>;
  readonly held: readonly HeldPost[];
}

/** Every account's timeline, as posts look on a network. */
export const timelinePage = (
  accounts: readonly Account[],
  posts: readonly TimelinePost[],
  decisions: Decisions,
  now: Instant,
) =>
  layout(
    "Sandbox",
    html`<header>
<p class="kicker"><a href="/">Crier</a></p>
<h1>The sandbox</h1>
<p class="lead">What each network would have received, checked by that network’s own rules. No post here has left this machine.</p>
<p class="facts">${summary(accounts, posts)} <a href="/sandbox/posts.json">The same as JSON</a></p>
</header>
<main>
${accounts.map((account) => column(account, posts, decisions, now))}
</main>`,
  );

const summary = (accounts: readonly Account[], posts: readonly TimelinePost[]): string => {
  const live = posts.filter(isLive).length;
  return `${live} ${live === 1 ? "post" : "posts"} on ${accounts.length} ${accounts.length === 1 ? "account" : "accounts"}.`;
};

const column = (account: Account, posts: readonly TimelinePost[], { notes, held }: Decisions, now: Instant) => {
  const count = postsOf(account, posts).length;
  const emulator = emulators.find(({ network }) => network === account.network);
  const { title, style } = emulator ?? { title: account.network };
  const linksOf = (post: TimelinePost) => emulator?.links?.(post) ?? [];
  return html`
<section class="column" style="${style ?? ""}" aria-labelledby="${anchor(account)}">
<div class="head">
<span class="avatar" aria-hidden="true">${initial(account.name)}</span>
<div><h2 id="${anchor(account)}">${title}</h2><p class="handle">${handleOf(account)}</p></div>
</div>
${heldPosts(held.filter((post) => post.account === account.name))}
${count === 0 ? html`<p class="empty">No post yet. Publish one, and reload.</p>` : shownPosts(account, posts).map((post) => article(post, account, { links: linksOf(post), note: notes.get(post), now }))}
${count > maxPosts ? html`<p class="empty">${count - maxPosts} older posts are in the JSON.</p>` : ""}
</section>`;
};

const heldPosts = (held: readonly HeldPost[]) => {
  const [first] = held;
  if (first === undefined) return "";
  const names = held.slice(0, 5).map(({ slug }) => slug);
  const others = held.length > names.length ? ` and ${held.length - names.length} more` : "";
  const count = `${held.length} ${held.length === 1 ? "post is" : "posts are"} held`;
  return html`<p class="held"><strong>${count}</strong>: ${names.join(", ")}${others} (${first.reason}). Send what is held: <code>npx crier release --all</code></p>`;
};

const anchor = ({ name }: Account): string => `account-${encodeURIComponent(name)}`;

const initial = (name: string): string => (/[\p{L}\p{N}]/u.exec(name)?.[0] ?? "·").toUpperCase();

const handleOf = ({ name, settings }: Account): string =>
  `@${typeof settings.handle === "string" ? settings.handle : name}`;

interface Shown {
  readonly links: readonly ShownLink[];
  readonly note: string | undefined;
  readonly now: Instant;
}

const article = (post: TimelinePost, account: Account, { links, note, now }: Shown) => html`
<article class="${post.deletedAt === null ? "post" : "post gone"}">
<p class="by"><strong>${account.name}</strong> <time datetime="${post.createdAt}" title="${post.createdAt}">${relativeTime(post.createdAt, now)}</time>${badge(post)}</p>
<p class="text" dir="auto">${piecesOf(shownText(post.text), links).map(({ kind, text, url }) =>
  kind === "link"
    ? html`<a href="${url ?? text}" rel="noopener">${displayUrl(text)}</a>`
    : kind === "tag"
      ? html`<span class="tag">${text}</span>`
      : text,
)}</p>
${card(post)}${picture(post)}
<p class="measure">${ring(post)}<span><b>${post.length}</b> of ${post.limit} characters</span></p>
${note === undefined ? "" : html`<p class="note">${note}</p>`}
</article>`;

const badge = ({ deletedAt, editedAt }: TimelinePost) => {
  if (deletedAt !== null) return html` <span class="mark">deleted</span>`;
  return editedAt === null ? "" : html` <span class="mark">edited</span>`;
};

/** As networks show a link: without its scheme. */
const displayUrl = (url: string): string => url.replace(/^https?:\/\/(www\.)?/i, "").replace(/\/$/, "");

const card = ({ card }: TimelinePost) =>
  card === null
    ? ""
    : html`<a class="card" href="${card.url}" rel="noopener">${card.picture === undefined || !isShown(card.picture) ? "" : html`<img src="${card.picture}" alt="" loading="lazy">`}<span class="domain">${domainOf(card.url)}</span>
<strong dir="auto">${card.title}</strong>${card.description === "" ? "" : html`<span class="description" dir="auto">${card.description}</span>`}</a>`;

const picture = ({ picture }: TimelinePost) =>
  picture === undefined || !isShown(picture.path)
    ? ""
    : html`<img class="attached" src="${picture.path}" alt="${picture.alt}" loading="lazy">`;

const domainOf = (url: string): string => (URL.canParse(url) ? new URL(url).hostname.replace(/^www\./, "") : url);

/** How much of the limit is used. The text next to it has the same numbers, so it is hidden from screen readers. */
const ring = ({ length, limit }: TimelinePost) => {
  const used = Math.min(100, Math.round((length / limit) * 100));
  return html`<svg class="ring" viewBox="0 0 36 36" aria-hidden="true"><circle cx="18" cy="18" r="15.9" class="track"/><circle cx="18" cy="18" r="15.9" class="used" pathLength="100" stroke-dasharray="${used} 100"/></svg>`;
};

const steps = [
  [60_000, 1_000, "s"],
  [3_600_000, 60_000, "min"],
  [86_400_000, 3_600_000, "h"],
] as const;

const relativeTime = (at: string, now: Instant): string => {
  const past = Math.max(0, now - Date.parse(at));
  const step = steps.find(([below]) => past < below);
  if (step === undefined) return at.slice(0, 10);
  return past < 1_000 ? "now" : `${Math.floor(past / step[1])} ${step[2]}`;
};
