import { expect, test } from "vitest";
import { parseQuietHours, quietUntil } from "../../src/domain/account.ts";
import { hour, iso, minute } from "../../src/domain/time.ts";

const end = (now: string, text: string, zone = "UTC"): string | undefined => {
  const hours = parseQuietHours(text);
  if (hours === undefined) throw new Error(`${text} is not a time of day`);
  const until = quietUntil(Date.parse(now), hours, zone);
  return until === undefined ? undefined : iso(until).slice(0, 16);
};

test.each([
  "22:00",
  "22:00-24:00",
  "22-8",
  "08:00-08:00",
  "25:00-08:00",
  "22:00 - 08:00",
  "22:00-08:60",
  "24:00-08:00",
  "22:60-08:00",
  "at 22:00-08:00",
  "22:00-08:00 UTC",
])("%s is refused", (text) => {
  expect(parseQuietHours(text)).toBeUndefined();
});

test("a time of day is in minutes since midnight", () => {
  expect(parseQuietHours("19:05-07:59")).toEqual({ from: 19 * 60 + 5, to: 7 * 60 + 59 });
  expect(parseQuietHours("00:00-23:30")).toEqual({ from: 0, to: 23 * 60 + 30 });
});

test.each([
  ["before midnight", "2026-03-01T23:30:00Z", "22:00-08:00", "2026-03-02T08:00"],
  ["after midnight", "2026-03-02T03:00:00Z", "22:00-08:00", "2026-03-02T08:00"],
  ["from their first moment", "2026-03-01T22:00:00Z", "22:00-08:00", "2026-03-02T08:00"],
  ["within a day", "2026-03-01T12:30:00Z", "12:00-14:00", "2026-03-01T14:00"],
  ["until their last moment", "2026-03-02T07:59:59Z", "22:00-08:00", "2026-03-02T08:00"],
  ["over the end of a month", "2026-02-28T23:30:00Z", "22:00-08:00", "2026-03-01T08:00"],
  ["over the end of a year", "2027-01-01T00:30:00Z", "22:15-00:45", "2027-01-01T00:45"],
  ["until midnight", "2026-03-01T23:30:00Z", "22:00-00:00", "2026-03-02T00:00"],
])("quiet hours last %s", (_, now, hours, until) => {
  expect(end(now, hours)).toBe(until);
});

test.each(["2026-03-01T08:00:00Z", "2026-03-01T21:59:00Z"])("%s is not within them", (now) => {
  expect(end(now, "22:00-08:00")).toBeUndefined();
});

test("they end by the clocks of the site, also in the nights in which those are changed", () => {
  // Summer time begins on 29 March 2026 at 2:00 in Berlin, and ends on 25 October at 3:00.
  expect(end("2026-03-28T22:00:00Z", "22:00-08:00", "Europe/Berlin")).toBe("2026-03-29T06:00");
  expect(end("2026-03-29T05:59:00Z", "22:00-08:00", "Europe/Berlin")).toBe("2026-03-29T06:00");
  expect(end("2026-03-29T06:00:00Z", "22:00-08:00", "Europe/Berlin")).toBeUndefined();
  expect(end("2026-10-24T21:00:00Z", "22:00-08:00", "Europe/Berlin")).toBe("2026-10-25T07:00");
  expect(end("2026-10-25T06:59:00Z", "22:00-08:00", "Europe/Berlin")).toBe("2026-10-25T07:00");
});

test("an end that the clocks skip or show twice is one moment, after which nothing is quiet until the next evening", () => {
  for (const night of ["2026-03-28T21:00:00Z", "2026-10-24T20:00:00Z"]) {
    const hours = { from: 22 * 60, to: 2 * 60 + 30 };
    const until = quietUntil(Date.parse(night), hours, "Europe/Berlin") ?? 0;
    for (let at = Date.parse(night); at < Date.parse(night) + 20 * hour; at += 10 * minute)
      expect(quietUntil(at, hours, "Europe/Berlin")).toBe(at < until ? until : undefined);
  }
});
