import { styleText } from "node:util";
import type { Line } from "./subcommand.ts";

/** Text of documents, networks and other commands must not control the terminal. */
export const printable = (lines: readonly string[]): string =>
  lines.map((line) => `${line.replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, " ")}\n`).join("");

/** With its colour, where the terminal shows colours. */
export const lineText = (line: Line, hasColours: boolean): string => {
  if (typeof line === "string" || !hasColours) return printable([typeof line === "string" ? line : line.text]);
  return `${styleText(line.format, printable([line.text]).trimEnd(), { validateStream: false })}\n`;
};
