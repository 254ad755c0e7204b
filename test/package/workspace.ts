import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { inject } from "vitest";
import type { TestProject } from "vitest/node";
import { planted } from "../local/planted-environment.ts";
import { build, startPublisher } from "./published.ts";

const run = promisify(execFile);
export const root = join(import.meta.dirname, "../..");

/** The versions of Node on which the package runs: the lowest that is allowed, ours, and the newest. */
export const versions = ["22.18.0", "24.21.0", "26.12.1"];

export const install = ["install", "--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts"];

type Publisher = Awaited<ReturnType<typeof startPublisher>>;

/** What all files of this suite use. It takes a minute, so it is made once. */
interface Workspace {
  readonly work: string;
  /** The folder of the package, before it is packed. */
  readonly built: string;
  /** The folder of the package behind `npm create crier`, before it is packed. */
  readonly starter: string;
  readonly packed: Awaited<ReturnType<Publisher["publish"]>>;
  /** The folder that `npm create crier` made for an owner. */
  readonly owner: string;
  /** The folder of an owner who has the version before this one. */
  readonly earlier: string;
  /** The code of the version before this one. */
  readonly parent: string;
  /** Why the version before this one is made of the same code, and not of the commit before. */
  readonly withoutParent: string | undefined;
  /** The folders of `node`, by its version. */
  readonly nodes: Readonly<Record<string, string>>;
  readonly npmEnv: Publisher["npmEnv"];
}

declare module "vitest" {
  export interface ProvidedContext {
    readonly workspace: Workspace;
  }
}

const edit = async (file: string, change: (manifest: Record<string, unknown>) => object) =>
  writeFile(file, JSON.stringify(change(JSON.parse(await readFile(file, "utf8")))));

const buildWithPlanted = (target: string, source?: string) => build(target, { ...process.env, ...planted }, source);

/** Builds the commit before this one with the packages of today, or says why it cannot. */
const buildParent = async (work: string, parent: string, target: string) => {
  try {
    await run("git", ["archive", "--output", join(work, "parent.tar"), "HEAD~1"], { cwd: root });
    await mkdir(parent);
    await run("tar", ["-xf", join(work, "parent.tar"), "-C", parent]);
    await symlink(join(root, "node_modules"), join(parent, "node_modules"));
    await buildWithPlanted(target, parent);
  } catch (error) {
    await rm(target, { recursive: true, force: true });
    return String(error);
  }
  return undefined;
};

/** Gives the packages in a folder a version that an update to the built one replaces. */
const lowerVersion = async (folder: string, built: string) => {
  const { version } = JSON.parse(await readFile(join(built, "package.json"), "utf8"));
  const lower = `${version}-parent`;
  await edit(join(folder, "crier-feeds/package.json"), (manifest) => ({ ...manifest, version: lower }));
  await edit(join(folder, "create-crier/package.json"), ({ crier, ...manifest }) => ({
    ...manifest,
    version: lower,
    crier: { ...(typeof crier === "object" && crier), dependencies: { crier: `npm:crier-feeds@^${lower}` } },
  }));
};

const installNodes = async (work: string) => {
  const kind = `node-${process.platform}-${process.arch}`;
  await mkdir(join(work, "nodes"));
  const aliases = versions.map((version) => `node-${version}@npm:${kind}@${version}`);
  await run("npm", [...install, "--prefix", join(work, "nodes"), ...aliases]);
  return Object.fromEntries(versions.map((version) => [version, join(work, `nodes/node_modules/node-${version}/bin`)]));
};

/** Vitest calls it before the first file of the suite. */
export const setup = async ({ provide }: TestProject) => {
  const work = await mkdtemp(join(tmpdir(), "crier package ü-"));
  const [before, now, parent] = [join(work, "before"), join(work, "built"), join(work, "parent")];
  const [built, starter] = [join(now, "crier-feeds"), join(now, "create-crier")];
  const [withoutParent, nodes] = await Promise.all([
    buildParent(work, parent, before),
    installNodes(work),
    buildWithPlanted(now),
  ]);
  if (withoutParent !== undefined) await cp(now, before, { recursive: true });
  await lowerVersion(before, built);
  const { publish, create, registry, npmEnv } = await startPublisher(work);
  const answers = ["--title", "Mine", "--url", "https://mine.example/"];
  await publish(before);
  const earlier = await create("earlier feeds", ...answers);
  const packed = await publish(now);
  const owner = await create("my feeds", ...answers);
  provide("workspace", { work, built, starter, packed, owner, earlier, parent, withoutParent, nodes, npmEnv });
  return async () => {
    registry.close();
    await rm(work, { recursive: true, force: true });
  };
};

/** The workspace, with a folder of an owner that no other file of the suite changes. */
export const ownWorkspace = async (name: string): Promise<Workspace> => {
  const workspace = inject("workspace");
  const owner = join(workspace.work, `my feeds of ${name}`);
  await cp(workspace.owner, owner, { recursive: true, verbatimSymlinks: true });
  return { ...workspace, owner };
};

export const ownConfig = `import { defineConfig } from "crier";
export default defineConfig({
  sites: [{ id: "blog", title: "Mine", url: "https://mine.example/", sources: [{ folder: "posts" }] }],
  accounts: [
    { name: "mastodon", network: "mastodon", server: "https://mastodon.example" },
    { name: "bluesky", network: "bluesky" },
  ],
  policies: { settle: "0s", live: "ignore" },
});
`;
