import { spawn } from "node:child_process";
import { access } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { CommandError } from "../api/api-client.ts";
import { printable } from "./printable.ts";
import type { Terminal } from "./subcommand.ts";

interface CdkResult {
  readonly done: boolean;
  /** All that it printed. */
  readonly output: string;
}

/** Runs the command of the CDK in Crier's folder and shows what it prints, on standard error. */
export const runCdk = async (args: readonly string[], { folder, env, err }: Terminal): Promise<CdkResult> => {
  const command = join(folder, "node_modules/aws-cdk/bin/cdk");
  await access(command).catch((cause: unknown) => {
    throw new CommandError(`${folder} is not the folder of Crier, or lacks the CDK: run npm ci there`, { cause });
  });
  const child = spawn(process.execPath, [command, ...args], {
    cwd: folder,
    // The app is started by the name `node`.
    env: { ...env, PATH: `${dirname(process.execPath)}${delimiter}${env.PATH ?? ""}` },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  const show = async (stream: NodeJS.ReadableStream): Promise<void> => {
    for await (const line of createInterface({ input: stream })) {
      lines.push(line);
      if (line.trim() !== "") err(printable([`  | ${line}`]));
    }
  };
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  await Promise.all([show(child.stdout), show(child.stderr)]);
  return { done: (await ended) === 0, output: lines.join("\n") };
};
