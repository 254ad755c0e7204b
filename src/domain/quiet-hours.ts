import { instantOf, localDay } from "./local-time.ts";
import type { Instant } from "./time.ts";

/** A time of day in which nothing is posted, in minutes since midnight. It may end on the next day. */
export interface QuietHours {
  readonly from: number;
  readonly to: number;
}

/** `22:00-08:00`; undefined where it is not two different times of day. */
export const parseQuietHours = (text: string): QuietHours | undefined => {
  const parsed = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (parsed === null) return undefined;
  const [, fromHour = 0, fromMinute = 0, toHour = 0, toMinute = 0] = parsed.map(Number);
  const hours = { from: fromHour * 60 + fromMinute, to: toHour * 60 + toMinute };
  return hours.from === hours.to ? undefined : hours;
};

/** A time of the day that is so many days after that of `at`, in the zone. */
const timeOfDay = (at: Instant, days: number, minutes: number, zone: string): Instant | undefined => {
  const { year, month, day } = localDay(at, zone);
  const date = new Date(Date.UTC(year, month - 1, day + days));
  return instantOf(
    {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: Math.floor(minutes / 60),
      minute: minutes % 60,
      second: 0,
      millisecond: 0,
    },
    zone,
  );
};

/** When the quiet hours that `now` is in are over, by the clocks of the zone; undefined outside of them. */
export const quietUntil = (now: Instant, { from, to }: QuietHours, zone: string): Instant | undefined => {
  for (const days of [0, -1]) {
    const begins = timeOfDay(now, days, from, zone);
    const ends = timeOfDay(now, to < from ? days + 1 : days, to, zone);
    if (begins !== undefined && ends !== undefined && begins <= now && now < ends) return ends;
  }
  return undefined;
};
