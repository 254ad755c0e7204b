import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { readDate, readEntryDate } from "../../src/documents/dates.ts";
import { day, minute } from "../../src/domain/time.ts";
import { runs } from "../support/runs.ts";

const at = (text: string, zone = "UTC") => {
  const moment = readDate(text, zone);
  return moment === undefined ? undefined : new Date(moment).toISOString().replace(".000Z", "Z");
};

describe("a date", () => {
  it.each([
    ["2026-03-01 24:00", "2026-03-02T00:00:00Z"],
    ["2026.03.01", "2026-03-01T00:00:00Z"],
    ["2026-03-01T08:00:00.9999Z", "2026-03-01T08:00:00.999Z"],
    ["2026-03-01T08:00:00 -0330", "2026-03-01T11:30:00Z"],
    ["2026-03-01T08:00:00-0030", "2026-03-01T08:30:00Z"],
    ["2024-02-29", "2024-02-29T00:00:00Z"],
    ["Tue, 3 Mar 2020 10:00 EDT", "2020-03-03T14:00:00Z"],
    ["3 Mar 20 10:00:05 UT", "2020-03-03T10:00:05Z"],
    ["3 Mar 99 10:00:05 pst", "1999-03-03T18:00:05Z"],
    ["Tue, 03 Mar 2020 10:00:00 +0545 (Nepal)", "2020-03-03T04:15:00Z"],
    ["december 31 2026", "2026-12-31T00:00:00Z"],
    ["31  Dec\u00a02026", "2026-12-31T00:00:00Z"],
    ["1 May 2026", "2026-05-01T00:00:00Z"],
  ])("is read from %s", (text, expected) => {
    expect(at(text)).toBe(expected);
  });

  it.each([
    ["of a day that the year does not have", "2023-02-29"],
    ["of a month zero", "2026-00-10"],
    ["of a day zero", "2026-01-00"],
    ["past the end of its day", "2026-01-02 24:00:01"],
    ["with sixty minutes", "2026-01-02 08:60"],
    ["with sixty seconds", "2026-01-02 08:00:60"],
    ["with an invalid offset", "2026-01-02T08:00:00+14:60"],
    ["in mail with another weekday", "Mon, 03 Mar 2020 10:00:00 +0000"],
    ["in mail with an invalid offset", "Tue, 03 Mar 2020 10:00:00 +1500"],
    ["in mail with an unknown month", "3 Foo 2020 10:00:00 +0000"],
    ["in words with an unknown month", "Brumaire 18, 1799"],
    ["in words with an invalid day", "31 April 2026"],
    ["with two kinds of separators", "2026-01/02"],
  ])("%s is not a date", (_, text) => {
    expect(readDate(text, "UTC")).toBeUndefined();
  });
});

describe("a local time", () => {
  it.each([
    ["has the offset of its zone in summer", "2026-07-01 08:00", "Europe/Berlin", "2026-07-01T06:00:00Z"],
    ["has the offset of its zone in winter", "2026-01-01 08:00", "Europe/Berlin", "2026-01-01T07:00:00Z"],
    ["that occurs twice is the first one", "2026-10-25 02:30", "Europe/Berlin", "2026-10-25T00:30:00Z"],
    ["in a gap has the offset before the gap", "2026-03-29 02:30", "Europe/Berlin", "2026-03-29T01:30:00Z"],
    ["right after a gap has the offset after it", "2026-03-29 03:00", "Europe/Berlin", "2026-03-29T01:00:00Z"],
    ["at midnight may be in a gap", "2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00Z"],
    ["may occur twice within half an hour", "2026-04-05 01:45", "Australia/Lord_Howe", "2026-04-04T14:45:00Z"],
    [
      "on a day that the zone skipped has the offset before",
      "2011-12-30 12:00",
      "Pacific/Apia",
      "2011-12-30T22:00:00Z",
    ],
    ["west of Greenwich is behind UTC", "2026-07-01 08:00", "America/St_Johns", "2026-07-01T10:30:00Z"],
    ["may have an offset with seconds", "1890-01-01", "Europe/Berlin", "1889-12-31T23:06:32Z"],
  ])("%s", (_, text, zone, expected) => {
    expect(at(text, zone)).toBe(expected);
  });

  it("is the local time in the zone at the moment that it is read as", () => {
    const zones = fc.constantFrom(
      "UTC",
      "Europe/Berlin",
      "America/New_York",
      "Asia/Kathmandu",
      "Pacific/Chatham",
      "Africa/Casablanca",
    );
    fc.assert(
      fc.property(fc.integer({ min: -day * 25_000, max: day * 25_000 }), zones, (moment, zone) => {
        const wholeMinute = moment - (moment % minute);
        const localTime = new Date(wholeMinute).toLocaleString("sv-SE", { timeZone: zone });
        const read = readDate(localTime, zone);
        expect(read).toBeDefined();
        // A time that occurs twice is read as the first one, with the same local time.
        expect(new Date(read ?? 0).toLocaleString("sv-SE", { timeZone: zone })).toBe(localTime);
        expect(read).toBeLessThanOrEqual(wholeMinute);
      }),
      { numRuns: runs(500) },
    );
  });
});

test.each([
  ["Wed, 04 Mar 2026 08:00:00 +0100", "2026-03-04T07:00:00Z"],
  ["Wed, 04 Mar 2026 08:00:00 GMT", "2026-03-04T08:00:00Z"],
  ["Mon, 04 Mar 2026 08:00:00 GMT", "2026-03-04T08:00:00Z"],
  ["Mittwoch, 4 March 2026 8:00", "2026-03-04T07:00:00Z"],
  ["04 Mar 2026 08:00", "2026-03-04T07:00:00Z"],
  ["Wed, 04 Mar 2026", "2026-03-03T23:00:00Z"],
  ["04-Mar-26 08:00:00 +0100", "2026-03-04T07:00:00Z"],
  ["Wed, 04 Mar 2026 08:00:00 CET", "2026-03-04T07:00:00Z"],
  ["Wed, 04 Mar 2026 08:00:00 EST", "2026-03-04T13:00:00Z"],
  ["Wed, 04 Mar 2026 08:00:00 GMT+0100", "2026-03-04T07:00:00Z"],
  ["Wed, 04 Mar 2026 08:00:00 +01:00", "2026-03-04T07:00:00Z"],
  ["Wed, 04 Mar 2026 08:00:00.123 Z (UTC)", "2026-03-04T08:00:00Z"],
  ["Wed, 04 Mar 2026 08:00:00 Nowhere/Land", "2026-03-04T07:00:00Z"],
  ["2026-03-04T08:00:00Z", "2026-03-04T08:00:00Z"],
  ["2026-03-04T08:00:00", "2026-03-04T07:00:00Z"],
  ["2026-03-04 08:00:00", "2026-03-04T07:00:00Z"],
  ["2026-07-04", "2026-07-03T22:00:00Z"],
])("the date of an entry %j is %s in a site in Berlin", (text, expected) => {
  expect(readEntryDate(text, "Europe/Berlin")).toBe(Date.parse(expected));
});

test.each([undefined, "", "yesterday", "Wed, 31 Feb 2026 08:00:00 GMT", "04 Foo 2026"])("%j is not a date", (text) => {
  expect(readEntryDate(text, "Europe/Berlin")).toBeUndefined();
});
