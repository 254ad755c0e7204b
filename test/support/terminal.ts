import { PassThrough, Readable } from "node:stream";
import { run } from "../../src/cli/program.ts";
import type { Terminal } from "../../src/cli/subcommand.ts";

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

/** Runs the command. `all`: everything that it printed. */
export const crier = async (
  args: readonly string[],
  { env = {}, folder = ".", input = piped("") }: Partial<Pick<Terminal, "env" | "folder" | "input">> = {},
) => {
  let [out, err] = ["", ""];
  const code = await run(args, {
    env,
    folder,
    input,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  });
  return { code, out, err, all: out + err, json: (): unknown => JSON.parse(out) };
};
