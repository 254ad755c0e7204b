import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "../test/support/free-port.ts";
import { readUsage, type Usage } from "./process-usage.ts";

export interface CrierProcess {
  readonly url: string;
  readonly data: string;
  /** The token of the API. */
  readonly token: string;
  readonly usage: () => Usage;
  /** The most memory at any moment so far, in MB, and each measurement. */
  readonly memories: readonly number[];
  /** In seconds since the process was started. */
  readonly age: () => number;
  /** Throws once the process has ended. */
  readonly check: () => void;
  readonly stop: () => Promise<void>;
}

const root = join(import.meta.dirname, "..");

/** `npm start`, without any credentials. `config` is relative to the root, and `more` are flags of Node. */
export const startCrier = async (
  content: string,
  data: string,
  config: string,
  more: readonly string[] = [],
): Promise<CrierProcess> => {
  const port = await freePort();
  const token = "bench-token-that-is-long-enough";
  const began = performance.now();
  const args = ["--content", resolve(content), "--data", resolve(data), "--config", resolve(root, config)];
  const flags = ["--max-semi-space-size=4", "--max-old-space-size=1024", ...more];
  const main = join(root, "src/runtimes/local/main.ts");
  const child = spawn(process.execPath, [...flags, main, ...args, "--port", String(port)], {
    // Not the root: its `.env` may hold the credentials of real accounts.
    cwd: import.meta.dirname,
    env: { PATH: process.env.PATH, CRIER_TOKEN: token },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const ended = once(child, "exit");
  const pid = child.pid ?? 0;
  const memories: number[] = [];
  const watch = setInterval(() => memories.push(readUsage(pid).memory), 500);
  return {
    url: `http://127.0.0.1:${port}/`,
    data,
    token,
    usage: () => readUsage(pid),
    memories,
    age: () => (performance.now() - began) / 1000,
    check: () => {
      if (child.exitCode !== null) throw new Error(`npm start ended with ${child.exitCode}`);
    },
    stop: async () => {
      clearInterval(watch);
      child.kill("SIGTERM");
      await ended;
    },
  };
};

/** Waits until something is true. `what` names it where it does not become so in ten minutes. */
export const until = async (what: string, isTrue: () => boolean | Promise<boolean>, interval = 50): Promise<void> => {
  const end = performance.now() + 600_000;
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error(`${what} did not come in ten minutes`);
    await pause(interval);
  }
};

/** The text at an address of the process; undefined while it does not answer with one. */
export const get = async (crier: CrierProcess, path: string): Promise<string | undefined> => {
  crier.check();
  try {
    const response = await fetch(crier.url + path);
    return response.ok ? await response.text() : undefined;
  } catch {
    return undefined;
  }
};

/** Waits for a feed with an entry. */
export const untilFirstFeed = (crier: CrierProcess): Promise<void> =>
  until("the first feed", async () => (await get(crier, "feed.xml"))?.includes("<item>") ?? false);

/** Waits until nothing is being done: three seconds with less than 5 % of a core. */
export const untilQuiet = async (crier: CrierProcess): Promise<void> => {
  let quiet = 0;
  let before = Number.NEGATIVE_INFINITY;
  await until(
    "the end of all work",
    () => {
      crier.check();
      const { cpu } = crier.usage();
      quiet = cpu - before < 0.05 ? quiet + 1 : 0;
      before = cpu;
      return quiet >= 3;
    },
    1000,
  );
};

/** Waits until the archive has so many posts and nothing is being done. */
export const untilImported = async (crier: CrierProcess, posts: number): Promise<void> => {
  const last = join(crier.data, "public", "archive", `${Math.ceil(posts / 50)}.xml`);
  await until(
    `the archive's page of post ${posts}`,
    () => {
      crier.check();
      return existsSync(last);
    },
    250,
  );
  await untilQuiet(crier);
};
