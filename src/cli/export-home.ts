import { resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { CommandError, connect } from "../api/api-client.ts";
import { longestLease } from "../domain/delivery.ts";
import { second } from "../domain/time.ts";
import { exportFolder } from "../runtimes/local/data-folder.ts";
import { systemRuntime } from "../runtimes/system-runtime.ts";
import { exportDeployment } from "../transfer/export-deployment.ts";
import type { CheckedExport } from "../transfer/read-export.ts";
import { writeExport } from "../transfer/write-export.ts";
import { findDeployment } from "./find-deployment.ts";
import type { CommandResult, Terminal } from "./subcommand.ts";
import type { ExportFlags } from "./transfer-commands.ts";
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

const advice = {
  move: "A move: restore it in the new home. This Crier sends nothing from now on; npx crier resume undoes that. The file holds posts that are not public, and no secret.",
  backup:
    "A backup: this Crier goes on sending, so a home that is made of it holds what waits. It holds posts that are not public, and no secret. To move, stop this Crier, and export it with --data and --move.",
} as const;

/** Writes everything that a Crier knows: the running one, one that is stopped, or a deployment. */
export const exportHome = (
  file: string,
  { data, stage, move }: ExportFlags,
  terminal: Terminal,
): Promise<CommandResult> =>
  orCommandError(async () => {
    const { log, notes } = collectNotes();
    const { env, folder } = terminal;
    const kind = move ? "move" : "backup";
    const write: Write = file === "-" ? toOutput(terminal) : (bytes) => writeExport(resolve(folder, file), bytes);
    const written = await (async () => {
      if (data !== undefined)
        return exportFolder({ data: resolve(folder, data), log, ...systemRuntime }, kind, (lines) =>
          write(zipped(lines)),
        );
      if (stage !== undefined) {
        if (move)
          terminal.err(
            `Waits for ${longestLease / second} seconds, until no request of the deployment is on its way any more.\n`,
          );
        return exportDeployment(await findDeployment(stage), kind, (lines) => write(zipped(lines)));
      }
      if (move)
        throw new CommandError(
          "a Crier that runs is not moved: stop it, and pass --data with its data folder (.crier)",
          {
            exitCode: 2,
          },
        );
      return write(await connect(env, folder).exportDatabase());
    })();
    if (written === undefined) return { answer: undefined, lines: [], notes };
    return {
      answer: exportFields(written),
      lines: [`written: ${file} with ${describeExport(written)}`, `  ${advice[written.kind]}`],
      notes,
    };
  });
