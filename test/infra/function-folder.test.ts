import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { completeFunction, crierFolder, installSharp, type Machine } from "../../infra/bundling/function-folder.ts";

const here: Machine = process.arch === "arm64" ? "arm64" : "x64";
/** An architecture for which this machine has no library. */
const other = here === "arm64" ? "x64" : "arm64";

const aFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "crier-sharp-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

/** The folder of an installed package, with the part of the lock file that is about sharp. */
const aPackage = async (packages: object, hasSharp = true): Promise<string> => {
  const crier = await aFolder();
  await writeFile(join(crier, "package.json"), "{}");
  await mkdir(join(crier, "infra"));
  await writeFile(join(crier, "infra/sharp-lock.json"), JSON.stringify({ packages }));
  if (hasSharp) await symlink(join(crierFolder, "node_modules"), join(crier, "node_modules"));
  return crier;
};

afterEach(() => vi.unstubAllEnvs());

test("what decodes pictures has sharp beside it, and no other function has", async () => {
  const [media, render] = [await aFolder(), await aFolder()];
  completeFunction(media, "media", { config: {}, machine: here });
  completeFunction(render, "render", { config: {}, machine: here });
  const require = createRequire(join(media, "index.mjs"));
  expect(require("sharp").versions.vips).toEqual(expect.any(String));
  expect(await readdir(render)).toEqual(["config.mjs"]);
});

test("without npm the error names what is missing, for which function, and the next step; nothing half is left", async () => {
  const [folder, cache] = [await aFolder(), await aFolder()];
  vi.stubEnv("PATH", folder);
  expect(() => installSharp(folder, other, { crier: crierFolder, cache })).toThrow(
    `npm could not fetch @img/sharp-linux-${other} and @img/sharp-libvips-linux-${other}, which the function media needs on Lambda: connect this machine to the registry of npm`,
  );
  expect(await readdir(cache)).toEqual([]);
});

test("a library of another version than the locked one is not taken", async () => {
  const [folder, cache] = [await aFolder(), await aFolder()];
  const locked = { version: "0.0.1", integrity: "sha512-none" };
  const names = [`@img/sharp-linux-${here}`, `@img/sharp-libvips-linux-${here}`];
  const crier = await aPackage(Object.fromEntries(names.map((name) => [`node_modules/${name}`, locked])));
  vi.stubEnv("PATH", folder);
  expect(() => installSharp(folder, here, { crier, cache })).toThrow("npm could not fetch");
});

test("a lock file without the library is named, with the next step", async () => {
  const [folder, crier] = [await aFolder(), await aPackage({})];
  expect(() => installSharp(folder, here, { crier, cache: folder })).toThrow(
    `sharp-lock.json has no @img/sharp-linux-${here} at its top, which the function media needs: run npm install`,
  );
});

test("an installation without sharp is named, with the next step", async () => {
  const [folder, crier] = [await aFolder(), await aPackage({}, false)];
  expect(() => installSharp(folder, here, { crier, cache: folder })).toThrow(
    "sharp is not installed, which the function media needs: run npm install",
  );
});
