import { type Command, Option } from "commander";
import { stageOption } from "./stage-option.ts";
import { type Perform, subcommand, type Terminal } from "./subcommand.ts";

export interface TransferFlags {
  readonly json?: boolean;
  /** A data folder. */
  readonly data?: string;
  /** Of a deployment. */
  readonly stage?: string;
}

export interface ExportFlags extends TransferFlags {
  readonly move?: boolean;
}

/** Loaded on demand, so that no other command waits for the database. */
export const transferCommands = (program: Command, perform: Perform, terminal: Terminal): void => {
  subcommand(program, "export <file>", "write all that the running Crier knows into one file; - is standard output")
    .addOption(new Option("--data <dir>", "a data folder in which no Crier runs"))
    .addOption(stageOption("a deployment, by its stage").conflicts("data"))
    .option("--move", "for a move: what is exported sends nothing from now on")
    .action((file: string, flags: ExportFlags) =>
      perform(flags, async () => {
        const { exportHome } = await import("./export-home.ts");
        return exportHome(file, flags, terminal);
      }),
    );
  subcommand(program, "restore <file>", "put an export into a new data folder (.crier) or a new deployment")
    .addOption(new Option("--data <dir>", "the data folder"))
    .addOption(stageOption("a deployment, by its stage").conflicts("data"))
    .action((file: string, flags: TransferFlags) =>
      perform(flags, async () => {
        const { restoreHome } = await import("./restore-home.ts");
        return restoreHome(file, flags, terminal);
      }),
    );
  subcommand(program, "resume", "undo a move: the data folder (.crier) or the deployment sends again")
    .addOption(new Option("--data <dir>", "the data folder, in which no Crier runs"))
    .addOption(stageOption("a deployment, by its stage").conflicts("data"))
    .action((flags: TransferFlags) =>
      perform(flags, async () => {
        const { resumeHome } = await import("./resume-home.ts");
        return resumeHome(flags, terminal);
      }),
    );
};
