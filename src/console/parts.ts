import { html } from "hono/html";
import { whyItStays } from "../app/deliver/act-on-deliveries.ts";
import type { DecisionContext } from "../app/site-context.ts";
import { deletionOf, findTargets, type Obstacle, type Target } from "../app/status/obstacles.ts";
import type { OverviewRow, ScheduledRow } from "../app/status/overview.ts";
import type { DeliveryStatus } from "../contract/deliveries.ts";
import type { AccountReport } from "../contract/installation-status.ts";
import type { Delivery } from "../domain/delivery.ts";
import { saysUntilWhen } from "../domain/send-rules.ts";
import type { Stop } from "../domain/stopped.ts";
import { type Instant, minute } from "../domain/time.ts";
import type { ConsoleRows } from "../ports/console-rows.ts";
import { scriptFile, styleSheet } from "./assets.ts";
import type { Session } from "./session.ts";
import { capital, clockTime, inWords, isoTime, listText, longDate, sentence, timeText, waitsFor } from "./words.ts";

/** What the pages are made of. */

export type Html = ReturnType<typeof html>;
export type Part = Html | string;

/** What was done by the form that led to a page, or why it was not. */
export interface Note {
  readonly isProblem: boolean;
  /** Because of what was typed, and not because of what has changed. */
  readonly isInvalid?: boolean;
  readonly bold: string;
  readonly more: readonly string[];
  /** Leads to a part of the page of a post: its path, the part, and the label. */
  readonly link?: readonly string[] | undefined;
  /** The way back: the act, and the deliveries that it is about. */
  readonly back?: { readonly act: string; readonly label: string; readonly deliveries: readonly string[] } | undefined;
}

/** A site, and what the use cases of the console are called with. */
export interface ConsoleContext extends DecisionContext {
  readonly ports: DecisionContext["ports"] & ConsoleRows;
}

/** A page is made of this: the site, who looks, and the request. */
export interface View extends ConsoleContext {
  readonly now: Instant;
  readonly session: Session | undefined;
  /** The path of the page, with its query. A form returns to it. */
  readonly here: string;
  readonly param: string;
  readonly query: (name: string) => string | undefined;
  /** The address of another page of the same site. */
  readonly href: (path: string, query?: Readonly<Record<string, string | undefined>>) => string;
  /** The hidden field that a form to this path needs. */
  readonly formToken: (path: string) => Html;
  /** Its value. */
  readonly tokenFor: (path: string) => string;
  /** What a person typed into a form that was refused. */
  readonly typed: URLSearchParams | undefined;
  readonly note: Note | undefined;
  readonly sites: readonly { readonly id: string; readonly title: string }[];
}

export interface PageContent {
  readonly title: string;
  readonly body: Part;
  /** How many things need a person, where the page has looked. */
  readonly needs?: number;
  /** The script may replace it with what has changed. */
  readonly isLive?: boolean;
}

export const tabs = [
  ["/console", "Now"],
  ["/console/week", "Week"],
  ["/console/posts", "Posts"],
  ["/console/accounts", "Accounts"],
  ["/console/feeds", "Feeds"],
  ["/console/log", "Log"],
] as const;

export const hidden = (name: string, value: string): Html =>
  html`<input type="hidden" name="${name}" value="${value}">`;

/** A link to another host. The address may come from a network's answer: only one of the web becomes a link. */
export const outside = (url: string, text: string): Html =>
  /^https?:\/\//i.test(url) ? html`<a href="${url}" rel="noreferrer"><bdi>${text}</bdi></a>` : html`<bdi>${text}</bdi>`;

interface ActOptions {
  /** Names what the button is about for a person who hears it alone. */
  readonly about?: string;
  readonly kind?: "do" | "plain" | "";
  readonly fields?: readonly (readonly [name: string, value: string])[];
}

/** A button is a form: it works without a script. */
export const act = (
  view: View,
  name: string,
  label: string,
  { about = "", kind = "", fields = [] }: ActOptions,
): Html => {
  const path = `/console/act/${name}`;
  return html`<form method="post" action="${view.href(path)}">${view.formToken(path)}${hidden("from", view.here)}${fields.map(([field, value]) => hidden(field, value))}<button${kind === "" ? "" : html` class="${kind}"`}>${label}${about === "" ? "" : html`<span class="vh"> ${about}</span>`}</button></form>`;
};

/** A delivery, where its history may not be read. */
type Countable = Pick<DeliveryStatus, "id" | "version" | "shown"> & Partial<Pick<DeliveryStatus, "history">>;

export const countEntries = ({ history }: Pick<Countable, "history">): number =>
  history === undefined ? 0 : history.first.length + history.omitted + history.last.length;

/** Names a delivery, with its version, the length of its history and the hash of its text that the page shows. */
export const seenDelivery = (delivery: Countable): string =>
  [delivery.id, delivery.version, countEntries(delivery), delivery.shown?.hash ?? ""].join(" ").trimEnd();

/** The field of a button that is about these deliveries. A field for each would be half of a page with many accounts. */
export const seenField = (seen: readonly string[]): readonly (readonly [name: string, value: string])[] =>
  seen.length === 0 ? [] : [["delivery", seen.join(",")]];

interface SeenDelivery {
  readonly id: string;
  readonly version: number | undefined;
  readonly shown: string | undefined;
  readonly entries?: number | undefined;
}

/** The deliveries that a form names, as its page showed them. */
export const seenIn = (form: URLSearchParams): readonly SeenDelivery[] =>
  form
    .getAll("delivery")
    .flatMap((field) => field.split(","))
    .map((field) => {
      const [id = "", version, entries, shown] = field.split(" ");
      const number = (text: string | undefined) => (text === undefined ? undefined : Number(text));
      return { id, version: number(version), entries: number(entries), shown };
    });

export type StateKind = "ok" | "bad" | "ask" | "wait";

export const state = (kind: StateKind, words: string): Html => html`<span class="s ${kind}">${words}</span>`;

export const targetOf = ({ delivery: { account }, obstacle, at }: OverviewRow): Target => ({ account, obstacle, at });

export const isFree = ({ obstacle }: Pick<Target, "obstacle">): boolean => obstacle === undefined;

/** In groups that are a minute apart or more, the first ones first. */
export const apart = <One>(all: readonly One[], at: (one: One) => Instant): readonly (readonly [One, ...One[]])[] => {
  const groups: [One, ...One[]][] = [];
  for (const one of all.toSorted((a, b) => at(a) - at(b))) {
    const last = groups.at(-1);
    if (last !== undefined && at(one) < at(last[0]) + minute) last.push(one);
    else groups.push([one]);
  }
  return groups;
};

export const namesOf = (targets: readonly Pick<Target, "account">[], most?: number): string =>
  listText([...new Set(targets.map(({ account }) => account))].toSorted(), most);

export const freeNames = (targets: readonly Target[], most?: number): string => namesOf(targets.filter(isFree), most);

const obstacleText: Readonly<Record<Obstacle, (names: string, one: boolean) => string>> = {
  "all-stopped": () => "all sending is stopped",
  stopped: (names, one) => `${names} ${one ? "is" : "are"} stopped`,
  silent: () => "this installation sends nothing",
  paused: (names, one) => `${names} ${one ? "is" : "are"} paused`,
  unconnected: (names, one) => `${names} ${one ? "is" : "are"} not connected`,
  breaker: (names) => `${names} will hold it until you release it: too many new posts within the hour`,
  burst: (names) =>
    `${names} may hold it until you release it: with those before it, too many new posts within the hour`,
  login: (names) => `the login check of ${names} failed`,
  down: (names) => `${names} cannot be reached`,
  approval: (names, one) => `${names} ${one ? "needs" : "need"} your approval first`,
};

/** What is in the way, by account: `mastodon needs your approval first; site is paused`. */
export const obstaclesText = (targets: readonly Target[]): string =>
  [
    ...Map.groupBy(
      targets.toSorted((a, b) => (a.account < b.account ? -1 : 1)),
      ({ obstacle }) => obstacle,
    ),
  ]
    .flatMap(([obstacle, all]) =>
      obstacle === undefined ? [] : [obstacleText[obstacle](namesOf(all), all.length === 1)],
    )
    .join("; ");

/** A person is told this before and after a copy stays that they do not want. */
export const deleteItThere = (why: string, account: string): string =>
  `Crier cannot delete its copy. ${sentence(inWords(why), account)} Delete it there.`;

/** Says that copies stay public as long as something is in the way. Undefined where nothing is in the way. */
export const staysPublic = (targets: readonly Target[]): string | undefined => {
  const blocked = obstaclesText(targets);
  const isOne = new Set(targets.filter((one) => !isFree(one)).map(({ account }) => account)).size === 1;
  return blocked === ""
    ? undefined
    : `${capital(blocked)}: ${isOne ? "its copy stays" : "their copies stay"} public until that ends.`;
};

/** Finds the obstacle to a deletion of the copies of one account. Undefined where nothing is in the way. */
export const stayText = async (
  copies: readonly Pick<Delivery, "account" | "sandbox">[],
  ports: DecisionContext["ports"],
): Promise<string | undefined> =>
  staysPublic(
    await findTargets(
      copies
        .filter(({ sandbox }) => !sandbox)
        .slice(-1)
        .map(deletionOf),
      ports,
    ),
  );

/** Says what becomes of copies that are to be deleted, by what is in the way of their accounts. */
export const deletionTexts = async (
  copies: readonly Delivery[],
  ports: DecisionContext["ports"],
): Promise<readonly string[]> => {
  const stay = copies.flatMap((one) => {
    const why = whyItStays(one, ports);
    return why === undefined ? [] : [deleteItThere(why, one.account)];
  });
  const targets = await findTargets(
    copies.flatMap((one) => (whyItStays(one, ports) === undefined ? [deletionOf(one)] : [])),
    ports,
  );
  const free = freeNames(targets);
  const blocked = staysPublic(targets);
  return [
    ...(free === ""
      ? []
      : [
          `${blocked === undefined ? "Its copies are deleted" : `On ${free} it is deleted`} as soon as the networks take the requests.`,
        ]),
    ...(blocked === undefined ? [] : [blocked]),
    ...stay,
  ];
};

/** True where the reason of a delivery says what is in the way, and says it better. */
export const isSaid = ({ delivery, obstacle }: Pick<OverviewRow, "delivery" | "obstacle">): boolean =>
  waitsFor(delivery) === "person" ||
  (obstacle === "down" && delivery.reason !== undefined && !saysUntilWhen(delivery.reason));

export const moment = (at: Instant, { now, site }: Pick<View, "now" | "site">): Html =>
  html`<time datetime="${isoTime(at)}">${timeText(at, now, site.timeZone)}</time>`;

/** When the account tries to post again, whose network refused its login. */
export const pauseEnd = (until: Instant, view: Pick<View, "now" | "site">): Html =>
  until <= view.now ? html`The next post is tried.` : html`One post is tried at ${moment(until, view)}.`;

export const downText = (
  { since, until, reason }: NonNullable<AccountReport["down"]>,
  view: Pick<View, "now" | "site">,
) => html`Since ${moment(since, view)}: ${sentence(inWords(reason))} It is tried again at ${moment(until, view)}.`;

/** Since when sending is stopped, by whom and why, in their own words. */
export const stopText = ({ since, by, why }: Stop, view: Pick<View, "now" | "site">): Html =>
  html`${moment(since, view)}${by === undefined ? "" : html` by <bdi>${by}</bdi>`}: <bdi>${why}</bdi>`;

/** After a restore the button is on a page that lists what would be sent. */
export const resumeActs = (view: View, account: string | undefined, stop: Stop, about?: string): Html =>
  stop.isRestored === true
    ? html`<a class="do" href="${view.href("/console/stop", { account })}">What would it send?${about === undefined ? "" : html`<span class="vh"> ${about}</span>`}</a>`
    : act(view, "resume-sending", "Let it send again", {
        kind: "do",
        fields: account === undefined ? [] : [["account", account]],
        ...(about !== undefined && { about }),
      });

export const row = (when: Part, title: Part, lines: readonly Part[], acts: readonly Part[] = []): Html =>
  html`<li class="row"><span class="when">${when}</span><div><p class="t" dir="auto">${title}</p>${lines.map((line) => html`<p class="m">${line}</p>`)}</div>${acts.length === 0 ? "" : html`<div class="acts">${acts}</div>`}</li>`;

export const postHref = ({ href }: Pick<View, "href">, path: string): string =>
  href(`/console/posts/${encodeURIComponent(path)}`);

export const noteBox = (view: View): Part => {
  const { note } = view;
  if (note === undefined) return "";
  const { isProblem, bold, more, link, back } = note;
  const [path = "", part = "", label] = link ?? [];
  return html`<div class="say${isProblem ? " bad" : ""}" role="${isProblem ? "alert" : "status"}"><p><strong>${bold}</strong></p>${more.map((line) => html`<p>${line}</p>`)}${label === undefined ? "" : html`<a class="alt" href="${postHref(view, path)}#${part}">${label}</a>`}${back === undefined ? "" : act(view, back.act, back.label, { fields: seenField(back.deliveries) })}</div>`;
};

const siteChooser = ({ sites, site }: View): Part =>
  sites.length < 2
    ? ""
    : html`<nav aria-label="Sites"><ul>${sites.map(
        ({ id, title }) =>
          html`<li><a href="/console?site=${encodeURIComponent(id)}"${id === site.id ? html` aria-current="true"` : ""}>${title}</a></li>`,
      )}</ul></nav>`;

const header = (
  view: View,
  current: string,
  needs: number,
  isStopped: boolean,
): Html => html`<header class="rule"><div class="bar">
<a class="home" href="${view.href("/console")}">${view.site.title}</a>
<nav aria-label="Console"><ul>${tabs.map(
  ([path, name]) =>
    html`<li><a href="${view.href(path)}"${path === current ? html` aria-current="page"` : ""}>${name}${path === "/console" && needs > 0 ? html` <b>${needs}<span class="vh"> need you</span></b>` : ""}</a></li>`,
)}</ul></nav>
${siteChooser(view)}<a class="halt" href="${view.href("/console/stop")}">${isStopped ? "Sending is stopped" : "Stop all sending"}</a>
</div></header>`;

const signedIn = (view: View, { name, expires }: Session): Html =>
  html`<div><span dir="auto">${name}</span>, until ${clockTime(expires, view.site.timeZone)} <form method="post" action="/console/sign-out">${view.formToken("/console/sign-out")}<button class="plain">Sign out</button></form></div>`;

export interface Shell extends PageContent {
  /** The tab that the page belongs to; empty for a page of none. Undefined for a page without the header's links. */
  readonly tab?: string | undefined;
  /** What is shown above every page: the home was moved, or sending is stopped. */
  readonly bands?: readonly Part[];
  readonly isStopped?: boolean;
  /** Loads the address again at once. */
  readonly reload?: string;
}

/** The frame of every page. */
export const shell = (view: View, page: Shell): Html => {
  const { title, body, tab, needs = 0, isLive = false, bands = [], isStopped = false, reload } = page;
  const { site, session, now } = view;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
${reload === undefined ? "" : html`<meta http-equiv="refresh" content="0; url=${reload}">\n`}<title>${title} · ${site.title} · Crier</title>
<link rel="stylesheet" href="${styleSheet.path}">
<script src="${scriptFile.path}" defer></script>
</head>
<body>
<a class="skip" href="#main">Skip to the page</a>
${session === undefined || tab === undefined ? html`<header class="rule"><div class="bar"><a class="home" href="/console">${site.title}</a></div></header>` : header(view, tab, needs, isStopped)}
<main class="wrap" id="main" tabindex="-1"${isLive ? html` data-live` : ""}>
${bands}${noteBox(view)}${body}
</main>
<footer><div><p>${longDate(now, site.timeZone)}, <time datetime="${isoTime(now)}">${clockTime(now, site.timeZone)}</time>. All times are ${site.timeZone}, the site’s time zone.</p>${session === undefined ? "" : signedIn(view, session)}</div></footer>
</body>
</html>
`;
};

export const postLink = (view: Pick<View, "href">, { delivery, post }: OverviewRow): Html =>
  html`<a href="${postHref(view, delivery.slug)}" lang="${post.language}">${post.title}</a>`;

export const scheduledLink = (view: Pick<View, "href">, { post, path }: Omit<ScheduledRow, "targets">): Html =>
  html`<a href="${postHref(view, path)}" lang="${post.language}">${post.title}</a>`;
