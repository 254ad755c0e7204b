import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import manifest from "../../package.json" with { type: "json" };

/** The lines of `ss` about a process's listening sockets; undefined if there is no `ss`. */
export const listeningSockets = (pid: number | undefined): readonly string[] | undefined => {
  try {
    const lines = execFileSync("ss", ["-ltnpH"], { encoding: "utf8" }).split("\n");
    return lines.filter((line) => line.includes(`pid=${pid},`));
  } catch {
    return undefined;
  }
};

/** The limits of memory with which package.json starts Crier. */
const limitsOfStart = manifest.scripts.start.match(/--max-\S+/g) ?? [];

/** `npm start` in a folder as a process of its own, which is ready. */
export const aProcess = async (
  folder: string,
  options: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
) => {
  const main = join(import.meta.dirname, "../../src/runtimes/local/main.ts");
  const paths = { content: "posts", data: "data", config: "crier.config.mjs" };
  const places = Object.entries(paths).flatMap(([name, path]) => [`--${name}`, join(folder, path)]);
  const child = spawn(process.execPath, [...limitsOfStart, main, ...places, "--port", "0", ...options], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const ready = Promise.withResolvers<string>();
  const printed: string[] = [];
  createInterface(child.stdout).on("line", (line) => {
    printed.push(line);
    const url = /^ready on (\S+)/.exec(line)?.[1];
    if (url !== undefined) ready.resolve(url);
  });
  void ended.then(() => ready.reject(new Error("the process ended before it was ready")));
  return {
    url: await ready.promise,
    pid: child.pid,
    printed,
    stop: async (): Promise<void> => {
      child.kill();
      await ended;
    },
    kill: async (): Promise<void> => {
      child.kill("SIGKILL");
      await ended;
    },
  };
};
