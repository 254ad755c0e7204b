import type { Log } from "../../ports/runtime.ts";

export type Print = (line: string) => void;

const fieldsText = (fields: Readonly<Record<string, unknown>> | undefined): string =>
  fields === undefined || Object.keys(fields).length === 0
    ? ""
    : ` (${Object.entries(fields)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
        .join(", ")})`;

/** One line for each entry. Line breaks and control characters in a document's text cannot start a second line. */
export const consoleLog = (print: Print): Log => {
  const line = (text: string) => print(text.replaceAll(/[\p{Cc}]+/gu, " "));
  return {
    info: (message, fields) => line(`${message}${fieldsText(fields)}`),
    warn: (message, fields) => line(`! ${message}${fieldsText(fields)}`),
    alarm: (name, message, fields) => line(`!! ${name}: ${message}${fieldsText(fields)}`),
  };
};
