import { styleText } from "node:util";
import type { Command, Option } from "commander";
import { type Client, CommandError } from "../api/api-client.ts";
import { minute as minuteLength } from "../domain/time.ts";

export type Input = NodeJS.ReadableStream & { readonly isTTY?: boolean };

export interface Terminal {
  readonly env: NodeJS.ProcessEnv;
  /** The folder that the command runs in. The local token and `crier.config.ts` are in it. */
  readonly folder: string;
  readonly input: Input;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Standard output, for bytes that are not text. */
  readonly output?: NodeJS.WritableStream;
  /** The number of characters in a line. Undefined where the output is not a terminal. */
  readonly width?: number | undefined;
  /** The output is a terminal that shows colours. */
  readonly hasColours?: boolean;
}

/** The style of a line in a terminal with colours. */
export type Format = "bold" | "dim" | "red" | "yellow";

export type Line = string | { readonly text: string; readonly format: Format };

export interface CommandResult {
  /** Printed by `--json`. */
  readonly answer: unknown;
  readonly lines: readonly Line[];
  /** Printed on standard error. */
  readonly notes?: readonly string[];
  /** Something was refused or is wrong: exit 1. */
  readonly failed?: boolean;
}

/** Prints the result of a command, or why it failed. */
export type Perform = (flags: { readonly json?: boolean }, action: () => Promise<CommandResult>) => Promise<void>;

export const subcommand = (parent: Command, spec: string, description: string): Command =>
  parent.command(spec).description(description).option("--json", "print the answer as JSON");

export interface Flags {
  readonly json?: boolean;
  readonly site?: string;
  readonly again?: boolean;
  readonly refused?: boolean;
  readonly pages?: boolean;
  readonly all?: boolean;
  readonly history?: boolean;
  readonly markdown?: boolean;
  readonly from?: string;
  /** Only `resolve` has this flag, and requires it. */
  readonly as: "posted" | "retry";
  /** The folder that the command runs in. */
  readonly folder: string;
  /** The width of the terminal in characters. */
  readonly width?: number | undefined;
}

export interface Verb {
  /** The command's name and its argument, if it takes one. */
  readonly spec: string;
  readonly description: string;
  readonly options?: readonly Option[];
  readonly run: (client: Client, argument: string, flags: Flags) => Promise<CommandResult>;
}

/** True if the API answered with one of these statuses. */
export const hasStatus = (error: unknown, statuses: readonly number[]): error is CommandError =>
  error instanceof CommandError && statuses.includes(error.problem?.status ?? 0);

/** Text of documents, networks and other commands must not control the terminal. */
export const printable = (lines: readonly string[]): string =>
  lines.map((line) => `${line.replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, " ")}\n`).join("");

/** Returns the line with its line break, and with its colour if the terminal shows colours. */
export const lineText = (line: Line, hasColours: boolean): string => {
  if (typeof line === "string" || !hasColours) return printable([typeof line === "string" ? line : line.text]);
  return `${styleText(line.format, printable([line.text]).trimEnd(), { validateStream: false })}\n`;
};

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
const width = (text: string): number => [...graphemes.segment(text)].length;

export const truncate = (text: string, maxWidth: number): string => {
  if (width(text) <= maxWidth) return text;
  const segments = [...graphemes.segment(text)].map(({ segment }) => segment);
  return `${segments.slice(0, maxWidth - 1).join("")}…`;
};

/** Joins the parts that are neither empty nor missing. */
export const joined = (separator: string, parts: readonly (string | false | null)[]): string =>
  parts.filter(Boolean).join(separator);

/** Pads each column to its widest cell. The last column is neither padded nor truncated. */
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

/** Formats a moment to the minute in a time zone. Swedish writes dates as ISO 8601 does. */
export const minute = (moment: string, timeZone: string): string =>
  new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short", timeZone }).format(new Date(moment));
export const minuteAndZone = (moment: string, timeZone: string): string => `${minute(moment, timeZone)} ${timeZone}`;

/** The minute before which nothing happens. It is rounded up, like the times in reasons. */
export const nextMinuteAndZone = (moment: string, timeZone: string): string =>
  minuteAndZone(new Date(Math.ceil(Date.parse(moment) / minuteLength) * minuteLength).toISOString(), timeZone);
