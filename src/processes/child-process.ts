import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { isRecord } from "../domain/json-value.ts";
import type { SetTimer } from "../ports/runtime.ts";

/** A process for what others wrote: a text may use all of its time or memory, and a file may end it. */
export interface ChildOptions {
  /** The module that the process runs. */
  readonly file: string;
  /** The limit in MB for its heap. */
  readonly megabytes: number;
  /**
   * The limit for the CPU that it uses: on a busy machine its time passes without it. The process is asked, so that it is
   * ended only while its events go on. A limit for its time, which the caller sets, is the last resort.
   */
  readonly cpu?: { readonly seconds: number; readonly setTimer: SetTimer };
  /** Further arguments of Node. */
  readonly execArgv?: readonly string[];
}

export interface Child {
  send(message: object): void;
  kill(): void;
  /** Resolves when the process has ended and all its messages were received. */
  readonly ended: Promise<ChildEnd>;
}

export interface ChildEnd {
  /** False if the process could not be started. */
  readonly hasStarted: boolean;
  readonly isOutOfMemory: boolean;
  /** It has used more CPU than its limit. */
  readonly isOutOfCpu: boolean;
  /** Its last lines, or why it could not be started. */
  readonly output: string;
}

/** V8 ends a process by `abort`, which Windows reports as a code. */
const isAbort = ({ exitCode, signalCode }: ChildProcess): boolean => signalCode === "SIGABRT" || exitCode === 134;

const maxOutput = 2000;

/** The message that asks a process how much CPU it has used. It answers with the same key. */
const question = { cpu: "?" };

/** In milliseconds. */
const cpuInterval = 200;

const isQuestion = (message: unknown): boolean => isRecord(message) && message.cpu === question.cpu;

const readCpu = (message: unknown): number | undefined =>
  isRecord(message) && typeof message.cpu === "number" ? message.cpu : undefined;

/**
 * Returns the folder of the program and its packages. Of an installed Crier it is the outermost `node_modules`: pnpm has
 * each package in a folder of its own below it. In a clone the module is in a folder of the source.
 */
const programFolder = (file: string): string =>
  /^.*?[\\/]node_modules(?=[\\/])/.exec(file)?.[0] ?? join(file, "../../..");

/**
 * Starts a process that calls `receive` with its messages. It has no secrets: its environment is empty. Node's
 * permissions keep its JavaScript from writing files, from starting processes and from reading anything but Crier's
 * program (`/proc` has the environment of this process). Native code is limited by the permissions of this user, and the
 * network is open to it: Node 24 has no permission for that.
 */
export const startChild = (
  { file, megabytes, cpu, execArgv = [] }: ChildOptions,
  receive: (message: unknown) => void,
): Child => {
  const { SystemRoot } = process.env;
  const child = fork(file, [], {
    execArgv: [
      `--max-old-space-size=${megabytes}`,
      "--permission",
      `--allow-fs-read=${programFolder(file)}/*`,
      ...execArgv,
    ],
    env: SystemRoot === undefined ? {} : { SystemRoot },
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let output = "";
  const keepOutput = (text: string): void => {
    output = `${output}${text}`.slice(-maxOutput);
  };
  child.stderr?.on("data", (text) => keepOutput(String(text)));
  // If the channel is closed, the process is about to be reported as ended.
  const send = (message: object): void => void (child.connected && child.send(message, () => {}));
  let isOutOfCpu = false;
  let cancel = (): void => {};
  const askForCpu = ({ setTimer }: NonNullable<typeof cpu>): void => {
    cancel = setTimer(cpuInterval, () => send(question));
  };
  child.on("message", (message) => {
    const used = readCpu(message);
    if (used === undefined || cpu === undefined) return receive(message);
    isOutOfCpu = used > cpu.seconds;
    if (isOutOfCpu) child.kill("SIGKILL");
    else askForCpu(cpu);
  });
  if (cpu !== undefined) askForCpu(cpu);
  // The process could not be started, or the channel broke. The error is reported when the process ends.
  child.on("error", ({ message }) => keepOutput(message));
  const event = (name: string): Promise<void> => new Promise((resolve) => void child.once(name, () => resolve()));
  const hasStarted = child.pid !== undefined;
  const ended = hasStarted ? Promise.all([event("exit"), event("disconnect")]) : event("error");
  return {
    send,
    kill: () => void child.kill("SIGKILL"),
    ended: ended.then(() => {
      cancel();
      return { hasStarted, isOutOfMemory: isAbort(child), isOutOfCpu, output };
    }),
  };
};

/** Resolves when the message has left this process: what it does next may end it. */
export const sendToParent = (message: object): Promise<void> =>
  new Promise((resolve) => void process.send?.(message, undefined, undefined, () => resolve()));

/**
 * Makes this process receive the messages of its parent, and end with it. A terminal and systemd signal every process of
 * Crier: this one ignores that, because its parent may still send requests.
 */
export const serveParent = (receive: (message: unknown) => void): void => {
  process.on("message", (message) => {
    if (!isQuestion(message)) return receive(message);
    const { user, system } = process.cpuUsage();
    void sendToParent({ cpu: (user + system) / 1_000_000 });
  });
  process.on("disconnect", () => process.exit());
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
};
