import { html } from "hono/html";
import { listPosts } from "../app/status/status.ts";
import type { PostSummary } from "../contract/posts.ts";
import { moment, type PageContent, type Part, state, type View } from "./parts.ts";
import { inWords } from "./words.ts";

const stateOf = ({ status, reason }: PostSummary): Part => {
  if (status === "scheduled") return state("wait", "scheduled");
  if (status === "held") return html`${state("ask", "held")} <small>${inWords(reason ?? "")}</small>`;
  if (status === "deleted") return state("wait", "deleted");
  return reason === undefined
    ? state("ok", "in the feeds")
    : html`${state("ok", "in the feeds")} <small>${inWords(reason)}</small>`;
};

/** All posts, the most recently changed first. */
export const postsPage = async (view: View): Promise<PageContent> => {
  const { site, ports, href, query } = view;
  const { rows, next } = await listPosts(site.id, query("from"), ports);
  const line = (post: PostSummary): Part =>
    html`<tr><td><p class="t" dir="auto"><a href="${href(`/console/posts/${encodeURIComponent(post.path)}`)}">${post.label}</a></p><small>${post.document}</small></td><td data-k="Published">${post.published === undefined ? "" : moment(post.published, view)}</td><td data-k="State">${stateOf(post)}</td></tr>`;
  return {
    title: "Posts",
    body: html`<h1>Posts</h1>
${rows.length === 0 ? html`<p class="empty">There is no post yet. Save a Markdown file with a title and a date in the site’s folder, run <code>npx crier publish</code>, or send a document to the API.</p>` : html`<table><thead><tr><th scope="col">Post</th><th scope="col">Published</th><th scope="col">State</th></tr></thead><tbody>${rows.map(line)}</tbody></table>`}
${next === undefined ? "" : html`<p class="end"><a class="alt" href="${href("/console/posts", { from: next })}" rel="next">Older posts</a></p>`}`,
  };
};
