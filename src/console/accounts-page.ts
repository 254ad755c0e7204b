import { html } from "hono/html";
import { readWouldSend } from "../app/deliver/stop-sending.ts";
import { postsNamed } from "../app/status/find-post.ts";
import { type CountList, connectCommand, listAccounts } from "../app/status/status.ts";
import type { AccountReport, Count } from "../contract/installation-status.ts";
import type { Account } from "../domain/account.ts";
import { parseDeliveryId } from "../domain/delivery.ts";
import { allAccounts, type Stop } from "../domain/stopped.ts";
import { accountState } from "./now-page.ts";
import {
  act,
  downText,
  type Html,
  hidden,
  moment,
  type PageContent,
  type Part,
  pauseEnd,
  postHref,
  resumeActs,
  seenField,
  stopText,
  type View,
} from "./parts.ts";
import { counted, inWords, listText, sentence, whyItWaits } from "./words.ts";

/** The accounts: whether each can post, what waits for it, and what stops it. */

const countText = ({ count, more }: Count, words: string): readonly string[] =>
  count === 0 ? [] : [`${count}${more ? " and more" : ""} ${words}`];

const inLists = ({ waiting, underWay, held, unknown, failed }: AccountReport): string =>
  [
    ...countText(waiting, waiting.count === 1 ? "waits" : "wait"),
    ...countText(underWay, "under way"),
    ...countText(held, "held"),
    ...countText(unknown, "unknown"),
    ...countText(failed, "failed"),
  ].join(", ");

/** At most this many of the posts that would go out are named. */
const mostNamed = 5;

type Titles = ReadonlyMap<string, string>;

/** The titles of the posts that would go out, by their slugs. Of another site only the slugs are known here. */
const readTitles = async (reports: readonly AccountReport[], { site, ports }: View): Promise<Titles> => {
  const own = reports.filter((report) => report.site === site.id);
  const slugs = own.flatMap(({ ifConnected = [] }) => ifConnected.slice(0, mostNamed).map(({ slug }) => slug));
  const found = [...new Set(slugs)].map(async (slug): Promise<readonly (readonly [string, string])[]> => {
    const [post] = await postsNamed(site, slug, ports);
    return post === undefined ? [] : [[slug, post.title]];
  });
  return new Map((await Promise.all(found)).flat());
};

const wouldGoOut = ({ ifConnected = [] }: AccountReport, titles: Titles): readonly string[] => {
  const named = ifConnected.slice(0, mostNamed).map(({ slug }) => (titles.has(slug) ? `“${titles.get(slug)}”` : slug));
  const more = ifConnected.length - named.length;
  return ifConnected.length === 0
    ? []
    : [
        `If it were connected now, ${counted(ifConnected.length, "post")} would go out, now or later: ${listText(more > 0 ? [...named, `${more} more`] : named)}.`,
      ];
};

const howToConnect = (account: Account, { ports }: View): Html => {
  const { connectsByClick, secretFields } = ports.networks.get(account.network);
  const asks =
    connectsByClick === true
      ? "It opens the page of the network on which you agree."
      : html`It asks for ${secretFields.map((field, index) => html`${index === 0 ? "" : index === secretFields.length - 1 ? " and " : ", "}<code>${field}</code>`)}.`;
  return html`To connect it, run <code>${connectCommand(account, ports)}</code> where Crier runs. ${asks} Secrets are never typed into this page.`;
};

const linesOf = (report: AccountReport, titles: Titles, account: Account | undefined, view: View): readonly Part[] => {
  const { reach, paused, stopped, down, problem, loginProblem, next, sentToday, dailyCap, checked } = report;
  const lists = inLists(report);
  return [
    ...(stopped === undefined ? [] : [html`Stopped since ${stopText(stopped, view)}`]),
    ...(paused === undefined
      ? []
      : [
          html`Since ${moment(paused.since, view)}: ${sentence(inWords(paused.reason), report.name)} ${pauseEnd(paused.until, view)}`,
        ]),
    ...[down === undefined ? problem : undefined, loginProblem].flatMap((text) =>
      text === undefined ? [] : [sentence(inWords(text), report.name)],
    ),
    ...(down === undefined ? [] : [downText(down, view)]),
    ...(next === undefined || paused !== undefined || stopped !== undefined || down !== undefined
      ? []
      : [sentence(whyItWaits(next.reason), report.name)]),
    `${sentToday}${dailyCap === undefined ? "" : ` of ${dailyCap}`} in the last 24 hours${lists === "" ? "" : ` · ${lists}`}`,
    ...(checked === undefined ? [] : [html`Its login was checked at ${moment(checked, view)}.`]),
    ...(reach === "real" || account === undefined ? [] : [howToConnect(account, view)]),
    ...wouldGoOut(report, titles),
  ];
};

const accountPart = (report: AccountReport, titles: Titles, stop: Stop | undefined, view: View): Html => {
  const { name, network, identity, stopped, reach, checked } = report;
  const account = view.ports.accounts.find((one) => one.name === name);
  const acts = stop
    ? resumeActs(view, name, stop, `on ${name}`)
    : stopped === undefined
      ? html`<a class="alt" href="${view.href("/console/stop", { account: name })}">Stop this account …<span class="vh"> ${name}</span></a>`
      : "";
  const check =
    reach === "real"
      ? act(view, "check-login", checked === undefined ? "Check the login" : "Check the login again", {
          about: `of ${name}`,
          fields: [["account", name]],
        })
      : "";
  return html`<div class="net side" id="${name}"><h3>${name} <span class="h">${network === name ? "" : network}${network === name || identity === undefined ? "" : " · "}${identity === undefined ? "" : html`<bdi>${identity}</bdi>`}</span> ${accountState(report, view)}</h3>${linesOf(report, titles, account, view).map((line) => html`<p dir="auto">${line}</p>`)}<div class="acts">${check}${acts}</div></div>`;
};

const summary = (reports: readonly AccountReport[]): string => {
  const kindOf = ({ reach, paused, stopped, down, problem }: AccountReport) => {
    if (reach !== "real") return reach;
    if (paused !== undefined || stopped !== undefined) return "closed";
    // The check of a login fails for the same reason where its server gives no answer.
    if (down !== undefined) return "down";
    return problem === undefined ? "open" : "refused";
  };
  const kinds = Map.groupBy(reports, kindOf);
  const part = (kind: ReturnType<typeof kindOf>, one: string, many = one): readonly string[] => {
    const count = kinds.get(kind)?.length ?? 0;
    return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
  };
  const parts = [
    `${kinds.get("open")?.length ?? 0} can post`,
    ...part("closed", "is paused or stopped", "are paused or stopped"),
    ...part("refused", "has a login that does not work", "have logins that do not work"),
    ...part("down", "cannot be reached"),
    ...part("none", "is not connected", "are not connected"),
    ...part("sandbox", "posts in the sandbox", "post in the sandbox"),
  ];
  return `${counted(reports.length, "account")}: ${parts.join(", ")}.`;
};

export const accountsPage = async (view: View): Promise<PageContent> => {
  const { refsInState } = view.ports;
  const count: CountList = async (name, list) => {
    const { refs, next } = await refsInState(name, list);
    return { count: refs.length, more: next !== undefined };
  };
  const [reports, stops] = [await listAccounts(view.ports, count), await view.ports.stops.read()];
  const titles = await readTitles(reports, view);
  return {
    title: "Accounts",
    isLive: true,
    body: html`<h1>Accounts</h1><p class="lead">${reports.length === 0 ? "No account is in the configuration: the feeds are all that is published." : summary(reports)}</p>
<section aria-labelledby="each"><h2 id="each" class="vh">Each account</h2>${reports.map((report) => accountPart(report, titles, stops.accounts[report.name], view))}</section>`,
  };
};

/** The next request of an account that goes on, by the state of a delivery that is due. */
const wouldWords: Readonly<Record<string, string>> = {
  pending: "Waits to be sent.",
  unsettled: "It may be there already.",
  editing: "Its edit waits.",
  deleting: "Its deletion waits.",
  posted: "Its copy is to be edited or deleted.",
};

/** The page lists the posts that an account would send whose data was restored. Its button lets these go out, and none that comes later. */
const restoredPart = async (account: string, view: View): Promise<Html> => {
  const { site, ports, href } = view;
  const { deliveries, more } = await readWouldSend(account, ports);
  const lines = await Promise.all(
    deliveries.map(async ({ id, slug, state }) => {
      const post = await ports.posts.head(site.id, parseDeliveryId(id)?.post ?? "");
      return html`<li><a href="${postHref(view, slug)}" dir="auto">${post?.title ?? slug}</a><span class="d">${wouldWords[state] ?? ""}</span></li>`;
    }),
  );
  const fields = seenField(deliveries.map(({ id }) => id));
  const button = act(view, "resume-sending", lines.length === 0 ? "Let it send again" : "Let it send that", {
    about: `on ${account}`,
    kind: "do",
    fields: [["to", href("/console/accounts")], ["account", account], ["confirm", "yes"], ...fields],
  });
  return lines.length === 0
    ? html`<p>It would send nothing now.</p>${button}`
    : html`<p>Compare this with the network first, because Crier cannot ask it: press “Never send it” on the page of each post that is there already. Documents that came since the data was restored are known within the hour.</p>
<section aria-labelledby="would"><h2 id="would">It would send <small>${lines.length}${more ? " and more" : ""}</small></h2><ul class="acc">${lines}</ul></section><div class="end">${button}</div>`;
};

/** Says what stopping means. For all accounts, or for the one that the address names. */
export const stopPage = async (view: View): Promise<PageContent | undefined> => {
  const { query, ports, href, formToken, here, typed } = view;
  const account = query("account");
  if (account !== undefined && !ports.accounts.some(({ name }) => name === account)) return undefined;
  const { accounts } = await ports.stops.read();
  const stop = accounts[account ?? allAccounts];
  const what = account === undefined ? "all sending" : `sending on ${account}`;
  const back = href(account === undefined ? "/console" : "/console/accounts");
  const path = "/console/act/stop-sending";
  if (stop !== undefined)
    return {
      title: "Sending is stopped",
      body: html`<div class="narrow"><h1>${account === undefined ? "All sending is stopped" : `Sending on ${account} is stopped`}</h1><p class="lead">Since ${stopText(stop, view)}</p>
${account !== undefined && stop.isRestored === true ? await restoredPart(account, view) : resumeActs(view, account, stop)}</div>`,
    };
  return {
    title: `Stop ${what}`,
    body: html`<div class="narrow"><h1>Stop ${what}?</h1><p class="lead">Nothing is sent, edited or deleted on ${account === undefined ? "any account of any site" : "it"} until somebody lets it send again. The feeds go on. What is being sent at this moment cannot be stopped: at most one post for each account.</p>
<form method="post" action="${href(path)}">${formToken(path)}${hidden("from", here)}${hidden("to", back)}${account === undefined ? "" : hidden("account", account)}<div class="f"><label for="why">Why (you may leave it out)</label><p class="hint" id="why-h">Everyone sees it.</p><input type="text" id="why" name="why" maxlength="200" aria-describedby="why-h" dir="auto" value="${typed?.get("why") ?? ""}"></div><div class="end"><button class="do">Stop ${what}</button><a href="${back}">Cancel</a></div></form></div>`,
  };
};
