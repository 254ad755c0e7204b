import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { copyFile, cp, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "../..");

/** The architecture of the machine that a function runs on, by Node's name. */
export type Machine = "arm64" | "x64";

interface Locked {
  readonly version: string;
  readonly integrity: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

type Lock = (name: string) => Locked;

const readLock = (): Lock => {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  return (name) => {
    const locked: Locked | undefined = packages[`node_modules/${name}`];
    if (locked !== undefined) return locked;
    throw new Error(`package-lock.json has no ${name} at its top, which the function media needs: run npm install`);
  };
};

/** Returns sharp and its dependencies, which are all at the top of node_modules. */
const inJavaScript = (locked: Lock, name = "sharp"): readonly string[] => [
  name,
  ...Object.keys(locked(name).dependencies ?? {}).flatMap((one) => inJavaScript(locked, one)),
];

/** Returns the packages that npm installs on this kind of machine only. Lambda's Linux has glibc. */
const nativeFor = (machine: Machine): readonly string[] => [
  `@img/sharp-linux-${machine}`,
  `@img/sharp-libvips-linux-${machine}`,
];

/**
 * Returns a folder with the native packages for a machine of another kind. npm fetches them once, with the versions and
 * the hashes of package-lock.json. The folder's own lock file does not name machines, so that npm installs them on this
 * one.
 */
const fetchNative = async (names: readonly string[], locked: Lock, cache: string): Promise<string> => {
  const versions = names.map((name) => [name, locked(name)] as const);
  const folder = join(cache, `crier-${versions.map(([name, one]) => `${basename(name)}-${one.version}`).join("+")}`);
  if (existsSync(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const staging = await mkdtemp(`${folder}-`);
  try {
    const wanted = { dependencies: Object.fromEntries(versions.map(([name, { version }]) => [name, version])) };
    const packages = Object.fromEntries(
      versions.map(([name, { version, integrity }]) => [`node_modules/${name}`, { version, integrity }]),
    );
    await writeFile(join(staging, "package.json"), JSON.stringify(wanted));
    const lock = { lockfileVersion: 3, packages: { "": wanted, ...packages } };
    await writeFile(join(staging, "package-lock.json"), JSON.stringify(lock));
    await copyFile(join(root, ".npmrc"), join(staging, ".npmrc"));
    // On Windows npm is a script.
    const options = { cwd: staging, shell: process.platform === "win32" };
    await promisify(execFile)("npm", ["ci", "--prefer-offline"], options).catch((cause: unknown) => {
      const message = `npm could not fetch ${names.join(" and ")}, which the function media needs on Lambda: connect this machine to the registry of npm, and run the command again`;
      throw new Error(message, { cause });
    });
    // Another process may have been faster. Its folder has the same content.
    await rename(staging, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
    return folder;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
};

/** True for files that only a build of sharp or a person reads. */
const isLeftOut = (from: string, file: string): boolean =>
  ["src", "install", "README.md", "lib/glib-2.0"].some((one) => file === join(from, one)) || /\.d\.[cm]?ts$/.test(file);

/** Puts sharp for a machine into `node_modules` of a function's folder. The bytes are the same on every machine. */
export const installSharp = async (
  folder: string,
  machine: Machine,
  cache = join(root, "node_modules/.cache"),
): Promise<void> => {
  const locked = readLock();
  const native = nativeFor(machine);
  const isHere = native.every((name) => existsSync(join(root, "node_modules", name)));
  const nativeFrom = isHere ? root : await fetchNative(native, locked, cache);
  const packages = [
    ...inJavaScript(locked).map((name) => [root, name] as const),
    ...native.map((name) => [nativeFrom, name] as const),
  ];
  for (const [parent, name] of packages) {
    const from = join(parent, "node_modules", name);
    const options = { recursive: true, filter: (file: string) => !isLeftOut(from, file) };
    await cp(from, join(folder, "node_modules", name), options);
  }
};
