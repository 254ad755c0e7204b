import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readDate } from "../../src/documents/read-date.ts";
import { day, minute } from "../../src/domain/time.ts";

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
    ["of a day that the year lacks", "2023-02-29"],
    ["of a month zero", "2026-00-10"],
    ["of a day zero", "2026-01-00"],
    ["past the end of its day", "2026-01-02 24:00:01"],
    ["with sixty minutes", "2026-01-02 08:60"],
    ["with a second sixty", "2026-01-02 08:00:60"],
    ["in a zone that no clock has", "2026-01-02T08:00:00+14:60"],
    ["in mail with another weekday", "Mon, 03 Mar 2020 10:00:00 +0000"],
    ["in mail with a zone that no clock has", "Tue, 03 Mar 2020 10:00:00 +1500"],
    ["in mail with a month that is none", "3 Foo 2020 10:00:00 +0000"],
    ["in words with a month that is none", "Brumaire 18, 1799"],
    ["in words with a day that is none", "31 April 2026"],
    ["with two kinds of separators", "2026-01/02"],
  ])("%s is none", (_, text) => {
    expect(readDate(text, "UTC")).toBeUndefined();
  });
});

describe("a local time", () => {
  it.each([
    ["is its zone's in summer", "2026-07-01 08:00", "Europe/Berlin", "2026-07-01T06:00:00Z"],
    ["is its zone's in winter", "2026-01-01 08:00", "Europe/Berlin", "2026-01-01T07:00:00Z"],
    ["that clocks show twice is the first one", "2026-10-25 02:30", "Europe/Berlin", "2026-10-25T00:30:00Z"],
    [
      "that clocks skip is told by the offset before the gap",
      "2026-03-29 02:30",
      "Europe/Berlin",
      "2026-03-29T01:30:00Z",
    ],
    ["is right after a gap", "2026-03-29 03:00", "Europe/Berlin", "2026-03-29T01:00:00Z"],
    ["may be skipped at midnight", "2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00Z"],
    ["may be half an hour off twice", "2026-04-05 01:45", "Australia/Lord_Howe", "2026-04-04T14:45:00Z"],
    [
      "on a day that the zone left out is told by the offset before",
      "2011-12-30 12:00",
      "Pacific/Apia",
      "2011-12-30T22:00:00Z",
    ],
    ["west of Greenwich is behind", "2026-07-01 08:00", "America/St_Johns", "2026-07-01T10:30:00Z"],
    ["before zones had whole minutes", "1890-01-01", "Europe/Berlin", "1889-12-31T23:06:32Z"],
  ])("%s", (_, text, zone, expected) => {
    expect(at(text, zone)).toBe(expected);
  });

  it("is what clocks in the zone show at the moment that it is read as", () => {
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
        const minuteOf = moment - (moment % minute);
        const shown = new Date(minuteOf).toLocaleString("sv-SE", { timeZone: zone });
        const read = readDate(shown, zone);
        expect(read).toBeDefined();
        // A time that clocks show twice is read as the first one: what is shown is the same.
        expect(new Date(read ?? 0).toLocaleString("sv-SE", { timeZone: zone })).toBe(shown);
        expect(read).toBeLessThanOrEqual(minuteOf);
      }),
      { numRuns: 500 },
    );
  });
});
