import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, inject, test } from "vitest";
import * as z from "zod";
import { startProgram, titles } from "./running.ts";
import { ownConfig, root } from "./workspace.ts";

const run = promisify(execFile);
const { packed, work } = inject("workspace");

test("the last steps of the Dockerfile make a Crier that serves the posts beside a configuration, and writes nothing there", async () => {
  const text = (await readFile(join(root, "Dockerfile"), "utf8")).replaceAll(/\\\n\s*/g, " ");
  const line = (keyword: string) => text.split("\n").findLast((one) => one.startsWith(`${keyword} `)) ?? "";
  // As in the image, except that its root is this folder.
  const image = join(work, "image");
  const [, flags = ""] = /npm install --prefix \/ (.*?) "crier@file:/.exec(line("RUN")) ?? [];
  const install = [
    "install",
    "--prefix",
    image,
    ...flags.split(" "),
    "--prefer-offline",
    `crier@file:${packed.tarball}`,
  ];
  await run("npm", install, { cwd: work });
  const site = join(image, line("WORKDIR").split(" ")[1] ?? "");
  await mkdir(join(site, "posts"), { recursive: true });
  await writeFile(join(site, "crier.config.ts"), ownConfig);
  await writeFile(join(site, "posts/mounted.md"), "---\ntitle: Mounted\ndate: 2026-11-30\n---\nText.\n");
  const [program = "", ...args] = z.array(z.string()).parse(JSON.parse(line("ENTRYPOINT").replace("ENTRYPOINT ", "")));
  const inImage = args.map((one) => (one.startsWith("/") ? join(image, one) : one)).slice(0, args.indexOf("--host"));
  const { url, end } = await startProgram(site, program, [
    ...inImage,
    "--port",
    "0",
    "--public-url",
    "https://feeds.example.com",
  ]);
  await expect.poll(() => titles(url)).toEqual(["Mounted"]);
  expect(await end("SIGTERM")).toBe(0);
  expect(await readdir(join(image, "data"))).toContain("crier.db");
  expect((await readdir(site, { recursive: true })).toSorted()).toEqual([
    "crier.config.ts",
    "posts",
    "posts/mounted.md",
  ]);
});
