import type { Examination } from "../documents/examine.ts";
import { reasonText } from "../domain/findings.ts";
import type { Site } from "../domain/site.ts";
import { type Instant, iso } from "../domain/time.ts";
import { columns } from "./columns.ts";
import { originText } from "./output.ts";

const maxShown = 20;

const plural = (count: number, noun: string): string =>
  `${count} ${count === 1 ? noun : `${noun}s`.replace(/ys$/, "ies")}`;

/** The first rows below a heading; nothing where there are none. */
const section = (heading: string, rows: readonly (readonly string[])[]): readonly string[] =>
  rows.length === 0
    ? []
    : [
        "",
        heading,
        ...columns(rows.slice(0, maxShown)).map((line) => `  ${line}`),
        ...(rows.length > maxShown ? [`  … and ${rows.length - maxShown} more: --json shows all`] : []),
      ];

const fieldRows = ({ fields }: Examination): readonly (readonly string[])[] =>
  [...Map.groupBy(fields, ({ field }) => field)].map(([field, all]) => [
    field,
    all.map(({ from, documents }) => `${originText(from)} ${documents}`).join(", "),
  ]);

interface Context {
  readonly place: string;
  /** How many documents the source leaves out by `include` and `exclude`. */
  readonly excluded: number;
  readonly site: Site;
  /** Where the site is in the configuration. */
  readonly at: string;
  readonly now: Instant;
}

const summary = (examination: Examination, { now, excluded }: Context): string => {
  const { published, held, pages, refused, repaired } = examination;
  const scheduled = published.filter((post) => post.published > now).length;
  return [
    `${published.length} would be posts${scheduled === 0 ? "" : ` (${scheduled} of them scheduled)`}`,
    `${held.length} held`,
    `${plural(pages.length, "page")}`,
    `${refused.length} refused`,
    `${repaired.length} repaired`,
    ...(excluded === 0 ? [] : [`${excluded} left out by \`include\` and \`exclude\``]),
  ].join(", ");
};

/** For people: the most important of each kind. */
export const examinationLines = (examination: Examination, context: Context): readonly string[] => {
  const { place, site, at } = context;
  return [
    `${plural(examination.documents, /^https?:/.test(place) ? "entry" : "document")} in ${place}, read as those of the site ${site.id}:`,
    summary(examination, context),
    ...section(
      "CONFIGURATION",
      [
        ...examination.unusedFields.map(({ field, key }) => `fields.${field}: no document has the key "${key}"`),
        ...examination.unusedPermalinks.map((folder) => `permalinks: there is no document in "${folder}"`),
      ].map((problem) => [`${at}.${problem}: correct or remove it`]),
    ),
    ...section(
      "REFUSED, until it is corrected",
      examination.refused.flatMap(({ path, reasons }) => reasons.map((reason) => [path, reasonText(reason)])),
    ),
    ...section(
      "HELD: not published, and why",
      examination.held.map(({ path, reason }) => [path, reason]),
    ),
    ...section(
      "PAGES: not posts, and why",
      examination.pages.map(({ path, reason }) => [path, reason]),
    ),
    ...section(
      "NOTES: what was left out or guessed",
      examination.warnings.map(({ paths, field, message }) => [
        String(paths.length),
        paths.length === 1 ? (paths[0] ?? "") : `${paths[0]} …`,
        reasonText({ ...(field !== undefined && { field }), message }),
      ]),
    ),
    ...section(
      "REPAIRED: the text was in a wrong encoding",
      examination.repaired.map((path) => [path]),
    ),
    ...section("FIELDS: what they are read from, in how many documents", fieldRows(examination)),
    ...section(
      "NOT READ: keys, in how many documents",
      examination.ignored.map(({ key, documents, meant }) => [
        key,
        String(documents),
        meant === undefined ? "" : `did you mean "${meant}"?`,
      ]),
    ),
    ...section(
      "POSTS, the newest first",
      examination.published
        .slice(0, 5)
        .map(({ path, published, title, url }) => [iso(published).slice(0, 10), path, url, title]),
    ),
  ];
};
