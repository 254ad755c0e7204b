import { html } from "hono/html";
import type { LoggedAct } from "../domain/logged-act.ts";
import { second } from "../domain/time.ts";
import { type Html, moment, namesOf, type PageContent, postHref, row, type View } from "./parts.ts";
import { historyText } from "./words.ts";

const actText = ({ act, by = "Somebody", account = "all accounts", state, reason }: LoggedAct): string => {
  switch (act) {
    case "decided":
      return historyText({ state: state ?? "", attempt: undefined, reason, by });
    case "announced":
      return reason === "again" ? `${by} had it posted again.` : `${by} had it posted.`;
    case "removed":
      return `${by} removed it.`;
    case "stopped":
      return `${by} stopped sending on ${account}: ${reason ?? ""}`;
    case "resumed":
      return `${by} let ${account} send again.`;
    default:
      return `${by} signed in.`;
  }
};

/** One press decides about several accounts of a post, which is a line for each of them. */
const isSamePress = (one: LoggedAct, other: LoggedAct): boolean =>
  one.slug !== undefined &&
  (["slug", "act", "by", "state", "reason"] as const).every((name) => one[name] === other[name]) &&
  Math.abs(one.at - other.at) < 10 * second;

const presses = (acts: readonly LoggedAct[]): readonly (readonly [LoggedAct, ...LoggedAct[]])[] => {
  const groups: [LoggedAct, ...LoggedAct[]][] = [];
  for (const one of acts) {
    const last = groups.at(-1);
    if (last !== undefined && isSamePress(last[0], one)) last.push(one);
    else groups.push([one]);
  }
  return groups;
};

const line = ([one, ...others]: readonly [LoggedAct, ...LoggedAct[]], view: View): Html => {
  const { at, slug, title = slug } = one;
  if (slug === undefined) return row(moment(at, view), actText(one), []);
  const link = html`<a href="${postHref(view, slug)}">${title}</a>`;
  const accounts = [one, ...others].flatMap(({ account }) => (account === undefined ? [] : [{ account }]));
  return row(moment(at, view), link, [[actText(one), namesOf(accounts)].filter((text) => text !== "").join(" · ")]);
};

/** Who decided what. It is written after each decision, so a crash in between loses a line of this page only. */
export const logPage = async (view: View): Promise<PageContent> => {
  const { site, ports, query, href } = view;
  const { rows, next } = await ports.actLog.newest(site.id, query("from"));
  return {
    title: "Who decided what",
    body: html`<h1>Who decided what</h1><p class="lead">The newest first, for 400 days. The history on the page of a post is what counts: a line of this page can be missing.</p>
${rows.length === 0 ? html`<p class="empty">Nobody has decided anything${query("from") === undefined ? " yet" : " before that"}.</p>` : html`<ul class="rows">${presses(rows).map((one) => line(one, view))}</ul>`}
${next === undefined ? "" : html`<p class="end"><a class="alt" href="${href("/console/log", { from: next })}" rel="next">Earlier</a></p>`}`,
  };
};
