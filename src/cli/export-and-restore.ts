import { resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { CommandError, connect } from "../api/api-client.ts";
import { storageParameter } from "../domain/installation.ts";
import { iso, second } from "../domain/time.ts";
import type { Log } from "../ports/runtime.ts";
import { folderInstallation } from "../runtimes/local/data-folder.ts";
import { systemRuntime } from "../runtimes/system-runtime.ts";
import { parseBucketAddress, uploadExport, withDownloadedExport } from "../transfer/bucket-exports.ts";
import { type Deployment, deploymentInstallation, openDeployment, storageNames } from "../transfer/deployment.ts";
import { type Installation, writeExport } from "../transfer/export-file.ts";
import { type CheckedExport, checkExport, TransferError } from "../transfer/read-export.ts";
import type { CommandResult, Terminal } from "./command.ts";
import { noDeployment, withParameters } from "./parameter-store.ts";

export interface TransferFlags {
  readonly json?: boolean;
  /** The path of a data folder. */
  readonly data?: string;
  /** The stage of a deployment. */
  readonly stage?: string;
}

export interface ExportFlags extends TransferFlags {
  /** The address of a bucket. */
  readonly to?: string;
  readonly move?: boolean;
}

const isBucketAddress = (text: string): boolean => text.startsWith("s3:");

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
  move: "A move: restore it in the new installation. This Crier sends nothing from now on; npx crier resume undoes that. The file contains posts that are not public, and no secret.",
  backup:
    "A backup: this Crier continues to send, so an installation that is restored from it holds the deliveries that wait. The file contains posts that are not public, and no secret. To move, stop this Crier, and export it with --data and --move.",
} as const;

const addressRule = "use s3://BUCKET, or s3://BUCKET/PREFIX/";

const toBucket = (to: string, { stage = "one-machine" }: ExportFlags): Write => {
  const address = parseBucketAddress(to);
  if (address === undefined)
    throw new CommandError(`${to} is not the address of a bucket: ${addressRule}`, { exitCode: 2 });
  return (bytes) => uploadExport(address, { label: stage, now: systemRuntime.clock() }, bytes);
};

const destinationOf = (file: string, flags: ExportFlags, terminal: Terminal): Write => {
  if (flags.to !== undefined && file === "") return toBucket(flags.to, flags);
  if (flags.to !== undefined || file === "")
    throw new CommandError("name a file, or a bucket with --to", { exitCode: 2 });
  if (isBucketAddress(file)) throw new CommandError(`to write into a bucket, use --to ${file}`, { exitCode: 2 });
  return file === "-" ? toOutput(terminal) : (bytes) => writeExport(resolve(terminal.folder, file), bytes);
};

/** Exports everything that is stored: by the running Crier, in the data folder of a stopped one, or in a deployment. */
export const exportInstallation = (file: string, flags: ExportFlags, terminal: Terminal): Promise<CommandResult> =>
  orCommandError(async () => {
    const { log, notes } = collectNotes();
    const written = await exportWith(destinationOf(file, flags, terminal), flags, terminal, log);
    if (written === undefined) return { answer: undefined, lines: [], notes };
    return {
      answer: exportFields(written),
      lines: [
        `written: ${flags.to === undefined ? file : written.file} with ${describeExport(written)}`,
        `  ${advice[written.kind]}`,
      ],
      notes,
    };
  });

const exportWith = async (
  write: Write,
  { data, stage, move }: ExportFlags,
  { env, folder, err }: Terminal,
  log: Log,
): ReturnType<Write> => {
  const stopped = data === undefined ? stage !== undefined && { stage } : { data };
  if (stopped) {
    const installation = await findInstallation(stopped, folder, log);
    const seconds = installation.untilQuiet / second;
    if (move && seconds > 0)
      err(`Waits for ${seconds} seconds, until no request of the deployment is on its way any more.\n`);
    return installation.export(move ? "move" : "backup", (lines) => write(zipped(lines)));
  }
  if (move)
    throw new CommandError("a Crier that runs is not moved: stop it, and pass --data with its data folder (.crier)", {
      exitCode: 2,
    });
  return write(await connect(env, folder).exportDatabase());
};

const afterBackup =
  "It is restored from a backup: deliveries that waited in it are held, and documents that are newer than it are history, because they may have been sent since. Check the networks, then run npx crier release or npx crier dismiss, each with a SLUG or --all.";

const oldInstallation = {
  move: "The Crier that it comes from sends nothing any more.",
  backup: "Never again start the Crier that it comes from: both would post.",
} as const;

/** Restores an export into a new data folder or a new deployment. */
export const restoreInstallation = (
  file: string,
  flags: TransferFlags,
  { folder }: Pick<Terminal, "folder">,
): Promise<CommandResult> =>
  orCommandError(async () => {
    const { log, notes } = collectNotes();
    const restore = async (checked: CheckedExport) => {
      // Loaded on demand, so that an export does not wait for it.
      const { readConfiguration } = await import("./config-file.ts");
      const { sites } = await readConfiguration(folder);
      const installation = await findInstallation(flags, folder, log);
      await installation.restore(checked, sites);
      return { checked, installation };
    };
    const address = isBucketAddress(file) ? parseBucketAddress(file) : undefined;
    if (isBucketAddress(file) && (address === undefined || address.key === ""))
      throw new CommandError(`${file} is not the address of an object: use s3://BUCKET/KEY`, { exitCode: 2 });
    const { checked, installation } = address
      ? await withDownloadedExport(address, restore)
      : await restore(await checkExport(resolve(folder, file)));
    const { label: into, nextStep } = installation;
    return {
      answer: { ...exportFields(checked), into },
      lines: [
        `restored into ${into}: ${describeExport(checked)}`,
        `  ${nextStep} ${oldInstallation[checked.kind]}`,
        ...(checked.kind === "backup" ? [`  ${afterBackup}`] : []),
      ],
      notes,
    };
  });

/** Makes an installation that was exported for a move send again. */
export const resumeInstallation = (
  flags: TransferFlags,
  { folder }: Pick<Terminal, "folder">,
): Promise<CommandResult> =>
  orCommandError(async () => {
    const { log, notes } = collectNotes();
    const installation = await findInstallation(flags, folder, log);
    const moved = await installation.resume();
    const { label } = installation;
    const lines =
      moved === undefined
        ? [`${label} was not moved: nothing changed`]
        : [
            `resumed: ${label} sends again; deliveries that wait are sent within minutes`,
            "  Never run it together with an installation that was restored from its export: both would post.",
          ];
    return { answer: { home: label, moved: moved === undefined ? null : iso(moved) }, lines, notes };
  });

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const findInstallation = async (
  { data = ".crier", stage }: TransferFlags,
  folder: string,
  log: Log,
): Promise<Installation> =>
  stage === undefined
    ? folderInstallation(data, { data: resolve(folder, data), log, ...systemRuntime })
    : deploymentInstallation(await findDeployment(stage));

/** Finds the table and the buckets of a stage through the parameter that its stack writes. */
const findDeployment = (stage: string): Promise<Deployment> =>
  withParameters(async (parameters) => {
    const { data } = storageNames.safeParse(parse((await parameters.read(storageParameter(stage))) ?? ""));
    if (data === undefined) throw await noDeployment(stage, parameters);
    return openDeployment(stage, data, systemRuntime);
  });

/** Turns the refusal of an export or a restore into an error of the command. */
const orCommandError = async <T>(action: () => Promise<T>): Promise<T> => {
  try {
    return await action();
  } catch (error) {
    if (error instanceof TransferError) throw new CommandError(error.message, { cause: error });
    throw error;
  }
};

/** Describes the contents of an export. */
const describeExport = ({ posts, deliveries, sites }: CheckedExport): string =>
  `${posts} ${posts === 1 ? "post" : "posts"} and ${deliveries} ${deliveries === 1 ? "delivery" : "deliveries"}${sites.length === 0 ? "" : ` of ${sites.join(", ")}`}`;

const exportFields = ({ file, kind, made, rows, posts, deliveries, sites }: CheckedExport) => ({
  file,
  kind,
  made: iso(made),
  rows,
  posts,
  deliveries,
  sites,
});

/** Collects the log entries of opening a data folder, which become notes of the command. */
const collectNotes = (): { readonly log: Log; readonly notes: readonly string[] } => {
  const notes: string[] = [];
  const note = (message: string): void => {
    notes.push(message);
  };
  return { notes, log: { info: note, warn: note, alarm: (_, message) => note(message) } };
};
