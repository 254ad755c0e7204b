import { CommandError } from "../api/api-client.ts";
import { askLine } from "./ask.ts";
import { printable } from "./printable.ts";
import type { Terminal } from "./subcommand.ts";

interface Question {
  readonly text: string;
  /** The flag that answers it. */
  readonly flag: string;
  /** The flag's value: it is not asked then. */
  readonly given: string | undefined;
  /** The answer where a person only presses Enter, or nobody can be asked. */
  readonly fallback?: string;
  /** What is wrong with an answer, in one line with what to do. */
  readonly problem?: (answer: string) => string | undefined;
}

/** The questions of a command, and what it says meanwhile. Without a terminal or with `--yes`, nobody is asked. */
export interface Dialog {
  readonly terminal: Terminal;
  readonly interactive: boolean;
  say(...lines: readonly string[]): void;
  answer(question: Question): Promise<string>;
  /** Throws where nobody can be asked and `--yes` is not given. `otherwise`: what to do then. */
  confirm(text: string, otherwise: string): Promise<boolean>;
}

interface DialogOptions {
  readonly yes: boolean;
  /** Standard output has the result alone. */
  readonly json: boolean;
}

export const openDialog = (terminal: Terminal, { yes, json }: DialogOptions): Dialog => {
  const interactive = terminal.input.isTTY === true && !yes;
  const say = (...lines: readonly string[]): void => (json ? terminal.err : terminal.out)(printable(lines));
  const ask = async ({ text, fallback, problem }: Question): Promise<string> => {
    for (;;) {
      const line = await askLine(`${text}${fallback ? ` [${fallback}]` : ""}: `, terminal);
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
      if (given === undefined && interactive) return ask(question);
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
        const answer = (await askLine(`${text} [yes]: `, terminal)).toLowerCase();
        if (["", "y", "yes"].includes(answer)) return true;
        if (["n", "no"].includes(answer)) return false;
        say("  answer yes or no");
      }
    },
  };
};
