import { html } from "hono/html";
import type { Target } from "../app/status/obstacles.ts";
import { type OverviewRow, type ScheduledRow, sentAt } from "../app/status/overview.ts";
import { readWeek, type Week } from "../app/status/week.ts";
import type { Instant } from "../domain/time.ts";
import {
  apart,
  freeNames,
  type Html,
  namesOf,
  obstaclesText,
  type PageContent,
  type Part,
  postLink,
  scheduledLink,
  state,
  targetOf,
  type View,
} from "./parts.ts";
import { clockTime, counted, dayStart, dayText, inWords, isoDay, isoTime, mondayOf, waitsFor } from "./words.ts";

/** A week is a list of seven lists: the style alone makes columns of it. */

interface Item {
  readonly at: Instant;
  readonly link: Html;
  readonly where: Part;
}

/** The posts of each day. What goes out later than the first copy is an item of its own. */
const grouped = (
  rows: readonly OverviewRow[],
  at: (row: OverviewRow) => Instant,
  view: View,
  where: (rows: readonly OverviewRow[]) => Part,
): readonly Item[] =>
  [...Map.groupBy(rows, (row) => `${row.post.id} ${isoDay(at(row), view.site.timeZone)}`).values()]
    .flatMap((all) => apart(all, at))
    .map((all) => ({ at: at(all[0]), link: postLink(view, all[0]), where: where(all) }));

/** More names than these would make a day longer than its posts do. */
const mostNames = 4;

const names = (targets: readonly Target[]): string => namesOf(targets, mostNames);

/** The accounts that it was posted on, and those that only showed it. */
const wentTo = (rows: readonly OverviewRow[]): string => {
  const [shown, out] = [true, false].map((sandbox) =>
    names(rows.filter(({ delivery }) => delivery.sandbox === sandbox).map(targetOf)),
  );
  return [out, shown && `shown in the sandbox of ${shown}`].filter((text) => text).join(" · ");
};

/** What is said of the accounts: those that send it then, and what is in the way of the others. */
const going = (rows: readonly OverviewRow[]): Html => {
  const targets = rows.map(targetOf);
  const [free, blocked] = [freeNames(targets, mostNames), obstaclesText(targets)];
  return html`${free === "" ? state("wait", "waits") : html`${state("wait", "goes out")} ${free}`}${blocked === "" ? "" : html` ${free === "" ? `${names(targets)}: ` : "· "}${blocked}`}`;
};

const scheduledItem =
  (view: View) =>
  ({ post, path, targets }: ScheduledRow): Item => ({
    at: post.published,
    link: scheduledLink(view, { post, path }),
    where: html`${state("wait", "scheduled")} ${[names(targets), obstaclesText(targets)].filter((text) => text !== "").join(" · ")}`,
  });

const dayPart = (at: Instant, items: readonly Item[], view: View): Html => {
  const { now, site } = view;
  const isToday = isoDay(at, site.timeZone) === isoDay(now, site.timeZone);
  const [name, date] = dayText(at, site.timeZone);
  return html`<li class="${isToday ? "today" : ""}"><h2>${name}${isToday ? ", today" : ""} <b>${date}</b></h2>${items.length === 0 ? html`<p>Nothing.</p>` : html`<ol>${items.map(({ at: time, link, where }) => html`<li><time datetime="${isoTime(time)}">${clockTime(time, site.timeZone)}</time> <span dir="auto">${link}</span><small>${where}</small></li>`)}</ol>`}</li>`;
};

const mostHeld = 20;

/** What waits for a decision, by its reason: an approval names its posts, because each has a text to read. */
const heldPart = ({ held, holdsMore }: Week, view: View): Part => {
  if (held.length === 0 && !holdsMore) return "";
  const groups = [...Map.groupBy(held, ({ delivery: { hold, reason = "" } }) => (hold === "approval" ? "" : reason))];
  const lines = groups.map(([reason, rows]) => {
    const posts = [...Map.groupBy(rows, ({ post }) => post.id).values()];
    const [first] = rows;
    const links = posts.slice(0, mostHeld).map((all, index) => {
      const [one] = all;
      return one === undefined
        ? ""
        : html`${index > 0 ? ", " : ""}${postLink(view, one)} (${names(all.map(targetOf))})`;
    });
    const more = posts.length > mostHeld ? ` and ${counted(posts.length - mostHeld, "more post")}` : "";
    const why =
      reason === ""
        ? posts.length === 1
          ? "waits for your approval"
          : "wait for your approval"
        : html`<a href="${view.href("/console/held", { hold: first?.delivery.hold })}">${posts.length === 1 ? "is held" : "are held"}</a>: ${inWords(reason)}`;
    return html`<li>${counted(posts.length, "post")} ${why}: ${links}${more}</li>`;
  });
  return html`<section aria-labelledby="held"><h2 id="held">Waits for a decision, and so is at no time</h2><ul>${lines}</ul>${holdsMore ? html`<p class="hint">Not all that is held is listed here: <a href="${view.href("/console")}">the first page</a> says what is.</p>` : ""}</section>`;
};

export const weekPage = async (view: View): Promise<PageContent> => {
  const { site, now, ports, query, href } = view;
  const { timeZone } = site;
  const from = mondayOf(query("of"), now, timeZone);
  const days = Array.from({ length: 8 }, (_, index) => dayStart(from, timeZone, index));
  const to = days[7] ?? from;
  const week = await readWeek(site, [from, to], ports);
  const isTimed = ({ delivery }: OverviewRow): boolean => waitsFor(delivery) === "time" && delivery.due !== undefined;
  const items = [
    ...grouped(week.posted, sentAt, view, wentTo),
    ...grouped(week.pending.filter(isTimed), ({ delivery }) => Math.max(delivery.due ?? now, now), view, going),
    ...week.scheduled.map(scheduledItem(view)),
  ].toSorted((a, b) => a.at - b.at);
  const untimed = [...new Map(week.pending.filter((row) => !isTimed(row)).map((row) => [row.post.id, row])).values()];
  const weekLink = (label: string, at: Instant | undefined, rel: string): Html =>
    html`<a class="alt" href="${href("/console/week", at === undefined ? {} : { of: isoDay(at, timeZone) })}" rel="${rel}">${label}</a>`;
  const [, firstDate] = dayText(from, timeZone);
  const [, lastDate] = dayText(days[6] ?? from, timeZone);
  const title = `${firstDate} to ${lastDate}`;
  return {
    title: `The week of ${firstDate}`,
    isLive: true,
    body: html`<h1>${title}</h1>
<p class="end">${weekLink("Earlier", dayStart(from, timeZone, -7), "prev")} ${weekLink("This week", undefined, "")} ${weekLink("Later", to, "next")}</p>
<ol class="week">${days.slice(0, 7).map((start, index) =>
      dayPart(
        start,
        items.filter(({ at }) => at >= start && at < (days[index + 1] ?? to)),
        view,
      ),
    )}</ol>
${heldPart(week, view)}
${untimed.length === 0 ? "" : html`<p class="hint">Waits without a time, and so is in no week: ${untimed.slice(0, 20).map((row, index) => html`${index > 0 ? ", " : ""}${postLink(view, row)}`)}.</p>`}
${week.schedulesMore ? html`<p class="hint">Not all that is scheduled for this week is listed here, because so much waits: <a href="${href("/console/posts", { list: "scheduled" })}">all scheduled posts</a>.</p>` : ""}
${week.waitsMore ? html`<p class="hint">Not all that waits is listed: the <a href="${href("/console/posts")}">posts’ pages</a> have it.</p>` : ""}
${week.isCut ? html`<p class="hint">Not all that went out then is listed, because so much went out since: the posts’ pages have it.</p>` : ""}`,
  };
};
