import { resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { CommandError, connect } from "../api/api-client.ts";
import { exportFolder } from "../runtimes/local/data-folder.ts";
import { systemRuntime } from "../runtimes/system-runtime.ts";
import { exportDeployment } from "../transfer/export-deployment.ts";
import type { CheckedExport } from "../transfer/read-export.ts";
import { writeExport } from "../transfer/write-export.ts";
import { findDeployment } from "./find-deployment.ts";
import type { CommandResult, Terminal } from "./subcommand.ts";
import type { TransferFlags } from "./transfer-commands.ts";
import { collectNotes, describeExport, exportFields, orCommandError } from "./transfer-result.ts";

type Write = (bytes: AsyncIterable<Uint8Array>) => Promise<CheckedExport | undefined>;

const zipped = (lines: AsyncIterable<string>): AsyncIterable<Uint8Array> => {
  const source = Readable.from(lines);
  const zip = createGzip();
  source.once("error", (error) => zip.destroy(error));
  return source.pipe(zip);
};

const toOutput =
  ({ output }: Terminal): Write =>
  async (bytes) => {
    if (output === undefined) throw new CommandError("there is no standard output: name a file");
    await pipeline(bytes, output, { end: false });
    return undefined;
  };

/** Writes everything that a Crier knows: the running one, one that is stopped, or a deployment. */
export const exportHome = (file: string, { data, stage }: TransferFlags, terminal: Terminal): Promise<CommandResult> =>
  orCommandError(async () => {
    const { log, notes } = collectNotes();
    const { env, folder } = terminal;
    const write: Write = file === "-" ? toOutput(terminal) : (bytes) => writeExport(resolve(folder, file), bytes);
    const written = await (async () => {
      if (data !== undefined)
        return exportFolder({ data: resolve(folder, data), log, ...systemRuntime }, (lines) => write(zipped(lines)));
      if (stage !== undefined) return exportDeployment(await findDeployment(stage), (lines) => write(zipped(lines)));
      return write(await connect(env, folder).exportDatabase());
    })();
    if (written === undefined) return { answer: undefined, lines: [], notes };
    return {
      answer: exportFields(written),
      lines: [
        `written: ${file} with ${describeExport(written)}`,
        "  It holds posts that are not public, and no secret. To move, restore it elsewhere and never start this Crier again: both would post.",
      ],
      notes,
    };
  });
