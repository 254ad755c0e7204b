import { html } from "hono/html";
import { postsNamed } from "../app/status/find-post.ts";
import { listPosts, summarise } from "../app/status/status.ts";
import type { PostSummary } from "../contract/posts.ts";
import { type Html, hidden, moment, type PageContent, type Part, state, type View } from "./parts.ts";
import { inWords } from "./words.ts";

const stateOf = ({ status, reason }: PostSummary): Part => {
  if (status === "scheduled") return state("wait", "scheduled");
  if (status === "held") return html`${state("ask", "held")} <small>${inWords(reason ?? "")}</small>`;
  if (status === "deleted") return state("wait", "deleted");
  return reason === undefined
    ? state("ok", "in the feeds")
    : html`${state("ok", "in the feeds")} <small>${inWords(reason)}</small>`;
};

const finder = ({ href, sites, site, query }: View): Html =>
  html`<form class="tools" role="search" method="get" action="/console/posts">${sites[0]?.id === site.id ? "" : hidden("site", site.id)}<div class="grow"><label for="find">A slug or an address</label><input type="search" id="find" name="find" value="${query("find") ?? ""}" dir="auto"></div><div><button>Find</button></div>${query("find") === undefined ? "" : html`<div><a class="alt" href="${href("/console/posts")}">All posts</a></div>`}</form>`;

const noPost = (isFound: boolean): Html =>
  isFound
    ? html`<p class="empty">No post has this slug or address.</p>`
    : html`<p class="empty">There is no post yet. Save a Markdown file with a title and a date in the site’s folder, run <code>npx crier publish FILE</code>, or send a document to the API.</p>`;

/** All posts, the most recently changed first, or those with a name: only names that the table has as keys are looked for. */
export const postsPage = async (view: View): Promise<PageContent> => {
  const { site, ports, href, query, now } = view;
  const find = query("find")?.trim() || undefined;
  const { rows, next } =
    find === undefined
      ? await listPosts(site.id, query("from"), ports)
      : { rows: (await postsNamed(site, find, ports)).map((post) => summarise(post, now)), next: undefined };
  const line = (post: PostSummary): Part =>
    html`<tr><td><p class="t" dir="auto"><a href="${href(`/console/posts/${encodeURIComponent(post.path)}`)}">${post.label}</a></p><small>${post.document}</small></td><td data-k="Published">${post.published === undefined ? "" : moment(post.published, view)}</td><td data-k="State">${stateOf(post)}</td></tr>`;
  const table = html`<table><thead><tr><th scope="col">Post</th><th scope="col">Published</th><th scope="col">State</th></tr></thead><tbody>${rows.map(line)}</tbody></table>`;
  return {
    title: "Posts",
    body: html`<h1>Posts</h1>
${finder(view)}${rows.length === 0 ? noPost(find !== undefined) : table}
${next === undefined ? "" : html`<p class="end"><a class="alt" href="${href("/console/posts", { from: next })}" rel="next">Older posts</a></p>`}`,
  };
};
