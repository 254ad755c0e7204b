import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { access, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getuid } from "node:process";
import { promisify } from "node:util";
import { validate } from "dockerfile-utils";
import { describe, expect, onTestFinished, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };

const root = join(import.meta.dirname, "../..");
const run = promisify(execFile);

/** The flags of Node in `npm start`. */
const startFlags = [...(manifest.scripts.start.match(/--max-\S+/g) ?? [])];

describe("the Dockerfile", async () => {
  const text = await readFile(join(root, "Dockerfile"), "utf8");
  const lines = text.replaceAll(/\\\n\s*/g, " ").split("\n");
  const all = (keyword: string) =>
    lines.filter((line) => line.startsWith(`${keyword} `)).map((line) => line.slice(keyword.length).trim());

  test("has no fault that a linter knows", () => {
    expect(validate(text).map(({ message }) => message)).toEqual([]);
  });

  test("runs as another user than root, and says how its health is checked", () => {
    expect(all("USER")).toEqual(["node"]);
    expect(all("HEALTHCHECK")).toEqual([expect.stringContaining("/healthz")]);
  });

  test("starts Node with the flags of npm start", () => {
    const [command = ""] = all("ENTRYPOINT");
    expect(JSON.parse(command).slice(1, 1 + startFlags.length)).toEqual(startFlags);
  });

  test("builds the package as npm run package does, and installs no more than that", () => {
    const [clone = "", build = "", install = ""] = all("RUN");
    expect(clone).toMatch(/^npm ci /);
    expect(build).toMatch(/^node scripts\/build-package\.ts \/package && npm pack .*\/package\/crier-feeds$/);
    // What prepares pictures are optional packages of sharp.
    expect(install).not.toContain("--omit");
    expect(all("FROM")).toEqual(["node:24-slim AS build", "node:24-slim"]);
  });

  test("copies only what exists and .dockerignore does not exclude", async () => {
    const ignore = (await readFile(join(root, ".dockerignore"), "utf8"))
      .split("\n")
      .filter((line) => line.startsWith("!"));
    const copied = all("COPY").flatMap((line) => (line.startsWith("--from=") ? [] : line.split(" ").slice(0, -1)));
    expect(ignore.map((line) => line.slice(1)).toSorted()).toEqual(copied.toSorted());
    for (const path of copied) await access(join(root, path));
  });
});

describe("the unit for systemd", () => {
  test("starts the command that a signal ends, with its own options", async () => {
    const text = await readFile(join(root, "examples/crier.service"), "utf8");
    const [, command = ""] = /^ExecStart=(.*)$/m.exec(text) ?? [];
    expect(command).toBe(
      `/usr/bin/env node ${manifest.bin.crier} start --data /var/lib/crier --public-url https://feeds.example.com`,
    );
  });

  test("starts Node with the flags of npm start", async () => {
    const command = await readFile(join(root, manifest.bin.crier), "utf8");
    expect(command.match(/--max-[\w=-]+/g)).toEqual(startFlags);
  });

  test("passes systemd's own check, where there is one", async ({ skip }) => {
    const isHere = await run("systemd-analyze", ["--version"]).then(
      () => true,
      () => false,
    );
    skip(!isHere, "there is no systemd-analyze here");
    const folder = await mkdtemp(join(tmpdir(), "crier-unit-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const text = await readFile(join(root, "examples/crier.service"), "utf8");
    await writeFile(join(folder, "crier.service"), text);
    // It makes a folder there, which only root can do where systemd does not run.
    skip(getuid?.() !== 0 && !existsSync("/run/systemd"), "systemd does not run here");
    const { stdout, stderr } = await run("systemd-analyze", ["verify", "--man=no", join(folder, "crier.service")]);
    expect(stdout + stderr).toBe("");
  });
});
