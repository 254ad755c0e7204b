import { html } from "hono/html";
import type { Moments, Numbers } from "../app/status/numbers.ts";
import type { Overview } from "../app/status/overview.ts";
import type { Instant } from "../domain/time.ts";
import type { Html, Part, View } from "./parts.ts";
import { dayStart, dayText, mondayOf } from "./words.ts";

/** Two rows of bars, one for each week, and their numbers as a table: the picture says nothing that the table lacks. */

const shownWeeks = 12;
const [width, tallest] = [300, 48];

interface Week {
  /** Its Monday: `23 Nov`. */
  readonly name: string;
  /** Undefined where not all of the week were counted. */
  readonly posts: number | undefined;
  readonly sent: number | undefined;
  readonly shown: number | undefined;
}

type Row = "posts" | "sent" | "shown";

const countIn = ({ at, since }: Moments, from: Instant, to: Instant): number | undefined =>
  since !== undefined && since >= from ? undefined : at.filter((one) => one >= from && one < to).length;

const none: Moments = { at: [], since: undefined };

const weeksOf = ({ posts, sent, shown = none }: Numbers, view: View): readonly Week[] => {
  const { timeZone } = view.site;
  const monday = mondayOf(undefined, view.now, timeZone);
  return Array.from({ length: shownWeeks }, (_, index) => {
    const from = dayStart(monday, timeZone, -7 * (shownWeeks - 1 - index));
    const to = dayStart(from, timeZone, 7);
    const count = (moments: Moments) => countIn(moments, from, to);
    return { name: dayText(from, timeZone)[1], posts: count(posts), sent: count(sent), shown: count(shown) };
  });
};

const bars = (weeks: readonly Week[], row: Row, base: number, kind: string, name: string): Html => {
  const counts = weeks.map((week) => week[row] ?? 0);
  const most = Math.max(0, ...counts);
  const step = width / weeks.length;
  const isCut = weeks.some((week) => week[row] === undefined);
  const now = weeks.at(-1)?.[row];
  // A week that was not wholly read has no bar, and may be the one with the most.
  const known = [...(now === undefined ? [] : [`${now} this week`]), ...(isCut ? [] : [`${most} at most`])];
  const text = most === 0 && !isCut ? "none" : known.length === 0 ? "too many to count here" : known.join(", ");
  const path = counts
    .map((count, index) => {
      const height = Math.max(2, (count / most) * tallest).toFixed(1);
      return count === 0 ? "" : `M${(index * step).toFixed(1)} ${base}v-${height}h${(step - 4).toFixed(1)}v${height}z`;
    })
    .join("");
  return html`<text x="0" y="${base - 58}">${name}</text><text class="v" x="${width}" y="${base - 58}" text-anchor="end">${text}</text><path class="ax" d="M0 ${base}H${width}"></path>${path === "" ? "" : html`<path class="${kind}" d="${path}"></path>`}`;
};

const cell = (count: number | undefined): string => (count === undefined ? "not counted" : String(count));

/** The numbers of the last weeks. Absent where they could not be read. */
export const chart = ({ numbers }: Pick<Overview, "numbers">, view: View): Part => {
  if (numbers === undefined)
    return html`<section aria-labelledby="num"><h2 id="num">The last ${shownWeeks} weeks</h2><p class="hint">The numbers could not be read now.</p></section>`;
  const weeks = weeksOf(numbers, view);
  const { shown, isAllShown } = numbers;
  const columns: readonly (readonly [Row, string])[] = [
    ["posts", "Posts"],
    ...(isAllShown ? [] : [["sent", "Copies"] as const]),
    ...(shown === undefined ? [] : [["shown", "In the sandbox"] as const]),
  ];
  const [, [second, name] = ["sent", "Copies"] as const] = columns;
  const isCut = weeks.some((week) => columns.some(([column]) => week[column] === undefined));
  const rows = weeks
    .toReversed()
    .map(
      (week) =>
        html`<tr><td>${week.name}</td>${columns.map(([column, head]) => html`<td class="n" data-k="${head}">${cell(week[column])}</td>`)}</tr>`,
    );
  return html`<section aria-labelledby="num"><h2 id="num">The last ${shownWeeks} weeks</h2>
<figure><svg viewBox="0 0 ${width} 166" role="img" aria-labelledby="num-d"><desc id="num-d">The posts of each week, and their copies${isAllShown ? " in the sandbox" : ""}. The numbers are in the table below.</desc>
${bars(weeks, "posts", 70, "b1", "Posts")}${bars(weeks, second, 148, "b2", name)}<text x="0" y="163">${weeks[0]?.name ?? ""}</text><text x="${width}" y="163" text-anchor="end">this week</text></svg></figure>
<details><summary>The numbers</summary><table><thead><tr><th scope="col">Week of</th>${columns.map(([, head]) => html`<th scope="col" class="n">${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table><p class="hint">Copies count in the week in which they were sent.${shown === undefined || isAllShown ? "" : " Those of the accounts that are in the sandbox now are apart."}${isCut ? " Of the earlier weeks there are too many to count them here." : ""}</p></details></section>`;
};
