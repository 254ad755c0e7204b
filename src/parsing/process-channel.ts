import { type ChildProcess, fork } from "node:child_process";
import process from "node:process";
import { type FromProcess, isFromProcess, type ToProcess } from "./process-messages.ts";

/** In MB: of the heap of the process that parses. */
export const memoryLimit = 256;

export interface Channel {
  send(message: ToProcess): void;
  kill(): void;
  /** Resolves when the process has ended and all that it has sent was received: whether its memory was exhausted, and its last lines. */
  readonly ended: Promise<{ readonly isOutOfMemory: boolean; readonly output: string }>;
}

/** As V8 ends a process: by `abort`, which Windows reports as a code. */
const isAbort = ({ exitCode, signalCode }: ChildProcess): boolean => signalCode === "SIGABRT" || exitCode === 134;

const maxOutput = 2000;

/** Starts a process that parses. It has no secrets (its environment is empty), writes no file and starts no process. */
export const openChannel = (file: string, receive: (message: FromProcess) => void): Channel => {
  const { SystemRoot } = process.env;
  const child = fork(file, [], {
    execArgv: [`--max-old-space-size=${memoryLimit}`, "--max-semi-space-size=4", "--permission", "--allow-fs-read=*"],
    env: SystemRoot === undefined ? {} : { SystemRoot },
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let output = "";
  child.stderr?.on("data", (text) => {
    output = `${output}${text}`.slice(-maxOutput);
  });
  child.on("message", (message) => {
    if (isFromProcess(message)) receive(message);
  });
  // It could not be started, or the channel broke: the end of the process says so.
  child.on("error", (error) => {
    output = `${output}${error.message}`.slice(-maxOutput);
  });
  const event = (name: string): Promise<void> => new Promise((resolve) => void child.once(name, () => resolve()));
  const ended = child.pid === undefined ? event("error") : Promise.all([event("exit"), event("disconnect")]);
  return {
    // A channel that is closed: the process is about to be reported as ended.
    send: (message) => void (child.connected && child.send(message, () => {})),
    kill: () => void child.kill("SIGKILL"),
    ended: ended.then(() => ({ isOutOfMemory: isAbort(child), output })),
  };
};
