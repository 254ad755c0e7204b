import { DateTime } from "luxon";
import type { Instant } from "../domain/time.ts";
import type { Fields } from "./fields.ts";
import type { Findings } from "./findings.ts";

/** RFC 3339 and what blogs make of it: `2009-12-25 12:00:00 +0900`, `2020/12/21`, `2026-3-1 8:00`. */
const numeric =
  /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[Tt\s]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|UTC|GMT|[+-]\d{1,2}(?::?\d{2})?)?)?$/i;

const written = ["LLLL d, yyyy", "LLL d, yyyy", "d LLLL yyyy", "d LLL yyyy", "LLLL d yyyy", "LLL d yyyy"];

const offsetZone = (offset: string): string => {
  const parts = /^([+-])(\d{1,2}):?(\d{2})?$/.exec(offset);
  return parts === null ? "UTC" : `UTC${parts[1]}${parts[2]}:${parts[3] ?? "00"}`;
};

const isOffset = (offset: string | undefined): boolean => {
  const parts = /^[+-](\d{1,2}):?(\d{2})?$/.exec(offset ?? "");
  return parts === null || (Number(parts[1]) <= 14 && Number(parts[2] ?? 0) < 60);
};

/** A date without a time is the start of its day in the site's zone; an offset is kept; undefined where there is no such moment. */
export const readDate = (text: string, zone: string): Instant | undefined => {
  const parts = numeric.exec(text.trim());
  if (parts !== null) {
    const [, year, , month, day, hour = "0", minute = "0", second = "0", fraction = "0", offset] = parts;
    if (!isOffset(offset)) return undefined;
    const date = DateTime.fromObject(
      {
        year: Number(year),
        month: Number(month),
        day: Number(day),
        hour: Number(hour),
        minute: Number(minute),
        second: Number(second),
        millisecond: Math.floor(Number(`0.${fraction}`) * 1000),
      },
      { zone: offset === undefined ? zone : offsetZone(offset) },
    );
    // Two digits of a year (0026) are a slip; four are what RSS and the sort keys of rows bear.
    return date.isValid && date.year >= 1000 ? date.toMillis() : undefined;
  }
  const dates = [
    DateTime.fromRFC2822(text.trim()),
    ...written.map((format) => DateTime.fromFormat(text.trim(), format, { zone, locale: "en" })),
  ];
  return dates.find((date) => date.isValid)?.toMillis();
};

/** `2020-12-21-title.md`, `2020/12/21/title.md`, `/2020/10/07/title`. */
export const dateInPath = (path: string): string | undefined => {
  const folders = /(?:^|\/)(\d{4})\/(\d{1,2})\/(\d{1,2})(?:\/|$)/.exec(path);
  const name = /(?:^|\/)(\d{4}-\d{1,2}-\d{1,2})(?=[-_./]|$)[^/]*(?:\/index\.[^/]*)?$/.exec(path);
  return name?.[1] ?? (folders === null ? undefined : `${folders[1]}-${folders[2]}-${folders[3]}`);
};

const publishedKeys = ["date", "published", "publishedAt", "publishDate", "pubDate", "created", "createdAt"];
const updatedKeys = ["updated", "lastmod", "lastModifiedAt", "updatedDate", "updatedAt", "modified"];

interface Context {
  readonly zone: string;
  readonly found: Findings;
}

const fromFields = (fields: Fields, keys: readonly string[], { zone, found }: Context): Instant | undefined => {
  // `published: true` speaks of the status.
  const [first] = fields(...keys).filter(
    ({ value }) => typeof value !== "boolean" && !/^(true|false|yes|no)$/i.test(String(value)),
  );
  if (first === undefined) return undefined;
  const date = typeof first.value === "string" ? readDate(first.value, zone) : undefined;
  return (
    date ??
    found.refuse(
      "date-impossible",
      first.key,
      `\`${first.key}: ${String(first.value).slice(0, 60)}\` is no date: write it as 2026-03-01 or 2026-03-01T08:00:00+01:00.`,
    )
  );
};

export interface Dates {
  readonly published: Instant | undefined;
  readonly updated: Instant | undefined;
}

/** The front matter's dates, else the one in the permalink, else the one in the path. */
export const datesOf = (fields: Fields, permalink: string | undefined, path: string, context: Context): Dates => {
  const { zone, found } = context;
  const updated = fromFields(fields, updatedKeys, context);
  const before = found.reasons.length;
  const given = fromFields(fields, publishedKeys, context);
  if (given !== undefined || found.reasons.length > before) return { published: given, updated };
  const inPath = (permalink === undefined ? undefined : dateInPath(permalink)) ?? dateInPath(path);
  if (inPath === undefined) {
    found.warn(
      "date-missing",
      "date",
      "Neither the front matter nor the path holds a date: the first sight of the document counts.",
    );
    return { published: undefined, updated };
  }
  const published = readDate(inPath, zone);
  if (published === undefined)
    found.refuse("date-impossible", "path", `${inPath} in the document's path is no date: rename it or add \`date\`.`);
  return { published, updated };
};
