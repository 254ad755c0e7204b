import { PassThrough, Readable } from "node:stream";
import { run } from "../../src/cli/program.ts";
import type { Terminal } from "../../src/cli/subcommand.ts";

export const piped = (text: string): Readable => Readable.from(text === "" ? [] : [Buffer.from(text)]);

/** A person who types these keys, all of them ahead of the questions. `raw` tells how the terminal's own echo was switched. */
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

/** Runs the command. `all` is every word that it said, wherever. */
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
