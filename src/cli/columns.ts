import { minute as minuteLength } from "../domain/time.ts";

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
const width = (text: string): number => [...graphemes.segment(text)].length;

export const truncate = (text: string, maxWidth: number): string => {
  if (width(text) <= maxWidth) return text;
  const segments = [...graphemes.segment(text)].map(({ segment }) => segment);
  return `${segments.slice(0, maxWidth - 1).join("")}…`;
};

/** Those parts that are there. */
export const joined = (separator: string, parts: readonly (string | false | null)[]): string =>
  parts.filter(Boolean).join(separator);

/** Columns padded to the widest cell; the last one is neither padded nor truncated. */
export const columns = (rows: readonly (readonly string[])[]): readonly string[] => {
  const cells = rows.map((row) => row.map((cell, column) => (column === row.length - 1 ? cell : truncate(cell, 100))));
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => width(row[column] ?? ""))));
  return cells.map((row) =>
    row
      .map((cell, column) => cell + " ".repeat(Math.max(0, (widths[column] ?? 0) - width(cell))))
      .join("  ")
      .trimEnd(),
  );
};

/** To the minute, on the clock of a time zone. Swedish writes dates as ISO 8601 does. */
export const minute = (moment: string, timeZone: string): string =>
  new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short", timeZone }).format(new Date(moment));
export const minuteAndZone = (moment: string, timeZone: string): string => `${minute(moment, timeZone)} ${timeZone}`;

/** The minute before which nothing happens: rounded up, as are the times in reasons. */
export const nextMinuteAndZone = (moment: string, timeZone: string): string =>
  minuteAndZone(new Date(Math.ceil(Date.parse(moment) / minuteLength) * minuteLength).toISOString(), timeZone);
