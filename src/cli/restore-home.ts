import { resolve } from "node:path";
import { restoreFolder } from "../runtimes/local/data-folder.ts";
import { systemRuntime } from "../runtimes/system-runtime.ts";
import { checkExport } from "../transfer/read-export.ts";
import { restoreDeployment } from "../transfer/restore-deployment.ts";
import { findDeployment } from "./find-deployment.ts";
import { readConfiguration } from "./read-configuration.ts";
import type { CommandResult, Terminal } from "./subcommand.ts";
import type { TransferFlags } from "./transfer-commands.ts";
import { collectNotes, describeExport, exportFields, orCommandError } from "./transfer-result.ts";

const afterBackup =
  "It is made of a backup: what waited in it is held, and documents that are newer than it are history, because they may have been sent since. Look at the networks, then run npx crier release or npx crier dismiss.";

const oldHome = {
  move: "The Crier that it comes from sends nothing any more.",
  backup: "Never again start the Crier that it comes from: both would post.",
} as const;

/** Puts an export into a data folder or a deployment that is new. */
export const restoreHome = (
  file: string,
  { data = ".crier", stage }: TransferFlags,
  terminal: Terminal,
): Promise<CommandResult> =>
  orCommandError(async () => {
    const { folder } = terminal;
    const { log, notes } = collectNotes();
    const checked = await checkExport(resolve(folder, file));
    const { sites } = await readConfiguration(folder);
    if (stage === undefined)
      await restoreFolder(checked, sites, { data: resolve(folder, data), log, ...systemRuntime });
    else await restoreDeployment(checked, sites, await findDeployment(stage));
    const into = stage === undefined ? data : `the stage ${stage}`;
    return {
      answer: { ...exportFields(checked), into },
      lines: [
        `restored into ${into}: ${describeExport(checked)}`,
        `  ${stage === undefined ? "Start Crier with it." : "Put the documents into its bucket."} ${oldHome[checked.kind]}`,
        ...(checked.kind === "backup" ? [`  ${afterBackup}`] : []),
      ],
      notes,
    };
  });
