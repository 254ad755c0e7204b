import { type Command, InvalidArgumentError, Option } from "commander";
import { type Perform, subcommand } from "./subcommand.ts";

interface SandboxFlags {
  readonly json?: boolean;
  readonly port: number;
}

const portOf = (text: string): number => {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new InvalidArgumentError("A port is a number from 0 to 65535.");
  return port;
};

/** Loaded on demand, so that no other command waits for the networks. */
export const sandboxCommand = (program: Command, perform: Perform): void => {
  subcommand(program, "sandbox", "serve the emulated networks alone, for the tests of other programs, until Ctrl-C")
    .addOption(new Option("--port <n>", "the port on 127.0.0.1; 0 is any that is free").default(4001).argParser(portOf))
    .action((flags: SandboxFlags) =>
      perform(flags, async () => {
        const { startSandbox } = await import("./start-sandbox.ts");
        return startSandbox(flags.port);
      }),
    );
};
