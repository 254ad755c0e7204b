import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { CommandError } from "../api/api-client.ts";
import { printable, type Terminal } from "./command.ts";

interface Question {
  readonly text: string;
  /** The flag that answers the question. */
  readonly flag: string;
  /** The flag's value. If it is given, nobody is prompted. */
  readonly given: string | undefined;
  /** The answer if a person only presses Enter, or if nobody can be prompted. */
  readonly fallback?: string;
  /** Returns one line that says what is wrong with an answer and what to do, or undefined for a valid one. */
  readonly problem?: (answer: string) => string | undefined;
}

/** Prompts a person and prints progress. Without a terminal or with `--yes`, nobody is prompted. */
export interface Dialog {
  readonly terminal: Terminal;
  readonly interactive: boolean;
  say(...lines: readonly string[]): void;
  answer(question: Question): Promise<string>;
  /** Throws if nobody can be prompted and `--yes` is not given. `otherwise`: the next step in that case. */
  confirm(text: string, otherwise: string): Promise<boolean>;
}

interface DialogOptions {
  readonly yes: boolean;
  /** Standard output contains only the result, so that everything else goes to standard error. */
  readonly json: boolean;
}

export const openDialog = (terminal: Terminal, { yes, json }: DialogOptions): Dialog => {
  const interactive = terminal.input.isTTY === true && !yes;
  const say = (...lines: readonly string[]): void => (json ? terminal.err : terminal.out)(printable(lines));
  const prompt = async ({ text, fallback, problem }: Question): Promise<string> => {
    for (;;) {
      const line = await promptLine(`${text}${fallback ? ` [${fallback}]` : ""}: `, terminal);
      const answer = line === "" ? (fallback ?? "") : line;
      const wrong = problem?.(answer);
      if (wrong === undefined) return answer;
      say(`  ${wrong}`);
    }
  };
  return {
    terminal,
    interactive,
    say,
    answer: async (question) => {
      const { flag, text, given, fallback, problem } = question;
      if (given === undefined && interactive) return prompt(question);
      const answer = given ?? fallback;
      if (answer === undefined)
        throw new CommandError(`${flag} is missing (${text}), and there is nobody to ask`, { exitCode: 2 });
      const wrong = problem?.(answer);
      if (wrong !== undefined) throw new CommandError(`${flag}: ${wrong}`, { exitCode: 2 });
      return answer;
    },
    confirm: async (text, otherwise) => {
      if (yes) return true;
      if (!interactive)
        throw new CommandError(`${text} There is nobody to ask: add --yes, or ${otherwise}`, { exitCode: 2 });
      for (;;) {
        const answer = (await promptLine(`${text} [yes]: `, terminal)).toLowerCase();
        if (["", "y", "yes"].includes(answer)) return true;
        if (["n", "no"].includes(answer)) return false;
        say("  answer yes or no");
      }
    },
  };
};

interface SecretQuestion {
  readonly field: string;
  readonly optional: boolean;
  /** What the field holds, where its name does not say it. */
  readonly meaning?: string | undefined;
}

/** Prompts for one line, which the terminal echoes. Throws a `CommandError` on Ctrl-D. */
const promptLine = async (text: string, { input, err }: Pick<Terminal, "input" | "err">): Promise<string> => {
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
 * Prompts for one line per field without an echo: readline keeps the terminal in raw mode while it is open, and its own
 * output is discarded. Throws a `CommandError` on Ctrl-C and Ctrl-D.
 */
export const promptSecrets = async (
  questions: readonly SecretQuestion[],
  { input, err }: Pick<Terminal, "input" | "err">,
): Promise<Readonly<Record<string, string>>> => {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  // Without a history, an arrow key cannot bring one secret back as the answer to the next question.
  const reader = createInterface({ input, output: silent, terminal: true, historySize: 0 });
  const lines = reader[Symbol.asyncIterator]();
  const answers: Record<string, string> = {};
  try {
    for (const { field, optional, meaning } of questions) {
      const hints = [...(meaning === undefined ? [] : [meaning]), ...(optional ? ["optional; Enter skips it"] : [])];
      err(hints.length === 0 ? `${field}: ` : `${field} (${hints.join("; ")}): `);
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
