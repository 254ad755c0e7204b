import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { FunctionName } from "../limits.ts";

/** The folder of Crier: the clone, or the installed package. */
export const crierFolder = dirname(findPackageJSON(import.meta.url) ?? "");

/** The architecture of the machine that a function runs on, by Node's name. */
export type Machine = "arm64" | "x64";

/** Node's options on Lambda, so that stack traces name the source files: the map is in the folder. */
export const nodeOptions = "--enable-source-maps";

interface Locked {
  readonly version: string;
  readonly integrity: string;
}

type FindLocked = (name: string) => Locked;

/** npm publishes no package-lock.json: a package has the entries about sharp (scripts/build-package.ts). */
const readLock = (crier: string): FindLocked => {
  const published = join(crier, "infra/sharp-lock.json");
  const file = existsSync(published) ? published : join(crier, "package-lock.json");
  const { packages } = JSON.parse(readFileSync(file, "utf8"));
  return (name) => {
    const locked: Locked | undefined = packages[`node_modules/${name}`];
    if (locked !== undefined) return locked;
    throw new Error(`${basename(file)} has no ${name} at its top, which the function media needs: run npm install`);
  };
};

/** Finds a package as Node does from another one: it may be beside it, above it or in a store of pnpm. */
const findPackage = (name: string, from: string): string | undefined => {
  try {
    const file = findPackageJSON(name, pathToFileURL(join(from, "package.json")));
    return file && dirname(file);
  } catch {
    return undefined;
  }
};

interface Manifest {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const readManifest = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

/** The name of a package, and the folder that has it. */
type Found = readonly [name: string, folder: string];

const requirePackage = (name: string, from: string): string => {
  const folder = findPackage(name, from);
  if (folder !== undefined) return folder;
  throw new Error(`${name} is not installed, which the function media needs: run npm install`);
};

/** Returns a package and its dependencies, the optional ones excepted. */
const withDependencies = (name: string, from: string): readonly Found[] => {
  const folder = requirePackage(name, from);
  const dependencies = Object.keys(readManifest(folder).dependencies ?? {});
  return [[name, folder], ...dependencies.flatMap((one) => withDependencies(one, folder))];
};

/** Returns the packages that npm installs on this kind of machine only. Lambda's Linux has glibc. */
const nativeFor = (machine: Machine): readonly string[] => [
  `@img/sharp-linux-${machine}`,
  `@img/sharp-libvips-linux-${machine}`,
];

/** The settings of npm for what it fetches: nothing runs code at install, and only a failure has lines. */
const npmSettings = "ignore-scripts=true\nloglevel=error\nfund=false\naudit=false\n";

const runNpm = (folder: string, names: readonly string[]): void => {
  try {
    // On Windows npm is a script.
    const options = { cwd: folder, shell: process.platform === "win32", stdio: "pipe" } as const;
    execFileSync("npm", ["ci", "--prefer-offline"], options);
  } catch (cause) {
    const message = `npm could not fetch ${names.join(" and ")}, which the function media needs on Lambda: connect this machine to the registry of npm, and run the command again`;
    throw new Error(message, { cause });
  }
};

/**
 * Returns a folder with the native packages for a machine of another kind. npm fetches them once, with the versions and
 * the hashes of the lock file. The folder's own lock file does not name machines, so that npm installs them on this one.
 */
const fetchNative = (names: readonly string[], locked: FindLocked, cache: string): string => {
  const versions = names.map((name) => [name, locked(name)] as const);
  const folder = join(cache, `crier-${versions.map(([name, one]) => `${basename(name)}-${one.version}`).join("+")}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const staging = mkdtempSync(`${folder}-`);
  try {
    const wanted = { dependencies: Object.fromEntries(versions.map(([name, { version }]) => [name, version])) };
    const packages = Object.fromEntries(
      versions.map(([name, { version, integrity }]) => [`node_modules/${name}`, { version, integrity }]),
    );
    writeFileSync(join(staging, "package.json"), JSON.stringify(wanted));
    const lock = { lockfileVersion: 3, packages: { "": wanted, ...packages } };
    writeFileSync(join(staging, "package-lock.json"), JSON.stringify(lock));
    writeFileSync(join(staging, ".npmrc"), npmSettings);
    runNpm(staging, names);
    // Another process may have been faster. Its folder has the same content.
    try {
      renameSync(staging, folder);
    } catch (error) {
      if (!existsSync(folder)) throw error;
    }
    return folder;
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
};

/** Returns the native packages for a machine: the installed ones if they are the locked ones, or else fetched ones. */
const findNative = (machine: Machine, sharp: string, { crier, cache }: Source): readonly Found[] => {
  const locked = readLock(crier);
  const names = nativeFor(machine);
  const installed = names.flatMap((name): readonly Found[] => {
    const folder = findPackage(name, sharp);
    return folder !== undefined && readManifest(folder).version === locked(name).version ? [[name, folder]] : [];
  });
  if (installed.length === names.length) return installed;
  const fetched = fetchNative(names, locked, cache);
  return names.map((name) => [name, join(fetched, "node_modules", name)]);
};

/** True for files that only a build of sharp or a person reads. */
const isLeftOut = (from: string, file: string): boolean =>
  ["src", "install", "README.md", "lib/glib-2.0"].some((one) => file === join(from, one)) || /\.d\.[cm]?ts$/.test(file);

interface Source {
  /** The folder of Crier. */
  readonly crier: string;
  /** The folder that keeps what was fetched. */
  readonly cache: string;
}

/** Puts sharp for a machine into `node_modules` of a function's folder. The bytes are the same on every machine. */
export const installSharp = (
  folder: string,
  machine: Machine,
  source: Source = { crier: crierFolder, cache: resolve("node_modules/.cache") },
): void => {
  const sharp = requirePackage("sharp", source.crier);
  for (const [name, from] of [...withDependencies("sharp", source.crier), ...findNative(machine, sharp, source)])
    cpSync(from, join(folder, "node_modules", name), {
      recursive: true,
      // In a store of pnpm packages are links.
      dereference: true,
      filter: (file) => !isLeftOut(from, file),
    });
};

/** These files lie beside a bundle. They are not the same for every installation. */
export interface Beside {
  /** The checked configuration. */
  readonly config: object;
  /** The kind of machine that runs the function. */
  readonly machine: Machine;
}

/** Puts beside the bundle of a function what it loads: the checked configuration (docs/decisions/0007), and sharp. */
export const completeFunction = (folder: string, name: FunctionName, { config, machine }: Beside): void => {
  writeFileSync(join(folder, "config.mjs"), `export const config = ${JSON.stringify(config)};\n`);
  if (name === "media") installSharp(folder, machine);
};
