import { html } from "hono/html";
import type { LoggedAct } from "../domain/logged-act.ts";
import { type Html, moment, type PageContent, type Part, row, type View } from "./parts.ts";
import { historyText } from "./words.ts";

const actText = ({ act, by = "Somebody", account, state, reason }: LoggedAct): string => {
  const sending = `sending on ${account ?? "all accounts"}`;
  switch (act) {
    case "decided":
      return historyText({ state: state ?? "", attempt: undefined, reason, by });
    case "announced":
      return `${by} had it announced.`;
    case "removed":
      return `${by} removed it.`;
    case "stopped":
      return `${by} stopped ${sending}: ${reason ?? ""}`;
    case "resumed":
      return `${by} let ${sending} go on.`;
    default:
      return `${by} signed in.`;
  }
};

const line = (one: LoggedAct, view: View): Html => {
  const { at, slug, account, act } = one;
  const title: Part =
    slug === undefined
      ? actText(one)
      : html`<a href="${view.href(`/console/posts/${encodeURIComponent(slug)}`)}">${slug}</a>${act === "decided" && account !== undefined ? html` on ${account}` : ""}`;
  return row(moment(at, view), title, slug === undefined ? [] : [actText(one)]);
};

/** Who decided what. It is written after each decision, so a crash in between loses a line of this page only. */
export const logPage = async (view: View): Promise<PageContent> => {
  const { site, ports, query, href } = view;
  const { rows, next } = await ports.actLog.newest(site.id, query("from"));
  return {
    title: "Who decided what",
    body: html`<h1>Who decided what</h1><p class="lead">The newest first, for 400 days. The history on the page of a post is what counts: a line of this page can be missing.</p>
${rows.length === 0 ? html`<p class="empty">Nobody has decided anything${query("from") === undefined ? " yet" : " before that"}.</p>` : html`<ul class="rows">${rows.map((one) => line(one, view))}</ul>`}
${next === undefined ? "" : html`<p class="end"><a class="alt" href="${href("/console/log", { from: next })}" rel="next">Earlier</a></p>`}`,
  };
};
