import { execFile } from "node:child_process";
import { cp, glob, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { publint } from "publint";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { prepareInChild } from "../../src/pictures/prepare-in-child.ts";
import { systemRuntime } from "../../src/runtimes/system-runtime.ts";
import { canary } from "../local/planted-environment.ts";
import { noise } from "../pictures/files.ts";
import { ownConfig, ownWorkspace, root } from "./workspace.ts";

const run = promisify(execFile);
const { built, owner, packed, starter, work } = await ownWorkspace("the package");
const installed = join(owner, "node_modules/crier");

describe("the package", () => {
  test("has no fault that publint knows, and neither has that of npm create", async () => {
    for (const pkgDir of [built, starter]) expect((await publint({ pkgDir, pack: "npm" })).messages).toEqual([]);
  });

  test("has types that attw finds behind each of its doors, as a module and for a bundler", async () => {
    const { stdout } = await run(process.execPath, [join(import.meta.dirname, "attw-process.ts"), packed.tarball]);
    expect(JSON.parse(stdout)).toEqual({ doors: [".", "./sandbox", "./cdk", "./package.json"], problems: [] });
  });

  test("has every program that a process of its own runs", async () => {
    const programs = await Array.fromAsync(glob("src/**/*-in-child.ts", { cwd: root }), async (file) => {
      const [, name] = /`([\w-]+)\$\{extname\(/.exec(await readFile(join(root, file), "utf8")) ?? [];
      return `dist/${name}.js`;
    });
    expect(programs.toSorted()).toEqual(["dist/parsing-process.js", "dist/picture-process.js"]);
    expect(packed.files.map(({ path }) => path)).toEqual(expect.arrayContaining(programs));
  });

  test("has no source, no test, no secret and nothing of this machine", async () => {
    const paths = packed.files.map(({ path }) => path);
    expect(paths.filter((path) => /(?<!\.d)\.ts$|(?:^|\/)(?:test|bench|\.env|\.git)/.test(path))).toEqual([]);
    const texts = await Promise.all(paths.map(async (path) => [path, await readFile(join(built, path), "utf8")]));
    const holding = texts.filter(([, text]) => text?.includes(canary) || text?.includes(root));
    expect(holding.map(([path]) => path)).toEqual([]);
    const maps = texts.filter(([path]) => path?.endsWith(".map")).map(([, text]) => JSON.parse(text ?? "").sources);
    expect(
      maps.flat().filter((source) => !/^(?:(?:src|functions|infra|node_modules)\/|polyfill:)/.test(source)),
    ).toEqual([]);
  });

  test("stays within its budget: 6.3 MB packed, 24 MB unpacked, 51 MB and 10 packages with what it needs", async () => {
    expect(packed.size).toBeLessThan(6_300_000);
    expect(packed.unpackedSize).toBeLessThan(24_000_000);
    const modules = join(owner, "node_modules");
    const lock: unknown = JSON.parse(await readFile(join(modules, ".package-lock.json"), "utf8"));
    const { packages } = z.object({ packages: z.record(z.string(), z.unknown()) }).parse(lock);
    expect(Object.keys(packages).length).toBeLessThanOrEqual(10);
    const files = await readdir(modules, { recursive: true, withFileTypes: true });
    const sizes = await Promise.all(
      files.filter((file) => file.isFile()).map(async (file) => (await stat(join(file.parentPath, file.name))).size),
    );
    // The function of the console and its source map are 1.8 MB of it.
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(51_000_000);
  });

  test("has the licences and the list of what is bundled", async () => {
    const notices = await readFile(join(installed, "THIRD-PARTY.txt"), "utf8");
    const Bill = z.object({ components: z.array(z.object({ name: z.string(), version: z.string() })) });
    const { components } = Bill.parse(JSON.parse(await readFile(join(installed, "sbom.json"), "utf8")));
    expect(components.map(({ name }) => name)).toEqual(expect.arrayContaining(["hono", "markdown-it", "commander"]));
    for (const { name, version } of components) expect(notices).toContain(`${name} ${version} (`);
  });

  test("has types with which an editor finds a mistake in a configuration", async () => {
    const check = async (text: string): Promise<string> => {
      await writeFile(join(owner, "crier.config.ts"), text);
      const tsc = join(root, "node_modules/typescript/bin/tsc");
      // By the tsconfig.json that npm create crier wrote, except that it takes the types of packages as they are.
      const args = [tsc, "-p", owner, "--skipLibCheck", "false"];
      const { stdout } = await run(process.execPath, args).catch((error) => error);
      return stdout;
    };
    expect(await check(ownConfig.replace("https://mastodon.example", "").replace("title:", "titel:"))).toContain(
      "'titel' does not exist",
    );
    expect(await check(ownConfig)).toBe("");
  });

  test("decodes a picture where pnpm has each package in a folder of its own", async () => {
    const store = join(work, "by pnpm/node_modules/.pnpm");
    await cp(join(installed, "dist"), join(store, "crier/node_modules/crier/dist"), { recursive: true });
    for (const name of ["sharp", "@img", "detect-libc", "semver"])
      await cp(join(owner, "node_modules", name), join(store, "sharp/node_modules", name), { recursive: true });
    await symlink(join(store, "sharp/node_modules/sharp"), join(store, "crier/node_modules/sharp"));
    const file = join(store, "crier/node_modules/crier/dist/picture-process.js");
    const bytes = await noise(200, 100).png().toBuffer();
    const card = { maxBytes: 1_000_000, maxSide: 100 };
    expect(await prepareInChild(systemRuntime.setTimer, file)(bytes, [card])).toMatchObject({
      kind: "prepared",
      scaled: [{ width: 100, mediaType: "image/jpeg" }],
    });
  });
});
