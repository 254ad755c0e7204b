import { hour, type Instant, instantOf, type LocalTime, minute } from "../domain/time.ts";

/** RFC 3339, and the variants of it in blogs: `2009-12-25 12:00:00 +0900`, `2020/12/21`, `2026-3-1 8:00`. */
const numeric =
  /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[Tt\s]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|UTC|GMT|[+-]\d{1,2}(?::?\d{2})?)?)?$/i;

/** RFC 5322 §3.3, with the obsolete zones and years of §4.3: `Fri, 25 Dec 2009 12:00:00 +0900`. */
const inMail =
  /^(?:(mon|tue|wed|thu|fri|sat|sun), )?(\d{1,2}) ([a-z]{3}) (\d{2}|\d{4}) (\d{2}):(\d{2})(?::(\d{2}))? (ut|gmt|z|[ecmp][sd]t|[+-]\d{4})(?: \([^()]*\))?$/i;

/** `March 1, 2026`, `1 Mar 2026`. */
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

/** 1 to 12 for the full name or its first three letters; 0 for any other word. */
const monthOf = (word: string): number =>
  months.findIndex((month) => [month, month.slice(0, 3)].includes(word.toLowerCase())) + 1;

const midnight = { hour: 0, minute: 0, second: 0, millisecond: 0 };

/** ms ahead of UTC; undefined for more than 14 hours, the largest offset there is. */
const offsetOf = (text: string): number | undefined => {
  const parts = /^([+-])(\d{1,2}):?(\d{2})?$/.exec(text);
  if (parts === null) return (americanZones.get(text.toLowerCase()) ?? 0) * hour;
  const [, sign, hours, minutes = "0"] = parts;
  if (Number(hours) > 14 || Number(minutes) >= 60) return undefined;
  return (sign === "-" ? -1 : 1) * (Number(hours) * hour + Number(minutes) * minute);
};

const withOffset = (time: LocalTime, offset: string | undefined, zone: string): Instant | undefined => {
  const zoneOrOffset = offset === undefined ? zone : offsetOf(offset);
  return zoneOrOffset === undefined ? undefined : instantOf(time, zoneOrOffset);
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
  const date = { year: fullYear(year), month: monthOf(month), day: Number(day) };
  const dayOfWeek = new Date(Date.UTC(date.year, date.month - 1, date.day)).getUTCDay();
  if (weekday !== undefined && weekdays[dayOfWeek] !== weekday.toLowerCase()) return undefined;
  const time = { ...date, hour: Number(hour), minute: Number(minute), second: Number(second), millisecond: 0 };
  return withOffset(time, offset, zone);
};

const fromWords = (parts: RegExpExecArray, zone: string): Instant | undefined => {
  const [, before, after, day = after, month = before ?? "", year] = parts;
  return instantOf({ ...midnight, year: Number(year), month: monthOf(month), day: Number(day) }, zone);
};

const formats = [
  [numeric, fromNumbers],
  [inMail, fromMail],
  [written, fromWords],
] as const;

/** A date without a time is the start of its day in the zone. Undefined where the text is not a date, or there is no such moment. */
export const readDate = (text: string, zone: string): Instant | undefined => {
  const line = text.trim().replaceAll(/\s+/g, " ");
  for (const [format, read] of formats) {
    const parts = format.exec(line);
    if (parts !== null) return read(parts, zone);
  }
  return undefined;
};
