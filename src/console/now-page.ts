import { html } from "hono/html";
import type { Target } from "../app/status/obstacles.ts";
import type { AccountOverview, Overview, OverviewRow, ScheduledRow } from "../app/status/overview.ts";
import { isClosed, readOverview, sentAt, soon } from "../app/status/overview.ts";
import { minute } from "../domain/time.ts";
import { chart } from "./chart.ts";
import { accountsOf, byPost, needsOf, needsSection, seenOf, siteRows, unreadText } from "./needs-you.ts";
import {
  act,
  apart,
  freeNames,
  type Html,
  isSaid,
  moment,
  namesOf,
  obstaclesText,
  outside,
  type PageContent,
  type Part,
  postLink,
  row,
  scheduledLink,
  state,
  targetOf,
  type View,
} from "./parts.ts";
import { atTime, counted, isoTime, sentence, timeText, waitsFor, whyItWaits } from "./words.ts";

type Waiting = OverviewRow | ScheduledRow;

/** A post that waits: its deliveries, and those that are not planned yet. */
interface Going {
  /** When the first account sends it. */
  readonly at: number;
  readonly rows: readonly Waiting[];
}

const isPlannedLater = (one: Waiting): one is ScheduledRow => "targets" in one;
const isPlanned = (one: Waiting): one is OverviewRow => !isPlannedLater(one);

const targetsOf = (rows: readonly Waiting[]): readonly Target[] =>
  rows.flatMap((one) => (isPlannedLater(one) ? one.targets : targetOf(one)));

const linkOf = (view: View, one: Waiting): Html =>
  isPlannedLater(one) ? scheduledLink(view, one) : postLink(view, one);

/** The button stops the deliveries, or a scheduled post whose deliveries are not planned yet. */
const fieldsOf = (rows: readonly Waiting[]): readonly (readonly [string, string])[] => {
  const later = rows.find(isPlannedLater);
  return later === undefined ? seenOf(rows.filter(isPlanned)) : [["post", later.path]];
};

const whyOf = (one: Waiting): string => (isPlannedLater(one) ? "scheduled" : whyItWaits(one.delivery.reason));

const firstTurn = (targets: readonly Target[]): number => Math.min(...targets.flatMap(({ at }) => at ?? []));

/** The accounts that send it a minute later than the first one, or more. */
const isAfter =
  (first: number) =>
  ({ at }: Target): boolean =>
    at !== undefined && at >= first + minute;

const laterText = (targets: readonly Target[], first: number, { now, site }: View): string =>
  [...Map.groupBy(targets.filter(isAfter(first)), ({ at = 0 }) => timeText(at, now, site.timeZone))]
    .map(([time, all]) => `${namesOf(all)} about ${time}`)
    .join("; ");

/** Each post that goes out within minutes, unless somebody stops it, the soonest first. */
const goingOut = ({ pending, scheduled }: Overview, view: View): readonly Going[] => {
  const timed = [...pending.filter(({ delivery }) => waitsFor(delivery) === "time"), ...scheduled];
  return [...Map.groupBy(timed, ({ post }) => post.id).values()]
    .map((rows) => ({ at: firstTurn(targetsOf(rows)), rows }))
    .filter(({ at }) => at - view.now <= soon)
    .toSorted((a, b) => a.at - b.at);
};

/** More posts than these are counted. */
const mostSoon = 3;

const soonSection = (all: readonly Going[], { unread }: Overview, view: View): Part => {
  const shown = all.slice(0, mostSoon);
  const more = all.length - shown.length + unread.soon;
  const sections = shown.flatMap(({ at, rows }, n) => {
    const [first] = rows.toSorted((a, b) => firstTurn(targetsOf([a])) - firstTurn(targetsOf([b])));
    if (first === undefined) return [];
    const left = Math.round((at - view.now) / 1000);
    const inTime =
      left <= 0
        ? "now"
        : left < 90
          ? `in ${counted(left, "second")}`
          : `in ${counted(Math.round(left / 60), "minute")}`;
    const targets = targetsOf(rows);
    const now = targets.filter((one) => !isAfter(at)(one));
    const why = [whyOf(first), laterText(targets, at, view), obstaclesText(targets)].filter((text) => text !== "");
    const about = shown.length > 1 ? `“${first.post.title}”` : "";
    return html`<section class="soon" aria-labelledby="soon${n}"><div><h2 id="soon${n}">Goes out <time datetime="${isoTime(at)}" data-until>${inTime}</time>, to ${freeNames(now)}</h2><p class="t" dir="auto">${linkOf(view, first)}</p>${why.length === 0 ? "" : html`<p class="m">${why.map((text) => sentence(text)).join(" ")}</p>`}</div>${act(view, "hold", "Stop this post", { kind: "do", about, fields: fieldsOf(rows) })}</section>`;
  });
  return html`${sections}${more > 0 && shown.length > 0 ? html`<p class="hint">${counted(more, "more post goes", "more posts go")} out within five minutes.</p>` : ""}`;
};

const mostNext = 20;
const mostDone = 10;

interface Next {
  readonly at: number;
  readonly line: Html;
}

const whenNext = ({ delivery, obstacle, at }: OverviewRow, view: View): Part => {
  const due = at ?? delivery.due;
  const kind = waitsFor(delivery);
  // A post that needs an approval goes out at its time if that comes before.
  if (obstacle !== undefined && obstacle !== "approval") return "waits";
  if (kind === "page") return "when its page is there";
  if (kind === "person" || due === undefined) return "waits";
  if (due <= view.now) return obstacle === undefined ? "now" : "waits";
  return moment(due, view);
};

/** The rule that waits, as one text for all accounts that wait for it. */
const whyWithoutAccount = ({ delivery: { reason, account } }: OverviewRow): string =>
  whyItWaits(reason).replace(` of ${account} `, " ");

/** What waits for an account that sends nothing: one row, whatever waits. */
const closedRows = ({ accounts }: Overview, view: View): readonly Html[] =>
  accounts.flatMap(({ name, closed, waiting }) =>
    closed === undefined || waiting.count === 0
      ? []
      : [
          row(
            "waits",
            html`<a href="${view.href("/console/accounts")}#${name}">${counted(waiting.count, "post")}${waiting.more ? " and more" : ""} for ${name} (${closed})</a>`,
            [],
          ),
        ],
  );

/** A scheduled post is one row, whether its texts were read or not. */
const scheduledRow = (rows: readonly Waiting[], view: View): readonly Next[] => {
  const [first] = rows;
  if (first === undefined) return [];
  const { title, published } = first.post;
  const targets = targetsOf(rows);
  const turn = firstTurn(targets);
  // A post that needs an approval goes out at its time if that comes before.
  const isTimed = turn < Number.POSITIVE_INFINITY || targets.some(({ obstacle }) => obstacle === "approval");
  const at = Math.max(published, turn < Number.POSITIVE_INFINITY ? turn : 0);
  const scheduled = isTimed ? "scheduled" : `scheduled for ${timeText(published, view.now, view.site.timeZone)}`;
  const said = [namesOf(targets), scheduled, laterText(targets, at, view), obstaclesText(targets)];
  const line = row(
    isTimed ? moment(at, view) : "waits",
    linkOf(view, first),
    [said.filter((text) => text !== "").join(" · ")],
    [act(view, "hold", "Stop", { about: `“${title}”`, fields: fieldsOf(rows) })],
  );
  return [{ at, line }];
};

const nextSection = (overview: Overview, soonest: readonly Going[], view: View): Part => {
  const { pending, scheduled, unread } = overview;
  const shownAbove = new Set(soonest.flatMap(({ rows }) => rows));
  const isLater = ({ post }: Waiting): boolean => post.published > view.now;
  const left = [...pending, ...scheduled].filter((one) => !shownAbove.has(one));
  const rowsNow = left.filter(isPlanned).filter((one) => !isLater(one) && !isClosed(one.obstacle));
  const groups = [
    ...Map.groupBy(rowsNow, (one) => `${one.post.id} ${one.obstacle ?? ""} ${whyWithoutAccount(one)}`).values(),
  ];
  const waiting = groups.flatMap((rows): readonly Next[] => {
    const [one] = rows;
    if (one === undefined) return [];
    const { due } = one.delivery;
    // A post that is not due yet has a planned time, which is no further try.
    const isTried = one.obstacle === "down" && isSaid(one);
    const again =
      due === undefined || (waitsFor(one.delivery) !== "page" && !isTried)
        ? ""
        : `; it is ${isTried ? "tried" : "looked for"} again ${atTime(due, view.now, view.site.timeZone)}`;
    const why = rows.length > 1 ? whyWithoutAccount(one) : whyItWaits(one.delivery.reason);
    const targets = targetsOf(rows);
    const at = Math.min(firstTurn(targets), due ?? Number.POSITIVE_INFINITY);
    const said = [
      accountsOf(rows),
      `${why}${again}`,
      laterText(targets, one.at ?? at, view),
      isSaid(one) ? "" : obstaclesText(targets),
    ];
    const line = row(
      whenNext(one, view),
      postLink(view, one),
      [said.filter((text) => text !== "").join(" · ")],
      [act(view, "hold", "Stop", { about: `“${one.post.title}” on ${accountsOf(rows)}`, fields: seenOf(rows) })],
    );
    return [{ at: one.at ?? at, line }];
  });
  const later = [...Map.groupBy(left.filter(isLater), ({ post }) => post.id).values()].flatMap((rows) =>
    scheduledRow(rows, view),
  );
  const inOrder = (rows: readonly Next[]) => rows.toSorted((a, b) => a.at - b.at);
  const shown = inOrder(waiting).slice(0, mostNext);
  const all = [...inOrder([...shown, ...later]).map(({ line }) => line), ...closedRows(overview, view)];
  const more = unread.pending + waiting.length - shown.length;
  const week = html`<a href="${view.href("/console/week")}">the week</a>`;
  const hints = [
    ...(more > 0
      ? [
          html`${counted(more, "more delivery", "more deliveries")} ${more === 1 ? "waits" : "wait"}: ${week} has ${more === 1 ? "it" : "them"}.`,
        ]
      : []),
    ...(unread.scheduled > 0
      ? [
          html`Up to ${counted(unread.scheduled, "more post")} ${unread.scheduled === 1 ? "is" : "are"} scheduled: <a href="${view.href("/console/posts", { list: "scheduled" })}">all scheduled posts</a>.`,
        ]
      : []),
    ...(unread.later === undefined
      ? []
      : [
          html`So much waits that posts that are scheduled after ${moment(unread.later, view)} are not looked at here.`,
        ]),
  ];
  const nothingNext =
    hints.length > 0
      ? ""
      : html`<p class="empty">Nothing ${soonest.length === 0 ? "" : "else "}waits to be sent by itself.</p>`;
  return html`<section aria-labelledby="next"><h2 id="next">Goes out next <a href="${view.href("/console/week")}">The week</a></h2>
${all.length > 0 ? html`<ul class="rows">${all}</ul>` : nothingNext}${hints.map((hint) => html`<p class="hint">${hint}</p>`)}</section>`;
};

const copyLink = ({ delivery: { account, url } }: OverviewRow): Html =>
  url === undefined ? html`${account}` : outside(url, account);

/** A post as it last went out: its rows are the last copy of each account. Those of an earlier time have it beside them. */
const doneRow = (view: View, rows: readonly OverviewRow[]): readonly Html[] => {
  const groups = apart(rows, sentAt).toReversed();
  const [newest] = groups;
  if (newest === undefined) return [];
  const parts = groups.map((group, index) => {
    const all = group.toSorted((a, b) => (a.delivery.account < b.delivery.account ? -1 : 1));
    const inSandbox = all.filter(({ delivery }) => delivery.sandbox);
    const where =
      inSandbox.length === 0
        ? ""
        : all.length === 1
          ? " in the sandbox"
          : ` · ${inSandbox.length === all.length ? "" : `${accountsOf(inSandbox)} `}in the sandbox`;
    const copies = all.map((one, n) => html`${n > 0 ? ", " : ""}${copyLink(one)}`);
    return html`${index === 0 ? "" : html` · ${moment(sentAt(group[0]), view)} `}${copies}${where}`;
  });
  return [row(moment(sentAt(newest[0]), view), postLink(view, newest[0]), [html`${parts}`])];
};

const doneSection = ({ posted, unread }: Overview, view: View): Part => {
  const last = (rows: readonly OverviewRow[]) => [
    ...new Map(rows.toSorted((a, b) => sentAt(a) - sentAt(b)).map((one) => [one.delivery.account, one])).values(),
  ];
  const posts = byPost(posted)
    .map(last)
    .toSorted((a, b) => Math.max(...b.map(sentAt)) - Math.max(...a.map(sentAt)));
  if (posts.length === 0 && unread.sent === undefined) return "";
  const all = view.href("/console/posts");
  const isShown = posted.length > 0 && posted.every(({ delivery }) => delivery.sandbox);
  const older =
    unread.sent === undefined && posts.length <= mostDone
      ? ""
      : html`<p class="hint">Older ones are in <a href="${view.href("/console/week")}">the week</a> and on <a href="${all}">the page of all posts</a>.</p>`;
  return html`<section aria-labelledby="done"><h2 id="done">${isShown ? "Shown in the sandbox" : "Went out"} <a href="${all}">All posts</a></h2>
${posts.length === 0 ? "" : html`<ul class="rows">${posts.slice(0, mostDone).flatMap((rows) => doneRow(view, rows))}</ul>`}${older}</section>`;
};

/** What an account can do now, in two words. */
export const accountState = (
  { reach, paused, stopped, down, problem, breaker, next }: Omit<AccountOverview, "waiting" | "closed">,
  view: View,
): Html => {
  if (stopped !== undefined) return state("bad", "stopped");
  if (paused !== undefined) return state("bad", "paused");
  if (reach === "sandbox") return state("wait", "sandbox");
  if (reach === "none") return state("wait", "not connected");
  if (problem !== undefined) return state("bad", "login");
  if (down !== undefined) return state("bad", "not reachable");
  const [kind, until] = breaker.articles === undefined ? ["notes", breaker.notes] : ["posts", breaker.articles];
  if (until !== undefined)
    return state(
      "wait",
      `holds ${kind}${until < Infinity ? ` until ${timeText(until, view.now, view.site.timeZone)}` : ""}`,
    );
  return next === undefined
    ? state("ok", "free now")
    : state("wait", `next ${timeText(next.at, view.now, view.site.timeZone)}`);
};

/** More accounts are on their own page. */
const mostAccounts = 12;

const rail = ({ accounts, numbers }: Overview, view: View): Html => html`<aside aria-label="Accounts and numbers">
<section aria-labelledby="acc"><h2 id="acc">Accounts <a href="${view.href("/console/accounts")}">All ${accounts.length}</a></h2>
<ul class="acc">${accounts
  .slice(0, mostAccounts)
  .map(
    (account) =>
      html`<li><span class="n">${account.name}</span>${accountState(account, view)}<span class="d">${account.sentToday}${account.dailyCap === undefined ? "" : ` of ${account.dailyCap}`} in the last 24 hours</span></li>`,
  )}</ul></section>${chart({ numbers }, view)}</aside>`;

const emptyPage = (overview: Overview, view: View): PageContent => ({
  title: "No posts yet",
  isLive: true,
  body: html`<h1>No posts yet</h1><p class="lead">Save a Markdown file with a title and a date in the folder of the posts, run <code>npx crier publish FILE</code>, or send a document to the API: it appears here within a second.${overview.accounts.every(({ reach }) => reach !== "real") ? " Nothing leaves this machine: no account is connected." : ""}</p><div class="cols"><div>${siteRows(overview, view).length === 0 ? "" : html`<ul class="rows">${siteRows(overview, view)}</ul>`}${unreadText(overview, view).map((line) => html`<p class="hint">${line}</p>`)}</div>${rail(overview, view)}</div>`,
});

/** What needs a person, what goes out next, what went out. */
export const nowPage = async (view: View): Promise<PageContent> => {
  const overview = await readOverview(view.site, view.ports);
  const { unknown, failed, unfinished, holds, pending, posted, scheduled } = overview;
  if (
    overview.isEmpty &&
    [unknown, failed, unfinished, holds, pending, posted, scheduled].every(({ length }) => length === 0)
  )
    return emptyPage(overview, view);
  const going = goingOut(overview, view);
  const needs = needsOf(overview, view);
  const title = needs.count === 0 ? "Nothing needs you" : `${needs.count} need you`;
  return {
    title,
    needs: needs.count,
    isLive: true,
    body: html`<h1 class="vh">Now</h1>${soonSection(going, overview, view)}<div class="cols"><div>${needsSection(overview, needs, view)}${nextSection(overview, going.slice(0, mostSoon), view)}${doneSection(overview, view)}</div>${rail(overview, view)}</div>`,
  };
};
