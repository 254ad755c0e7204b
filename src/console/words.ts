import type { DeliveryStatus } from "../contract/deliveries.ts";
import type { PostStatus } from "../contract/posts.ts";
import { type HoldKind, isLater } from "../domain/delivery.ts";
import { textDropped, textEdited } from "../domain/edited-text.ts";
import { waitsForPage } from "../domain/send-rules.ts";
import { isStoppedReason } from "../domain/stopped.ts";
import { cleanLine } from "../domain/text.ts";
import { day, type Instant, iso, localDay, toInstant } from "../domain/time.ts";

/** The words of the console: times, states, and the reasons of the core without its commands. */

const formats = new Map<string, Intl.DateTimeFormat>();

/** Formats are cached, because creating one takes a hundred times as long as using it. */
const format = (at: Instant, timeZone: string, options: Intl.DateTimeFormatOptions): string => {
  const key = `${timeZone} ${Object.entries(options).flat().join(" ")}`;
  const known = formats.get(key) ?? new Intl.DateTimeFormat("en-GB", { timeZone, hourCycle: "h23", ...options });
  formats.set(key, known);
  return known.format(at);
};

const dayNumber = (at: Instant, timeZone: string): number => {
  const { year, month, day: date } = localDay(at, timeZone);
  return Date.UTC(year, month - 1, date) / day;
};

export const clockTime = (at: Instant, timeZone: string): string =>
  format(at, timeZone, { hour: "2-digit", minute: "2-digit" });

/**
 * A moment in the site's time zone, with its date where that is not today: `14:02`, `Sat 7 Nov, 11:00`, `3 Nov 2027, 11:00`.
 * A page has past and planned moments: a weekday alone would be that of both weeks.
 */
export const timeText = (at: Instant, now: Instant, timeZone: string): string => {
  const time = clockTime(at, timeZone);
  if (dayNumber(at, timeZone) === dayNumber(now, timeZone)) return time;
  const isThisYear = localDay(at, timeZone).year === localDay(now, timeZone).year;
  const [name, date] = dayText(at, timeZone);
  return `${isThisYear ? `${name} ${date}` : `${date} ${localDay(at, timeZone).year}`}, ${time}`;
};

/** `at 14:02`, `on Sat 7 Nov, 11:00`. */
export const atTime = (at: Instant, now: Instant, timeZone: string): string => {
  const text = timeText(at, now, timeZone);
  return `${/^\d\d:/.test(text) ? "at" : "on"} ${text}`;
};

/** `today 14:02`, `Sat 7 Nov, 11:00`. */
export const dayAndTime = (at: Instant, now: Instant, timeZone: string): string => {
  const text = timeText(at, now, timeZone);
  return /^\d\d:\d\d$/.test(text) ? `today ${text}` : text;
};

export const longDate = (at: Instant, timeZone: string): string =>
  format(at, timeZone, { weekday: "short", day: "numeric", month: "long", year: "numeric" });

export const isoTime = iso;

/** What the buttons are called, by the command that does the same. */
const buttons: Readonly<Record<string, string>> = {
  approve: "Approve",
  dismiss: "Never send it",
  hold: "Stop",
  release: "Release",
  "resume-sending": "Let it send again",
  retry: "Send it again",
};

/** Names the button instead of the command. A command without a button stays what it is. */
export const buttonFor = (words: string): string | undefined => {
  const [verb = ""] = words.split(" ");
  if (verb === "text") return words.endsWith("--document") ? "“Send the document’s”" : "“Edit the text”";
  if (verb === "resolve") return words.endsWith("--as retry") ? "“It is not: send it”" : "“It is there”";
  const button = buttons[verb];
  return button === undefined ? undefined : `“${button}”`;
};

/** A reason that is no sentence, as one. */
const inWhole = (reason: string): string =>
  reason
    .replace(/^more than (\d+) new (posts|notes) within an hour$/, "more than $1 $2 came within an hour")
    .replace(/^more than 1 (post|note)s came/, "more than 1 $1 came")
    .replace(/^by hand, until you release it$/, "it was stopped, and waits until somebody releases it");

/**
 * The reason of a row or of a refusal, which may name a command, with the button of the console instead. It may quote a
 * server or a document: it is cleaned, so that it does not turn around the words beside it.
 */
export const inWords = (reason: string): string =>
  inWhole(cleanLine(reason))
    .replaceAll(/with "npx crier publish \S+(?: --again)?(?: --site \S+)?"/g, "with “Post it now …” on its page")
    .replace("change the text (`socialShare`), or name another account with --account", "write another one for it")
    .replaceAll(
      /npx crier ((?:approve|dismiss|hold|release|resume-sending|retry|resolve|text)(?: (?:--as (?:posted|retry)|--site \S+|[^\s;,:()]+))*)/g,
      (command, words: string) => buttonFor(words.replace(/ --site \S+/, "")) ?? command,
    );

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * A sentence: it begins with a capital and ends with a full stop. An address, and the name of the account that it is
 * about, keep their letters: another word begins it.
 */
export const sentence = (text: string, account?: string): string => {
  const begun = /^https?:/.test(text)
    ? `the address ${text}`
    : text.startsWith("until ")
      ? `it waits ${text}`
      : account !== undefined && text.startsWith(`${account} `)
        ? `the account ${text}`
        : text;
  return /[.!?]$/.test(begun) ? capital(begun) : `${capital(begun)}.`;
};

/** More names than these are counted, because a page would consist of them. */
const mostNames = 12;

/** `bluesky`, `bluesky and mastodon`, `bluesky, mastodon and x`, `a1, a2 … and 52 more`: each name once. */
export const listText = (all: readonly string[], most = mostNames): string => {
  const each = [...new Set(all)];
  const kept = Math.ceil((most * 2) / 3);
  const names = each.length > most ? [...each.slice(0, kept), `${each.length - kept} more`] : each;
  return names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
};

export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

interface Waiting {
  readonly reason?: string | undefined;
  readonly due?: Instant | undefined;
}

/** Whether a delivery that waits goes out at its time, or only looks again then. */
export const waitsFor = ({ reason = "" }: Waiting): "time" | "page" | "person" => {
  if (waitsForPage(reason)) return "page";
  return isStoppedReason(reason) || / is paused: /.test(reason) ? "person" : "time";
};

/** The rule that waits, without its time: the page shows the time beside it. */
export const whyItWaits = (reason: string | undefined): string => {
  if (reason === undefined) return "";
  const rule =
    /^waits (?:at least )?until (?:\d{4}-\d\d-\d\d )?\d\d:\d\d(?::\d\d)? [\w/+-]+: (.*)$/s.exec(reason)?.[1] ??
    reason.replace(/^waits /, "");
  return inWords(rule);
};

/** Why a copy that is to be deleted is still there, in two words. Empty for one whose deletion is on its way. */
export const whyStillThere = ({ reason = "" }: Pick<Waiting, "reason">): string => {
  if (reason === "") return "";
  return isStoppedReason(reason) ? " (stopped)" : / is paused: /.test(reason) ? " (paused)" : " (not possible now)";
};

const requests: Readonly<Record<string, string>> = {
  sending: "It was sent",
  unsettled: "Crier looked for it on the network, or sent the same request again",
  editing: "An edit of it was sent",
  deleting: "Its deletion was sent",
};
const results: Readonly<Record<string, string>> = {
  pending: "It waits",
  held: "It was held",
  unsettled: "It is not known yet whether it was posted",
  posted: "It is on the network",
  editing: "Its edit waits",
  deleting: "Its deletion waits",
  deleted: "It was deleted",
  failed: "It failed",
  unknown: "It is not known whether it was posted",
  cancelled: "It is not sent",
};

/** `second time`. */
export const timesText = (count: number): string => `${{ 2: "second", 3: "third" }[count] ?? ordinal(count)} time`;

/** Which one of its account a delivery is. The first one is 1. */
export const numberOf = (one: DeliveryStatus, { deliveries }: Pick<PostStatus, "deliveries">): number =>
  deliveries.filter((other) => isLater(one, other)).length + 1;

/** The same in words, where it is not the first. */
export const whichTime = (one: DeliveryStatus, post: Pick<PostStatus, "deliveries">): readonly string[] => {
  const count = numberOf(one, post);
  return count > 1 ? [timesText(count)] : [];
};

const ordinal = (count: number): string => ({ 1: "1st", 2: "2nd", 3: "3rd" })[count] ?? `${count}th`;

interface Entry {
  readonly state: string;
  readonly attempt: number | undefined;
  readonly reason: string | undefined;
  readonly by: string | undefined;
}

/** How a delivery began. `count`: how many its account has with it. */
export const plannedText = (count: number, by: string | undefined): string => {
  if (count > 1) return `${by ?? "Somebody"} posted it again.`;
  return by === undefined ? "It was planned." : `${by} had it announced.`;
};

/** What happened, as a sentence. */
export const historyText = ({ state, attempt, reason, by }: Entry, sandbox = false): string => {
  if (attempt !== undefined) return `${requests[state] ?? state}${attempt > 1 ? ` (${ordinal(attempt)} try)` : ""}.`;
  const act = /^(released|approved|dismissed|retried|resolved|withdrawn) by hand(.*)$/s.exec(reason ?? "");
  if (act !== null && state !== "deleted")
    return `${by ?? "Somebody"} ${act[1] === "withdrawn" ? "withdrew" : act[1]} it${inWords(act[2] ?? "")}.`;
  if (reason === textEdited) return `${by ?? "Somebody"} edited its text.`;
  if (reason === textDropped) return `${by ?? "Somebody"} gave it the text of its document again.`;
  if (reason?.startsWith("by hand, until")) return `${by ?? "Somebody"} stopped it, until somebody releases it.`;
  // Of what a person does, only an approval leaves the reason why a delivery waits as it is.
  if (by !== undefined && state === "pending") return `${by} approved it.`;
  const result = sandbox && state === "posted" ? "It is shown in the sandbox" : (results[state] ?? state);
  const rule = whyItWaits(reason);
  const why = rule === "" ? "" : rule.startsWith("until ") ? ` ${rule}` : `: ${rule}`;
  return sentence(`${result}${why}${by === undefined ? "" : ` (${by})`}`);
};

/** `2026-11-23`, in the site's time zone. */
export const isoDay = (at: Instant, timeZone: string): string => {
  const { year, month, day: date } = localDay(at, timeZone);
  return [year, String(month).padStart(2, "0"), String(date).padStart(2, "0")].join("-");
};

/** The name of a day, and its date: `Mon`, `23 Nov`. */
export const dayText = (at: Instant, timeZone: string): readonly [name: string, date: string] => [
  format(at, timeZone, { weekday: "short" }),
  format(at, timeZone, { day: "numeric", month: "short" }),
];

const midnight = { hour: 0, minute: 0, second: 0, millisecond: 0 } as const;

/** The beginning of the day of a moment, some days later, in the site's time zone. */
export const dayStart = (at: Instant, timeZone: string, days = 0): Instant => {
  const { year, month, day: date } = localDay(at, timeZone);
  const moved = Date.UTC(year, month - 1, date) + days * day;
  const { year: y, month: m, day: d } = localDay(moved, "UTC");
  return toInstant({ year: y, month: m, day: d, ...midnight }, timeZone) ?? moved;
};

/** The Monday of the week that a date names, or of this week. */
export const mondayOf = (given: string | undefined, now: Instant, timeZone: string): Instant => {
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(given ?? "")?.map(Number) ?? [];
  const named =
    year === undefined || month === undefined || date === undefined
      ? undefined
      : toInstant({ year, month, day: date, ...midnight }, timeZone);
  const start = named ?? dayStart(now, timeZone);
  const { year: y, month: m, day: d } = localDay(start, timeZone);
  const weekday = (Math.floor(Date.UTC(y, m - 1, d) / day) + 3) % 7;
  return dayStart(start, timeZone, -weekday);
};

const holdReasons: Readonly<Record<Exclude<HoldKind, "approval">, string>> = {
  breaker: "by the breaker, because many posts came within an hour",
  live: "because a page did not appear",
  text: "because a document differs from an edited text",
  copy: "because a similar post is there",
  person: "by a person",
  returned: "because a document is back",
  unreadable: "because a row cannot be read",
};

/** Says what becomes of so many posts: they `are held by a person`, or `wait for your approval`. */
export const holdText = (kind: HoldKind, posts: number): string =>
  kind === "approval"
    ? `${posts === 1 ? "waits" : "wait"} for your approval`
    : `${posts === 1 ? "is" : "are"} held ${holdReasons[kind]}`;
