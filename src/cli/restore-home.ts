import { resolve } from "node:path";
import { restoreFolder } from "../runtimes/local/data-folder.ts";
import { systemRuntime } from "../runtimes/system-runtime.ts";
import { checkExport } from "../transfer/read-export.ts";
import { readConfiguration } from "./read-configuration.ts";
import type { CommandResult, Terminal } from "./subcommand.ts";
import type { TransferFlags } from "./transfer-commands.ts";
import { collectNotes, describeExport, exportFields, orCommandError } from "./transfer-result.ts";

/** Puts an export into a data folder or a deployment that is new. */
export const restoreHome = (
  file: string,
  { data = ".crier" }: TransferFlags,
  terminal: Terminal,
): Promise<CommandResult> =>
  orCommandError(async () => {
    const { folder } = terminal;
    const { log, notes } = collectNotes();
    const checked = await checkExport(resolve(folder, file));
    const { sites } = await readConfiguration(folder);
    await restoreFolder(checked, sites, { data: resolve(folder, data), log, ...systemRuntime });
    return {
      answer: { ...exportFields(checked), into: data },
      lines: [
        `restored into ${data}: ${describeExport(checked)}`,
        "  Start Crier with it, and never again the one that the export comes from: both would post.",
      ],
      notes,
    };
  });
