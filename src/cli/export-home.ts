import { resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { CommandError, connect } from "../api/api-client.ts";
import { secretsOf } from "../domain/deployment-stage.ts";
import { exportFolder } from "../runtimes/local/data-folder.ts";
import { systemRuntime } from "../runtimes/system-runtime.ts";
import { exportDeployment } from "../transfer/export-deployment.ts";
import type { CheckedExport } from "../transfer/read-export.ts";
import { writeExport } from "../transfer/write-export.ts";
import { findDeployment } from "./find-deployment.ts";
import { withParameters } from "./open-parameters.ts";
import { readConfiguration } from "./read-configuration.ts";
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

/** A deployment that has no secret of an account sends nothing. */
const kindOf = async (stage: string, folder: string): Promise<CheckedExport["kind"]> => {
  const { accounts } = await readConfiguration(folder);
  const secrets = secretsOf(stage);
  const values = await withParameters((parameters) =>
    Promise.all(accounts.map(({ name }) => parameters.read(secrets.account(name)))),
  );
  return values.every((value) => value === undefined) ? "move" : "backup";
};

const advice = {
  move: "For a move: restore it in the new home, and never start this Crier again. It holds posts that are not public, and no secret.",
  backup:
    "A backup: this Crier goes on sending, so a home that is made of it holds what waits. It holds posts that are not public, and no secret. To move, stop this Crier first.",
} as const;

/** Writes everything that a Crier knows: the running one, one that is stopped, or a deployment. */
export const exportHome = (file: string, { data, stage }: TransferFlags, terminal: Terminal): Promise<CommandResult> =>
  orCommandError(async () => {
    const { log, notes } = collectNotes();
    const { env, folder } = terminal;
    const write: Write = file === "-" ? toOutput(terminal) : (bytes) => writeExport(resolve(folder, file), bytes);
    const written = await (async () => {
      if (data !== undefined)
        return exportFolder({ data: resolve(folder, data), log, ...systemRuntime }, (lines) => write(zipped(lines)));
      if (stage !== undefined)
        return exportDeployment(await findDeployment(stage), await kindOf(stage, folder), (lines) =>
          write(zipped(lines)),
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
