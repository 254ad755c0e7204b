import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import { freePort } from "../support/free-port.ts";
import { type Activity, until } from "./until.ts";

export interface Emulator {
  readonly endpoint: string;
  /** A folder for files that are needed until the emulator stops. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  activity(): Promise<Activity>;
  /** The last output of the emulator and the functions. */
  printed(): Promise<string>;
  stop(): Promise<void>;
}

/** The credentials of every client of AWS. The emulator does not check them. */
export const credentials = { accessKeyId: "test", secretAccessKey: "test" };
export const region = "us-east-1";
export const account = "123456789012";

export const python = process.env.CRIER_PYTHON ?? "python3";
const script = join(import.meta.dirname, "emulator/emulator.py");

/** The current Node is first in the path: the functions run on it, like deployed ones on Node 24. */
const path = [
  dirname(process.execPath),
  join(import.meta.dirname, "../../node_modules/.bin"),
  process.env.PATH ?? "",
].join(delimiter);

const Activities = z.object({
  runs: z.number(),
  records: z.number(),
  messages: z.number(),
  later: z.number(),
  batches: z.number(),
});

/** The line that the server logs for each request. */
const isRequest = /^127\.0\.0\.1 - - /;

const needPython = async (): Promise<void> => {
  try {
    await promisify(execFile)(python, ["-c", "import boto3, moto.server; assert moto.__version__ >= '5.2'"]);
  } catch (cause) {
    throw new Error(
      `The deployment check needs ${python} with moto 5.2 or newer: pip install "moto[server]>=5.2", or name another Python in CRIER_PYTHON.`,
      { cause },
    );
  }
};

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
};

/** An emulated AWS on loopback: see `emulator/emulator.py`. Throws if this machine cannot run it. */
export const startEmulator = async (): Promise<Emulator> => {
  await needPython();
  const [port, folder] = [await freePort(), await mkdtemp(join(tmpdir(), "crier-deploy-"))];
  const log = join(folder, "emulator.log");
  const child = spawn(python, ["-B", script, String(port)], {
    env: { ...process.env, PATH: path, EMULATOR_FOLDER: folder, NODE_OPTIONS: "" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const file = createWriteStream(log);
  child.stdout.pipe(file, { end: false });
  child.stderr.pipe(file, { end: false });
  // `localhost`, not 127.0.0.1: only with it the tools leave the name of the bucket in the path.
  const endpoint = `http://localhost:${port}`;
  const printed = async () => {
    const lines = (await readFile(log, "utf8")).split("\n").filter((line) => !isRequest.test(line));
    return lines.slice(-60).join("\n");
  };
  const stop = async () => {
    await end(child);
    file.end();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const ready = () =>
      fetch(`${endpoint}/moto-api/`).then(
        ({ ok }) => ok || "not ok",
        () => "starting",
      );
    // Whoever waits for a program that has ended waits in vain.
    const ended = once(child, "exit").then(() => Promise.reject(new Error("It ended.")));
    ended.catch(() => undefined);
    await Promise.race([until(ready, true), ended]);
  } catch (cause) {
    const last = await printed();
    await stop();
    throw new Error(`The emulator did not start:\n${last}`, { cause });
  }
  const env = {
    ...process.env,
    PATH: path,
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    // The variables of Vitest are removed, because they are not for the tools.
    NODE_OPTIONS: "",
    CI: "true",
  };
  const activity = async () => Activities.parse(await (await fetch(`${endpoint}/emulator/activity`)).json());
  return { endpoint, folder, env, activity, printed, stop };
};
