import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import * as z from "zod";
import { CommandError, connect } from "../api/api-client.ts";
import { doctorCommand } from "./doctor-command.ts";
import { lineText, printable } from "./printable.ts";
import { sandboxCommand } from "./sandbox-command.ts";
import { secretCommands } from "./secret-commands.ts";
import { setupCommands } from "./setup-commands.ts";
import { type Perform, subcommand, type Terminal } from "./subcommand.ts";
import { transferCommands } from "./transfer-commands.ts";
import type { Flags, Verb } from "./verb.ts";
import { accountsVerb, verbs } from "./verbs.ts";

const packageFile = join(import.meta.dirname, "../../package.json");
const versionOf = async (): Promise<string> =>
  z.object({ version: z.string() }).parse(JSON.parse(await readFile(packageFile, "utf8"))).version;

/** The value of `--field=value` is not repeated: it can be a secret, and this output a log. */
const usageError = (text: string): string =>
  text.replace(/^error: /, "crier: ").replace(/(?<![\w-])(--?[\w-]+)=.*/s, "$1'\n");

/** Runs one command. Answers the exit code: 0 done, 1 refused or failed, 2 wrong usage. */
export const run = async (args: readonly string[], terminal: Terminal): Promise<number> => {
  const { env, folder, out, err } = terminal;
  let code = 0;
  const program = new Command("crier")
    .description(
      "Feeds that are always valid, social posts that go out once.\nConnects to http://127.0.0.1:4000, or to CRIER_URL with CRIER_TOKEN.",
    )
    .version(await versionOf())
    .configureOutput({ writeOut: out, writeErr: err, outputError: (text, write) => write(usageError(text)) })
    .showHelpAfterError("Run it with --help to see how it is used.")
    // A flag after `accounts set` is a flag of that command.
    .enablePositionalOptions()
    .exitOverride();
  const printJson = (value: unknown): void => out(`${JSON.stringify(value, null, 2)}\n`);
  const perform: Perform = async ({ json }, action) => {
    try {
      const { answer, lines, notes = [], failed } = await action();
      if (json) printJson(answer);
      else {
        err(printable(notes));
        out(lines.map((line) => lineText(line, terminal.hasColours === true)).join(""));
      }
      if (failed) code = 1;
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      code = error.exitCode;
      if (json) printJson(error.problem ?? { detail: error.message });
      else err(printable(`crier: ${error.message}`.split("\n")));
    }
  };
  const add = ({ spec, description, options = [], run: runVerb }: Verb): Command => {
    const command = subcommand(program, spec, description).option(
      "--site <id>",
      "the site, if it is not the first one",
    );
    for (const option of options) command.addOption(option);
    return command.action(() => {
      const flags = command.opts<Flags>();
      return perform(flags, async () =>
        runVerb(connect(env, folder, flags.site), command.args[0] ?? "", { ...flags, folder, width: terminal.width }),
      );
    });
  };
  for (const verb of verbs) add(verb);
  doctorCommand(program, perform, terminal);
  secretCommands(program, add(accountsVerb), perform, terminal);
  transferCommands(program, perform, terminal);
  sandboxCommand(program, perform);
  setupCommands(program, perform, terminal);
  try {
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
};
