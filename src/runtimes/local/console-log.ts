import type { Log } from "../../ports/runtime.ts";

export type Print = (line: string) => void;

const wordsOf = (message: string): readonly string[] =>
  message.split(/[\s"()]+/).map((word) => word.replace(/(?<![,.:;])[,.:;]+$/, ""));

/** What is a word of the message is not said again. */
const fieldsText = (message: string, fields: Readonly<Record<string, unknown>> = {}): string => {
  const said = new Set<unknown>(wordsOf(message));
  const rest = Object.entries(fields)
    .filter(([, value]) => value !== undefined && !said.has(value))
    .map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`);
  return rest.length === 0 ? "" : ` (${rest.join(", ")})`;
};

/** One line for each entry. Line breaks and control characters in a document's text cannot start a second line. */
export const consoleLog = (print: Print): Log => {
  const line = (start: string, message: string, fields: Readonly<Record<string, unknown>> | undefined) =>
    print(`${start}${message}${fieldsText(message, fields)}`.replaceAll(/[\p{Cc}]+/gu, " "));
  return {
    info: (message, fields) => line("", message, fields),
    warn: (message, fields) => line("! ", message, fields),
    alarm: (name, message, fields) => line(`!! ${name}: `, message, fields),
  };
};
