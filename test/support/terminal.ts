import { PassThrough, Readable } from "node:stream";
import type { Terminal } from "../../src/cli/command.ts";
import { run } from "../../src/cli/program.ts";

export const piped = (text: string): Readable => Readable.from(text === "" ? [] : [Buffer.from(text)]);

/** A terminal at which these keys were typed before the questions. `raw`: how its raw mode was switched. */
export const typed = (keys: string) => {
  const raw: boolean[] = [];
  const keyboard = Object.assign(new PassThrough(), {
    isTTY: true as const,
    setRawMode: (on: boolean) => {
      raw.push(on);
    },
  });
  keyboard.write(keys);
  return { keyboard, raw };
};

interface CrierOptions extends Partial<Pick<Terminal, "env" | "folder" | "input" | "hasColours">> {
  /** Gets the text that is printed on standard error, which includes the questions. */
  readonly onErr?: (text: string) => void;
}

/** Runs the command. `all`: everything that it printed. */
export const crier = async (
  args: readonly string[],
  { env = {}, folder = ".", input = piped(""), hasColours = false, onErr }: CrierOptions = {},
) => {
  let [out, err] = ["", ""];
  const code = await run(args, {
    env,
    folder,
    input,
    hasColours,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
      onErr?.(text);
    },
  });
  return { code, out, err, all: out + err, json: (): unknown => JSON.parse(out) };
};

/**
 * A person at a terminal, who answers each question by its beginning, several times if there is a list. Undefined is
 * Ctrl-D. `read`: what is printed to them.
 */
export const whoAnswers = (answers: Readonly<Record<string, string | readonly string[] | undefined>>) => {
  const { keyboard } = typed("");
  const left = Object.entries(answers).map(([question, answer]) => ({
    question,
    answers: typeof answer === "object" ? [...answer] : [answer],
  }));
  const read = (text: string): void => {
    const asked = left.find(({ question }) => text.startsWith(question));
    if (asked === undefined) return;
    const answer = asked.answers.shift();
    if (answer === undefined) keyboard.end();
    // A question that is not echoed is in raw mode, where Enter is a carriage return.
    else keyboard.write(`${answer}\r\n`);
  };
  return { keyboard, read };
};
