import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { CommandError } from "../api/api-client.ts";
import type { Terminal } from "./subcommand.ts";

interface Question {
  readonly field: string;
  readonly optional: boolean;
}

/** Asks for one line that the terminal itself shows while it is typed. Throws a `CommandError` on Ctrl-D. */
export const askLine = async (text: string, { input, err }: Pick<Terminal, "input" | "err">): Promise<string> => {
  err(text);
  const reader = createInterface({ input, terminal: false });
  try {
    const line = await reader[Symbol.asyncIterator]().next();
    if (line.done !== true) return line.value.trim();
    err("\n");
    throw new CommandError("stopped: run the same command again to go on");
  } finally {
    reader.close();
  }
};

/**
 * Asks for one line per field and does not echo it: readline keeps the terminal in raw mode while it is open, and its own
 * output is thrown away. Throws a `CommandError` on Ctrl-C and Ctrl-D.
 */
export const ask = async (
  questions: readonly Question[],
  { input, err }: Pick<Terminal, "input" | "err">,
): Promise<Readonly<Record<string, string>>> => {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  // Without a history, an arrow key cannot bring one secret back as the answer to the next question.
  const reader = createInterface({ input, output: silent, terminal: true, historySize: 0 });
  const lines = reader[Symbol.asyncIterator]();
  const answers: Record<string, string> = {};
  try {
    for (const { field, optional } of questions) {
      err(optional ? `${field} (optional; Enter skips it): ` : `${field}: `);
      const line = await lines.next();
      err("\n");
      if (line.done === true) throw new CommandError("stopped: nothing was written");
      answers[field] = line.value;
    }
    return answers;
  } finally {
    reader.close();
  }
};
