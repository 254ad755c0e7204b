import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { CommandError } from "../api/api-client.ts";

export type Input = NodeJS.ReadableStream & { readonly isTTY?: boolean };

export interface Question {
  readonly field: string;
  readonly optional: boolean;
}

/**
 * Asks a person for one line per field and echoes none: readline takes the terminal into raw mode for as long as it is
 * open, and what it would echo goes nowhere. Ends with a `CommandError` on Ctrl-C and Ctrl-D.
 */
export const ask = async (
  questions: readonly Question[],
  { input, err }: { readonly input: Input; readonly err: (text: string) => void },
): Promise<Readonly<Record<string, string>>> => {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  // Without a history no arrow key brings one secret back as the answer to the next question.
  const typed = createInterface({ input, output: silent, terminal: true, historySize: 0 });
  const lines = typed[Symbol.asyncIterator]();
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
    typed.close();
  }
};
