import type { Findings } from "../domain/findings.ts";
import type { Instant } from "../domain/time.ts";
import type { Field, Fields } from "./fields.ts";
import { readDate } from "./read-date.ts";

/** `2020-12-21-title.md`, `2020/12/21/title.md`, `/2020/10/07/title`. */
export const dateInPath = (path: string): string | undefined => {
  const folders = /(?:^|\/)(\d{4})\/(\d{1,2})\/(\d{1,2})(?:\/|$)/.exec(path);
  const name = /(?:^|\/)(\d{4}-\d{1,2}-\d{1,2})(?=[-_./]|$)[^/]*(?:\/index\.[^/]*)?$/.exec(path);
  return name?.[1] ?? (folders === null ? undefined : `${folders[1]}-${folders[2]}-${folders[3]}`);
};

interface Context {
  readonly zone: string;
  readonly found: Findings;
}

/** `published: true` is a status. */
const isDate = ({ value }: Field): boolean =>
  typeof value !== "boolean" && !/^(true|false|yes|no)$/i.test(String(value));

/** True for a date of publication of its own, in the front matter or the path. */
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

/** The dates of the front matter. Without a date of publication there, the date in the permalink, else the date in the path. */
export const datesOf = (fields: Fields, permalink: string | undefined, path: string, context: Context): Dates => {
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
