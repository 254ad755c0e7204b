import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");

const startedOn = (version: string) => {
  const pretend = `Object.defineProperty(process.versions, "node", { value: "${version}" });`;
  const script = `${pretend} require("./scripts/require-node.cjs");`;
  return spawnSync(process.execPath, ["-e", script], { cwd: root, encoding: "utf8" });
};

test.each(["20.20.2", "22.17.1", "18.0.0"])("Node %s is told in one sentence what to do", (version) => {
  const { status, stderr } = startedOn(version);
  expect(status).toBe(1);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(stderr).toContain(`this is Node ${version}`);
  expect(stderr).toContain("npm@11 ci");
});

test.each(["22.18.0", "24.21.0", "25.0.0"])("Node %s goes on without a word", (version) => {
  const { status, stderr, stdout } = startedOn(version);
  expect([status, stderr, stdout]).toEqual([0, "", ""]);
});

test("every script that runs TypeScript asks for the right Node first", async () => {
  const { scripts } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const unguarded = Object.entries<string>(scripts).filter(
    ([, script]) =>
      /\b(vitest|cdk|tsc|node src)\b/.test(script) && !script.startsWith("node scripts/require-node.cjs && "),
  );
  expect(unguarded).toEqual([]);
});
