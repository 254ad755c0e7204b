import { resolve } from "node:path";
import { iso } from "../domain/time.ts";
import { resumeFolder } from "../runtimes/local/data-folder.ts";
import { systemRuntime } from "../runtimes/system-runtime.ts";
import { resumeDeployment } from "../transfer/export-deployment.ts";
import { findDeployment } from "./find-deployment.ts";
import type { CommandResult, Terminal } from "./subcommand.ts";
import type { TransferFlags } from "./transfer-commands.ts";
import { collectNotes, orCommandError } from "./transfer-result.ts";

/** A home that was exported for a move sends again. */
export const resumeHome = (
  { data = ".crier", stage }: TransferFlags,
  { folder }: Pick<Terminal, "folder">,
): Promise<CommandResult> =>
  orCommandError(async () => {
    const { log, notes } = collectNotes();
    const moved =
      stage === undefined
        ? await resumeFolder({ data: resolve(folder, data), log, ...systemRuntime })
        : await resumeDeployment(await findDeployment(stage));
    const home = stage === undefined ? data : `the stage ${stage}`;
    const lines =
      moved === undefined
        ? [`${home} was not moved: nothing changed`]
        : [
            `resumed: ${home} sends again, within minutes what waits in it`,
            "  Never run it together with a home that was made of its export: both would post.",
          ];
    return { answer: { home, moved: moved === undefined ? null : iso(moved) }, lines, notes };
  });
