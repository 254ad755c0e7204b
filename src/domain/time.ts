/** Milliseconds since 1970-01-01T00:00:00Z. Every moment inside Crier is one; it is text only in files and requests. */
export type Instant = number;

export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

/**
 * Formats a moment as RFC 3339 in UTC with milliseconds, for example `2026-03-01T08:00:00.000Z`. The texts sort like
 * the moments.
 */
export const iso = (at: Instant): string => new Date(at).toISOString();

/** A date and a time of day without a time zone. */
export interface LocalTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  /** The hour 24 is the end of the day. */
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
}

const daysIn = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

const isValid = (time: LocalTime): boolean =>
  // A year such as 0026 is a mistake. RSS and the sort keys of rows need four digits.
  time.year >= 1000 &&
  time.month >= 1 &&
  time.month <= 12 &&
  time.day >= 1 &&
  time.day <= daysIn(time.year, time.month) &&
  time.minute < 60 &&
  time.second < 60 &&
  (time.hour < 24 || (time.hour === 24 && time.minute + time.second + time.millisecond === 0));

const formats = new Map<string, Intl.DateTimeFormat>();

/** Formats are cached, because creating one takes a hundred times as long as using it. */
const zoneFormat = (zone: string): Intl.DateTimeFormat => {
  const format = formats.get(zone) ?? new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" });
  formats.set(zone, format);
  return format;
};

/** Returns how many ms the zone is ahead of UTC at a moment. ICU writes it as `GMT`, `GMT+09:00` or `GMT-00:01:15`. */
const offsetAt = (zone: string, at: Instant): number => {
  const name = zoneFormat(zone)
    .formatToParts(at)
    .find(({ type }) => type === "timeZoneName")?.value;
  const [, sign, hours = "0", minutes = "0", seconds = "0"] = /([+-])(\d+):(\d+)(?::(\d+))?$/.exec(name ?? "") ?? [];
  const offset = Number(hours) * hour + Number(minutes) * minute + Number(seconds) * second;
  return sign === "-" ? -offset : offset;
};

/**
 * Returns the moment of a local time; undefined if there is no such day or time. The zone is an IANA name, or ms ahead
 * of UTC. As in RFC 5545 §3.3.5, a time that occurs twice is the first one, and a time in a gap has the offset before
 * the gap.
 */
export const toInstant = (time: LocalTime, zone: string | number): Instant | undefined => {
  if (!isValid(time)) return undefined;
  const asUtc = Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute, time.second, time.millisecond);
  if (typeof zone === "number") return asUtc - zone;
  const before = asUtc - offsetAt(zone, asUtc - day);
  const after = asUtc - offsetAt(zone, asUtc + day);
  const moments = [before, after].filter((moment) => moment + offsetAt(zone, moment) === asUtc);
  return moments.length === 0 ? before : Math.min(...moments);
};

const localTime = (at: Instant, zone: string): Date => new Date(at + offsetAt(zone, at));

/** Returns the calendar day of a moment. */
export const localDay = (at: Instant, zone: string): Pick<LocalTime, "year" | "month" | "day"> => {
  const local = localTime(at, zone);
  return { year: local.getUTCFullYear(), month: local.getUTCMonth() + 1, day: local.getUTCDate() };
};

/** The text of a moment that is less than this away has seconds. */
const soon = 5 * minute;

/**
 * Formats a moment as `08:00 Europe/Berlin`, with the day if that is not today, and with seconds if it is in a few minutes
 * and not at a full one. It is rounded down: nothing that waits for the moment happens before the time that is said.
 */
export const clockText = (at: Instant, now: Instant, zone: string): string => {
  const text = localTime(at, zone).toISOString();
  const today = localTime(now, zone).toISOString().slice(0, 10);
  const hasSeconds = Math.abs(at - now) < soon && text.slice(17, 19) !== "00";
  return `${text.startsWith(today) ? "" : `${text.slice(0, 10)} `}${text.slice(11, hasSeconds ? 19 : 16)} ${zone}`;
};
