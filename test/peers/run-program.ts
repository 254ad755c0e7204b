import { type ChildProcess, execFile } from "node:child_process";
import { once } from "node:events";

export interface ProgramResult {
  /** The exit code. */
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a program for up to 30 seconds. */
export const runProgram = (
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ProgramResult> =>
  new Promise((resolve) => {
    const child = execFile(
      program,
      args,
      { env: { PATH: process.env.PATH, ...env }, timeout: 30_000, maxBuffer: 64 * 2 ** 20 },
      (_, out, err) => resolve({ exit: child.exitCode ?? -1, out, err }),
    );
  });

/** The standard output of a program. Throws if the program fails. */
export const output = async (...run: Parameters<typeof runProgram>): Promise<string> => {
  const { exit, out, err } = await runProgram(...run);
  if (exit !== 0) throw new Error(`${run[0]} ${run[1].join(" ")} ended with ${exit}: ${err || out}`);
  return out;
};

/** Ends a child process, and waits for its end. */
export const end = async (child: ChildProcess, signal: NodeJS.Signals = "SIGTERM"): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
};
