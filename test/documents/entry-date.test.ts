import { expect, test } from "vitest";
import { readEntryDate } from "../../src/documents/dates.ts";

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
