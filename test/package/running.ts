import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { inject } from "vitest";
import * as z from "zod";

const run = promisify(execFile);

/** An owner's folder, and the Node and the data folder of one Crier in it. */
export interface Place {
  readonly folder: string;
  readonly version: string;
  readonly data: string;
}

export const envOf = ({ version }: Pick<Place, "version">) => {
  const { nodes, work } = inject("workspace");
  return { PATH: `${nodes[version]}:${process.env.PATH}`, HOME: work };
};

const command = (folder: string) => join(folder, "node_modules/.bin/crier");

/** Starts `crier start`, or else `npm start`, until it is ready. */
export const start = (place: Place, program?: string, args: readonly string[] = ["start"]) => {
  const { folder, data } = place;
  return startProgram(folder, program ?? command(folder), [...args, "--port", "0", "--data", data], envOf(place));
};

export const startProgram = async (
  cwd: string,
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
) => {
  // It is the first of its group, as a command in a terminal is.
  const child = spawn(program, args, { cwd, env, detached: true });
  const lines: string[] = [];
  const ready = Promise.withResolvers<string>();
  for (const stream of [child.stdout, child.stderr])
    createInterface(stream).on("line", (line) => {
      lines.push(line);
      const url = /^ready on (\S+)/.exec(line)?.[1];
      if (url !== undefined) ready.resolve(url);
    });
  const ended = once(child, "exit");
  void ended.then(() => ready.reject(new Error(lines.join("\n"))));
  const url = await ready.promise;
  return {
    url,
    lines,
    end: async (signal: "SIGTERM" | "SIGINT") => {
      child.kill(signal);
      const [code] = await ended;
      return code;
    },
    ctrlC: async () => {
      const closed = once(child, "close");
      process.kill(-Number(child.pid), "SIGINT");
      await closed;
    },
  };
};

export const crierAt =
  (place: Place) =>
  async (url: string, ...args: readonly string[]) => {
    const { folder, data } = place;
    const token = await readFile(join(folder, data, "token"), "utf8");
    const variables = { ...envOf(place), CRIER_URL: url, CRIER_TOKEN: token.trim() };
    const { stdout } = await run(command(folder), args, { cwd: folder, env: variables });
    return stdout;
  };

const Feed = z.object({ items: z.array(z.object({ title: z.string() })) });
export const titles = async (url: string) => {
  const response = await fetch(`${url}feed.json`);
  return response.ok ? Feed.parse(await response.json()).items.map(({ title }) => title) : [];
};

const SandboxPosts = z.array(
  z.object({
    account: z.string(),
    links: z.array(z.string()),
    card: z.object({ picture: z.string().nullish() }).nullable(),
  }),
);
export const sandboxPosts = async (url: string) =>
  SandboxPosts.parse(await (await fetch(`${url}sandbox/posts.json`)).json());
