import { execFile } from "node:child_process";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import { startRegistry } from "./registry.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");

const Packed = z.tuple([
  z.object({
    filename: z.string(),
    size: z.number(),
    unpackedSize: z.number(),
    files: z.array(z.object({ path: z.string() })),
  }),
]);

const pack = async (folder: string, work: string) => {
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", work], { cwd: folder });
  const [found] = Packed.parse(JSON.parse(stdout));
  return { ...found, tarball: join(work, found.filename) };
};

/** Builds both packages into a folder, from this code or from another commit's. */
export const build = (target: string, env: NodeJS.ProcessEnv = process.env, source = root) =>
  run(process.execPath, [join(source, "scripts/build-package.ts"), target], { env });

/** A registry on loopback to which packages are published from a folder, and npm, which asks it. */
export const startPublisher = async (work: string) => {
  const [upstream, cache] = await Promise.all(
    ["registry", "cache"].map(async (key) => (await run("npm", ["config", "get", key])).stdout.trim()),
  );
  const registry = await startRegistry(upstream ?? "");
  await mkdir(join(work, "npm"));
  await mkdir(join(cache ?? "", "_cacache"), { recursive: true });
  await symlink(join(cache ?? "", "_cacache"), join(work, "npm/_cacache"));
  /** Its cache is that of this machine, except for what it runs itself. */
  const npmEnv = {
    ...process.env,
    npm_config_registry: registry.url,
    npm_config_cache: join(work, "npm"),
    npm_config_prefer_offline: "true",
    npm_config_yes: "true",
  };
  return {
    registry,
    npmEnv,
    /** Publishes what was built into a folder. Returns what is known of the package crier-feeds. */
    publish: async (folder: string) => {
      const packed = await pack(join(folder, "crier-feeds"), work);
      for (const { tarball } of [packed, await pack(join(folder, "create-crier"), work)]) registry.publish(tarball);
      return packed;
    },
    /** `npm create crier`, which asks nothing. Returns the folder that it made. */
    create: async (name: string, ...flags: readonly string[]): Promise<string> => {
      await run("npm", ["create", "crier@latest", name, "--", "--yes", ...flags], { cwd: work, env: npmEnv });
      return join(work, name);
    },
  };
};
