import type { Findings } from "../domain/findings.ts";
import { hour, type Instant, type LocalTime, minute, toInstant } from "../domain/time.ts";
import type { Field, Fields } from "./front-matter.ts";

/** Reads the date of a path such as `2020-12-21-title.md`, `2020/12/21/title.md` or `/2020/10/07/title`. */
export const dateInPath = (path: string): string | undefined => {
  const folders = /(?:^|\/)(\d{4})\/(\d{1,2})\/(\d{1,2})(?:\/|$)/.exec(path);
  const name = /(?:^|\/)(\d{4}-\d{1,2}-\d{1,2})(?=[-_./]|$)[^/]*(?:\/index\.[^/]*)?$/.exec(path);
  return name?.[1] ?? (folders === null ? undefined : `${folders[1]}-${folders[2]}-${folders[3]}`);
};

interface Context {
  readonly zone: string;
  readonly found: Findings;
}

/** `published: true` is a status, not a date. */
const isDate = ({ value }: Field): boolean =>
  typeof value !== "boolean" && !/^(true|false|yes|no)$/i.test(String(value));

/** True if the front matter or the path has a date of publication. */
export const hasDate = (fields: Fields, permalink: string | undefined, path: string): boolean =>
  fields("published").some(isDate) || dateInPath(permalink ?? "") !== undefined || dateInPath(path) !== undefined;

const dateInField = (fields: Fields, name: "published" | "updated", { zone, found }: Context): Instant | undefined => {
  const [first] = fields(name).filter(isDate);
  if (first === undefined) return undefined;
  found.readFrom(name, first.key);
  const date = typeof first.value === "string" ? readDate(first.value, zone) : undefined;
  return (
    date ??
    found.refuse(
      "date-impossible",
      first.key,
      `\`${first.key}: ${String(first.value).slice(0, 60)}\` is not a date: write it as 2026-03-01 or 2026-03-01T08:00:00+01:00.`,
    )
  );
};

export interface Dates {
  readonly published: Instant | undefined;
  readonly updated: Instant | undefined;
}

/**
 * Returns the dates of the front matter. If it has no date of publication, the one in the permalink is used, or else
 * the one in the path.
 */
export const readDates = (fields: Fields, permalink: string | undefined, path: string, context: Context): Dates => {
  const { zone, found } = context;
  const updated = dateInField(fields, "updated", context);
  const before = found.reasons.length;
  const given = dateInField(fields, "published", context);
  if (given !== undefined || found.reasons.length > before) return { published: given, updated };
  const inPath = (permalink === undefined ? undefined : dateInPath(permalink)) ?? dateInPath(path);
  if (inPath === undefined) {
    found.warn(
      "date-missing",
      "date",
      "There is no date in the front matter or the path: a file in a folder is held until it has one; by the API or by hand it is published now.",
    );
    return { published: undefined, updated };
  }
  found.readFrom("published", "the file's path");
  const published = readDate(inPath, zone);
  if (published === undefined)
    found.refuse(
      "date-impossible",
      "path",
      `${inPath} in the document's path is not a date: rename it or add \`date\`.`,
    );
  return { published, updated };
};

/** Matches `Wed, 4 March 2026 08:00`: feeds write RFC 822 dates with other weekdays, full months and without a zone. */
const inFeed =
  /^(?:[\p{L}.]+,?\s+)?(\d{1,2})[\s-](\p{L}{3})\p{L}*\.?[\s-]+(\d{4}|\d{2})(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?(.*))?$/u;

const shortMonths = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");

/** Names of zones with their offsets. `readDate` knows the American ones. */
const zones = new Map([
  ["WET", "+0000"],
  ["BST", "+0100"],
  ["WEST", "+0100"],
  ["CET", "+0100"],
  ["MEZ", "+0100"],
  ["CEST", "+0200"],
  ["MESZ", "+0200"],
  ["EET", "+0200"],
  ["EEST", "+0300"],
  ["MSK", "+0300"],
  ["JST", "+0900"],
  ["KST", "+0900"],
  ["AEST", "+1000"],
  ["AEDT", "+1100"],
]);

const american = /^[ECMP][SD]T$/;

/** Returns the zone as RFC 822 writes it, or "" if it is unknown. Then the site's zone is used. */
const zoneIn = (text: string): string => {
  const name = (text.split("(", 1)[0] ?? "").trim().toUpperCase();
  const [, sign, hours = "", minutes = "00"] = /^(?:UTC|GMT|Z)?\s*([+-])(\d{1,2}):?(\d{2})?$/.exec(name) ?? [];
  if (sign !== undefined) return `${sign}${hours.padStart(2, "0")}${minutes}`;
  if (/^(?:UTC?|GMT|Z)$/.test(name)) return "+0000";
  return zones.get(name) ?? (american.test(name) ? name : "");
};

const maxDate = 100;

/** Reads a date of a feed. A date without a zone is in the site's zone. Returns undefined if it cannot be read. */
export const readEntryDate = (text: string | undefined, zone: string): Instant | undefined => {
  if (text === undefined || text.length > maxDate) return undefined;
  const [whole, day, month = "", year, hour = "0", minute = "00", second = "00", zoneName = ""] =
    inFeed.exec(text.trim().replaceAll(/\s+/g, " ")) ?? [];
  if (whole === undefined) return readDate(text, zone);
  const offset = zoneIn(zoneName);
  const at = shortMonths.indexOf(month.toLowerCase()) + 1;
  if (at === 0) return undefined;
  const time = `${hour.padStart(2, "0")}:${minute}:${second}`;
  return offset === "" && year?.length === 4
    ? readDate(`${year}-${at}-${day} ${time}`, zone)
    : readDate(`${day} ${month} ${year} ${time} ${offset || "+0000"}`, zone);
};

/** Matches RFC 3339 and the variants of it in blogs: `2009-12-25 12:00:00 +0900`, `2009-12-25 12:00 UTC+09:00`, `2020/12/21`, `2026-3-1 8:00`. */
const numeric =
  /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[Tt\s]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|UTC|GMT|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?)?)?$/i;

/** Matches RFC 5322 §3.3, with the obsolete zones and years of §4.3: `Fri, 25 Dec 2009 12:00:00 +0900`. */
const inMail =
  /^(?:(mon|tue|wed|thu|fri|sat|sun), )?(\d{1,2}) ([a-z]{3}) (\d{2}|\d{4}) (\d{2}):(\d{2})(?::(\d{2}))? (ut|gmt|z|[ecmp][sd]t|[+-]\d{4})(?: \([^()]*\))?$/i;

/** Matches `March 1, 2026` and `1 Mar 2026`. */
const written = /^(?:([a-z]+) (\d{1,2}),?|(\d{1,2}) ([a-z]+)) (\d{4})$/i;

const months = "january february march april may june july august september october november december".split(" ");
const weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
/** Hours ahead of UTC. */
const americanZones = new Map([
  ["est", -5],
  ["edt", -4],
  ["cst", -6],
  ["cdt", -5],
  ["mst", -7],
  ["mdt", -6],
  ["pst", -8],
  ["pdt", -7],
]);

/** Returns 1 to 12 for the full name or its first three letters, and 0 for any other word. */
const monthNumber = (word: string): number =>
  months.findIndex((month) => [month, month.slice(0, 3)].includes(word.toLowerCase())) + 1;

const midnight = { hour: 0, minute: 0, second: 0, millisecond: 0 };

/** Returns ms ahead of UTC, or undefined for more than 14 hours, the largest offset that exists. */
const zoneOffset = (text: string): number | undefined => {
  const parts = /^(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?$/i.exec(text);
  if (parts === null) return (americanZones.get(text.toLowerCase()) ?? 0) * hour;
  const [, sign, hours, minutes = "0"] = parts;
  if (Number(hours) > 14 || Number(minutes) >= 60) return undefined;
  return (sign === "-" ? -1 : 1) * (Number(hours) * hour + Number(minutes) * minute);
};

const withOffset = (time: LocalTime, offset: string | undefined, zone: string): Instant | undefined => {
  const zoneOrOffset = offset === undefined ? zone : zoneOffset(offset);
  return zoneOrOffset === undefined ? undefined : toInstant(time, zoneOrOffset);
};

const fromNumbers = (parts: RegExpExecArray, zone: string): Instant | undefined => {
  const [, year, , month, day, hour = "0", minute = "0", second = "0", fraction = "0", offset] = parts;
  const time = {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    millisecond: Math.floor(Number(`0.${fraction}`) * 1000),
  };
  return withOffset(time, offset, zone);
};

const fullYear = (year: string): number => {
  if (year.length > 2) return Number(year);
  return Number(year) + (Number(year) > 60 ? 1900 : 2000);
};

const fromMail = (parts: RegExpExecArray, zone: string): Instant | undefined => {
  const [, weekday, day, month = "", year = "", hour, minute, second = "0", offset] = parts;
  const date = { year: fullYear(year), month: monthNumber(month), day: Number(day) };
  const dayOfWeek = new Date(Date.UTC(date.year, date.month - 1, date.day)).getUTCDay();
  if (weekday !== undefined && weekdays[dayOfWeek] !== weekday.toLowerCase()) return undefined;
  const time = { ...date, hour: Number(hour), minute: Number(minute), second: Number(second), millisecond: 0 };
  return withOffset(time, offset, zone);
};

const fromWords = (parts: RegExpExecArray, zone: string): Instant | undefined => {
  const [, before, after, day = after, month = before ?? "", year] = parts;
  return toInstant({ ...midnight, year: Number(year), month: monthNumber(month), day: Number(day) }, zone);
};

const formats = [
  [numeric, fromNumbers],
  [inMail, fromMail],
  [written, fromWords],
] as const;

/**
 * A date without a time is the start of its day in the zone. Returns undefined if the text is not a date, or the moment
 * does not exist.
 */
export const readDate = (text: string, zone: string): Instant | undefined => {
  const line = text.trim().replaceAll(/\s+/g, " ");
  for (const [format, read] of formats) {
    const parts = format.exec(line);
    if (parts !== null) return read(parts, zone);
  }
  return undefined;
};
